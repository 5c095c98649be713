//! The automatons of one file of rules, in a fixed amount of memory.
//!
//! Invariant: what is kept takes at most the limit, whatever was read; of what is too much, what is asked for least goes first. Whoever
//! asks for what went makes it again: what matches never depends on what is kept.

use regex_automata::hybrid::dfa::{Cache, DFA};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that are kept for one file of rules. Everyday messages need none of it, as steps answer them.
pub const LIMIT: usize = 1 << 20;

/// How much one question counts.
const QUESTION: u32 = 64;
/// Whenever there is no room, questions so far lose this part of what they count, so that long ago counts little.
const FADE: u32 = 16;

/// Room for the automatons of one file.
#[derive(Debug)]
pub struct Shelf {
    limit: AtomicUsize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    places: Vec<Place>,
    /// All places together.
    bytes: usize,
}

/// The place of one pattern.
#[derive(Debug, Default)]
struct Place {
    automaton: Option<Arc<DFA>>,
    /// What was worked out of it so far; away while somebody works with it.
    states: Option<Box<Cache>>,
    bytes: usize,
    /// How often it was asked for.
    asked: u32,
}

impl Shelf {
    /// An empty one that keeps at most this many bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit: AtomicUsize::new(limit), kept: Mutex::default() }
    }

    /// From now on that many.
    pub fn limit(&self, bytes: usize) {
        self.limit.store(bytes, Ordering::Relaxed);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic can leave too much counted, which only makes room sooner.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more pattern.
    pub fn place(&self) -> usize {
        let places = &mut self.kept().places;
        places.push(Place::default());
        places.len() - 1
    }

    /// What is kept of a pattern. States are lent to one at a time: whoever else asks meanwhile gets the automaton alone.
    pub fn take(&self, place: usize) -> Option<(Arc<DFA>, Option<Box<Cache>>)> {
        let place = &mut self.kept().places[place];
        let automaton = Arc::clone(place.automaton.as_ref()?);
        Some((automaton, place.states.take()))
    }

    /// Keeps an automaton and its states, as far as there is room.
    pub fn put(&self, place: usize, automaton: Arc<DFA>, states: Box<Cache>) {
        let kept = &mut *self.kept();
        let place = &mut kept.places[place];
        let bytes = size(&automaton) + size_of::<Cache>() + states.memory_usage();
        kept.bytes = kept.bytes + bytes - place.bytes;
        let asked = place.asked.saturating_add(QUESTION);
        *place = Place { automaton: Some(automaton), states: Some(states), bytes, asked };
        let limit = self.limit.load(Ordering::Relaxed);
        if kept.bytes > limit {
            // Some more than must be, as looking for what to drop looks at all.
            kept.shrink(limit / 8 * 7);
        }
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        let kept = self.kept();
        let states = |place: &Place| place.states.as_ref().map_or(0, |s| size_of::<Cache>() + s.memory_usage());
        let whole = |place: &Place| place.automaton.as_ref().map_or(0, |a| size(a)) + states(place);
        kept.places.iter().map(whole).sum()
    }
}

impl Kept {
    /// Drops what is asked for least until no more than so many bytes are left: states first, as they are made again much sooner than
    /// the automatons they belong to.
    fn shrink(&mut self, limit: usize) {
        let mut least: Vec<usize> = (0..self.places.len()).filter(|&place| self.places[place].bytes > 0).collect();
        least.sort_unstable_by_key(|&place| self.places[place].asked);
        for whole in [false, true] {
            for &place in &least {
                if self.bytes <= limit {
                    break;
                }
                let place = &mut self.places[place];
                place.states = None;
                place.automaton.take_if(|_| whole);
                let left = place.automaton.as_ref().map_or(0, |automaton| size(automaton));
                self.bytes -= place.bytes - left;
                place.bytes = left;
            }
        }
        for place in &mut self.places {
            place.asked -= place.asked / FADE;
        }
    }
}

fn size(automaton: &DFA) -> usize {
    size_of::<DFA>() + automaton.get_nfa().memory_usage()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Rules;
    use crate::tone::matcher::Matcher;
    use crate::tone::morphemes::Morphemes;
    use std::collections::BTreeMap;

    /// Sixty patterns on one shelf, each asked three times for the one text of its own; what the shelf then holds.
    fn after_sixty(shelf: Shelf) -> usize {
        let shelf = Arc::new(shelf);
        let morphemes = Arc::new(Morphemes::new(BTreeMap::new()));
        let made = |n: usize| Matcher::new(format!(r"\b[a-z]{{2,9}} {n}[a-z]+\b"), morphemes.clone(), shelf.clone());
        let matchers: Vec<Matcher> = (0..60).map(made).collect();
        for _ in 0..3 {
            for (n, matcher) in matchers.iter().enumerate() {
                let text = format!("so, nun {n}mal");
                let found = matcher.at_length(text.as_bytes(), 0).map(|span| &text[span]);
                assert_eq!(found, Some(&text[4..]), "pattern {n}");
            }
        }
        shelf.bytes()
    }

    #[test]
    fn what_does_not_fit_goes_and_is_found_all_the_same() {
        for limit in [1, 60_000, 200_000] {
            assert!(after_sixty(Shelf::new(limit)) <= limit, "{limit}");
        }
        assert!(after_sixty(Shelf::new(usize::MAX)) > 200_000, "else the limits above were none");
    }

    #[test]
    fn texts_of_all_kinds_take_no_more_than_the_limit() {
        let rules = Rules::embedded();
        for book in [&rules.german, &rules.english] {
            for rule in &book.rules {
                let text = &crate::tone::fold::fold(&rule.positive[0]).bytes;
                for pattern in &rule.patterns {
                    pattern.regex.at_length(text, 0);
                }
            }
            let bytes = book.targets.person.kept();
            assert!((LIMIT / 2..=LIMIT).contains(&bytes), "{bytes}");
        }
    }
}
