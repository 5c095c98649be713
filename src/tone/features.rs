//! What the heads see in folded text: words, pairs of words, letters inside words, and kinds of words in their order.
//!
//! Invariant: the trainer and the running program read text with this one function, so that a table means the same in both. One pass,
//! no allocation.

use super::kinds::{Kind, Kinds};

/// Longer words are read up to here: nobody's wording hides behind it, and a wall of letters costs no more than a word.
const LONGEST: usize = 28;

/// Takes the features as they come.
pub trait Sink {
    /// A word or sign begins; its features follow. Folded byte offsets.
    fn word(&mut self, start: usize, end: usize);
    /// One feature of it.
    fn feature(&mut self, hash: u32);
    /// A sentence ends before this folded byte.
    fn sentence(&mut self, end: usize);
}

/// The hash of a word or of letters; digits are one digit.
pub fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |h, &b| step(h, b))
}

fn step(h: u32, byte: u8) -> u32 {
    mix(h, digitless(byte))
}

fn digitless(byte: u8) -> u8 {
    if byte.is_ascii_digit() { b'0' } else { byte }
}

fn mix(h: u32, byte: u8) -> u32 {
    (h ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// Spreads a hash over all bits, so that the high ones can choose the bucket.
fn spread(h: u32) -> u32 {
    let h = (h ^ (h >> 15)).wrapping_mul(0x85EB_CA6B);
    (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35)
}

fn pair(salt: u32, a: u32, b: u32) -> u32 {
    spread(a.rotate_left(11).wrapping_mul(0x9E37_79B1) ^ b ^ salt)
}

/// Reads folded text.
pub fn walk(folded: &[u8], kinds: &Kinds, sink: &mut impl Sink) {
    let mut before = [0u32; 2];
    let mut kind_before: [Kind; 2] = [0; 2];
    let mut at = 0;
    while at < folded.len() {
        let start = at;
        let byte = folded[at];
        at += 1;
        if byte == b' ' {
            continue;
        }
        if byte == b'\n' {
            sink.sentence(at);
            continue;
        }
        let letter = is_word(byte);
        while at < folded.len() && if letter { is_word(folded[at]) } else { folded[at] == byte } {
            at += 1;
        }
        let word = &folded[start..at.min(start + LONGEST)];
        sink.word(start, at);
        let h = hash(word);
        sink.feature(spread(h));
        sink.feature(pair(0x51, before[0], h));
        sink.feature(pair(0x52, before[1], h));
        let kind = kinds.of(h);
        if kind_before[0] != 0 {
            sink.feature(pair(0x61, u32::from(kind_before[0]), h));
        }
        if kind != 0 {
            sink.feature(pair(0x62, u32::from(kind_before[0]), u32::from(kind)));
            let two = u32::from(kind_before[1]) << 8 | u32::from(kind_before[0]);
            sink.feature(pair(0x63, two, u32::from(kind)));
            sink.feature(pair(0x64, u32::from(kind), before[0]));
            kind_before = [kind, kind_before[0]];
        }
        if letter && word.len() > 2 {
            letters(word, sink);
        }
        before = [h, before[0]];
        if matches!(byte, b'.' | b'!' | b'?') && folded.get(at).is_none_or(|b| matches!(b, b' ' | b'\n')) {
            sink.sentence(at);
        }
    }
    sink.sentence(folded.len());
}

/// Three to five letters in a row, with marks where the word begins and ends.
fn letters(word: &[u8], sink: &mut impl Sink) {
    let mut marked = [b'>'; LONGEST + 2];
    marked[0] = b'<';
    for (to, &byte) in marked[1..].iter_mut().zip(word) {
        *to = digitless(byte);
    }
    let marked = &marked[..word.len() + 2];
    for start in 0..word.len() {
        let rest = &marked[start..marked.len().min(start + 5)];
        let mut h = 0x7A3B_11C9;
        for (i, &byte) in rest.iter().enumerate() {
            h = mix(h, byte);
            if i >= 2 {
                sink.feature(spread(h));
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'\'' | b'*' | b'-' | b'_')
}
