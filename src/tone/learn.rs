//! What the trainer needs of the library: texts as the heads see them, and the file format.
//!
//! Invariant: nothing here is used while the program judges messages; what is read is read by the same code that does.

pub use super::features::of_words;
use super::features::{Sink, walk};
pub use super::head::{Head, Margins, Weights, bucket, share};
pub use super::judge::{Found, Judge, SIGNALS, Signals};
use super::kinds::Kinds;
use super::shout::Volume;
pub use super::table::{LANES, Rows};
use super::{Rules, weigh};
use crate::locale::Lang;
use std::ops::Range;

/// One sentence as the heads see it.
#[derive(Debug, Clone)]
pub struct Part {
    /// Bytes of the original text.
    pub span: Range<usize>,
    /// Hashes of its features.
    pub features: Vec<u32>,
}

/// One text as the heads and the judge see it; quoted words are left out.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What the rules found.
    pub found: Found,
    pub(super) volume: Volume,
    /// Its sentences.
    pub parts: Vec<Part>,
    pub(super) own: Vec<u8>,
    /// Ids of the rules that found something of the writer's own.
    pub rules: Vec<String>,
}

impl Reading {
    /// The judge's signals, given the heads' margins.
    pub fn signals(&self, margins: &Margins) -> Signals {
        super::judge::signals(margins, self.found, self.volume, &self.own)
    }
}

/// Reads a text in one language.
pub fn read(rules: &Rules, lang: Lang, text: &str) -> Reading {
    weigh::reading(rules.book(lang), text)
}

/// The sentences of a text, quoted ones too, without asking the rules.
pub fn parts(rules: &Rules, lang: Lang, text: &str) -> Vec<Part> {
    let folded = super::fold::fold(text);
    collect(&folded.bytes, &folded.map, rules.book(lang).head.kinds())
}

/// Whether a text of the own corpus belongs to the tenth that is never trained on: a hash of its letters decides, so that a line keeps
/// its side for ever.
pub fn is_kept_out(text: &str) -> bool {
    let hash = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .fold(0xCBF2_9CE4_8422_2325u64, |h, c| (h ^ u64::from(c)).wrapping_mul(0x0100_0000_01B3));
    (hash >> 20).is_multiple_of(10)
}

pub(super) fn collect(own: &[u8], map: &[u32], kinds: &Kinds) -> Vec<Part> {
    struct Collect<'a> {
        map: &'a [u32],
        parts: Vec<Part>,
        from: usize,
        features: Vec<u32>,
    }
    impl Sink for Collect<'_> {
        fn word(&mut self, _: usize, _: usize) {}
        fn feature(&mut self, hash: u32) {
            self.features.push(hash);
        }
        fn sentence(&mut self, end: usize) {
            if self.features.is_empty() {
                return;
            }
            let at = |i: usize| self.map.get(i).map_or(usize::MAX, |&at| at as usize);
            let span = at(self.from)..at(end);
            self.parts.push(Part { span, features: std::mem::take(&mut self.features) });
            self.from = end;
        }
    }
    let mut collect = Collect { map, parts: Vec::new(), from: 0, features: Vec::new() };
    walk(own, kinds, &mut collect);
    collect.parts
}
