//! The named pieces patterns are made of: written out, and what each requires.
//!
//! Invariant: what a name stands for is ASCII and contains no name.

use super::attempt::Named;
use super::literals::{FIRST_NAME, Info, Needed, info, required};
use super::matcher::parse;
use super::steps::{NAMED, Steps};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

/// Most bytes a morpheme may have when it is written out.
const LONGEST: usize = 40_000;

/// More names than this cannot be told apart by a byte.
const NAMES: usize = 127;

/// All morphemes of one file, sorted by name.
#[derive(Debug)]
pub struct Morphemes {
    names: Vec<String>,
    texts: Vec<String>,
    infos: Vec<Info>,
    /// Written when the first pattern goes through them.
    steps: Vec<OnceLock<Option<Steps>>>,
}

impl Named for Morphemes {
    fn steps(&self, number: usize) -> Option<&Steps> {
        let write = || Steps::new(&parse(&self.texts[number]).ok()?, false, &|_| None);
        self.steps.get(number)?.get_or_init(write).as_ref()
    }
}

impl Morphemes {
    /// Not yet written out: [`Morphemes::settle`] does that, name by name.
    pub fn new(raw: BTreeMap<String, String>) -> Self {
        let (names, texts): (Vec<_>, Vec<_>) = raw.into_iter().unzip();
        let steps = names.iter().map(|_| OnceLock::new()).collect();
        Self { names, texts, infos: Vec::new(), steps }
    }

    /// Writes out one more morpheme, in the order of the names: names in it are resolved until there are none.
    ///
    /// # Errors
    /// One sentence on what is wrong with it.
    pub fn settle(&mut self, name: &str) -> Result<(), String> {
        let at = self.place(name)?;
        for _ in 0..=self.names.len() {
            let next = self.written_out(&self.texts[at])?;
            if next == self.texts[at] {
                break;
            }
            if next.len() > LONGEST {
                return Err(format!("morpheme {{{name}}} contains itself"));
            }
            self.texts[at] = next;
        }
        let read = info(&parse(&self.texts[at])?, &[]);
        self.infos.push(read);
        Ok(())
    }

    fn place(&self, name: &str) -> Result<usize, String> {
        self.names.binary_search_by(|n| n.as_str().cmp(name)).map_err(|_| format!("there is no morpheme {{{name}}}"))
    }

    /// Puts `(?:…)` in place of every `{name}`; `{2,3}` stays what it is.
    ///
    /// # Errors
    /// A name that no morpheme has.
    pub fn written_out(&self, pattern: &str) -> Result<String, String> {
        self.replace(pattern, |out, place| {
            out.push_str("(?:");
            out.push_str(&self.texts[place]);
            out.push(')');
        })
    }

    /// What a pattern requires.
    ///
    /// # Errors
    /// One sentence on what is wrong with the pattern.
    pub fn required(&self, pattern: &str) -> Result<Vec<Needed>, String> {
        Ok(required(info(&parse(&self.short(pattern)?)?, self.infos.get(..NAMES).unwrap_or(&self.infos))))
    }

    /// The steps of a pattern, where it has any.
    pub fn follow(&self, pattern: &str) -> Option<Steps> {
        Steps::new(&parse(&self.short(pattern).ok()?).ok()?, true, &|number| self.steps(number))
    }

    /// A pattern with a byte for each name, in a group of its own: else the parser makes one class of neighbours ("{a}|[^.]"), and a
    /// name's length would be taken for one byte. Names beyond the last byte share it; nothing is known of what that requires.
    fn short(&self, pattern: &str) -> Result<String, String> {
        let count = std::cell::Cell::new(0);
        self.replace(pattern, |out, place| {
            let byte = usize::from(FIRST_NAME) + place.min(NAMES);
            count.set(count.get() + 1);
            let _ = write!(out, r"(?P<{NAMED}{place}_{}>\x{byte:x})", count.get());
        })
    }

    fn replace(&self, pattern: &str, put: impl Fn(&mut String, usize)) -> Result<String, String> {
        let mut out = String::with_capacity(pattern.len() * 2);
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            let name_len =
                after.bytes().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_').count();
            let named = after.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
                && after.as_bytes().get(name_len) == Some(&b'}');
            if named {
                let place = self.place(&after[..name_len])?;
                out.push_str(&rest[..open]);
                put(&mut out, place);
                rest = &after[name_len + 1..];
            } else {
                out.push_str(&rest[..=open]);
                rest = after;
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_beside_others_or_beside_a_class_keeps_its_length() {
        let raw = ('a'..='h').map(|name| (name.to_string(), "[a-z]{9}".to_owned())).collect::<BTreeMap<_, _>>();
        let mut morphemes = Morphemes::new(raw.clone());
        for name in raw.keys() {
            morphemes.settle(name).expect("a pattern");
        }
        let before = |pattern: &str| {
            let needed = morphemes.required(pattern).expect("a pattern");
            needed.first().expect("it requires something").before
        };
        assert_eq!(before("(?:{a}|{b}|{c}|{d}|{e}|{f}|{g}|{h})idiot"), Some(9));
        assert_eq!(before("(?:[^.]|{a})idiot"), Some(9));
    }
}
