//! A pattern that is compiled when it is first needed.
//!
//! Invariant: a matcher matches like the pattern written out, leftmost first. Hundreds compiled at start would cost half a second, and
//! most are never asked. What is kept of one is small: a forward automaton, whose states are worked out as texts need them, up to
//! [`STATES`]; where a match begins is found with the same automaton, as a match is rare. The [`Shelf`] sees to it that all of them
//! together stay small too.

use super::morphemes::Morphemes;
use super::shelf::Shelf;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::meta::Regex;
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::ops::Range;
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
    /// For the few whose calmer wording takes the writer's own words.
    with_groups: OnceLock<Option<Regex>>,
}

impl Matcher {
    /// A folded pattern that may name morphemes.
    pub fn new(source: String, morphemes: Arc<Morphemes>, shelf: Arc<Shelf>) -> Self {
        let place = shelf.place();
        Self { source, morphemes, shelf, place, with_groups: OnceLock::new() }
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

    /// Whether it matches.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.search(|automaton, states| end(automaton, states, &Input::new(text).earliest(true)).is_some())
    }

    /// All matches that begin at this byte or behind it, none inside another; what stands before it is seen.
    pub fn find_from<'a>(&'a self, text: &'a [u8], mut from: usize) -> impl Iterator<Item = Range<usize>> + 'a {
        std::iter::from_fn(move || {
            let found = self.search(|automaton, states| find(automaton, states, text, from))?;
            from = found.end + usize::from(found.is_empty());
            Some(found)
        })
    }

    /// What the groups of the first match are.
    pub fn groups(&self, text: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
        let regex = self.with_groups.get_or_init(|| {
            // Without automatons of its own, which would grow beside the shelf: it reads nothing but a match, and that seldom.
            let config =
                Regex::config().utf8_empty(false).auto_prefilter(false).hybrid(false).dfa(false).onepass(false);
            let whole = self.morphemes.written_out(&self.source).ok()?;
            Regex::builder().configure(config).syntax(plain()).build(&whole).ok()
        });
        let regex = regex.as_ref()?;
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
