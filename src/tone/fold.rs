//! Text as rules read it: lower-case ASCII, one space between words, with a map back to the original.
//!
//! Invariant: `bytes` is ASCII, and `map[i]` is the byte offset in the original of the character that made `bytes[i]`;
//! `map` never falls. Folding is lossy on purpose: a spelling that hides a word (`i.d.i.o.t`, `1d10t` inside letters, `idiооot`)
//! folds to the word, while ids, versions, hashes and addresses become one mark.

use super::glyphs::{Glyph, PLACEHOLDER, SOFT, glyph};
use super::swar::{self, HIGH};
use super::token::{Kind, classify, is_emoticon, leet, spaced_inside};

/// Folded text and the way back.
#[derive(Debug, Default)]
pub struct Folded {
    /// The folded text: ASCII only.
    pub bytes: Vec<u8>,
    /// For each folded byte the byte offset in the original of the character it came from.
    pub map: Vec<u32>,
    run: usize,
    /// Whether capitals enough were seen that shouting is worth a look.
    pub capitals: bool,
}

/// Folds a text. Only the first 4 GiB are read, which no message reaches.
pub fn fold(text: &str) -> Folded {
    let text = clip(text, u32::MAX as usize);
    let mut out = Folded {
        bytes: Vec::with_capacity(text.len() + 8),
        map: Vec::with_capacity(text.len() + 8),
        ..Folded::default()
    };
    let bytes = text.as_bytes();
    let mut capital_words = 0usize;
    let mut at = 0usize;
    while at < bytes.len() {
        let (token_start, lines) = skip_space(bytes, at);
        if token_start > at {
            out.gap(at, lines, bytes.get(token_start).copied());
        }
        if token_start >= bytes.len() {
            break;
        }
        if let Some((end, capitals)) = out.plain(bytes, token_start) {
            capital_words += usize::from(capitals);
            at = end;
            continue;
        }
        let token_end = token_end(bytes, token_start);
        let token = &text[token_start..token_end];
        if token.len() == 1 && token.as_bytes()[0].is_ascii_alphabetic() {
            let joined = out.join_letters(bytes, token_start);
            if joined > token_start {
                at = joined;
                continue;
            }
        }
        if out.token(token, token_start) {
            capital_words += 1;
        }
        at = token_end;
    }
    while out.bytes.last() == Some(&b' ') {
        out.bytes.pop();
        out.map.pop();
    }
    out.capitals = capital_words >= 2;
    out
}

impl Folded {
    fn push(&mut self, byte: u8, from: usize) {
        if self.bytes.last() == Some(&byte) {
            self.run += 1;
            if byte.is_ascii_lowercase() {
                if self.run == 3 && !matches!(byte, b's' | b'l' | b'f' | b't' | b'p') {
                    self.bytes.pop();
                    self.map.pop();
                }
                if self.run >= 3 {
                    return;
                }
            } else if match byte {
                b'!' | b'?' => self.run > 3,
                b'.' | b' ' | b'\n' | b'_' | b'-' | b'\'' => true,
                _ => self.run > 12,
            } {
                return;
            }
        } else {
            self.run = 1;
        }
        self.bytes.push(byte);
        self.map.push(from as u32);
    }

    /// White space of the original: a space, or a line end where a new line is a new thought (a wrapped line goes on in lower
    /// case).
    fn gap(&mut self, from: usize, lines: usize, next: Option<u8>) {
        if self.bytes.is_empty() {
            return;
        }
        let breaks = lines > 1 || (lines == 1 && !next.is_some_and(|b| b.is_ascii_lowercase()));
        if breaks {
            if self.bytes.last() == Some(&b' ') {
                self.bytes.pop();
                self.map.pop();
            }
            self.push(b'\n', from);
        } else if !matches!(self.bytes.last(), Some(b' ' | b'\n')) {
            self.push(b' ', from);
        }
    }

    /// `i d i o t` (at least four single letters) becomes one word; returns where reading goes on, or `start`.
    fn join_letters(&mut self, bytes: &[u8], start: usize) -> usize {
        let mut at = start;
        let mut count = 0;
        while at < bytes.len()
            && bytes[at].is_ascii_alphabetic()
            && bytes.get(at + 1).is_none_or(|b| !b.is_ascii_alphanumeric() && b.is_ascii())
        {
            count += 1;
            if bytes.get(at + 1) == Some(&b' ') {
                at += 2;
            } else {
                at += 1;
                break;
            }
        }
        if count < 4 {
            return start;
        }
        for (i, byte) in bytes[start..at].iter().enumerate() {
            if byte.is_ascii_alphabetic() {
                self.push(byte.to_ascii_lowercase(), start + i);
            }
        }
        // The gap after the last letter, if it was eaten.
        if bytes[at - 1] == b' ' { at - 1 } else { at }
    }

    /// What three in four tokens are: two to seven letters, perhaps one mark behind them. Returns where it ends and whether it is written
    /// in capitals; `None`, with nothing done, for anything else. Says what [`Self::token`] says, sooner.
    fn plain(&mut self, bytes: &[u8], start: usize) -> Option<(usize, bool)> {
        let chunk = swar::eight(bytes, start);
        // Whatever their case.
        let small = chunk | swar::splat(0x20);
        let len = swar::before(!swar::within(small, b'a', b'z') & HIGH);
        // Letters that stand alone may be a word kept apart; longer words are fewer.
        if !(2..8).contains(&len) {
            return None;
        }
        let behind = |at: usize| bytes.get(start + at).copied().unwrap_or(b' ');
        let mark = match behind(len) {
            gap if is_space(gap) => None,
            mark @ (b'.' | b',' | b'!' | b'?') if is_space(behind(len + 1)) => Some(mark),
            _ => return None,
        };
        let small = swar::first(small, len);
        // Of each letter whether the next one is the same; three of a kind are too many.
        let twice = swar::equal(small ^ small >> 8, 0) & swar::first(HIGH, len - 1);
        if twice & twice >> 8 != 0 || self.bytes.last() == Some(&(small as u8)) {
            return None;
        }
        // Eight are written at once, and those that are too many taken back.
        let end = self.bytes.len() + len;
        self.bytes.extend_from_slice(&small.to_le_bytes());
        self.map.extend_from_slice(&std::array::from_fn::<u32, 8, _>(|i| (start + i) as u32));
        self.bytes.truncate(end);
        self.map.truncate(end);
        self.run = 1 + usize::from(twice >> (8 * len - 9) & 1 != 0);
        if let Some(mark) = mark.filter(|&mark| mark != b',') {
            self.push(mark, start + len);
        }
        let capitals = swar::within(chunk, b'A', b'Z') & swar::first(HIGH, len) == swar::first(HIGH, len);
        Some((start + len + usize::from(mark.is_some()), capitals))
    }

    /// One word with what clings to it. Returns whether it is written in capitals.
    fn token(&mut self, token: &str, start: usize) -> bool {
        let shape = classify(token);
        match shape.kind {
            Kind::Word => {
                for (i, byte) in token.bytes().enumerate() {
                    self.push(byte.to_ascii_lowercase(), start + i);
                }
            }
            Kind::Placeholder => self.push(PLACEHOLDER, start),
            Kind::Mixed { leet_allowed } => {
                if is_emoticon(token) {
                    self.push(SOFT, start);
                } else {
                    self.mixed(token, start, leet_allowed, shape.latin);
                }
            }
        }
        shape.capitals
    }

    fn mixed(&mut self, token: &str, start: usize, leet_allowed: bool, latin: bool) {
        let bytes = token.as_bytes();
        let spaced = spaced_inside(bytes);
        // Markdown: a token that opens with emphasis marks may close with them; `f***` keeps its mask.
        let marked = bytes[0] == b'*';
        for (i, c) in token.char_indices() {
            let at = start + i;
            if !c.is_ascii() {
                match glyph(c, latin) {
                    Glyph::Nothing => {}
                    Glyph::Gap => self.gap(at, 0, None),
                    Glyph::Bytes(b'\'', None) => self.apostrophe(bytes, i, c.len_utf8(), at),
                    Glyph::Bytes(b'e', None) if c == '\u{0308}' => {
                        if matches!(self.bytes.last(), Some(b'a' | b'o' | b'u')) {
                            self.push(b'e', at);
                        }
                    }
                    Glyph::Bytes(first, second) => {
                        self.push(first, at);
                        if let Some(second) = second {
                            self.push(second, at);
                        }
                    }
                }
                continue;
            }
            let byte = c as u8;
            let next = bytes.get(i + 1).copied();
            let after_letter = i > 0 && (bytes[i - 1].is_ascii_alphanumeric() || !bytes[i - 1].is_ascii());
            let between = after_letter && next.is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' => self.push(byte.to_ascii_lowercase(), at),
                b'.' | b'-' | b'_' | b'*' | b'|' if spaced && next.is_some() => {}
                b'*' if marked || !after_letter && !matches!(bytes.get(i.wrapping_sub(1)), Some(b'*')) => {}
                b'*' => self.push(b'*', at),
                b'0'..=b'9' | b'@' | b'$' => {
                    let letter = leet(byte).filter(|_| leet_allowed && between);
                    self.push(letter.unwrap_or(byte), at);
                }
                b'!' | b'?' | b'.' | b'%' | b'+' | b'&' | b'/' => self.push(byte, at),
                b'-' | b'_' if between => self.push(b'-', at),
                b',' | b':' if between && bytes[i - 1].is_ascii_digit() => self.push(byte, at),
                b'\'' | b'`' => self.apostrophe(bytes, i, 1, at),
                b'~' | b'|' | b'#' | b'^' | b'\\' => {}
                _ => {
                    // Brackets, commas, quotation marks: only a gap, and only where a word follows.
                    if next.is_some() {
                        self.gap(at, 0, None);
                    }
                }
            }
        }
    }

    fn apostrophe(&mut self, bytes: &[u8], i: usize, len: usize, at: usize) {
        let before = i > 0 && (bytes[i - 1].is_ascii_alphabetic() || !bytes[i - 1].is_ascii());
        if before && bytes.get(i + len).is_some_and(u8::is_ascii_alphabetic) {
            self.push(b'\'', at);
        }
    }
}

fn clip(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

fn skip_space(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let mut lines = 0;
    while let Some(&byte) = bytes.get(at).filter(|&&byte| is_space(byte)) {
        lines += usize::from(byte == b'\n');
        at += 1;
    }
    (at, lines)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0B | 0x0C)
}

fn token_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|&b| is_space(b)).map_or(bytes.len(), |n| start + n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        String::from_utf8(fold(text).bytes).expect("folded text is ASCII")
    }

    #[test]
    fn what_plain_words_are_is_known() {
        for (text, plain) in [
            ("Hallo du", Some((5, false))),
            ("JETZT!", Some((6, true))),
            ("ok, gut", Some((3, false))),
            ("nooo", None),
            ("E-Mail", None),
            ("warum??", None),
            ("Guthaben", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(Folded::default().plain(text.as_bytes(), 0), plain, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_word_is_folded_like_any_token(
            before in "[ a.!]{0,2}", word in "[a-cA-CX]{0,6}[a-z]{0,3}[.,!?:)1]{0,2}", behind in "( [a-zA-Z]{1,9})?"
        ) {
            let [mut short, mut long] = [&before; 2].map(|before| {
                let mut out = Folded::default();
                before.bytes().enumerate().for_each(|(at, byte)| out.push(byte, at));
                out
            });
            let text = format!("{before}{word}{behind}");
            if let Some((end, capitals)) = short.plain(text.as_bytes(), before.len()) {
                prop_assert_eq!(end, before.len() + word.len());
                prop_assert_eq!(capitals, long.token(&word, before.len()));
                prop_assert_eq!(&short.bytes, &long.bytes);
                prop_assert_eq!(&short.map, &long.map);
                // What comes next finds the same run.
                for folded in [&mut short, &mut long] {
                    (0..3).for_each(|_| folded.push(text.as_bytes()[end - 1].to_ascii_lowercase(), end));
                }
                prop_assert_eq!(short.bytes, long.bytes);
            }
        }

        #[test]
        fn folding_twice_is_folding_once(parts in proptest::collection::vec(prop_oneof![
            "[a-zA-ZäöüßÄÖÜé]{1,12}", "[0-9]{1,4}", "[.,!?:;()'-]{1,3}", Just(" ".to_owned()), Just("\n".to_owned()), Just(" \u{200B}".to_owned()),
            Just("https://a.b/c ".to_owned()), Just("🤬".to_owned()), Just("id10t ".to_owned()), Just("i d i o t ".to_owned()),
        ], 0..30)) {
            let text = parts.join(" ");
            let once = fold(&text).bytes;
            // Marks stand for signs that cannot be typed as such: each is written out before the second reading.
            let written: String = once.iter().map(|&b| match b {
                0x01 => "🤬".to_owned(),
                0x02 => "🙂".to_owned(),
                0x03 => "☃".to_owned(),
                0x04 => " <@1> ".to_owned(),
                0x06 => "🖕".to_owned(),
                b'\n' => "\n\n".to_owned(),
                b => char::from(b).to_string(),
            }).collect();
            let twice = fold(&written).bytes;
            prop_assert_eq!(String::from_utf8_lossy(&once), String::from_utf8_lossy(&twice));
        }
    }

    #[test]
    fn umlauts_and_their_spellings_fold_alike() {
        assert_eq!(folded("Unverschämt, Scheiße!"), "unverschaemt scheisse!");
        assert_eq!(folded("Unverscha\u{0308}mt SCHEISSE"), "unverschaemt scheisse");
    }

    #[test]
    fn hidden_words_come_out() {
        assert_eq!(folded("I D I O T"), "idiot");
        assert_eq!(folded("i.d.i.o.t"), "idiot");
        assert_eq!(folded("id\u{200B}iot id10t iiiiidiot"), "idiot idiot idiot");
        assert_eq!(folded("sch31sse b1tch"), "scheisse bitch");
        assert_eq!(folded("idiоt"), "idiot");
        assert_eq!(folded("**Idiot** f***"), "idiot f***");
    }

    #[test]
    fn ids_versions_hashes_and_addresses_become_marks() {
        assert_eq!(folded("a https://x.y/z b"), "a \u{4} b");
        assert_eq!(
            folded("v1.2.3 ABC-1234 d34db33f99 <@12> a@b.de #1042 MAX_RETRY"),
            "\u{4} \u{4} \u{4} \u{4} \u{4} \u{4} \u{4}"
        );
        assert_eq!(folded("um 10:30 am 12.03. zum 3. Mal"), "um 10:30 am 12.03. zum 3. mal");
    }

    #[test]
    fn a_wrapped_line_goes_on_and_a_new_line_breaks() {
        assert_eq!(folded("Sie haben\nnie"), "sie haben nie");
        assert_eq!(folded("Hallo\nSie haben"), "hallo\nsie haben");
    }

    proptest! {
        #[test]
        fn any_text_folds_to_ascii_with_a_rising_map(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert!(folded.bytes.is_ascii());
            prop_assert_eq!(folded.bytes.len(), folded.map.len());
            prop_assert!(folded.map.windows(2).all(|w| w[0] <= w[1]));
            prop_assert!(folded.map.iter().all(|&at| text.is_char_boundary(at as usize)));
        }
    }
}
