//! Find mode: a time inside a sentence („Kunde meldet sich morgen“). It only ever suggests; what it finds is shown to
//! a person before anything is done with it.

use std::ops::Range;

use super::{Context, Reading, Spelling, read};

/// A time is rarely said in more words than this.
const MOST_WORDS: usize = 9;

/// How many words of a sentence are looked at.
const MOST_LOOKED_AT: usize = 60;

/// The longest time said in a sentence, the first of equals: its bytes in the sentence and what it means.
pub fn find(sentence: &str, context: &Context) -> Option<(Range<usize>, Reading)> {
    let words = words(sentence);
    for length in (1..=MOST_WORDS.min(words.len())).rev() {
        for window in words.windows(length) {
            let range = window[0].start..window[length - 1].end;
            let text = &sentence[range.clone()];
            if length == 1 && !telling(text) {
                continue;
            }
            if let Ok(reading) = read(text, context, Spelling::Exact) {
                return Some((range, reading));
            }
        }
    }
    None
}

/// Whether one word alone is more likely a time than anything else: "so" and "may" are not.
fn telling(word: &str) -> bool {
    // Nikolaus and Silvester are people's names as well.
    word.chars().count() > 3
        && !["march", "mitte", "noon", "nikolaus", "silvester", "sylvester"].contains(&word.to_lowercase().as_str())
}

/// The words of a sentence without the signs around them.
fn words(sentence: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in sentence.char_indices().chain([(sentence.len(), ' ')]) {
        match (c.is_whitespace(), start) {
            (true, Some(from)) => {
                let word = &sentence[from..at];
                let trimmed = word.trim_start_matches(['(', '"', '„', '*', '_']);
                let from = from + (word.len() - trimmed.len());
                let end = from + trimmed.trim_end_matches([')', '"', '“', '!', '?', ',', ';', '*', '_']).len();
                if from < end {
                    words.push(from..end);
                }
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
        if words.len() == MOST_LOOKED_AT {
            break;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sentence: &str) -> Option<(String, String)> {
        let now = "2026-11-18T10:15:00+01:00[Europe/Berlin]".parse().unwrap();
        let (range, reading) = find(sentence, &Context::new(now))?;
        Some((sentence[range].to_owned(), reading.civil.to_string()))
    }

    #[test]
    fn a_time_in_a_sentence_is_found_with_its_place() {
        let row = |text: &str, due: &str| Some((text.to_owned(), due.to_owned()));
        assert_eq!(found("Kunde meldet sich morgen."), row("morgen.", "2026-11-19T09:00:00"));
        assert_eq!(found("I'll get back to you tomorrow at 3pm, ok?"), row("tomorrow at 3pm", "2026-11-19T15:00:00"));
        assert_eq!(found("Ich rufe Freitag um 14 Uhr zurück"), row("Freitag um 14 Uhr", "2026-11-20T14:00:00"));
    }

    #[test]
    fn a_sentence_without_a_time_gives_nothing() {
        for sentence in ["so geht das", "he may call", "Rechnung 4711 ist falsch", "", "   ", "!!!"] {
            assert_eq!(found(sentence), None, "{sentence}");
        }
    }
}
