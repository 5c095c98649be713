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
const fn list(lang: Lang) -> &'static str {
    match lang {
        Lang::De => include_str!("../../assets/kinds/de.txt"),
        Lang::En => include_str!("../../assets/kinds/en.txt"),
    }
}

/// The words of one language, each with its kind.
pub fn words(lang: Lang) -> impl Iterator<Item = (Kind, &'static str)> {
    let mut kind = 0;
    list(lang).lines().flat_map(move |line| {
        let names = line.ends_with(':');
        kind += Kind::from(names);
        let words = if names { "" } else { line };
        words.split_ascii_whitespace().map(move |word| (kind, word))
    })
}

impl Kinds {
    /// The kinds of one language, keyed by `hash`.
    pub fn new(lang: Lang, hash: impl Fn(&[u8]) -> u32) -> Self {
        let mut slots = vec![0; SLOTS];
        for (kind, word) in words(lang) {
            let key = hash(word.as_bytes());
            let mut at = key as usize % SLOTS;
            while slots[at] != 0 {
                at = (at + 1) % SLOTS;
            }
            slots[at] = key & !0xFF | u32::from(kind);
        }
        Self { slots }
    }

    /// Where the word with this hash stands, below [`SLOTS`], and its kind; `None` if no list has it. Of words that stand in no list about
    /// one in a hundred thousand is taken for one that does.
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
    use crate::tone::features::LONGEST;
    use crate::tone::features::hash;
    use std::collections::BTreeSet;

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
            let (mut seen, mut places) = (BTreeSet::new(), BTreeSet::new());
            for (kind, word) in words(lang) {
                assert!(seen.insert(word), "{word} stands in two kinds");
                assert_eq!(crate::tone::fold::fold(word).bytes, word.as_bytes());
                assert!(word.len() <= LONGEST, "{word} is never read to its end");
                let found = kinds.find(hash(word.as_bytes()));
                assert_eq!(found.map(|(_, kind)| kind), Some(kind), "{word}");
                assert!(places.insert(found.map(|(place, _)| place)), "{word} is found where another stands");
            }
            assert!(seen.len() > 10_000, "{}", seen.len());
            assert_eq!(kinds.find(hash(b"qwertzuiop")), None);
        }
    }
}
