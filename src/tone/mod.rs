//! How words land: rules that find heated wording in German and English support talk, say why, and offer calmer words.
//!
//! Invariant: pure. Findings rate wording, never people; quoted text is reported as quoted and never raises the heat; every span lies
//! on grapheme borders of the original text; any input gives an answer in time that grows with its length.

mod allowed;
mod attempt;
mod calmer;
mod features;
mod fold;
mod glyphs;
mod head;
pub mod hint;
mod judge;
mod kinds;
mod language;
pub mod learn;
mod literals;
mod live;
mod matcher;
mod morphemes;
mod quote;
mod rulebook;
mod scan;
mod shelf;
mod shout;
mod sieve;
mod steps;
mod swar;
mod table;
mod token;
mod weigh;

pub use live::Live;
pub use rulebook::{Rule, Rulebook, Swap};

use crate::locale::Lang;
use head::Head;
use scan::Book;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

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

/// What is built into the program for one language.
struct Embedded {
    rules: &'static str,
    file: &'static str,
    heads: &'static [u8],
    heads_file: &'static str,
}

/// In the order of [`Lang::ALL`].
const EMBEDDED: [Embedded; 2] = [
    Embedded {
        rules: include_str!("../../prompts/de/tone.toml"),
        file: "prompts/de/tone.toml",
        heads: include_bytes!("../../assets/tone-de.bin"),
        heads_file: "assets/tone-de.bin",
    },
    Embedded {
        rules: include_str!("../../prompts/en/tone.toml"),
        file: "prompts/en/tone.toml",
        heads: include_bytes!("../../assets/tone-en.bin"),
        heads_file: "assets/tone-en.bin",
    },
];

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
        let books = files.iter().map(|&(lang, text, file)| Rulebook::parse(lang, file, text));
        Self::with(books.collect::<Result<_, _>>()?)
    }

    /// Rules made of read books; a language without one keeps its embedded rules, and of two the last counts.
    pub fn with(books: Vec<Rulebook>) -> Result<Self, BrokenRule> {
        Self::assemble(books, Lang::ALL.map(|lang| Cow::Borrowed(EMBEDDED[lang as usize].heads)))
    }

    /// The embedded rules with other heads, in the order of [`Lang::ALL`]; for the trainer.
    pub fn with_heads(heads: [Vec<u8>; 2]) -> Result<Self, BrokenRule> {
        Self::assemble(Vec::new(), heads.map(Cow::Owned))
    }

    fn assemble(books: Vec<Rulebook>, heads: [Cow<'static, [u8]>; 2]) -> Result<Self, BrokenRule> {
        let mut own: [Option<Rulebook>; 2] = [None, None];
        for book in books {
            let place = book.lang as usize;
            own[place] = Some(book);
        }
        let [own_german, own_english] = own;
        let [german_heads, english_heads] = heads;
        // Whoever starts the program waits for both, so they are read side by side.
        let (german, english) = std::thread::scope(|scope| {
            let german = scope.spawn(|| Self::book_of(Lang::De, own_german, german_heads));
            let english = Self::book_of(Lang::En, own_english, english_heads);
            (german.join(), english)
        });
        let german = german.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(Self { german, english: english? })
    }

    fn book_of(lang: Lang, own: Option<Rulebook>, heads: Cow<'static, [u8]>) -> Result<Book, BrokenRule> {
        let ship = &EMBEDDED[lang as usize];
        let shipped = rulebook::read(lang, ship.rules, ship.file, false)?;
        let head = Head::parse(lang, heads).map_err(|reason| BrokenRule {
            file: ship.heads_file.to_owned(),
            line: 0,
            reason,
        })?;
        let (general, unsure) = (shipped.general.clone(), shipped.unsure.clone());
        let file = own.as_ref().map(|own| own.file.clone());
        let book = Book::new(own.unwrap_or(shipped), head, &general, unsure);
        // The shipped examples are held by a test.
        match file {
            Some(file) => Self::finds_its_examples(&book, &file).map(|()| book),
            None => Ok(book),
        }
    }

    /// Refuses a rule that misses what its own file says it finds: it would be switched on and never speak.
    fn finds_its_examples(book: &Book, file: &str) -> Result<(), BrokenRule> {
        for (number, rule) in book.rules.iter().enumerate() {
            let missed = |text: &&String| {
                let scan = book.scan(&fold::fold(text).bytes);
                !scan.hits.iter().any(|hit| hit.rule == number)
            };
            if let Some(text) = rule.positive.iter().find(missed) {
                let reason = format!("rule {}: it does not find its own example \"{text}\"", rule.id);
                return Err(BrokenRule { file: file.to_owned(), line: rule.line, reason });
            }
        }
        Ok(())
    }

    /// The rules that ship with the program.
    pub fn embedded() -> Self {
        Self::with(Vec::new()).expect("the embedded rules and heads are valid: a test loads them")
    }

    /// Every rule of both languages, German first, in file order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.german.rules.iter().chain(&self.english.rules)
    }

    /// Every calmer wording of a language as it is written: of each rule, to Sie and to du, and of each category.
    pub fn calmer_words(&self, lang: Lang) -> impl Iterator<Item = &str> {
        let book = self.book(lang);
        let of_rules = book.rules.iter().flat_map(|rule| std::iter::once(&rule.instead).chain(&rule.instead_du));
        of_rules.map(String::as_str).chain(book.general.iter().map(rulebook::General::instead))
    }

    /// Keeps so many bytes of what was worked out of the patterns, for each language, instead of 1 MB: for the few
    /// messages that need automatons.
    #[must_use]
    pub fn with_room(self, bytes: usize) -> Self {
        // All matchers of a file share one place.
        self.german.targets.person.room(bytes);
        self.english.targets.person.room(bytes);
        self
    }

    /// Reads one message. Without a language the text decides; where it does not, both rule sets read it and the one that finds more
    /// heat answers.
    pub fn assess(&self, text: &str, lang: Option<Lang>) -> Assessment {
        let folded = fold::fold(text);
        if let Some(lang) = lang.or_else(|| language::vote(text, &folded.bytes)) {
            return weigh::weigh(self.book(lang), lang, text, &folded, true);
        }
        // Heads of the wrong language say anything: where the language is open, only rules speak.
        let german = weigh::weigh(&self.german, Lang::De, text, &folded, false);
        let english = weigh::weigh(&self.english, Lang::En, text, &folded, false);
        if english.heat > german.heat { english } else { german }
    }

    /// The whole draft with the calmer wordings where a rule can make them; every other sentence is kept as it is.
    pub fn calmer(&self, text: &str, assessment: &Assessment) -> String {
        calmer::calmer(self.book(assessment.lang), text, assessment)
    }

    /// What is said about a finding of this kind that no rule words: why, a calmer wording, and the name it has.
    pub fn general(&self, lang: Lang, category: Category) -> (String, String, String) {
        self.book(lang).general[category as usize].texts(category)
    }

    /// The whole draft in calmer words, where that is one to send: nothing sharp is left in it, and nothing open. What `allowed` names
    /// counts for nothing.
    pub fn calmer_to_send(
        &self,
        text: &str,
        assessment: &Assessment,
        allowed: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let calmer = self.calmer(text, assessment);
        if calmer == text {
            return None;
        }
        let again = self.assess(&calmer, Some(assessment.lang)).without(allowed);
        let sharp = again.findings.iter().any(|finding| !finding.quoted);
        // A wording that begins something (`…`, `:`) is a hint to go on from, not a text to send.
        let open = ['…', ':'].iter().any(|mark| calmer.matches(*mark).count() > text.matches(*mark).count());
        (!sharp && !open).then_some(calmer)
    }

    fn book(&self, lang: Lang) -> &Book {
        match lang {
            Lang::De => &self.german,
            Lang::En => &self.english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static RULES: LazyLock<Rules> = LazyLock::new(Rules::embedded);

    fn heat(text: &str) -> u8 {
        RULES.assess(text, Some(Lang::De)).heat
    }

    #[test]
    fn every_example_of_every_rule_is_kept() {
        let mut broken = Vec::new();
        for (book, lang) in [(&RULES.german, Lang::De), (&RULES.english, Lang::En)] {
            for (number, rule) in book.rules.iter().enumerate() {
                for text in &rule.positive {
                    // Another rule may cover the words with a stronger finding; this one must have matched all the same.
                    if !book.scan(&fold::fold(text).bytes).hits.iter().any(|hit| hit.rule == number) {
                        broken.push(format!("{} misses: {text}", rule.id));
                    }
                }
                for text in &rule.negative {
                    let found = learn::read(&RULES, lang, text).rules;
                    if !found.is_empty() {
                        broken.push(format!("{} alarms ({}): {text}", rule.id, found.join(" ")));
                    }
                }
            }
        }
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }

    #[test]
    fn the_heads_seldom_contradict_an_example() {
        let (mut all, mut against) = (0, Vec::new());
        for rule in RULES.iter() {
            for (texts, hot) in [(&rule.positive, true), (&rule.negative, false)] {
                all += texts.len();
                against.extend(texts.iter().filter(|t| (RULES.assess(t, Some(rule.lang)).heat > 0) != hot));
            }
        }
        assert!(against.len() * 33 < all, "{} of {all}: {against:#?}", against.len());
    }

    #[test]
    fn who_takes_our_words_is_not_told_that_they_land_sharp() {
        for lang in Lang::ALL {
            let whole = RULES.calmer_words(lang).filter(|words| !words.contains('$'));
            let whole = whole.chain(RULES.book(lang).unsure.iter().map(rulebook::General::instead));
            let sharp: Vec<&str> = whole.filter(|words| RULES.assess(words, Some(lang)).heat > 0).collect();
            assert!(sharp.is_empty(), "{sharp:#?}");
        }
    }

    #[test]
    fn the_heads_name_a_reason_only_where_one_is_likelier_than_the_others() {
        for (lang, corpus) in [
            (Lang::De, include_str!("../../assets/corpus/de.jsonl")),
            (Lang::En, include_str!("../../assets/corpus/en.jsonl")),
        ] {
            let book = RULES.book(lang);
            let (unsure, _, _) = book.unsure.as_ref().expect("shipped").texts(Category::Blame);
            let (mut named, mut open) = (0, 0);
            for line in corpus.lines().step_by(9) {
                let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
                let found = RULES.assess(line["text"].as_str().unwrap_or_default(), Some(lang)).findings;
                for finding in found.iter().filter(|f| f.rule.ends_with(".learned")) {
                    let (why, _, _) = RULES.general(lang, finding.category);
                    assert!(finding.why == why || finding.why == unsure, "{finding:?}");
                    *if finding.why == why { &mut named } else { &mut open } += 1;
                }
            }
            assert!(named > open && open * 5 > named, "{named} named, {open} open");
        }
    }

    #[test]
    fn every_embedded_pattern_compiles() {
        let given = Lang::ALL.map(|lang| (lang, EMBEDDED[lang as usize].rules, EMBEDDED[lang as usize].file));
        assert_eq!(Rules::load(&given).map(|_| ()), Ok(()));
    }

    #[test]
    fn german_rules_cover_all_categories() {
        let german: Vec<&Rule> = RULES.iter().filter(|r| r.lang == Lang::De).collect();
        assert!(german.len() >= 60, "{}", german.len());
        for category in Category::ALL {
            assert!(german.iter().any(|r| r.category == category), "{}", category.name());
        }
    }

    #[test]
    fn what_somebody_else_said_is_quoted_and_never_attributed() {
        for text in [
            "> Ihr seid Idioten\nWie antworten wir?",
            "Die Kundin schrieb: „Ihr Idioten!“",
            "Der Kunde meinte, ihr seid Idioten.",
        ] {
            let found = RULES.assess(text, Some(Lang::De));
            assert!(found.heat == 0 && found.findings.iter().any(|f| f.quoted), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_person_weighs_more_than_a_thing() {
        assert_eq!(heat("Blöder Cache, jetzt geht es wieder."), 0);
        assert!(heat("Ihr seid Idioten") > heat("Das Scheißding hängt"));
    }

    #[test]
    fn the_calmer_wording_uses_the_writers_own_words_and_address() {
        let text = "Sie haben nie auf meine Mails geantwortet.";
        let found = RULES.assess(text, None);
        assert!(found.findings[0].instead.contains("auf meine Mails"), "{found:?}");
        assert!(RULES.calmer(text, &found).contains("können Sie"), "{}", RULES.calmer(text, &found));
        let du = RULES.assess("Ihr habt nie auf meine Mails geantwortet.", None);
        assert!(du.findings[0].instead.contains("auf meine Mails; wie ist gerade"), "{du:?}");
    }

    proptest! {
        #[test]
        fn any_text_answers_with_spans_inside_it(text in any::<String>()) {
            spans_are_valid(&text)?;
        }

        #[test]
        fn any_mix_of_words_and_signs_answers(
            parts in proptest::collection::vec(prop_oneof![
                Just("Idiot "), Just("sch31sse"), Just("„"), Just("“ "), Just("\n> "), Just("```"), Just("i d i o t "), Just("🤬"), Just("👩‍👩‍👧"),
                Just("e\u{301}"), Just("\u{202E}"), Just("WARUM NICHT "), Just("!!!"), Just("Sie haben nie auf "), Just("geantwortet. "), Just("аnwalt "),
            ], 0..60)
        ) {
            spans_are_valid(&parts.concat())?;
        }
    }

    fn spans_are_valid(text: &str) -> Result<(), TestCaseError> {
        use unicode_segmentation::UnicodeSegmentation;
        let mut borders: Vec<usize> = vec![0];
        for grapheme in text.graphemes(true) {
            borders.push(borders.last().copied().unwrap_or(0) + grapheme.chars().count());
        }
        for lang in [None, Some(Lang::De), Some(Lang::En)] {
            let found = RULES.assess(text, lang);
            prop_assert!(found.heat <= 3 && (0.0..=1.0).contains(&found.score));
            for f in &found.findings {
                prop_assert!(f.start < f.end && borders.contains(&f.start) && borders.contains(&f.end), "{f:?}");
            }
            let _ = RULES.calmer(text, &found);
        }
        Ok(())
    }
}
