//! What helps a draft, or is missing from it: hints beside the findings, never rules, and never a reason for heat.
//!
//! Invariant: pure. Lines that quote somebody are not read.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::locale::Lang;

/// A draft and what is known of where it will go.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The words.
    pub text: &'a str,
    /// Their language.
    pub lang: Lang,
    /// It answers in a case whose mood is heated (2 or more).
    pub hot: bool,
    /// Also look for insiders' words (P26).
    pub jargon: bool,
    /// Also look for emoji where the case is heated (P32).
    pub emoji: bool,
}

/// Something that would do a draft good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Nothing in it says that the writer sees how the other feels (P38, P45).
    Acknowledge,
    /// Neither a please nor a thank-you (P64).
    Thanks,
    /// A request without a please; carries its words (P64).
    Please(String),
    /// A promise nobody can be sure to keep; carries its words (P50).
    Absolute(String),
    /// Insiders' words (P26).
    Jargon(String),
    /// Emoji, which may look as if the matter were not taken seriously (P32).
    Emoji,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    acknowledge: List,
    thanks: List,
    imperative: List,
    absolute: List,
    promise: List,
    jargon: List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    patterns: Vec<String>,
}

struct Words {
    acknowledge: Regex,
    thanks: Regex,
    imperative: Regex,
    absolute: Regex,
    promise: Regex,
    jargon: Regex,
}

static GERMAN: LazyLock<Words> = LazyLock::new(|| words(include_str!("../../prompts/de/hints.toml")));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| words(include_str!("../../prompts/en/hints.toml")));

fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::De => &GERMAN,
        Lang::En => &ENGLISH,
    }
}

fn words(text: &str) -> Words {
    let file: File = toml::from_str(text).expect("the embedded hints are valid: a test reads them");
    let build = |list: &List, before: &str| {
        RegexBuilder::new(&format!(r"{before}\b(?:{})\b", list.patterns.join("|")))
            .case_insensitive(true)
            .multi_line(true)
            .build()
            .expect("the embedded hints compile: a test reads them")
    };
    Words {
        acknowledge: build(&file.acknowledge, ""),
        thanks: build(&file.thanks, ""),
        // Only where a sentence begins is it a request.
        imperative: build(&file.imperative, r"(?:^|[.!?:;,]\s+)"),
        absolute: build(&file.absolute, ""),
        promise: build(&file.promise, ""),
        jargon: build(&file.jargon, ""),
    }
}

/// What would do a draft good, the weightiest first.
pub fn hints(draft: &Draft<'_>) -> Vec<Hint> {
    let (words, own) = (of(draft.lang), own_lines(draft.text));
    let mut hints = Vec::new();
    if own.trim().is_empty() {
        return hints;
    }
    let kind = words.thanks.is_match(&own);
    if draft.hot && !words.acknowledge.is_match(&own) {
        hints.push(Hint::Acknowledge);
    }
    let request = words.imperative.find(&own).filter(|_| !kind);
    if let Some(request) = request {
        hints.push(Hint::Please(tidy(request.as_str())));
    } else if draft.hot && !kind {
        hints.push(Hint::Thanks);
    }
    if let Some(found) = words.absolute.find(&own) {
        hints.push(Hint::Absolute(tidy(found.as_str())));
    }
    if draft.jargon
        && let Some(found) = words.jargon.find(&own)
    {
        hints.push(Hint::Jargon(tidy(found.as_str())));
    }
    if draft.hot && draft.emoji && own.chars().any(is_picture) {
        hints.push(Hint::Emoji);
    }
    hints
}

/// The first sentence that promises to come back or to see to something (P69).
pub fn promise(text: &str, lang: Lang) -> Option<String> {
    let own = own_lines(text);
    let found = of(lang).promise.find(&own)?;
    let stop = |c: char| matches!(c, '!' | '?' | '\n');
    let start = own[..found.start()].rfind(|c| stop(c) || c == '.').map_or(0, |at| at + 1);
    // A full stop inside a date or a time does not end a sentence.
    let rest = &own[found.end()..];
    let ends = |(at, c): (usize, char)| {
        stop(c) || c == '.' && !rest[at + 1..].trim_start().starts_with(|next: char| next.is_ascii_digit())
    };
    let end = rest.char_indices().find(|&found| ends(found)).map_or(own.len(), |(at, _)| found.end() + at);
    Some(own[start..end].trim().to_owned())
}

fn own_lines(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with('>')).collect::<Vec<_>>().join("\n")
}

fn tidy(words: &str) -> String {
    words.trim_matches(|c: char| c.is_whitespace() || ".!?:;,".contains(c)).to_owned()
}

const fn is_picture(c: char) -> bool {
    matches!(c as u32, 0x1F300..=0x1FAFF | 0x2600..=0x27BF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, lang: Lang, hot: bool) -> Vec<Hint> {
        hints(&Draft { text, lang, hot, jargon: true, emoji: true })
    }

    #[test]
    fn a_heated_case_wants_acknowledgement_and_thanks_and_a_calm_one_does_not() {
        for (lang, bare, kind) in [
            (
                Lang::De,
                "Die Lieferung ist unterwegs.",
                "Ich verstehe, dass das ärgerlich ist. Danke für Ihre Geduld, die Lieferung ist unterwegs.",
            ),
            (
                Lang::En,
                "The parcel is on its way.",
                "I understand how frustrating this is. Thank you for waiting, the parcel is on its way.",
            ),
        ] {
            assert_eq!(found(bare, lang, true), [Hint::Acknowledge, Hint::Thanks], "{bare}");
            assert_eq!(found(bare, lang, false), [], "{bare}");
            assert_eq!(found(kind, lang, true), [], "{kind}");
        }
    }

    #[test]
    fn a_request_without_a_please_is_named_with_its_words() {
        let please = |words: &str| vec![Hint::Please(words.to_owned())];
        assert_eq!(found("Hallo. Schicken Sie uns die Rechnung.", Lang::De, false), please("Schicken Sie"));
        assert_eq!(found("Bitte schicken Sie uns die Rechnung.", Lang::De, false), []);
        assert_eq!(found("Send us the invoice.", Lang::En, false), please("Send us"));
        assert_eq!(found("Could you send us the invoice?", Lang::En, false), []);
        assert_eq!(found("> Schicken Sie uns die Rechnung.\nDas war die alte Mail.", Lang::De, false), []);
    }

    #[test]
    fn promises_nobody_can_keep_and_insiders_words_are_named() {
        let absolute = |words: &str| vec![Hint::Absolute(words.to_owned())];
        assert_eq!(found("Das klappt auf jeden Fall.", Lang::De, false), absolute("auf jeden Fall"));
        assert_eq!(found("It will definitely work.", Lang::En, false), absolute("definitely"));
        assert_eq!(found("I am 100% sure it works.", Lang::En, false), absolute("100% sure"));
        assert_eq!(found("The battery shows 100%.", Lang::En, false), []);
        assert_eq!(found("Der Workaround hilft.", Lang::De, false), [Hint::Jargon("Workaround".to_owned())]);
        assert_eq!(found("Danke, ich verstehe \u{1F600}", Lang::De, true), [Hint::Emoji]);
        let plain = Draft { text: "Der Workaround \u{1F600}", lang: Lang::De, hot: false, jargon: false, emoji: true };
        assert_eq!(hints(&plain), []);
    }

    #[test]
    fn a_promise_is_found_with_its_whole_sentence() {
        let said = |text, lang| promise(text, lang);
        assert_eq!(
            said("Guten Tag. Ich melde mich bis Freitag, 14.30 Uhr bei Ihnen. Danke.", Lang::De).as_deref(),
            Some("Ich melde mich bis Freitag, 14.30 Uhr bei Ihnen")
        );
        assert_eq!(
            said("Thanks! We'll get back to you tomorrow at 3pm. Bye", Lang::En).as_deref(),
            Some("We'll get back to you tomorrow at 3pm")
        );
        assert_eq!(
            said("Ich kümmere mich bis morgen 14 Uhr darum. Danke", Lang::De).as_deref(),
            Some("Ich kümmere mich bis morgen 14 Uhr darum")
        );
        assert_eq!(said("Darum kümmern wir uns heute.", Lang::De).as_deref(), Some("Darum kümmern wir uns heute"));
        assert_eq!(said("> Ich melde mich morgen.\nDas war Ihre Zusage.", Lang::De), None);
        assert_eq!(said("Wir haben Ihre Nachricht bekommen.", Lang::De), None);
    }
}
