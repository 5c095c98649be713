//! Finds where the rules of one language match in folded text.
//!
//! Invariant: the result does not depend on the prefilter; it only decides which patterns are worth trying. Long text is read in
//! pieces cut at sentence ends, so that time grows with length and never with its square.

use super::Category;
use super::head::Head;
use super::literals::{Group, Literal};
use super::rulebook::{General, Rule, Rulebook, Targets};
use super::sieve::Sieve;
use std::collections::BTreeMap;
use std::ops::Range;

/// Longest piece read at once, in folded bytes.
const PIECE: usize = 1_500;
/// Most hits reported for one message; more tell nobody anything.
pub const MOST_HITS: usize = 200;

/// One match of one pattern, in folded bytes.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Index into [`Book::rules`].
    pub rule: usize,
    /// Index of the pattern in its rule.
    pub pattern: usize,
    /// The folded span.
    pub span: Range<usize>,
}

/// The rules of one language, ready to read.
#[derive(Debug)]
pub struct Book {
    /// All rules in the order of the file.
    pub rules: Vec<Rule>,
    pub(super) targets: Targets,
    /// The learned tables of the language.
    pub(super) head: Head,
    /// Texts by category, in the order of [`Category::ALL`].
    pub(super) general: Vec<General>,
    /// Whether these are the rules the heads were calibrated with.
    pub(super) shipped: bool,
    /// The strings patterns wait for, with the pattern and the bit of the group a string belongs to. The pattern that tells of others'
    /// words comes last, behind those of the rules.
    sieve: Sieve,
    /// For each pattern: rule, pattern in the rule, and the bits that must be set.
    patterns: Vec<(u16, u16, u8)>,
    /// The bits of the pattern that tells of others' words, where there is one.
    telling: Option<u8>,
    /// Patterns that require nothing.
    always: Vec<u16>,
}

/// Lets a pattern wait for its groups; returns the bits that are set when all of them occurred.
fn wait(groups: Vec<Group>, number: u16, literals: &mut Vec<(Literal, u16, u8)>) -> u8 {
    let mut all = 0;
    for (bit, group) in groups.into_iter().enumerate() {
        all |= 1 << bit;
        literals.extend(group.into_iter().map(|literal| (literal, number, 1 << bit)));
    }
    all
}

/// What the rules found in one message.
#[derive(Debug, Default)]
pub struct Scan {
    /// All matches, exceptions already taken away; those of one piece of the text in the order of the file.
    pub hits: Vec<Hit>,
    /// Whether it may tell of others' words; where not, it surely does not.
    pub telling: bool,
}

impl Book {
    /// `general` must have a text for every category.
    pub(super) fn new(book: Rulebook, head: Head, general: &BTreeMap<Category, General>) -> Self {
        let Rulebook { mut rules, mut targets, shipped, .. } = book;
        let general = Category::ALL
            .iter()
            .filter_map(|category| book.general.get(category).or_else(|| general.get(category)).cloned())
            .collect();
        let mut literals: Vec<(Literal, u16, u8)> = Vec::new();
        let mut patterns = Vec::new();
        let mut always = Vec::new();
        for (r, rule) in rules.iter_mut().enumerate() {
            for (p, pattern) in rule.patterns.iter_mut().enumerate() {
                let number = patterns.len() as u16;
                let all = wait(std::mem::take(&mut pattern.required), number, &mut literals);
                if all == 0 {
                    always.push(number);
                }
                patterns.push((r as u16, p as u16, all));
            }
        }
        let telling = targets.reported.as_mut().map(|pattern| std::mem::take(&mut pattern.required));
        let telling = telling.map(|groups| wait(groups, patterns.len() as u16, &mut literals));
        Self { rules, targets, head, general, shipped, sieve: Sieve::new(literals), patterns, telling, always }
    }

    /// Reads one message.
    pub fn scan(&self, folded: &[u8]) -> Scan {
        let mut scan = Scan::default();
        let mut bits = vec![0u8; self.patterns.len() + 1];
        let mut from = 0;
        while from < folded.len() && scan.hits.len() < MOST_HITS {
            let piece = from..cut(folded, from);
            if from > 0 {
                bits.fill(0);
            }
            self.scan_piece(folded, piece.clone(), &mut bits, &mut scan.hits);
            // A telling that begins in one piece and ends in the next would not show.
            let whole = piece.len() == folded.len();
            scan.telling |= self.telling.is_some_and(|all| !whole || bits.last() == Some(&all));
            from = piece.end;
        }
        scan
    }

    fn scan_piece(&self, folded: &[u8], piece: Range<usize>, bits: &mut [u8], hits: &mut Vec<Hit>) {
        let text = &folded[piece.clone()];
        let mut ready: Vec<u16> = Vec::new();
        self.sieve.read(text, |number, bit| {
            let seen = &mut bits[usize::from(number)];
            if *seen & bit == 0 {
                *seen |= bit;
                if self.patterns.get(usize::from(number)).is_some_and(|pattern| pattern.2 == *seen) {
                    ready.push(number);
                }
            }
        });
        ready.extend(&self.always);
        ready.sort_unstable();
        for &number in &ready {
            let (rule, pattern, _) = self.patterns[usize::from(number)];
            let (rule, pattern) = (usize::from(rule), usize::from(pattern));
            for found in self.rules[rule].patterns[pattern].regex.get().find_iter(text) {
                let span = piece.start + found.start()..piece.start + found.end();
                if !span.is_empty() && !self.excused(rule, folded, &span) {
                    hits.push(Hit { rule, pattern, span });
                }
                if hits.len() >= MOST_HITS {
                    return;
                }
            }
        }
    }

    /// Whether an exception of the rule takes the match away.
    fn excused(&self, rule: usize, folded: &[u8], span: &Range<usize>) -> bool {
        let rule = &self.rules[rule];
        if rule.except.is_none() && rule.unless.is_none() {
            return false;
        }
        let around = sentence(folded, span);
        let text = &folded[around.clone()];
        rule.unless.as_ref().is_some_and(|r| r.get().is_match(text))
            || rule.except.as_ref().is_some_and(|r| {
                r.get()
                    .find_iter(text)
                    .any(|m| around.start + m.start() < span.end && span.start < around.start + m.end())
            })
    }
}

/// Where the piece that starts at `from` ends: the last sentence end, else the last gap, else the limit.
fn cut(folded: &[u8], from: usize) -> usize {
    let limit = from + PIECE;
    if limit >= folded.len() {
        return folded.len();
    }
    let window = &folded[from..limit];
    let end = window
        .iter()
        .rposition(|b| matches!(b, b'\n' | b'!' | b'?'))
        .or_else(|| window.windows(2).rposition(|w| w == b". ").map(|n| n + 1))
        .or_else(|| window.iter().rposition(|&b| b == b' '))
        .unwrap_or(PIECE - 1);
    from + end + 1
}

/// The sentence around a folded span; at most 400 bytes are looked at on either side.
pub fn sentence(folded: &[u8], span: &Range<usize>) -> Range<usize> {
    let ends = |at: usize| match folded[at] {
        b'\n' | b'!' | b'?' => true,
        b'.' => {
            folded.get(at + 1).is_none_or(|b| matches!(b, b' ' | b'\n')) && !(at > 0 && folded[at - 1].is_ascii_digit())
        }
        _ => false,
    };
    let low = span.start.saturating_sub(400);
    let start = (low..span.start).rev().find(|&at| ends(at)).map_or(low, |at| at + 1);
    let high = (span.end + 400).min(folded.len());
    let end = (span.end.max(1) - 1..high).find(|&at| ends(at)).map_or(high, |at| at + 1);
    start..end.max(span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_its_stop_and_not_at_a_date() {
        let text = b"hallo. bis zum 3. mai ist zeit! danke";
        let inner = 15..17;
        assert_eq!(&text[sentence(text, &inner)], b" bis zum 3. mai ist zeit!");
    }

    #[test]
    fn nearly_every_pattern_waits_for_words() {
        let rules = crate::tone::Rules::embedded();
        for book in [&rules.german, &rules.english] {
            let idle: Vec<&str> = book
                .always
                .iter()
                .map(|&n| book.rules[usize::from(book.patterns[usize::from(n)].0)].id.as_str())
                .collect();
            // A single sign, and a word too short to wait for.
            assert!(idle.len() <= 3, "tried on every message: {idle:?}");
        }
    }

    #[test]
    fn long_text_is_cut_where_a_sentence_ends() {
        let text = "das ist ein satz. ".repeat(200);
        let end = cut(text.as_bytes(), 0);
        assert!(end <= PIECE && text[..end].ends_with(". "), "{:?}", &text[end - 4..end]);
        assert_eq!(cut(&[b'x'; 4000], 0), PIECE);
    }
}
