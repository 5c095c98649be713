//! A pattern that is compiled when it is first needed.
//!
//! Invariant: a matcher matches like the pattern written out, leftmost first. Hundreds compiled at start would cost half a second, and
//! most are never asked. What is kept of one is small: its [`Steps`]. Where a text asks for too many of them, an automaton answers
//! instead, whose time grows with the length of the text and no faster: a forward one, whose states are worked out as texts need them,
//! up to [`STATES`]; where a match begins is found with the same automaton, as that is rare. The [`Shelf`] sees to it that all of them
//! together stay small too.

use super::attempt::{self, Groups, Tired};
use super::morphemes::Morphemes;
use super::shelf::Shelf;
use super::steps::Steps;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::meta::Regex;
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, OnceLock};

/// Most bytes a compiled pattern may have.
const LARGEST: usize = 1 << 20;
/// Most bytes of states that are kept for each pattern.
const STATES: usize = 32 << 10;

/// A pattern with its morphemes.
#[derive(Debug)]
pub struct Matcher {
    source: String,
    morphemes: Arc<Morphemes>,
    shelf: Arc<Shelf>,
    /// Where its automaton is kept.
    place: usize,
    /// Written when it is first asked; `None` within where there are none.
    steps: OnceLock<Option<Box<Steps>>>,
}

impl Matcher {
    /// A folded pattern that may name morphemes.
    pub fn new(source: String, morphemes: Arc<Morphemes>, shelf: Arc<Shelf>) -> Self {
        let place = shelf.place();
        Self { source, morphemes, shelf, place, steps: OnceLock::new() }
    }

    /// Compiles it to see whether that goes.
    ///
    /// # Errors
    /// One sentence on what is wrong with the pattern.
    pub fn check(&self) -> Result<(), String> {
        self.compiled().map(drop)
    }

    fn compiled(&self) -> Result<DFA, String> {
        let whole = self.morphemes.written_out(&self.source)?;
        let limits = thompson::Config::new()
            .utf8(false)
            .nfa_size_limit(Some(LARGEST))
            .which_captures(thompson::WhichCaptures::None);
        let nfa =
            thompson::Compiler::new().configure(limits).syntax(plain()).build(&whole).map_err(|e| e.to_string())?;
        // Working a state out takes some room for each state of the pattern, which is no room for states.
        let room = 24 * nfa.states().len() + STATES;
        let config = Config::new().cache_capacity(room).skip_cache_capacity_check(true);
        DFA::builder().configure(config).build_from_nfa(nfa).map_err(|e| e.to_string())
    }

    fn search<R>(&self, look: impl FnOnce(&DFA, &mut Cache) -> R) -> R {
        let (automaton, states) = self.shelf.take(self.place).unwrap_or_else(|| {
            let made = self.compiled();
            let made =
                made.expect("given files are compiled when they are read, and a test compiles every embedded pattern");
            (Arc::new(made), None)
        });
        let mut states = states.unwrap_or_else(|| Box::new(automaton.create_cache()));
        let seen = look(&automaton, &mut states);
        self.shelf.put(self.place, automaton, states);
        seen
    }

    /// Gives its shelf, which it shares with the whole file, that many bytes.
    pub fn room(&self, bytes: usize) {
        self.shelf.limit(bytes);
    }

    /// How many bytes its shelf holds.
    #[cfg(test)]
    pub fn kept(&self) -> usize {
        self.shelf.bytes()
    }

    /// Its first match that begins at one of these bytes, with the steps alone.
    fn tried(
        &self,
        text: &[u8],
        starts: RangeInclusive<usize>,
        groups: Option<&mut Groups>,
    ) -> Result<Option<Range<usize>>, Tired> {
        let steps = self.steps.get_or_init(|| self.morphemes.follow(&self.source).map(Box::new));
        attempt::find(steps.as_ref().ok_or(Tired)?, &*self.morphemes, text, starts, groups)
    }

    /// Whether it matches.
    pub fn is_match(&self, text: &[u8]) -> bool {
        if let Ok(found) = self.tried(text, 0..=usize::MAX, None) {
            return found.is_some();
        }
        let input = Input::new(text).earliest(true);
        self.search(|automaton, states| end(automaton, states, &input).is_some())
    }

    /// All matches that begin at this byte or behind it, none inside another; what stands before it is seen.
    pub fn find_from<'a>(&'a self, text: &'a [u8], from: usize) -> impl Iterator<Item = Range<usize>> + 'a {
        self.find_in(text, from..=text.len())
    }

    /// The same, where it is known that none begins behind these bytes.
    pub fn find_in<'a>(
        &'a self,
        text: &'a [u8],
        starts: RangeInclusive<usize>,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let (mut from, last) = starts.into_inner();
        std::iter::from_fn(move || {
            let found = self.tried(text, from..=last, None).unwrap_or_else(|Tired| self.at_length(text, from))?;
            from = found.end + usize::from(found.is_empty());
            Some(found)
        })
    }

    /// The first match that begins at this byte or behind it, without the steps.
    pub(super) fn at_length(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        self.search(|automaton, states| find(automaton, states, text, from))
    }

    /// How many bytes its steps take; `None` if it has none.
    #[cfg(test)]
    pub fn size(&self) -> Option<usize> {
        let _ = self.tried(b"", 0..=usize::MAX, None);
        self.steps.get().and_then(Option::as_ref).map(|steps| steps.size())
    }

    /// What the groups of the first match are, at most ten.
    pub fn groups(&self, text: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
        let mut groups = Groups::default();
        let Ok(found) = self.tried(text, 0..=usize::MAX, Some(&mut groups)) else { return self.groups_at_length(text) };
        let found = found?;
        (groups[0], groups[1]) = (Some(found.start), Some(found.end));
        let count = self.steps.get()?.as_ref()?.groups;
        Some(groups.as_chunks().0.iter().take(count).map(|&[start, end]| Some(start?..end?)).collect())
    }

    fn groups_at_length(&self, text: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
        // Without automatons of its own: it reads nothing but a match, and that seldom.
        let config = Regex::config().utf8_empty(false).auto_prefilter(false).hybrid(false).dfa(false).onepass(false);
        let whole = self.morphemes.written_out(&self.source).ok()?;
        let regex = Regex::builder().configure(config).syntax(plain()).build(&whole).ok()?;
        let mut groups = regex.create_captures();
        regex.captures(text, &mut groups);
        groups.is_match().then(|| groups.iter().map(|group| group.map(|span| span.range())).collect())
    }
}

/// Where the leftmost match ends.
fn end(automaton: &DFA, states: &mut Cache, input: &Input) -> Option<usize> {
    // It fails only where it is told to give up, which it is not.
    automaton.try_search_fwd(states, input).ok().flatten().map(|found| found.offset())
}

fn find(automaton: &DFA, states: &mut Cache, text: &[u8], from: usize) -> Option<Range<usize>> {
    if from > text.len() {
        return None;
    }
    let end_of_match = end(automaton, states, &Input::new(text).range(from..))?;
    let start = (from..end_of_match).find(|&start| {
        let here = Input::new(text).range(start..).anchored(Anchored::Yes);
        end(automaton, states, &here).is_some()
    });
    Some(start.unwrap_or(end_of_match)..end_of_match)
}

fn plain() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

/// Parses a pattern.
///
/// # Errors
/// One sentence on what is wrong with it.
pub fn parse(source: &str) -> Result<regex_syntax::hir::Hir, String> {
    if !source.is_ascii() {
        return Err("a pattern has only ASCII letters and umlauts".to_owned());
    }
    regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(source).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Rules;
    use crate::tone::shelf::{LIMIT, Shelf};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn matcher(source: &str) -> Matcher {
        let raw = BTreeMap::from([("wer".to_owned(), r"du|ihr(?: alle)?|[a-c]+".to_owned())]);
        let mut morphemes = Morphemes::new(raw);
        morphemes.settle("wer").expect("a pattern");
        Matcher::new(source.to_owned(), Arc::new(morphemes), Arc::new(Shelf::new(LIMIT)))
    }

    #[test]
    fn every_embedded_pattern_has_steps_and_all_of_them_are_small() {
        let rules = Rules::embedded();
        for book in [&rules.german, &rules.english] {
            let targets = [&book.targets.person, &book.targets.company];
            let patterns = book.rules.iter().flat_map(|rule| rule.patterns.iter().map(|p| &p.regex));
            let others = book.rules.iter().flat_map(|rule| rule.except.iter().chain(&rule.unless));
            let sizes =
                patterns.chain(others).chain(targets).map(|m| m.size().unwrap_or_else(|| panic!("{}", m.source)));
            let bytes: usize = sizes.sum();
            assert!((100_000..2_000_000).contains(&bytes), "{bytes}");
        }
    }

    #[test]
    fn what_steps_find_in_the_examples_is_what_the_automaton_finds() {
        let rules = Rules::embedded();
        for book in [&rules.german, &rules.english] {
            let texts: Vec<&String> =
                book.rules.iter().flat_map(|rule| rule.positive.iter().chain(&rule.negative)).collect();
            for (n, rule) in book.rules.iter().enumerate() {
                let pattern = &rule.patterns[n % rule.patterns.len()].regex;
                let others = texts.iter().skip(n % 29).step_by(29).copied();
                for matcher in rule.except.iter().chain(&rule.unless).chain([pattern]) {
                    for text in rule.positive.iter().chain(others.clone()) {
                        let text = crate::tone::fold::fold(text).bytes;
                        let found = matcher.tried(&text, 0..=usize::MAX, None);
                        assert_eq!(
                            found,
                            Ok(matcher.at_length(&text, 0)),
                            "{} {}",
                            rule.id,
                            String::from_utf8_lossy(&text)
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn who_would_try_too_long_asks_the_automaton() {
        let matcher = matcher("(?:(?:a|b)(?:a|b)?)*c");
        let text = "ab".repeat(300);
        assert_eq!(matcher.tried(text.as_bytes(), 0..=usize::MAX, None), Err(Tired));
        assert_eq!(matcher.find_from(text.as_bytes(), 0).next(), None);
        let text = text + "c";
        assert_eq!(matcher.find_from(text.as_bytes(), 0).next(), Some(0..601));
        assert_eq!(matcher.groups(text.as_bytes()), Some(vec![Some(0..601)]));
    }

    #[test]
    fn few_ways_that_fork_again_and_again_end_too() {
        let matcher = matcher("(?:[ab]+ ?){9}d");
        let text = "ab".repeat(100);
        assert_eq!(matcher.tried(text.as_bytes(), 0..=usize::MAX, None), Err(Tired));
        assert_eq!(matcher.find_from(text.as_bytes(), 0).next(), None);
    }

    fn pattern() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            "[abc ]{1,3}",
            Just("[ab]".to_owned()),
            Just("[^ .]".to_owned()),
            Just(r"\b".to_owned()),
            Just("^".to_owned()),
            Just("$".to_owned()),
            Just(".".to_owned()),
            Just("{wer}".to_owned()),
            Just(String::new()),
            Just(r"\B".to_owned()),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let times = prop_oneof![
                Just("?"),
                Just("*"),
                Just("+"),
                Just("{0,2}"),
                Just("{1,3}?"),
                Just("*?"),
                Just("??"),
                Just("{2}")
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 2..5).prop_map(|parts| parts.concat()),
                proptest::collection::vec(inner.clone(), 2..6).prop_map(|parts| format!("(?:{})", parts.join("|"))),
                inner.clone().prop_map(|part| format!("({part})")),
                (inner, times).prop_map(|(part, times)| format!("(?:{part}){times}")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn any_pattern_finds_with_steps_what_it_finds_without(source in pattern(), text in "[abc .]{0,14}", from in 0usize..4) {
            let matcher = matcher(&source);
            let text = text.as_bytes();
            if let Ok(found) = matcher.tried(text, from..=text.len(), None) {
                prop_assert_eq!(found, matcher.at_length(text, from), "{}", source);
                let groups = matcher.groups(text);
                let right = matcher.groups_at_length(text);
                prop_assert_eq!(groups.map(|mut g| { g.truncate(9); g }), right.map(|mut g| { g.truncate(9); g }), "{}", source);
            }
        }
    }
}
