//! Which of the two languages a message is in: a vote of small words and umlauts.
//!
//! Only a gate: a message that nobody votes for is read with both rule sets.

use super::features::{EMPTY, with};
use crate::locale::Lang;
use std::sync::LazyLock;

/// Words read before the vote is counted; a message's language shows early.
const MOST_WORDS: usize = 60;

/// Characters of the original in which umlauts count.
const MOST_CHARACTERS: usize = 1_000;

/// Slots of the table of votes: about a third is taken.
const SLOTS: usize = 1 << 10;

/// An open table of words by their hash: its upper bits, then two bits of votes for each language; 0 where no word stands.
static VOTES: LazyLock<[u32; SLOTS]> = LazyLock::new(|| {
    let mut slots = [0; SLOTS];
    for (words, german, english) in WORDS {
        for word in words.split(' ') {
            let hash = word.bytes().fold(EMPTY, with);
            let mut at = slot(hash);
            while slots[at] != 0 {
                at = (at + 1) % SLOTS;
            }
            slots[at] = hash & !VOTE | german << 2 | english;
        }
    }
    slots
});

/// The bits of a slot that are votes.
const VOTE: u32 = 0xF;

fn slot(hash: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> (32 - SLOTS.ilog2())) as usize
}

/// The votes of a word, German and English.
fn ballot(hash: u32, votes: &[u32; SLOTS]) -> (i32, i32) {
    let mut at = slot(hash);
    loop {
        let found = votes[at];
        if found == 0 || found & !VOTE == hash & !VOTE {
            return ((found >> 2 & 3) as i32, (found & 3) as i32);
        }
        at = (at + 1) % SLOTS;
    }
}

/// The votes of how a longer word begins and ends.
fn shape(word: &[u8]) -> (i32, i32) {
    match word {
        [.., b'u', b'n', b'g'] | [b'g', b'e', .., b't'] => (1, 0),
        [.., b'i', b'n', b'g'] => (0, 1),
        [.., b't', b'i', b'o', b'n'] => (0, i32::from(word.len() < 9)),
        _ => (0, 0),
    }
}

/// The language with more votes; `None` when the text says neither.
pub fn vote(text: &str, folded: &[u8]) -> Option<Lang> {
    let votes: &[u32; SLOTS] = &VOTES;
    let (mut german, mut english) = (umlauts(text) * 2, 0);
    let mut words = 0;
    let (mut hash, mut from) = (EMPTY, 0);
    // The gap behind the last word ends it like any other.
    for at in 0..=folded.len() {
        let byte = folded.get(at).copied().unwrap_or(b' ');
        if byte.is_ascii_lowercase() || byte == b'\'' {
            hash = with(hash, byte);
            continue;
        }
        if from < at {
            let word = &folded[from..at];
            for (de, en) in [ballot(hash, votes), if word.len() < 5 { (0, 0) } else { shape(word) }] {
                german += de;
                english += en;
            }
            words += 1;
            if words == MOST_WORDS {
                break;
            }
        }
        (hash, from) = (EMPTY, at + 1);
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
const WORDS: [(&str, u32, u32); 4] = [
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
