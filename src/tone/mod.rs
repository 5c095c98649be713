//! How words land: rules that find heated wording in German and English support talk, say why, and offer calmer words.
//!
//! Invariant: pure. Findings rate wording, never people; quoted text is reported as quoted and never raises the heat; every span lies
//! on grapheme borders of the original text; any input gives an answer in time that grows with its length.

mod calmer;
mod fold;
mod glyphs;
mod language;
mod literals;
mod quote;
mod rulebook;
mod scan;
mod shout;
mod token;
mod weigh;

pub use rulebook::{Rule, Swap};

use crate::locale::Lang;
use scan::Book;
use serde::{Deserialize, Serialize};

/// What kind of heat a wording carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Calls somebody names.
    Insult,
    /// Looks down on somebody or on their work.
    Contempt,
    /// Announces harm: legal, public, bodily.
    Threat,
    /// A demand with an "or else".
    Ultimatum,
    /// Whole sentences in capitals.
    Shouting,
    /// Puts the fault on somebody.
    Blame,
    /// Says the opposite of what is meant, to sting.
    Sarcasm,
    /// Presses for speed with reproach.
    Impatience,
    /// Swear words.
    Profanity,
    /// Talks down to somebody.
    Condescension,
    /// Pushes the matter away or justifies.
    Defensive,
    /// "Always", "never", "you people".
    Generalisation,
}

impl Category {
    /// All twelve, in the order they are listed everywhere.
    pub const ALL: [Self; 12] = [
        Self::Insult,
        Self::Contempt,
        Self::Threat,
        Self::Ultimatum,
        Self::Shouting,
        Self::Blame,
        Self::Sarcasm,
        Self::Impatience,
        Self::Profanity,
        Self::Condescension,
        Self::Defensive,
        Self::Generalisation,
    ];

    /// The name used in rule files and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Insult => "insult",
            Self::Contempt => "contempt",
            Self::Threat => "threat",
            Self::Ultimatum => "ultimatum",
            Self::Shouting => "shouting",
            Self::Blame => "blame",
            Self::Sarcasm => "sarcasm",
            Self::Impatience => "impatience",
            Self::Profanity => "profanity",
            Self::Condescension => "condescension",
            Self::Defensive => "defensive",
            Self::Generalisation => "generalisation",
        }
    }
}

/// One flagged span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// First Unicode scalar value of the span in the original text.
    pub start: usize,
    /// One past its last Unicode scalar value.
    pub end: usize,
    /// What kind of heat it is.
    pub category: Category,
    /// How strong, 1–3.
    pub severity: u8,
    /// Whether these are somebody else's words.
    pub quoted: bool,
    /// One kind sentence.
    pub why: String,
    /// A calmer wording, made from the writer's own words where a rule can.
    pub instead: String,
    /// The id of the rule that found it.
    pub rule: String,
}

/// What a message was found to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The language whose rules were read.
    pub lang: Lang,
    /// 0 none, 1 sharp, 2 heated, 3 abusive or threatening.
    pub heat: u8,
    /// How sure and how strong, 0–1; 0 when there is nothing unquoted.
    pub score: f32,
    /// All findings by place, quoted ones included; at most 200.
    pub findings: Vec<Finding>,
}

/// A rule file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct BrokenRule {
    /// The file as it was named to [`Rules::load`].
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, in one sentence.
    pub reason: String,
}

/// All rules of both languages, ready to read messages.
#[derive(Debug)]
pub struct Rules {
    german: Book,
    english: Book,
}

impl Rules {
    /// Reads rule files: `(language, TOML text, name for errors)`. A language that is not given keeps its embedded rules; one given
    /// twice is read from the last.
    pub fn load(files: &[(Lang, &str, &str)]) -> Result<Self, BrokenRule> {
        let book = |lang: Lang| -> Result<Book, BrokenRule> {
            let embedded = Self::EMBEDDED[usize::from(lang == Lang::En)];
            let (_, text, file) = files.iter().rev().find(|f| f.0 == lang).copied().unwrap_or(embedded);
            let (rules, targets) = rulebook::read(lang, text, file)?;
            Ok(Book::new(rules, targets))
        };
        Ok(Self { german: book(Lang::De)?, english: book(Lang::En)? })
    }

    const EMBEDDED: [(Lang, &'static str, &'static str); 2] = [
        (Lang::De, include_str!("../../prompts/de/tone.toml"), "prompts/de/tone.toml"),
        (Lang::En, include_str!("../../prompts/en/tone.toml"), "prompts/en/tone.toml"),
    ];

    /// The rules that ship with the program.
    pub fn embedded() -> Self {
        Self::load(&[]).expect("the embedded rules are valid: a test loads them")
    }

    /// Every rule of both languages, German first, in file order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.german.rules.iter().chain(&self.english.rules)
    }

    /// Reads one message. Without a language the text decides; where it does not, both rule sets read it and the one that finds more
    /// heat answers.
    pub fn assess(&self, text: &str, lang: Option<Lang>) -> Assessment {
        let folded = fold::fold(text);
        match lang.or_else(|| language::vote(text, &folded.bytes)) {
            Some(lang) => weigh::weigh(self.book(lang), lang, text, &folded),
            None => {
                let german = weigh::weigh(&self.german, Lang::De, text, &folded);
                let english = weigh::weigh(&self.english, Lang::En, text, &folded);
                if english.heat > german.heat { english } else { german }
            }
        }
    }

    /// The whole draft with the calmer wordings where a rule can make them; every other sentence is kept as it is.
    pub fn calmer(&self, text: &str, assessment: &Assessment) -> String {
        calmer::calmer(self.book(assessment.lang), text, assessment)
    }

    fn book(&self, lang: Lang) -> &Book {
        match lang {
            Lang::De => &self.german,
            Lang::En => &self.english,
        }
    }
}
