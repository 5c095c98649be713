//! What single characters become in folded text: accents go, look-alikes become Latin, emoji become marks.
//!
//! Folded text is pure ASCII. The marks below are control bytes, so that no letter rule can ever match them.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// An angry emoji (🤬😡👿): raises another finding, never makes one.
pub const ANGRY: u8 = 0x01;
/// A softening emoji or emoticon (😅😂🙏 `:)`): lowers a mild finding.
pub const SOFT: u8 = 0x02;
/// Any other sign that is neither letter nor punctuation.
pub const SIGN: u8 = 0x03;
/// A URL, mention, id, version, hash, path or piece of code.
pub const PLACEHOLDER: u8 = 0x04;
/// The raised middle finger, which rules may name.
pub const FINGER: u8 = 0x06;

/// What one character contributes to folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// Nothing at all: zero-width, directional, a variation selector, a combining mark.
    Nothing,
    /// A gap between words.
    Gap,
    /// One or two bytes.
    Bytes(u8, Option<u8>),
}

/// Whether a character is invisible and dropped (zero-width, soft hyphen, directional control, tag, selector).
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The folding of one non-ASCII character. `latin_word`: the word it stands in has ASCII letters, so a Cyrillic or Greek
/// look-alike is meant as Latin.
pub fn glyph(c: char, latin_word: bool) -> Glyph {
    use Glyph::{Bytes, Gap, Nothing};
    match c {
        'ä' | 'Ä' | 'æ' | 'Æ' => Bytes(b'a', Some(b'e')),
        'ö' | 'Ö' | 'œ' | 'Œ' => Bytes(b'o', Some(b'e')),
        'ü' | 'Ü' => Bytes(b'u', Some(b'e')),
        'ß' | 'ẞ' => Bytes(b's', Some(b's')),
        'ø' | 'Ø' => Bytes(b'o', None),
        'ł' | 'Ł' => Bytes(b'l', None),
        'đ' | 'Đ' | 'ð' => Bytes(b'd', None),
        'ı' => Bytes(b'i', None),
        '\u{0308}' => Bytes(b'e', None), // decomposed umlaut: "a" + this
        '…' => Bytes(b'.', None),
        '’' | '‘' | '´' | '`' | 'ʼ' | '′' => Bytes(b'\'', None),
        '‐' | '‑' => Bytes(b'-', None),
        '€' | '£' => Bytes(b'$', None),
        '🤬' | '😡' | '😠' | '👿' | '😤' => Bytes(ANGRY, None),
        '😅' | '😂' | '🙏' | '🙂' | '😊' | '😉' | '😄' | '😁' | '😀' | '🤣' | '👍' | '❤' | '😆' | '🎉' | '🥳'
        | '💪' | '😍' | '🤗' | '😇' | '☺' | '😃' | '😋' | '😜' | '😎' => Bytes(SOFT, None),
        '🖕' => Bytes(FINGER, None),
        c if is_invisible(c) || is_combining_mark(c) => Nothing,
        c if latin_word && look_alike(c).is_some() => look_alike(c).map_or(Nothing, |b| Bytes(b, None)),
        c if c.is_whitespace() => Gap,
        c => other(c),
    }
}

/// A character without a fixed rule: its compatibility decomposition where that is ASCII, else a letter or a sign.
fn other(c: char) -> Glyph {
    let mut found: [Option<u8>; 2] = [None, None];
    decompose_compatible(c, |part| {
        if part.is_ascii_graphic() {
            let byte = part.to_ascii_lowercase() as u8;
            if found[0].is_none() {
                found[0] = Some(byte);
            } else if found[1].is_none() {
                found[1] = Some(byte);
            }
        }
    });
    match found[0] {
        Some(first) => Glyph::Bytes(first, found[1]),
        None if c.is_alphanumeric() => Glyph::Bytes(b'_', None),
        None if ('\u{2010}'..='\u{203E}').contains(&c) || ('\u{00A0}'..='\u{00BF}').contains(&c) => Glyph::Gap,
        None if ('\u{3000}'..='\u{303F}').contains(&c) => Glyph::Gap,
        None => Glyph::Bytes(SIGN, None),
    }
}

/// The Latin letter a Cyrillic or Greek letter looks like.
fn look_alike(c: char) -> Option<u8> {
    Some(match c {
        'а' | 'А' | 'α' | 'Α' => b'a',
        'в' | 'В' | 'Β' => b'b',
        'с' | 'С' | 'ϲ' => b'c',
        'ԁ' => b'd',
        'е' | 'Е' | 'ё' | 'ε' | 'Ε' => b'e',
        'һ' | 'н' | 'Н' | 'Η' => b'h',
        'і' | 'І' | 'ї' | 'ι' | 'Ι' => b'i',
        'ј' | 'Ј' => b'j',
        'к' | 'К' | 'κ' | 'Κ' => b'k',
        'м' | 'М' | 'Μ' => b'm',
        'ո' | 'п' | 'Ν' | 'η' => b'n',
        'о' | 'О' | 'ο' | 'Ο' => b'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => b'p',
        'ѕ' | 'Ѕ' => b's',
        'т' | 'Т' | 'τ' | 'Τ' => b't',
        'ц' | 'υ' => b'u',
        'х' | 'Х' | 'χ' | 'Χ' => b'x',
        'у' | 'У' | 'Υ' => b'y',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cyrillic_letter_is_latin_only_inside_a_latin_word() {
        assert_eq!(glyph('о', true), Glyph::Bytes(b'o', None));
        assert_eq!(glyph('о', false), Glyph::Bytes(b'_', None));
    }

    #[test]
    fn full_width_and_styled_letters_become_plain() {
        assert_eq!(glyph('Ｄ', false), Glyph::Bytes(b'd', None));
        assert_eq!(glyph('𝖎', false), Glyph::Bytes(b'i', None));
        assert_eq!(glyph('é', false), Glyph::Bytes(b'e', None));
    }
}
