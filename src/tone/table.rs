//! Where a feature's weights stand: groups of four rows, each row under eight bits of its feature's hash.
//!
//! Invariant: the trainer and the running program find a feature with this one function. A feature that has no row counts nothing;
//! about one in sixty finds another's by chance, in training as later.

/// Heads that share a row: sharp wording (heat ≥ 1) and heated wording (heat ≥ 2).
pub const LANES: usize = 2;
/// Rows of a group.
pub const WIDTH: usize = 4;
/// Bytes of a group: the marks of its rows, then the weights of each head.
pub const GROUP: usize = WIDTH * (1 + LANES);

/// The group of a feature, of this many.
pub const fn group(hash: u32, groups: usize) -> usize {
    ((hash as u64 * groups as u64) >> 32) as usize
}

/// What a row is known by; 0 is an empty row.
const fn mark(hash: u32) -> u8 {
    match hash as u8 {
        0 => 2,
        mark => mark,
    }
}

/// The row with the feature's mark, if there is one: its number as a shift in bits, and a mask of all ones; else 0 and no ones.
pub const fn find(marks: [u8; WIDTH], hash: u32) -> (u32, u32) {
    let differ = u32::from_le_bytes(marks) ^ (mark(hash) as u32 * 0x0101_0101);
    // The high bit of the lowest byte that is 0; bits above it may be set as well.
    let same = differ.wrapping_sub(0x0101_0101) & !differ & 0x8080_8080;
    (same.trailing_zeros() & 0x18, (same != 0) as u32 * u32::MAX)
}

/// The rows of a table that is being learned.
#[derive(Debug, Clone)]
pub struct Rows(Vec<[u8; WIDTH]>);

impl Rows {
    /// An empty table.
    pub fn new(groups: usize) -> Self {
        Self(vec![[0; WIDTH]; groups])
    }

    /// Gives a feature a row, unless its group is full.
    pub fn insert(&mut self, hash: u32) -> bool {
        let group = group(hash, self.0.len());
        let marks = &mut self.0[group];
        if marks.contains(&mark(hash)) {
            return true;
        }
        let free = marks.iter_mut().find(|m| **m == 0);
        free.map(|free| *free = mark(hash)).is_some()
    }

    /// The row of a feature.
    pub fn find(&self, hash: u32) -> Option<usize> {
        let group = group(hash, self.0.len());
        let (shift, mask) = find(self.0[group], hash);
        (mask != 0).then_some(group * WIDTH + shift as usize / 8)
    }

    /// So many rows there are, empty ones too.
    pub fn count(&self) -> usize {
        self.0.len() * WIDTH
    }

    /// The marks of each group.
    pub fn marks(&self) -> &[[u8; WIDTH]] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_found_where_it_was_put_and_what_was_not_put_hardly_ever() {
        let mut rows = Rows::new(1_000);
        let hashes = |n: u32| (0..n).map(|i| i.wrapping_mul(0x9E37_79B1).rotate_left(13).wrapping_mul(0x85EB_CA6B));
        let put: Vec<u32> = hashes(2_500).filter(|&h| rows.insert(h)).collect();
        assert!(put.len() > 2_200, "{} of 2,500 found room", put.len());
        assert!(put.iter().all(|&h| rows.find(h).is_some()));
        let others: Vec<u32> = hashes(60_000).skip(2_500).collect();
        let found = others.iter().filter(|&&h| rows.find(h).is_some()).count();
        assert!(found * 60 < others.len(), "{found} strangers found a row");
        assert!(found * 200 > others.len(), "{found}: a mark of eight bits cannot be that good");
    }

    #[test]
    fn each_row_of_a_group_is_found_at_its_own_shift() {
        let marks = [7, 0, 9, 200];
        let at = |mark: u32| find(marks, mark);
        assert_eq!([at(7), at(9), at(200)], [(0, u32::MAX), (16, u32::MAX), (24, u32::MAX)]);
        assert_eq!(at(8).1, 0);
        assert_eq!(at(0).1, 0, "an empty row is nobody's");
    }
}
