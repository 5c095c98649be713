//! Numbers and ordinals in words, both languages, as far as anybody writes them out for a time (up to 199).

use super::lexicon::Word;
use crate::locale::Lang;

/// German units as they stand alone or inside a compound.
const GERMAN_UNITS: &[(&str, u32)] = &[
    ("null", 0),
    ("eins", 1),
    ("ein", 1),
    ("zwei", 2),
    ("zwo", 2),
    ("drei", 3),
    ("vier", 4),
    ("fuenf", 5),
    ("funf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zwoelf", 12),
    ("zwolf", 12),
    ("dreizehn", 13),
    ("vierzehn", 14),
    ("fuenfzehn", 15),
    ("funfzehn", 15),
    ("sechzehn", 16),
    ("siebzehn", 17),
    ("achtzehn", 18),
    ("neunzehn", 19),
];

const GERMAN_TENS: &[(&str, u32)] = &[
    ("zwanzig", 20),
    ("dreissig", 30),
    ("dreisig", 30),
    ("vierzig", 40),
    ("fuenfzig", 50),
    ("funfzig", 50),
    ("sechzig", 60),
    ("siebzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
];

const ENGLISH: &[(&str, u32)] = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// Reads a folded word as a number, a number with a half, or an ordinal.
pub(super) fn word(folded: &str) -> Option<(Word, Option<Lang>)> {
    // The longest is "hundertsiebenundsiebzigsten"; anything longer is not worth taking apart.
    if folded.len() > 32 {
        return None;
    }
    if let Some(n) = find(ENGLISH, folded) {
        return Some((Word::Number(n), Some(Lang::En)));
    }
    if let Some(n) = german(folded) {
        return Some((Word::Number(n), Some(Lang::De)));
    }
    if let Some(n) = folded.strip_suffix("einhalb").and_then(german) {
        return Some((Word::Thousandths(n * 1000 + 500), Some(Lang::De)));
    }
    ordinal(folded)
}

fn ordinal(folded: &str) -> Option<(Word, Option<Lang>)> {
    for ending in ["sten", "ster", "ste", "ten", "ter", "te"] {
        if let Some(n) = folded.strip_suffix(ending).and_then(german) {
            // zweite but zwanzigste: the s belongs to twenty and above.
            let fits = if n < 20 { !ending.starts_with('s') } else { ending.starts_with('s') };
            return fits.then_some((Word::Ordinal(n), Some(Lang::De)));
        }
    }
    let stem = match folded {
        "twelfth" => "twelve",
        "twentieth" => "twenty",
        "thirtieth" => "thirty",
        other => other.strip_suffix("th")?,
    };
    find(ENGLISH, stem).filter(|n| *n > 10).map(|n| (Word::Ordinal(n), Some(Lang::En)))
}

fn german(word: &str) -> Option<u32> {
    if let Some(rest) = word.strip_prefix("einhundert").or_else(|| word.strip_prefix("hundert")) {
        return if rest.is_empty() { Some(100) } else { below_hundred(rest).map(|n| n + 100) };
    }
    below_hundred(word)
}

fn below_hundred(word: &str) -> Option<u32> {
    if let Some(n) = find(GERMAN_UNITS, word).or_else(|| find(GERMAN_TENS, word)) {
        return Some(n);
    }
    let (units, tens) = GERMAN_TENS.iter().find_map(|(name, tens)| Some((word.strip_suffix(name)?, *tens)))?;
    let units = find(GERMAN_UNITS, units.strip_suffix("und")?)?;
    (1..10).contains(&units).then_some(tens + units)
}

fn find(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table.iter().find(|(name, _)| *name == word).map(|(_, n)| *n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<Word> {
        word(&super::super::lexicon::fold(text)).map(|(word, _)| word)
    }

    #[test]
    fn compounds_are_taken_apart() {
        assert_eq!(number("fünfundvierzig"), Some(Word::Number(45)));
        assert_eq!(number("Einundzwanzig"), Some(Word::Number(21)));
        assert_eq!(number("hundertzwanzig"), Some(Word::Number(120)));
        assert_eq!(number("zweieinhalb"), Some(Word::Thousandths(2500)));
        assert_eq!(number("vierundzwanzigster"), Some(Word::Ordinal(24)));
        assert_eq!(number("zweiter"), Some(Word::Ordinal(2)));
        assert_eq!(number("nineteenth"), Some(Word::Ordinal(19)));
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        for text in ["zwanzigundeins", "undzwanzig", "elfundzwanzig", "hunderthundert", "zwanzigte", "", "einhalb_"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
