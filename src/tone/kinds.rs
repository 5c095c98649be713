//! Kinds of words: what the heads see beside the words themselves, so that "Bravo, wieder nichts" and "Prima, schon wieder kaputt"
//! look alike to them, and a word that no training text had counts as what it means.
//!
//! Invariant: the lists in `assets/kinds` belong to the shipped tables. A word added or taken away there means that the tables are
//! trained anew.

use crate::locale::Lang;

/// Kind of a word; 0 is none.
pub type Kind = u8;

/// Looks a word up by its hash.
#[derive(Debug)]
pub struct Kinds {
    /// The upper 24 bits of a word's hash, and its kind below them; 0 where no word stands. Where it stands says the lower bits.
    slots: Vec<u32>,
}

/// Slots of the open table: about half is taken.
pub const SLOTS: usize = 1 << 15;

/// The list of one language: a line that ends with a colon names a kind, the lines after it its words, folded.
pub(super) const fn list(lang: Lang) -> &'static str {
    match lang {
        Lang::De => include_str!("../../assets/kinds/de.txt"),
        Lang::En => include_str!("../../assets/kinds/en.txt"),
    }
}

impl Kinds {
    /// The kinds of one language, keyed by `hash`.
    pub fn new(lang: Lang, hash: impl Fn(&[u8]) -> u32) -> Self {
        let mut slots = vec![0; SLOTS];
        let mut kind: Kind = 0;
        for line in list(lang).lines() {
            if line.ends_with(':') {
                kind += 1;
                continue;
            }
            for word in line.split_ascii_whitespace() {
                let key = hash(word.as_bytes());
                let mut at = key as usize % SLOTS;
                while slots[at] != 0 {
                    at = (at + 1) % SLOTS;
                }
                slots[at] = key & !0xFF | u32::from(kind);
            }
        }
        Self { slots }
    }

    /// Where the word with this hash stands, below [`SLOTS`], and its kind; `None` if no list has it.
    pub fn find(&self, hash: u32) -> Option<(usize, Kind)> {
        let mut at = hash as usize % SLOTS;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            if slot & !0xFF == hash & !0xFF {
                return Some((at, slot as Kind));
            }
            at = (at + 1) % SLOTS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::features::hash;
    use std::collections::BTreeMap;

    fn words(lang: Lang) -> BTreeMap<&'static str, Kind> {
        let mut kind = 0;
        let mut words = BTreeMap::new();
        for line in list(lang).lines() {
            if line.ends_with(':') {
                kind += 1;
            } else {
                for word in line.split(' ') {
                    assert_eq!(words.insert(word, kind), None, "{word} stands in two kinds");
                }
            }
        }
        words
    }

    #[test]
    fn both_languages_have_the_same_kinds() {
        let names = |lang| list(lang).lines().filter(|line| line.ends_with(':')).collect::<Vec<_>>();
        assert_eq!(names(Lang::De), names(Lang::En));
        assert!(names(Lang::De).len() < usize::from(Kind::MAX));
    }

    #[test]
    fn words_are_written_as_the_heads_see_them_and_every_one_is_found() {
        for lang in Lang::ALL {
            let kinds = Kinds::new(lang, hash);
            let words = words(lang);
            assert!(words.len() > 10_000, "{}", words.len());
            for (word, kind) in words {
                assert_eq!(crate::tone::fold::fold(word).bytes, word.as_bytes());
                let found = kinds.find(hash(word.as_bytes()));
                assert_eq!(found.map(|(_, kind)| kind), Some(kind), "{word}");
            }
            assert_eq!(kinds.find(hash(b"qwertzuiop")), None);
        }
    }
}
