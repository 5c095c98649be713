//! The two languages Ruhepol speaks, and the texts it speaks with.
//!
//! Texts are Fluent messages from `prompts/{de,en}/ui.ftl`, parsed once at start; a message that is missing in one
//! language is refused at start, so that looking one up later cannot fail.

use std::collections::BTreeSet;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::Entry;
use serde::{Deserialize, Serialize};

/// A language a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// German; the default of a guild, as the product's home is there.
    #[default]
    De,
    /// English; the default for every Discord locale that is not German.
    En,
}

impl Lang {
    /// Both, in the order they are listed everywhere.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The language for a Discord locale such as `de`, `en-US`, `fr`.
    pub fn from_discord(locale: &str) -> Self {
        if locale.starts_with("de") { Self::De } else { Self::En }
    }

    /// The two-letter code, as in `prompts/de`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// Reads a two-letter code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }
}

type Bundle = FluentBundle<FluentResource>;

/// Every text of the interface, in both languages.
pub struct Texts {
    de: Bundle,
    en: Bundle,
}

/// Why the texts cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in the message")]
pub enum BrokenTexts {
    /// A file is not Fluent.
    #[error("prompts/{lang}/ui.ftl: {reason}")]
    Syntax { lang: &'static str, reason: String },
    /// A message of one language is missing in the other.
    #[error("prompts/{missing_in}/ui.ftl: the message `{key}` is missing; it exists in the other language")]
    Missing { missing_in: &'static str, key: String },
}

impl Texts {
    /// The texts that come with the program.
    pub fn embedded() -> Self {
        Self::parse(include_str!("../prompts/de/ui.ftl"), include_str!("../prompts/en/ui.ftl"))
            .expect("a test parses the embedded texts")
    }

    /// Reads both languages and makes sure that neither lacks a message or attribute the other has.
    pub fn parse(de: &str, en: &str) -> Result<Self, BrokenTexts> {
        let de_resource = resource(Lang::De, de)?;
        let en_resource = resource(Lang::En, en)?;
        let (de_keys, en_keys) = (keys(&de_resource), keys(&en_resource));
        if let Some(key) = de_keys.difference(&en_keys).next() {
            return Err(BrokenTexts::Missing { missing_in: "en", key: key.clone() });
        }
        if let Some(key) = en_keys.difference(&de_keys).next() {
            return Err(BrokenTexts::Missing { missing_in: "de", key: key.clone() });
        }
        Ok(Self { de: bundle(Lang::De, de_resource)?, en: bundle(Lang::En, en_resource)? })
    }

    /// The same texts, spoken in one language.
    pub const fn voice(&self, lang: Lang) -> Voice<'_> {
        Voice { texts: self, lang }
    }

    const fn bundle(&self, lang: Lang) -> &Bundle {
        match lang {
            Lang::De => &self.de,
            Lang::En => &self.en,
        }
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

/// Texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    texts: &'a Texts,
    /// The language spoken.
    pub lang: Lang,
}

impl Voice<'_> {
    /// The message `key`, or its attribute for `key.attribute`.
    pub fn say(&self, key: &str) -> String {
        self.with::<&str>(key, &[])
    }

    /// The message `key` with its variables filled in.
    pub fn with<V: AsRef<str>>(&self, key: &str, args: &[(&'static str, V)]) -> String {
        let mut fluent_args = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            fluent_args.set(*name, value.as_ref().to_owned());
        }
        self.fill(key, &fluent_args).unwrap_or_else(|| missing(key))
    }

    /// The message `key` with `n` as its only number, for plural forms, beside other variables.
    pub fn count(&self, key: &str, n: i64, args: &[(&'static str, &str)]) -> String {
        let mut fluent_args = FluentArgs::with_capacity(args.len() + 1);
        fluent_args.set("n", n);
        for &(name, value) in args {
            fluent_args.set(name, value.to_owned());
        }
        self.fill(key, &fluent_args).unwrap_or_else(|| missing(key))
    }

    fn fill(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.texts.bundle(self.lang);
        let pattern = match key.split_once('.') {
            Some((key, attribute)) => bundle.get_message(key)?.get_attribute(attribute)?.value(),
            None => bundle.get_message(key)?.value()?,
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        for error in errors {
            tracing::error!(text.key = key, lang = self.lang.code(), %error, "a text has an unfilled variable");
        }
        Some(text)
    }
}

/// A key no file has is a slip in the program, found by the test that walks the sources; people still get an answer.
fn missing(key: &str) -> String {
    tracing::error!(text.key = key, "a text is missing");
    key.to_owned()
}

fn resource(lang: Lang, source: &str) -> Result<FluentResource, BrokenTexts> {
    FluentResource::try_new(source.to_owned()).map_err(|(_, errors)| {
        let place = |at: usize| source.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let reasons = errors.iter().map(|error| format!("line {}: {error}", place(error.pos.start)));
        BrokenTexts::Syntax { lang: lang.code(), reason: reasons.collect::<Vec<_>>().join("; ") }
    })
}

fn bundle(lang: Lang, resource: FluentResource) -> Result<Bundle, BrokenTexts> {
    let language = lang.code().parse().expect("both codes are valid language identifiers");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Direction marks around variables would show as boxes in some clients; `view` isolates right-to-left text itself.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).map_err(|errors| BrokenTexts::Syntax {
        lang: lang.code(),
        reason: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    Ok(bundle)
}

/// `key` for a message with a value, `key.attribute` for each attribute.
fn keys(resource: &FluentResource) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for entry in resource.entries() {
        if let Entry::Message(message) = entry {
            if message.value.is_some() {
                keys.insert(message.id.name.to_owned());
            }
            keys.extend(
                message.attributes.iter().map(|attribute| format!("{}.{}", message.id.name, attribute.id.name)),
            );
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_texts_are_complete_in_both_languages() {
        Texts::embedded();
    }

    #[test]
    fn a_message_missing_in_one_language_is_named() {
        let broken = Texts::parse("a = A\nb = B\n", "a = A\n").unwrap_err();
        assert_eq!(
            broken.to_string(),
            "prompts/en/ui.ftl: the message `b` is missing; it exists in the other language"
        );
    }

    #[test]
    fn variables_and_plurals_are_filled() {
        let ftl =
            "hi = Hallo { $name }\nn = { $n ->\n    [one] ein Fall\n   *[other] { $n } Fälle\n }\n    .more = mehr\n";
        let texts = Texts::parse(ftl, ftl).unwrap();
        let voice = texts.voice(Lang::De);
        assert_eq!(voice.with("hi", &[("name", "Anna")]), "Hallo Anna");
        assert_eq!((voice.count("n", 1, &[]).as_str(), voice.count("n", 3, &[]).as_str()), ("ein Fall", "3 Fälle"));
        assert_eq!(voice.say("n.more"), "mehr");
    }
}
