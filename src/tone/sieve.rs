//! Tells in one pass over folded text which strings of a fixed set occur in it.
//!
//! Invariant: every string of the set that occurs is reported, and none that does not. A string is at most eight bytes, so that it is its
//! own key; the text has no zero bytes.

use super::literals::{LONGEST, Literal};

/// For each gate how many bits of the hash choose one of its words of 64 bits: most strings have eight bytes.
const GATE_BITS: [u32; 2] = [10, 11];
/// How many bits of the hash of four bytes choose an entry of [`Sieve::begins`].
const BEGIN_BITS: u32 = 15;
/// No string of this slot.
const FREE: u64 = 0;
/// The lengths strings have; others are cut.
const LENGTHS: [u8; 6] = [1, 2, 3, 4, 6, 8];

/// A set of strings, each with whoever waits for it.
#[derive(Debug)]
pub struct Sieve {
    /// By the first three bytes: which lengths of at most three there may be, as bits.
    short: Vec<u8>,
    /// By the hash of the first four bytes: which of the other lengths there may be.
    begins: Vec<u8>,
    /// For each of the last two lengths, by the hash of a string: two bits that are set if there may be such a string.
    gates: [Vec<u64>; 2],
    /// Open table of the strings, beside each where those begin who wait for it.
    slots: Vec<(u64, u32)>,
    /// Number and bit; the last of a string has [`LAST`] set.
    waiting: Vec<(u16, u8)>,
}

/// Set in the bit of the last one who waits for a string.
const LAST: u8 = 0x80;

impl Sieve {
    /// Made of strings, each with a number and a bit (at most 0x40) that are given back where it occurs.
    pub fn new(mut literals: Vec<(Literal, u16, u8)>) -> Self {
        for (literal, ..) in &mut literals {
            *literal = literal.cut(literal.len - u8::from(literal.len > 4 && literal.len % 2 == 1));
        }
        literals.sort_unstable();
        literals.dedup();
        let count = literals.chunk_by(|a, b| a.0 == b.0).count();
        let room = (count * 3 / 2).next_power_of_two().max(2);
        let mut sieve = Self {
            short: vec![0; 1 << 15],
            begins: vec![0; 1 << BEGIN_BITS],
            gates: GATE_BITS.map(|bits| vec![0; 1 << bits]),
            slots: vec![(FREE, 0); room],
            waiting: literals.iter().map(|&(_, number, bit)| (number, bit)).collect(),
        };
        let mut at = 0;
        for same in literals.chunk_by(|a, b| a.0 == b.0) {
            let literal = same[0].0;
            sieve.open(literal);
            let mut slot = sieve.slot(hash(literal.bytes));
            while sieve.slots[slot].0 != FREE {
                slot = (slot + 1) & (sieve.slots.len() - 1);
            }
            sieve.slots[slot] = (literal.bytes, at as u32);
            at += same.len();
            sieve.waiting[at - 1].1 |= LAST;
        }
        sieve
    }

    fn open(&mut self, literal: Literal) {
        let Literal { bytes, len } = literal;
        match len {
            0 => {}
            // Whatever follows them.
            1 => (0..1 << 9).for_each(|next| self.short[short(bytes) | next << 6] |= 1),
            2 => (0..1 << 4).for_each(|next| self.short[short(bytes) | next << 11] |= 2),
            3 => self.short[short(bytes)] |= 4,
            _ => {
                self.begins[begin(bytes)] |= 8 << (len / 2 - 2);
                if len > 4 {
                    let gate = usize::from(len / 2 - 3);
                    let (word, bits) = place(gate, hash(bytes));
                    self.gates[gate][word] |= bits;
                }
            }
        }
    }

    fn slot(&self, hash: u64) -> usize {
        (hash >> 24) as usize & (self.slots.len() - 1)
    }

    /// Who waits for a string, the last one marked.
    fn waiting(&self, key: u64) -> &[(u16, u8)] {
        let mut at = self.slot(hash(key));
        loop {
            match self.slots[at] {
                (FREE, _) => return &[],
                (string, place) if string == key => return &self.waiting[place as usize..],
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Whether there may be a string that is the key, as the bit of its length; `gate` counts the last two of [`LENGTHS`].
    fn passes(&self, gate: usize, key: u64) -> u8 {
        let (word, bits) = place(gate, hash(key));
        u8::from(self.gates[gate][word] & bits == bits) << (4 + gate)
    }

    /// Calls `seen` with the number and the bit of every string that occurs and where it does, once or more often, in the order
    /// of the text.
    pub fn read(&self, text: &[u8], mut seen: impl FnMut(u16, u8, usize)) {
        // Which places may hold a string is as good as random: they are noted, then sifted by the gates, both without a branch, and what is
        // left is looked at.
        let mut passed = [(0u64, 0u8, 0u8); BLOCK];
        // The next eight bytes, the nearest one lowest; behind the end there are zeros.
        let mut window = text.iter().take(7).rev().fold(0u64, |w, &byte| w << 8 | u64::from(byte)) << 8;
        let mut coming = text.get(7..).unwrap_or_default().iter();
        let mut left = text.len();
        while left > 0 {
            let block = left.min(BLOCK);
            let from = text.len() - left;
            left -= block;
            let mut count = 0;
            for within in 0..block {
                window = window >> 8 | coming.next().map_or(0, |&byte| u64::from(byte) << 56);
                let lengths = self.short[short(window)] | self.begins[begin(window)];
                passed[count] = (window, lengths, within as u8);
                count += usize::from(lengths != 0);
            }
            let mut kept = 0;
            for at in 0..count {
                let (window, lengths, within) = passed[at];
                let longer = self.passes(0, window & (u64::MAX >> 16)) | self.passes(1, window);
                // Lengths up to four have no gate.
                let lengths = lengths & (longer | 0xF);
                passed[kept] = (window, lengths, within);
                kept += usize::from(lengths != 0);
            }
            for &(window, mut lengths, within) in &passed[..kept] {
                while lengths != 0 {
                    let bytes = LENGTHS[lengths.trailing_zeros() as usize % LENGTHS.len()];
                    let key = window & (u64::MAX >> (64 - 8 * bytes));
                    lengths &= lengths - 1;
                    for &(number, bit) in self.waiting(key) {
                        seen(number, bit & !LAST, from + usize::from(within));
                        if bit & LAST != 0 {
                            break;
                        }
                    }
                }
            }
        }
    }
}

/// So many places are looked at together.
const BLOCK: usize = 64;

fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The word of a gate and two bits in it.
fn place(gate: usize, hash: u64) -> (usize, u64) {
    let bits = 1 << (hash >> 46 & 63) | 1 << (hash >> 40 & 63);
    ((hash >> (64 - GATE_BITS[gate])) as usize, bits)
}

/// Six bits of the first byte, so that signs are no letters, five of the second and four of the third.
fn short(window: u64) -> usize {
    (window & 0x1F | window >> 1 & 0x20 | window >> 2 & 0x7C0 | window >> 5 & 0x7800) as usize
}

/// The entry for the first four bytes.
fn begin(window: u64) -> usize {
    ((window as u32).wrapping_mul(0x9E37_79B1) >> (32 - BEGIN_BITS)) as usize
}

const _: () = assert!(LONGEST == 8, "a window holds eight bytes");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn literal(text: &str) -> Literal {
        let bytes = text.bytes().rev().fold(0u64, |w, byte| w << 8 | u64::from(byte));
        Literal { bytes, len: text.len() as u8 }
    }

    proptest! {
        #[test]
        fn exactly_what_occurs_is_reported(
            words in proptest::collection::btree_set("[ab!\u{6}]{1,4}|[ab!]{6}|[ab]{8}", 1..40), text in "[ab!c\u{6}]{0,200}"
        ) {
            let words: Vec<String> = words.into_iter().collect();
            let sieve = Sieve::new(words.iter().enumerate().map(|(n, w)| (literal(w), n as u16, 1)).collect());
            let mut seen = vec![0usize; words.len()];
            sieve.read(text.as_bytes(), |number, _, at| {
                assert!(text[at..].starts_with(&words[usize::from(number)]));
                seen[usize::from(number)] += 1;
            });
            for (word, times) in words.iter().zip(seen) {
                let right = text.contains(word.as_str());
                prop_assert_eq!(times > 0, right, "{} in {}", word, text);
            }
        }
    }
}
