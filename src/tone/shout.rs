//! Shouting: several whole words in capitals that are no acronyms, and the proxies that only raise another finding (P40).
//!
//! Invariant: a run counts only when a small everyday word stands in it (`ICH`, `NOT`), which no product name, HTTP verb or constant
//! has; thanks and congratulations never count.

use std::ops::Range;

/// Everyday words (folded) that show that a run of capitals is speech.
const SPEECH: &[&str] = &[
    "ich",
    "sie",
    "du",
    "ihr",
    "wir",
    "nie",
    "keiner",
    "warum",
    "wieso",
    "wann",
    "was",
    "wo",
    "wer",
    "jetzt",
    "endlich",
    "sofort",
    "mir",
    "mich",
    "uns",
    "euch",
    "mein",
    "meine",
    "ihre",
    "ihren",
    "seit",
    "schon",
    "immer",
    "wieder",
    "niemand",
    "doch",
    "mal",
    "haben",
    "habe",
    "hat",
    "will",
    "wollen",
    "bin",
    "sind",
    "you",
    "your",
    "i",
    "my",
    "me",
    "why",
    "how",
    "what",
    "when",
    "where",
    "now",
    "always",
    "again",
    "we",
    "our",
    "us",
    "don't",
    "dont",
    "can't",
    "cant",
    "won't",
    "have",
    "has",
    "been",
    "still",
    "want",
    "nobody",
    "anyone",
    "someone",
    "fix",
    "answer",
    "give",
    "just",
    "money",
    "geld",
    "antwort",
    "antworten",
    "melden",
];

/// Words that labels and messages of machines have too (`NOT FOUND`, `NO DEVICE`): only two of them make speech.
const SMALL: &[&str] = &[
    "nicht", "kein", "keine", "ist", "das", "der", "die", "den", "ein", "eine", "und", "hier", "es", "so", "mehr",
    "the", "is", "are", "not", "no", "this", "that", "it", "do", "for", "to", "of", "and", "back", "need", "stop",
    "never",
];

/// Words that make capitals friendly, or a heading or log line.
const FRIENDLY: &[&str] = &[
    "danke",
    "dank",
    "super",
    "toll",
    "glueckwunsch",
    "gratuliere",
    "gratulation",
    "geburtstag",
    "weihnachten",
    "prima",
    "klasse",
    "hurra",
    "juhu",
    "thanks",
    "thank",
    "thx",
    "great",
    "awesome",
    "yay",
    "congrats",
    "congratulations",
    "happy",
    "love",
    "amazing",
    "birthday",
    "welcome",
    "willkommen",
    "frohe",
    "guten",
    "alles",
    "found",
    "http",
    "error",
    "warning",
    "fatal",
    "warnung",
    "exception",
    "notice",
    "hinweis",
    "achtung",
    "important",
    "wichtig",
    "bitte",
    "lol",
    "select",
    "from",
    "insert",
    "update",
    "delete",
    "tor",
    "goal",
    "wow",
    "eyesight",
    "sehbehindert",
    "keyboard",
    "tastatur",
    "wartung",
    "maintenance",
];

/// Signs that make the words around them louder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume {
    /// `!!!`, `???`, `?!` somewhere.
    pub marks: bool,
    /// An angry emoji.
    pub angry: bool,
}

/// How loud folded text is beyond its words.
pub fn volume(folded: &[u8]) -> Volume {
    let mut volume = Volume::default();
    let mut run = 0;
    let (mut asks, mut calls) = (false, false);
    for &byte in folded {
        match byte {
            b'!' => calls = true,
            b'?' => asks = true,
            super::glyphs::ANGRY => volume.angry = true,
            _ => {
                (run, asks, calls) = (0, false, false);
                continue;
            }
        }
        run += 1;
        volume.marks |= run >= 3 || asks && calls;
    }
    volume
}

/// Runs of shouted words, as byte ranges of the original.
pub fn shouted(text: &str) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut run = Run::default();
    let mut at = 0;
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | '!' | '?' | '.' | ':' | ';')) {
        let start = at;
        at += word.len();
        let body = word.trim_matches(|c: char| !c.is_alphanumeric());
        if body.is_empty() {
            run.marks += word.matches(['!', '?']).count();
            continue;
        }
        let offset = start + word.find(body).unwrap_or(0);
        let letters = body.chars().filter(|c| c.is_alphabetic()).count();
        let plain = body.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'));
        let capital = plain && letters > 0 && body.chars().filter(|c| c.is_alphabetic()).all(|c| !c.is_lowercase());
        if capital {
            run.take(body, offset, letters);
            run.marks += word.matches(['!', '?']).count();
        } else if letters > 0 {
            std::mem::take(&mut run).finish(&mut runs);
        }
        if runs.len() > 50 {
            return runs;
        }
    }
    run.finish(&mut runs);
    runs
}

#[derive(Default)]
struct Run {
    words: usize,
    long: usize,
    speech: usize,
    small: usize,
    friendly: bool,
    marks: usize,
    span: Range<usize>,
}

impl Run {
    fn take(&mut self, body: &str, offset: usize, letters: usize) {
        let folded = body
            .to_lowercase()
            .replace('ä', "ae")
            .replace('ö', "oe")
            .replace('ü', "ue")
            .replace('ß', "ss")
            .replace('’', "'");
        if self.words == 0 {
            self.span.start = offset;
        }
        self.span.end = offset + body.len();
        self.words += 1;
        self.long += usize::from(letters >= 4);
        self.speech += usize::from(SPEECH.contains(&folded.as_str()));
        self.small += usize::from(SMALL.contains(&folded.as_str()));
        self.friendly |= FRIENDLY.contains(&folded.as_str());
    }

    fn finish(self, runs: &mut Vec<Range<usize>>) {
        let several = self.words >= 3 && self.long >= 1 && (self.speech >= 1 || self.small >= 2);
        let two = self.words == 2 && self.long >= 1 && self.speech >= 1 && self.marks >= 2;
        if (several || two) && !self.friendly {
            runs.push(self.span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shouted_sentences_are_found() {
        for text in [
            "WARUM ANTWORTET MIR NIEMAND",
            "I WANT MY MONEY BACK",
            "so, JETZT ANTWORTEN SIE endlich",
            "ANTWORTEN SIE!!",
        ] {
            assert_eq!(shouted(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn acronyms_constants_verbs_and_thanks_are_no_shouting() {
        for text in [
            "GET POST PUT",
            "DANKE FÜR DIE HILFE!!!",
            "USB HDMI DVI",
            "AGB und DSGVO",
            "HTTP 404 NOT FOUND",
            "ORDER NOT RECEIVED",
            "NO BOOTABLE DEVICE",
            "MAX_RETRY_COUNT",
            "THANK YOU SO MUCH",
        ] {
            assert!(shouted(text).is_empty(), "{text}");
        }
    }
}
