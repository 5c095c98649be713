//! What the heads see in folded text: words, pairs of words, kinds of words in their order, and letters inside words.
//!
//! Invariant: the trainer and the running program read text with this one function, so that a table means the same in both: who is spared
//! the features of a listed word (see [`Sink::knows`]) knows what they come to. One pass, no allocation.

use super::kinds::Kinds;

/// Longer words are read up to here: nobody's wording hides behind it, and a wall of letters costs no more than a word.
pub const LONGEST: usize = 28;

/// Set in the kind of what is a sign and no word.
const SIGN: u32 = 0x100;

/// Takes the features as they come.
pub trait Sink {
    /// A word or sign begins; its features follow. Folded byte offsets.
    fn word(&mut self, start: usize, end: usize);
    /// One feature of it. The lowest bit says what it is: see [`of_words`].
    fn feature(&mut self, hash: u32);
    /// The word stands at this place of the lists of kinds: whoever knows what it is for itself says so and is spared those features.
    fn knows(&mut self, _place: usize) -> bool {
        false
    }
    /// A sentence ends before this folded byte.
    fn sentence(&mut self, end: usize);
}

/// The hash of no byte.
pub const EMPTY: u32 = 0x811C_9DC5;

/// The hash of one byte more (FNV-1a).
pub fn with(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// The hash of a word; digits are one digit.
pub fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(EMPTY, |hash, &byte| with(hash, digitless(byte)))
}

fn digitless(byte: u8) -> u8 {
    if byte.is_ascii_digit() { b'0' } else { byte }
}

/// Spreads a hash over all bits, so that the high ones can choose where it stands.
fn spread(h: u32) -> u32 {
    let h = (h ^ (h >> 15)).wrapping_mul(0x85EB_CA6B);
    (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35)
}

fn pair(salt: u32, a: u32, b: u32) -> u32 {
    spread(a.rotate_left(11).wrapping_mul(0x9E37_79B1) ^ b ^ salt)
}

/// Whether a feature is made of whole words and their kinds; else of letters. Words say more than letters do, and there are fewer of
/// them, so the trainer lets them count more.
pub const fn of_words(hash: u32) -> bool {
    hash & 1 == 1
}

/// Reads folded text.
pub fn walk(folded: &[u8], kinds: &Kinds, sink: &mut impl Sink) {
    let mut before = 0;
    let mut kinds_before = [0; 2];
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
        let listed = if letter { kinds.find(h) } else { None };
        // A sign is a kind of its own.
        let kind = if letter { listed.map_or(0, |(_, kind)| u32::from(kind)) } else { SIGN | u32::from(byte) };
        if !listed.is_some_and(|(place, _)| sink.knows(place)) {
            alone(word, h, kind, sink);
        }
        let [last, second_last] = kinds_before;
        sink.feature(pair(0x51, before, h) | 1);
        sink.feature(pair(0x62, last, kind) | 1);
        sink.feature(pair(0x63, second_last << 10 | last, kind) | 1);
        kinds_before = [kind, last];
        before = h;
        if matches!(byte, b'.' | b'!' | b'?') && folded.get(at).is_none_or(|b| matches!(b, b' ' | b'\n')) {
            sink.sentence(at);
        }
    }
    sink.sentence(folded.len());
}

/// What a word or sign has for itself, whatever stands beside it: the word, its kind, if it has one, and its letters.
pub fn alone(word: &[u8], hash: u32, kind: u32, sink: &mut impl Sink) {
    sink.feature(spread(hash) | 1);
    if kind != 0 {
        sink.feature(pair(0x61, 0, kind) | 1);
    }
    if word.len() > 2 && is_word(word[0]) {
        letters(word, sink);
    }
}

/// Each four letters in a row, with marks where the word begins and ends.
fn letters(word: &[u8], sink: &mut impl Sink) {
    let mut marked = [b'>'; LONGEST + 2];
    marked[0] = b'<';
    for (to, &byte) in marked[1..].iter_mut().zip(word) {
        *to = digitless(byte);
    }
    let marked = &marked[..word.len() + 2];
    for four in marked.windows(4) {
        let four = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        sink.feature(spread(four.wrapping_mul(0x9E37_79B1)) & !1);
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'\'' | b'*' | b'-' | b'_')
}
