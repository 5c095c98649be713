//! Which of the two languages a message is in: a vote of small words and umlauts.
//!
//! Only a gate: a message that nobody votes for is read with both rule sets.

use crate::locale::Lang;
use std::sync::LazyLock;

/// Words read before the vote is counted; a message's language shows early.
const MOST_WORDS: usize = 60;

/// Longest word that has a vote.
const LONGEST: usize = 9;

/// Characters of the original in which umlauts count.
const MOST_CHARACTERS: usize = 1_000;

/// Slots of the table of votes: about a third is taken.
const SLOTS: usize = 1 << 10;

/// An open table of words, as [`packed`], with their votes.
static VOTES: LazyLock<Vec<(u128, i8, i8)>> = LazyLock::new(|| {
    let mut slots = vec![(0, 0, 0); SLOTS];
    for (words, german, english) in WORDS {
        for word in words.split(' ') {
            let key = packed(word.as_bytes());
            let mut at = slot(key);
            while slots[at].0 != 0 {
                at = (at + 1) % SLOTS;
            }
            slots[at] = (key, german, english);
        }
    }
    slots
});

/// A word of at most sixteen bytes as a number.
fn packed(word: &[u8]) -> u128 {
    word.iter().rev().fold(0, |key, &byte| key << 8 | u128::from(byte))
}

fn slot(key: u128) -> usize {
    (((key as u64) ^ ((key >> 64) as u64)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize
}

fn ballot(word: &[u8], votes: &[(u128, i8, i8)]) -> (i32, i32) {
    let key = packed(word);
    let mut at = slot(key);
    loop {
        let (word, german, english) = votes[at];
        if word == key || word == 0 {
            return (i32::from(german), i32::from(english));
        }
        at = (at + 1) % SLOTS;
    }
}

/// The language with more votes; `None` when the text says neither.
pub fn vote(text: &str, folded: &[u8]) -> Option<Lang> {
    let votes: &[_] = &VOTES;
    let mut german = umlauts(text) * 2;
    let mut english = 0i32;
    for word in folded.split(|b| !b.is_ascii_lowercase() && *b != b'\'').filter(|w| !w.is_empty()).take(MOST_WORDS) {
        if word.len() <= LONGEST {
            let (de, en) = ballot(word, votes);
            german += de;
            english += en;
        }
        if word.len() >= 5 {
            german += i32::from(word.starts_with(b"ge") && word.ends_with(b"t")) + i32::from(word.ends_with(b"ung"));
            english += i32::from(word.ends_with(b"ing")) + i32::from(word.ends_with(b"tion") && word.len() < 9);
        }
    }
    match german.cmp(&english) {
        std::cmp::Ordering::Greater => Some(Lang::De),
        std::cmp::Ordering::Less => Some(Lang::En),
        std::cmp::Ordering::Equal => None,
    }
}

/// How many German letters and opening quotation marks there are, at most three.
fn umlauts(text: &str) -> i32 {
    // Fewer bytes cannot be more characters.
    if text.len() <= MOST_CHARACTERS && text.is_ascii() {
        return 0;
    }
    let german = |c: &char| matches!(c, 'ä' | 'ö' | 'ü' | 'ß' | 'Ä' | 'Ö' | 'Ü' | '„');
    text.chars().take(MOST_CHARACTERS).filter(german).take(3).count() as i32
}

/// Words with their votes (German, English). Words of both languages (`die`, `war`, `was`, `so`, `in`, `hat`) have none or few.
const WORDS: [(&str, i8, i8); 4] = [
    (
        "ich nicht und ist das der sie wir ihr auf auch mit ein eine einen einem einer fuer von dem den zu bei wie aber oder \
         noch schon haben habe sind wird wurde kann koennen bitte danke nur mal dass wenn warum wieso jetzt immer nie mir \
         mich dir dich euch uns kein keine hallo seit bis nach vom zum zur ihnen ihre euer doch ja nein heute morgen sehr \
         sein bin du es er hier dann mehr als leute oida halt echt endlich sofort gut vielen dank moin servus gruezi isch \
         nid ned net nix hab wieder alle alles ganz aus ueber durch keiner niemand diese dieser dieses diesen meine mein \
         meinen na toll ob eure deine dein ihren ihrem ach sonst macht mach geht weiss bravo prima klasse frechheit verdammt \
         verdammte scheiss scheisse mist saftladen unfaehig peinlich wollen soll muss hatte sich dort viel neue unter",
        2,
        0,
    ),
    ("die im am was war hat so da des an", 1, 0),
    (
        "the you your and are is not this that with for have has to of it my we our they their what why how when can could \
         would should please thanks thank been be on but or if no yes now just still again never always i'm don't it's can't \
         didn't won't isn't you're i've i'll there here from at as by me us them she any every these those dont cant youre \
         guys people get got who which were does did had about out up only than then into very great nice some will do all \
         its let's lets that's thats you've go off damn good work everyone nobody anyone bloody stupid useless brilliant \
         back ever really sorry okay well what's i'd he's wasn't doesn't money waste shame joke fuck fucking shit where his \
         her he",
        0,
        2,
    ),
    ("a i u ur", 0, 1),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::fold::fold;

    fn of(text: &str) -> Option<Lang> {
        vote(text, &fold(text).bytes)
    }

    #[test]
    fn small_words_decide() {
        assert_eq!(of("Die Leitung war die ganze Zeit besetzt"), Some(Lang::De));
        assert_eq!(of("the line was busy and nobody called"), Some(Lang::En));
        assert_eq!(of("was soll das"), Some(Lang::De));
        assert_eq!(of("🎉🎉"), None);
        assert_eq!(of("Unverschämt"), Some(Lang::De));
    }
}
