//! Eight bytes at a time in one number: where words end is found without a branch for each letter, which no machine could foresee.
//!
//! Invariant: a mask has the high bit of each byte that is meant, and no other bit.

/// The high bit of each byte.
pub const HIGH: u64 = splat(0x80);

/// The same byte eight times.
pub const fn splat(byte: u8) -> u64 {
    0x0101_0101_0101_0101 * byte as u64
}

/// The eight bytes from here on, the first one lowest; zeros stand behind the end.
pub fn eight(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(&chunk) => u64::from_le_bytes(chunk),
        None => rest.iter().rev().fold(0, |chunk, &byte| chunk << 8 | u64::from(byte)),
    }
}

/// Which bytes lie between two of ASCII, both included.
pub const fn within(chunk: u64, low: u8, high: u8) -> u64 {
    let seven = chunk & !HIGH;
    (seven + splat(0x80 - low)) & !(seven + splat(0x7F - high)) & !chunk & HIGH
}

/// Which bytes are this one.
pub const fn equal(chunk: u64, byte: u8) -> u64 {
    let differ = chunk ^ splat(byte);
    !(((differ & !HIGH) + !HIGH) | differ) & HIGH
}

/// How many bytes stand before the first of a mask; all eight where it has none.
pub const fn before(mask: u64) -> usize {
    mask.trailing_zeros() as usize / 8
}

/// Its first bytes, at least one, zeros behind them.
pub const fn first(chunk: u64, count: usize) -> u64 {
    chunk & u64::MAX >> (64 - 8 * count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn masks_say_of_each_byte_what_is_true(bytes in any::<[u8; 8]>(), low in 1u8..128, more in 0u8..127, near in 0usize..8) {
            let (high, one) = (low.saturating_add(more).min(127), bytes[near]);
            let chunk = u64::from_le_bytes(bytes);
            let mask = |meant: &dyn Fn(u8) -> bool| u64::from_le_bytes(bytes.map(|b| if meant(b) { 0x80 } else { 0 }));
            prop_assert_eq!(within(chunk, low, high), mask(&|b| (low..=high).contains(&b)));
            prop_assert_eq!(equal(chunk, one), mask(&|b| b == one));
            prop_assert_eq!(before(equal(chunk, one)), bytes.iter().position(|&b| b == one).unwrap_or(8));
            let expected: [u8; 8] = std::array::from_fn(|at| if at <= near { bytes[at] } else { 0 });
            prop_assert_eq!(first(chunk, near + 1).to_le_bytes(), expected);
        }

        #[test]
        fn behind_the_end_are_zeros(bytes in proptest::collection::vec(1u8.., 0..12), at in 0usize..14) {
            let read = eight(&bytes, at).to_le_bytes();
            for (i, byte) in read.into_iter().enumerate() {
                prop_assert_eq!(byte, bytes.get(at + i).copied().unwrap_or(0));
            }
        }
    }
}
