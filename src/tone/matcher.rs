//! A regex that is compiled when it is first needed.
//!
//! Invariant: a matcher that was built once matches like the pattern written out; hundreds compiled at start would cost half a second,
//! and most are never asked.

use super::morphemes::Morphemes;
use regex::bytes::{Regex, RegexBuilder};
use std::sync::{Arc, OnceLock};

/// A pattern with its morphemes.
#[derive(Debug)]
pub struct Matcher {
    source: String,
    morphemes: Arc<Morphemes>,
    built: OnceLock<Regex>,
}

impl Matcher {
    /// A folded pattern that may name morphemes.
    pub fn new(source: String, morphemes: Arc<Morphemes>) -> Self {
        Self { source, morphemes, built: OnceLock::new() }
    }

    /// The regex.
    pub fn get(&self) -> &Regex {
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
        let regex = self.compiled()?;
        // A second call would find it built already, with the same regex.
        self.built.set(regex).or(Ok(()))
    }

    fn compiled(&self) -> Result<Regex, String> {
        let whole = self.morphemes.written_out(&self.source)?;
        RegexBuilder::new(&whole).unicode(false).size_limit(1 << 20).build().map_err(|e| e.to_string())
    }

    /// Whether the empty text matches.
    pub fn may_be_empty(&self) -> bool {
        self.get().is_match(b"")
    }
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
