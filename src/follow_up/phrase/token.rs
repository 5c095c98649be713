//! From text to tokens: numbers, known words and signs, each with its place in the text. A word nobody knows ends the
//! reading here, so that the grammar never has to guess.

use std::ops::Range;

use super::Refusal;
use super::Spelling;
use super::lexicon::{self, Word};
use super::names;
use super::typos;
use crate::locale::Lang;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits (or a number word, then `digits` is 0).
    Num {
        /// The value, at most `u32::MAX`.
        value: u32,
        /// How many digits were written; 0 for a number in words.
        digits: u8,
    },
    /// A word of the lexicon.
    Word(Word),
    /// One of `. : , / - + ;`.
    Sign(char),
}

/// One token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// Whether it follows the token before it without a space.
    pub glued: bool,
}

/// Cuts `text` into tokens. The second value counts words that are German (positive) or English (negative).
pub(super) fn cut(text: &str, spelling: Spelling) -> Result<(Vec<Token>, i32), Refusal> {
    let mut tokens: Vec<Token> = Vec::with_capacity(12);
    let mut german = 0;
    let mut rest = text.char_indices().peekable();
    let mut glued = false;
    while let Some(&(start, c)) = rest.peek() {
        if c.is_ascii_digit() {
            let end = run(text, start, |c| c.is_ascii_digit());
            let digits = &text[start..end];
            let value = digits.parse::<u32>().unwrap_or(u32::MAX);
            tokens.push(Token {
                kind: Kind::Num { value, digits: digits.len().min(255) as u8 },
                span: start..end,
                glued,
            });
            skip_to(&mut rest, end);
            glued = true;
        } else if c.is_alphabetic() {
            let end = run(text, start, lexicon::in_word);
            let end = meridiem(text, start, end).unwrap_or(end);
            // "3ten": in German, any other "ten" is a number.
            if glued
                && matches!(tokens.last(), Some(Token { kind: Kind::Num { digits: 1.., .. }, .. }))
                && matches!(&text[start..end], "te" | "ten" | "ter" | "tes")
            {
                tokens.push(Token { kind: Kind::Word(Word::OrdinalEnding), span: start..end, glued });
                skip_to(&mut rest, end);
                continue;
            }
            if let Some((word, lang, end)) = names::several(text, &lexicon::fold(&text[start..end]), end) {
                german += if lang == Lang::De { 1 } else { -1 };
                push_word(&mut tokens, Kind::Word(word), start..end, glued);
                skip_to(&mut rest, end);
                glued = true;
                continue;
            }
            for (kind, lang) in words(&text[start..end], spelling)? {
                german += match lang {
                    Some(Lang::De) => 1,
                    Some(Lang::En) => -1,
                    None => 0,
                };
                push_word(&mut tokens, kind, start..end, glued);
                glued = true;
            }
            skip_to(&mut rest, end);
        } else {
            rest.next();
            let span = start..start + c.len_utf8();
            match c {
                c if c.is_whitespace() => {
                    glued = false;
                    continue;
                }
                '.' if ends_in_word(&tokens) && glued => {} // "Std.", "Jan.", "Fr.": an abbreviation's full stop
                '.' | ':' | ',' | '/' | '-' | '+' => tokens.push(Token { kind: Kind::Sign(c), span, glued }),
                '\u{2013}' | '\u{2212}' => tokens.push(Token { kind: Kind::Sign('-'), span, glued }),
                '@' => tokens.push(Token { kind: Kind::Word(Word::At), span, glued }),
                '½' => tokens.push(Token { kind: Kind::Word(Word::Thousandths(500)), span, glued }),
                '¼' => tokens.push(Token { kind: Kind::Word(Word::Thousandths(250)), span, glued }),
                '¾' => tokens.push(Token { kind: Kind::Word(Word::Thousandths(750)), span, glued }),
                '!' | '?' | ';' if text[span.end..].trim().is_empty() => {}
                _ => return Err(Refusal::not_understood(&text[start..])),
            }
            glued = true;
        }
    }
    Ok((tokens, german))
}

/// Which way the words of a text lean, unknown ones included by their letters.
pub(super) fn leaning(text: &str) -> i32 {
    let mut german = -i32::from(month_first(text));
    for word in text.split(|c: char| !lexicon::in_word(c)).filter(|word| !word.is_empty()).take(60) {
        let folded = lexicon::fold(word);
        german += match lexicon::look_up(&folded) {
            Some((_, Some(Lang::De))) => 2,
            Some((_, Some(Lang::En))) => -2,
            None if names::language(&folded) == Some(Lang::De) => 1,
            None if names::language(&folded) == Some(Lang::En) => -1,
            None if word.chars().any(|c| "äöüßÄÖÜ".contains(c)) => 1,
            None if ["ich", "und", "nicht", "wenn", "mit", "kunde", "ist", "auf", "es"].contains(&folded.as_str()) => 1,
            None if ["i", "me", "when", "with", "is", "it", "customer", "for", "my"].contains(&folded.as_str()) => -1,
            Some((_, None)) | None => 0,
        };
    }
    german
}

/// "Feb 31": the month before its day, as only English writes it.
fn month_first(text: &str) -> bool {
    let mut words = text.split_whitespace().map(|word| word.trim_end_matches(','));
    let month = words.next().and_then(|word| lexicon::look_up(&lexicon::fold(word)));
    let day = words.next().is_some_and(|word| word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()));
    day && matches!(month, Some((Word::Month(_), _)))
}

/// "p.m.", "a.m", "p. m." written with full stops: where it ends.
fn meridiem(text: &str, start: usize, end: usize) -> Option<usize> {
    if !matches!(&text[start..end], "a" | "p" | "A" | "P") {
        return None;
    }
    let rest = text[end..].strip_prefix('.')?;
    let m = rest.trim_start();
    let after = m.strip_prefix(['m', 'M'])?;
    if after.starts_with(char::is_alphabetic) {
        return None;
    }
    Some(text.len() - after.len())
}

/// The words of one run of letters: itself, or two that were written together ("inzwei", "Montagmorgen").
fn words(run: &str, spelling: Spelling) -> Result<Vec<(Kind, Option<Lang>)>, Refusal> {
    let folded: String = lexicon::fold(run).chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    if let Some((word, lang)) = lexicon::look_up(&folded) {
        return Ok(vec![(kind(word), lang)]);
    }
    if folded.len() <= 32 {
        let mut splits =
            (2..folded.len().saturating_sub(1)).filter(|at| folded.is_char_boundary(*at)).filter_map(|at| {
                let (left, right) = folded.split_at(at);
                Some([lexicon::look_up(left)?, lexicon::look_up(right)?])
            });
        if let (Some(pair), None) = (splits.next(), splits.next()) {
            return Ok(pair.into_iter().map(|(word, lang)| (kind(word), lang)).collect());
        }
    }
    if spelling == Spelling::Forgiving
        && let Some((word, lang)) = typos::corrected(&folded)
    {
        return Ok(vec![(kind(word), lang)]);
    }
    Err(Refusal::not_understood(run))
}

fn kind(word: Word) -> Kind {
    match word {
        Word::Number(value) => Kind::Num { value, digits: 0 },
        word => Kind::Word(word),
    }
}

/// Appends a word; "twenty" and "five" become one number.
fn push_word(tokens: &mut Vec<Token>, kind: Kind, span: Range<usize>, glued: bool) {
    if let Kind::Num { value: units @ 1..=9, digits: 0 } = kind {
        let hyphen = matches!(tokens.last(), Some(Token { kind: Kind::Sign('-'), .. }));
        let before = tokens.len().checked_sub(if hyphen { 2 } else { 1 });
        if let Some(at) = before
            && let Kind::Num { value: tens @ (20 | 30 | 40 | 50 | 60 | 70 | 80 | 90), digits: 0 } = tokens[at].kind
        {
            tokens.truncate(at + 1);
            tokens[at].kind = Kind::Num { value: tens + units, digits: 0 };
            tokens[at].span.end = span.end;
            return;
        }
    }
    // "twenty-first"; "twenty-second" only with its hyphen, for the second is a unit too.
    let ordinal = match kind {
        Kind::Word(Word::Ordinal(n @ 1..=9)) => Some(n),
        Kind::Word(Word::Unit(super::Unit::Second)) if glued => Some(2),
        _ => None,
    };
    if let Some(units) = ordinal {
        let hyphen = matches!(tokens.last(), Some(Token { kind: Kind::Sign('-'), .. }));
        let before = tokens.len().checked_sub(if hyphen { 2 } else { 1 });
        if let Some(at) = before
            && let Kind::Num { value: tens @ (20 | 30), digits: 0 } = tokens[at].kind
        {
            tokens.truncate(at + 1);
            tokens[at].kind = Kind::Word(Word::Ordinal(tens + units));
            tokens[at].span.end = span.end;
            return;
        }
    }
    // A hyphen between two words is as good as a space: "Ende-der-Woche".
    if glued
        && let [.., before, Token { kind: Kind::Sign('-'), glued: true, .. }] = tokens.as_slice()
        && matches!(before.kind, Kind::Word(_) | Kind::Num { digits: 0, .. })
    {
        tokens.pop();
    }
    tokens.push(Token { kind, span, glued });
}

fn ends_in_word(tokens: &[Token]) -> bool {
    matches!(tokens.last(), Some(Token { kind: Kind::Word(word), .. }) if *word != Word::T)
}

fn run(text: &str, start: usize, belongs: impl Fn(char) -> bool) -> usize {
    text[start..].find(|c| !belongs(c)).map_or(text.len(), |length| start + length)
}

fn skip_to(rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>, end: usize) {
    while rest.next_if(|(at, _)| *at < end).is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        cut(text, Spelling::Exact).unwrap().0.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn words_written_together_are_two() {
        assert_eq!(kinds("inzwei tagen"), kinds("in zwei tagen"));
        assert_eq!(kinds("9Uhr"), kinds("9 uhr"));
        assert_eq!(kinds("Montagnachmittag"), kinds("Montag Nachmittag"));
    }

    #[test]
    fn full_stops_of_abbreviations_disappear() {
        assert_eq!(kinds("5 p.m."), kinds("5 pm"));
        assert_eq!(kinds("2 Std."), kinds("2 Std"));
        assert_eq!(kinds("twenty-five"), vec![Kind::Num { value: 25, digits: 0 }]);
    }

    #[test]
    fn an_unknown_word_is_named() {
        assert_eq!(cut("morgen irgendwo", Spelling::Exact).unwrap_err(), Refusal::not_understood("irgendwo"));
    }
}
