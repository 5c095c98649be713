//! A pattern that is compiled when it is first needed.
//!
//! Invariant: a matcher that was built once matches like the pattern written out, leftmost first. Hundreds compiled at start would cost
//! half a second, and most are never asked. What is kept of one is small: a forward automaton, whose states are worked out as texts need
//! them, up to [`STATES`]; where a match begins is found with the same automaton, as a match is rare.

use super::morphemes::Morphemes;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::meta::Regex;
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Most bytes a compiled pattern may have.
const LARGEST: usize = 1 << 20;
/// Most bytes of states that are kept for each pattern and thread.
const STATES: usize = 32 << 10;

/// A pattern with its morphemes.
#[derive(Debug)]
pub struct Matcher {
    source: String,
    morphemes: Arc<Morphemes>,
    built: OnceLock<Built>,
    /// For the few whose calmer wording takes the writer's own words.
    with_groups: OnceLock<Option<Regex>>,
}

#[derive(Debug)]
struct Built {
    automaton: DFA,
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync>>,
}

impl Matcher {
    /// A folded pattern that may name morphemes.
    pub fn new(source: String, morphemes: Arc<Morphemes>) -> Self {
        Self { source, morphemes, built: OnceLock::new(), with_groups: OnceLock::new() }
    }

    fn get(&self) -> &Built {
        self.built.get_or_init(|| {
            self.compiled()
                .expect("given files are compiled when they are read, and a test compiles every embedded pattern")
        })
    }

    /// Compiles it now.
    ///
    /// # Errors
    /// One sentence on what is wrong with the pattern.
    pub fn build(&self) -> Result<(), String> {
        let built = self.compiled()?;
        // A second call would find it built already, and the same.
        self.built.set(built).or(Ok(()))
    }

    fn compiled(&self) -> Result<Built, String> {
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
        let automaton = DFA::builder().configure(config).build_from_nfa(nfa).map_err(|e| e.to_string())?;
        let same = automaton.clone();
        Ok(Built { automaton, caches: Pool::new(Box::new(move || same.create_cache())) })
    }

    /// Whether it matches.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.get().end(&Input::new(text).earliest(true)).is_some()
    }

    /// All matches that begin at this byte or behind it, none inside another; what stands before it is seen.
    pub fn find_from<'a>(&'a self, text: &'a [u8], mut from: usize) -> impl Iterator<Item = Range<usize>> + 'a {
        let built = self.get();
        std::iter::from_fn(move || {
            let found = built.find(text, from)?;
            from = found.end + usize::from(found.is_empty());
            Some(found)
        })
    }

    /// What the groups of the first match are.
    pub fn groups(&self, text: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
        let regex = self.with_groups.get_or_init(|| {
            let config = Regex::config().utf8_empty(false).auto_prefilter(false);
            let whole = self.morphemes.written_out(&self.source).ok()?;
            Regex::builder().configure(config).syntax(plain()).build(&whole).ok()
        });
        let regex = regex.as_ref()?;
        let mut groups = regex.create_captures();
        regex.captures(text, &mut groups);
        groups.is_match().then(|| groups.iter().map(|group| group.map(|span| span.range())).collect())
    }
}

impl Built {
    /// Where the leftmost match ends.
    fn end(&self, input: &Input) -> Option<usize> {
        let mut cache = self.caches.get();
        // It fails only where it is told to give up, which it is not.
        self.automaton.try_search_fwd(&mut cache, input).ok().flatten().map(|found| found.offset())
    }

    fn find(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        if from > text.len() {
            return None;
        }
        let end = self.end(&Input::new(text).range(from..))?;
        let mut cache = self.caches.get();
        let start = (from..end).find(|&start| {
            let here = Input::new(text).range(start..).anchored(Anchored::Yes);
            self.automaton.try_search_fwd(&mut cache, &here).is_ok_and(|found| found.is_some())
        });
        Some(start.unwrap_or(end)..end)
    }
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
