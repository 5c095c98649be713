//! Follows the steps of a pattern through folded text: one way after the other, in the order the pattern prefers them.
//!
//! Invariant: what is found is what the pattern finds, leftmost first; who needs more steps than [`PATIENCE`] gives up and says so, so
//! that no text can make a pattern slow. Nothing is allocated.

use super::steps::{END, Set, Step, Steps, has, key};
use regex_syntax::hir::Look;
use std::ops::{Range, RangeInclusive};

/// Most steps of one search, and more for each byte of the text; an everyday one takes a few dozen.
const PATIENCE: u32 = 1_000;
const FOR_EACH: u32 = 2;
/// Most ways that are kept open at the same time.
const DEPTH: u32 = 300;
/// Most groups whose place is noted, the whole match being the first.
pub const GROUPS: usize = 10;

/// It took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tired;

/// Where groups begin and end.
pub type Groups = [Option<usize>; 2 * GROUPS];

/// Looks the steps of a morpheme up.
pub trait Named {
    /// The steps of the morpheme with this number.
    fn steps(&self, number: usize) -> Option<&Steps>;
}

/// Where to go on behind a morpheme.
struct Back<'a> {
    steps: &'a Steps,
    at: usize,
    outer: Option<&'a Back<'a>>,
}

struct Attempt<'a, N> {
    text: &'a [u8],
    names: &'a N,
    left: u32,
    groups: Option<&'a mut Groups>,
}

/// The first match that begins at one of these bytes, what stands before it being seen. `groups` notes where groups are.
pub fn find(
    steps: &Steps,
    names: &impl Named,
    text: &[u8],
    starts: RangeInclusive<usize>,
    groups: Option<&mut Groups>,
) -> Result<Option<Range<usize>>, Tired> {
    let mut attempt = Attempt { text, names, left: PATIENCE + FOR_EACH * text.len().min(1 << 20) as u32, groups };
    for start in *starts.start()..=text.len().min(*starts.end()) {
        let begins = match text.get(start) {
            Some(&byte) => steps.empty || has(steps.first, byte),
            None => steps.empty,
        };
        if !begins || steps.border && !border(text, start) {
            continue;
        }
        let end = attempt.go(steps, 0, start, None, DEPTH);
        if attempt.left == 0 {
            return Err(Tired);
        }
        if let Some(end) = end {
            return Ok(Some(start..end));
        }
    }
    Ok(None)
}

/// Whether a word begins or ends here.
fn border(text: &[u8], at: usize) -> bool {
    let word = |at: usize| text.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    word(at) != (at > 0 && word(at - 1))
}

impl<N: Named> Attempt<'_, N> {
    fn among(&self, at: usize, set: Set) -> bool {
        self.text.get(at).is_some_and(|&byte| has(set, byte))
    }

    /// Where a run of bytes of the set ends that is no longer than `most`.
    fn run(&self, from: usize, set: Set, most: u16) -> usize {
        let to = if most == u16::MAX { self.text.len() } else { self.text.len().min(from + usize::from(most)) };
        let run = &self.text[from..to];
        from + run.iter().position(|&byte| !has(set, byte)).unwrap_or(run.len())
    }

    /// Whether the step may be taken, as far as the next byte tells.
    fn may(&self, steps: &Steps, step: usize, at: usize) -> bool {
        match steps.list[step] {
            Step::Byte(byte) => self.text.get(at) == Some(&byte),
            Step::Text { from, .. } => self.text.get(at) == Some(&steps.text[usize::from(from)]),
            Step::All { set, least: 1.., .. }
            | Step::Most { set, least: 1.., .. }
            | Step::Few { set, least: 1.., .. } => self.among(at, steps.sets[usize::from(set)]),
            _ => true,
        }
    }

    /// Where the match ends that begins with this step here.
    fn go<'s>(
        &mut self,
        mut steps: &'s Steps,
        mut step: usize,
        mut at: usize,
        mut back: Option<&'s Back<'s>>,
        depth: u32,
    ) -> Option<usize> {
        let Some(depth) = depth.checked_sub(1) else {
            self.left = 0;
            return None;
        };
        loop {
            self.left = self.left.checked_sub(1)?;
            if self.left == 0 {
                return None;
            }
            let now = steps.list[step];
            step += 1;
            match now {
                Step::Byte(byte) => {
                    if self.text.get(at) != Some(&byte) {
                        return None;
                    }
                    at += 1;
                }
                Step::Text { from, len } => {
                    let (from, len) = (usize::from(from), usize::from(len));
                    if !self.text[at..].starts_with(&steps.text[from..from + len]) {
                        return None;
                    }
                    at += len;
                }
                Step::Look(look) => {
                    let holds = match look {
                        Look::Start => at == 0,
                        Look::End => at == self.text.len(),
                        Look::WordAscii => border(self.text, at),
                        _ => !border(self.text, at),
                    };
                    if !holds {
                        return None;
                    }
                }
                Step::All { set, least, most } => {
                    let end = self.run(at, steps.sets[usize::from(set)], most);
                    if end < at + usize::from(least) {
                        return None;
                    }
                    at = end;
                }
                Step::Most { set, least, most } => {
                    let least = at + usize::from(least);
                    let mut end = self.run(at, steps.sets[usize::from(set)], most);
                    if end < least {
                        return None;
                    }
                    while end > least {
                        if self.may(steps, step, end) {
                            let found = self.go(steps, step, end, back, depth);
                            if found.is_some() || self.left == 0 {
                                return found;
                            }
                        }
                        end -= 1;
                    }
                    at = least;
                }
                Step::Few { set, least, most } => {
                    let first = at + usize::from(least);
                    let end = self.run(at, steps.sets[usize::from(set)], most);
                    if end < first {
                        return None;
                    }
                    for here in first..end {
                        if self.may(steps, step, here) {
                            let found = self.go(steps, step, here, back, depth);
                            if found.is_some() || self.left == 0 {
                                return found;
                            }
                        }
                    }
                    at = end;
                }
                Step::Maybe { set, or } => {
                    if self.among(at, steps.sets[usize::from(set)]) {
                        let found = self.go(steps, step, at, back, depth);
                        if found.is_some() || self.left == 0 {
                            return found;
                        }
                    }
                    step = usize::from(or);
                }
                Step::Either { or } => {
                    if self.may(steps, step, at) {
                        let found = self.go(steps, step, at, back, depth);
                        if found.is_some() || self.left == 0 {
                            return found;
                        }
                    }
                    step = usize::from(or);
                }
                Step::Rather { or } => {
                    let found = self.go(steps, usize::from(or), at, back, depth);
                    if found.is_some() || self.left == 0 {
                        return found;
                    }
                }
                Step::Jump(to) => step = usize::from(to),
                Step::Pick(table) => {
                    let table = &steps.tables[usize::from(table)];
                    let key = self.text.get(at).map_or(END, |&byte| key(byte));
                    let branches = &steps.branches[usize::from(table[key])..usize::from(table[key + 1])];
                    let (&last, others) = branches.split_last()?;
                    for &branch in others {
                        if self.may(steps, usize::from(branch), at) {
                            let found = self.go(steps, usize::from(branch), at, back, depth);
                            if found.is_some() || self.left == 0 {
                                return found;
                            }
                        }
                    }
                    step = usize::from(last);
                }
                Step::Through(number) => {
                    let through = self.names.steps(usize::from(number))?;
                    if !through.empty && !self.among(at, through.first) {
                        return None;
                    }
                    let back = Back { steps, at: step, outer: back };
                    return self.go(through, 0, at, Some(&back), depth);
                }
                Step::Group(slot) => {
                    let slot = usize::from(slot);
                    let Some(place) = self.groups.as_mut().and_then(|groups| groups.get_mut(slot)) else { continue };
                    let before = place.replace(at);
                    let found = self.go(steps, step, at, back, depth);
                    if found.is_none()
                        && let Some(place) = self.groups.as_mut().and_then(|groups| groups.get_mut(slot))
                    {
                        *place = before;
                    }
                    return found;
                }
                Step::Done => match back {
                    None => return Some(at),
                    Some(behind) => (steps, step, back) = (behind.steps, behind.at, behind.outer),
                },
            }
        }
    }
}
