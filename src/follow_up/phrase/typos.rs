//! Slips of the finger in the words people type most: two letters in the wrong order, one left out or one doubled, in
//! the names of days and months. „Moregn“ is „morgen“; what could be two words is none.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::{self, Word};
use crate::locale::Lang;

/// Words that are mended, folded as the lexicon keeps them. Short ones are too close to other words.
const MENDED: &[&str] = &[
    "heute",
    "morgen",
    "uebermorgen",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonnabend",
    "sonntag",
    "januar",
    "februar",
    "april",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "naechsten",
    "naechste",
    "today",
    "tomorrow",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "october",
    "december",
];

/// Letters a word must have for one to be left out of it.
const LONG: usize = 6;

type Meaning = Option<(Word, Option<Lang>)>;

/// Every slip with what it stands for; `None` where that could be two words.
static SLIPS: LazyLock<HashMap<String, Meaning>> = LazyLock::new(|| {
    let mut slips: HashMap<String, Meaning> = HashMap::new();
    for word in MENDED {
        let meaning = lexicon::look_up(word);
        for slip in slips_of(word).into_iter().filter(|slip| lexicon::look_up(slip).is_none()) {
            slips.entry(slip).and_modify(|known| *known = known.filter(|_| *known == meaning)).or_insert(meaning);
        }
    }
    slips
});

/// What a folded word that nobody knows was meant to be.
pub(super) fn corrected(folded: &str) -> Meaning {
    SLIPS.get(folded).copied().flatten()
}

fn slips_of(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut slips = Vec::new();
    for at in 0..letters.len() {
        let mut slip = |change: &dyn Fn(&mut Vec<char>)| {
            let mut changed = letters.clone();
            change(&mut changed);
            if changed != letters {
                slips.push(changed.into_iter().collect::<String>());
            }
        };
        if at + 1 < letters.len() {
            slip(&|changed| changed.swap(at, at + 1));
        }
        slip(&|changed| changed.insert(at, changed[at]));
        if letters.len() >= LONG && at > 0 {
            slip(&|changed| {
                changed.remove(at);
            });
        }
    }
    slips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_mended_and_two_are_not() {
        for (typed, meant) in [
            ("moregn", "morgen"),
            ("freitga", "freitag"),
            ("dienstg", "dienstag"),
            ("donnersatg", "donnerstag"),
            ("dezmeber", "dezember"),
            ("wedensday", "wednesday"),
            ("mmontag", "montag"),
            ("hetue", "heute"),
        ] {
            assert_eq!(corrected(typed), lexicon::look_up(meant), "{typed}");
        }
        for typed in ["moreng_", "freigta_", "frietga", "mrogne", "mach", "maria", "sontga"] {
            assert_eq!(corrected(typed), None, "{typed}");
        }
    }

    #[test]
    fn no_slip_stands_for_two_words_or_for_one_that_is_known() {
        for (slip, meaning) in SLIPS.iter() {
            assert!(lexicon::look_up(slip).is_none(), "{slip}");
            let of = MENDED.iter().filter(|word| slips_of(word).contains(slip)).map(|word| lexicon::look_up(word));
            let mut meanings: Vec<_> = of.collect();
            meanings.dedup();
            assert_eq!(meaning.is_some(), meanings.len() == 1, "{slip}: {meanings:?}");
        }
    }
}
