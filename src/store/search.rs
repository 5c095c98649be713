//! PURE. The words a text is found by, the same for both engines.
//!
//! Invariant: whatever form a word has in a case and in a question, both are cut down by this code and nothing else, so
//! that `SQLite` and `PostgreSQL` agree. "Rechnungen" finds "Rechnung", "Verträge" finds "Vertrag", "parties" "party".

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use crate::case::Case;

/// Words of a text that count; the rest of a very long resolution is not searched.
const MAX_WORDS: usize = 64;
/// Letters of a word that count.
const MAX_LETTERS: usize = 40;

static GERMAN: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::German));
static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// One word somebody typed into a search, with every form it may be stored under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// As typed, folded: also the beginning of a longer word.
    pub typed: String,
    /// Its stems in German and English, and itself; any of them is a match.
    pub forms: Vec<String>,
}

/// The forms under which a case is stored.
pub fn of_case(case: &Case) -> Vec<String> {
    let customer = case.customer.as_deref().unwrap_or_default();
    let resolution = case.resolution.as_deref().unwrap_or_default();
    words(&format!("{} {customer} {} {resolution}", case.title, case.tags.join(" ")))
}

/// The forms under which a case with this text is stored: of every word itself and its stems in both languages, since
/// nobody says which language a title is in. No form twice; only lower-case letters and digits.
pub fn words(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for word in split(text) {
        for form in forms_of(&word) {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

/// The words of a question, each with its alternatives; every one of them must be met.
pub fn query_words(text: &str) -> Vec<QueryWord> {
    split(text).iter().map(|word| QueryWord { typed: clipped(&fold(word)), forms: forms_of(word) }).collect()
}

/// Lower-case words in composed form, umlauts still in place; each once.
fn split(text: &str) -> Vec<String> {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let mut words: Vec<String> = Vec::new();
    for word in lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if words.len() == MAX_WORDS {
            break;
        }
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

fn forms_of(word: &str) -> Vec<String> {
    let folded = fold(word);
    // The German stemmer knows ä, ö, ü and takes the plural's umlaut off; those who type ae get what is left of that.
    let stems = [fold(&GERMAN.stem(word)), GERMAN.stem(&folded).into_owned(), ENGLISH.stem(&folded).into_owned()];
    let mut forms = vec![clipped(&folded)];
    for stem in stems {
        let stem = clipped(&stem);
        if !stem.is_empty() && !forms.contains(&stem) {
            forms.push(stem);
        }
    }
    forms
}

/// Umlauts as two letters, as people without the keys type them; other accents are taken off.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'a'..='z' | '0'..='9' => folded.push(letter),
            other => folded.extend(std::iter::once(other).nfd().filter(|part| part.is_alphanumeric())),
        }
    }
    folded
}

fn clipped(word: &str) -> String {
    word.chars().take(MAX_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(typed: &str, text: &str) -> bool {
        let stored = words(text);
        query_words(typed).iter().all(|word| word.forms.iter().any(|form| stored.contains(form)))
    }

    #[test]
    fn a_word_finds_its_other_forms_in_both_languages() {
        for (typed, text) in [
            ("Rechnungen", "Die Rechnung ist doppelt"),
            ("Rechnung", "Zwei RECHNUNGEN"),
            ("Verträge", "Der Vertrag"),
            ("vertraege", "Alle Verträge"),
            ("strasse", "Große Straße 5"),
            ("parties", "The party"),
            ("invoices", "An invoice"),
            ("delivery", "Deliveries are late"),
            ("cafe", "Im Café"),
            ("1042", "Bestellung 1042"),
            ("заказы", "ЗАКАЗЫ"),
        ] {
            assert!(finds(typed, text), "{typed} should find {text}");
        }
        assert!(!finds("Rechnung", "Der Vertrag"));
        assert!(!finds("Rechnung Vertrag", "Der Vertrag"), "every word must be met");
    }

    #[test]
    fn only_letters_and_digits_come_out_so_that_patterns_need_no_escaping() {
        for word in words("50% _x_ 'quote' \\ \u{0} 👍 a\u{0308}b İstanbul ﬁx مرحبا") {
            assert!(word.chars().all(char::is_alphanumeric), "{word:?}");
        }
        assert_eq!(words("👍 – …"), Vec::<String>::new());
        assert!(query_words("  ").is_empty());
    }

    #[test]
    fn very_long_texts_and_words_are_cut() {
        let long = (0..500).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(split(&long).len(), MAX_WORDS);
        assert!(words(&"x".repeat(5_000)).iter().all(|word| word.chars().count() <= MAX_LETTERS));
    }

    #[test]
    fn every_form_of_a_stored_word_is_found_by_typing_it() {
        for text in ["Kündigungsfrist", "Geräte", "policies", "übermäßig", "häuser", "running", "Öl"] {
            assert!(finds(text, text), "{text}");
        }
    }
}
