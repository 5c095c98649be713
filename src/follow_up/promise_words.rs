//! Words by which somebody takes something upon themselves: „ich kümmere mich“, "I'll get back to you tomorrow" (P69).
//!
//! They only ever lead to an offer, so what is doubtful is left alone: questions, negations, quotations, habits, what others
//! said or do.

use std::sync::LazyLock;

use regex::Regex;

/// How much of a message is looked at, in bytes; promises are short.
const MOST: usize = 4_000;

/// What somebody takes upon themselves; umlauts are written out (`ae`), apostrophes are straight.
static TAKES_ON: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    // What a person in support says they will do, in the present tense and as an infinitive.
    let object = r"(?:\w+ ){0,9}";
    [
        // German: „ich melde mich“, „morgen melde ich mich“, „melde mich morgen“, „ich werde mich darum kümmern“.
        String::from(r"\bich (?:kuemmere?|melde?) mich\b"),
        String::from(r"\b(?:kuemmere?|melde?) ich mich\b"),
        String::from(r"^(?:ja |ok |okay |klar |gut |alles klar )?(?:kuemmere?|melde?) mich\b"),
        format!(r"\bich (?:rufe?|klingel) {object}(?:an|zurueck|durch)\b"),
        format!(r"\brufe? ich {object}(?:an|zurueck)\b"),
        format!(r"\bich (?:gebe?|geb) {object}(?:bescheid|rueckmeldung)\b"),
        format!(r"\bgebe? ich {object}(?:bescheid|rueckmeldung)\b"),
        format!(r"\bich (?:frage?|hake?|fasse?|schaue?|sehe?) {object}nach\b"),
        format!(r"\bich (?:schaue?|sehe?|gucke?) (?:mir )?(?:das|es|die sache|den fall) (?:mir )?{object}an\b"),
        String::from(r"\bich (?:klaere?|pruefe?|erledige?|uebernehme?) (?:das|es|dies|den fall|die sache)\b"),
        String::from(r"\bdas (?:klaere?|pruefe?|erledige?|uebernehme?) ich\b"),
        String::from(r"\bich mache? (?:das|es|dies)\b|\bdas mache? ich\b"),
        String::from(r"\bich schreibe? (?:ihm|ihr|ihnen|euch|dir|denen|dem|der|den|an)\b|\bschreibe? ich (?:ihm|ihr|ihnen|euch|dir|denen|dem|der|den)\b"),
        String::from(r"^(?:(?:ja|ok|okay|klar|gut|alles klar),? )?(?:uebernehme?|mache?|klaere?|pruefe?|erledige?) ich\b"),
        String::from(r"\bich werde (?:\w+ ){0,8}(?:kuemmern|melden|anrufen|zurueckrufen|nachfragen|nachhaken|klaeren|pruefen|erledigen|bescheid geben)\b"),
        format!(r"\b(?:zugesagt|versprochen),? (?:\w+ ){{0,4}}ich (?:mich )?{object}(?:melde|kuemmere|anrufe|zurueckrufe|klaere)\b"),
        // English: "I'll get back to you", "let me check", "I'm on it", "leave it with me".
        String::from(r"\b(?:i'll|i will|i shall|i'm going to|i am going to|i promise to|we'll|we will|we're going to) (?:\w+ ){0,2}(?:get back|look into|look at|have a look|take a look|send|take care|handle|deal with|follow up|check|find out|call|ring|phone|let (?:you|them|him|her|the customer) know|keep (?:you|them) posted|sort|chase|come back to|reach out|be in touch|get in touch|write to|email|see to|clarify|take it from here)\b"),
        String::from(r"\blet me (?:check|find out|look into|get back|see to|follow up|clarify)\b"),
        String::from(r"\bi'm on it\b|\bi am on it\b|\bleave (?:it|that|this) (?:with|to) me\b|^on it\b|^will do\b"),
        String::from(r"\bi(?:'ve| have)? promised (?:\w+ ){0,5}(?:i'd|i would|to) "),
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("a test looks with each of them"))
    .collect()
});

/// What „ich melde mich“ says besides coming back to somebody: being ill, or no longer there.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\bmelde? (?:ich )?mich (?:\w+ ){0,4}(?:krank|arbeitslos|arbeitsunfaehig|(?:ab|an|um)(?:,| und\b|$))")
        .expect("a test looks with it")
});

/// Words that turn it into something else: no, never, as a habit, if, or somebody else's words.
static TURNS_IT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(?:nicht|nie|niemals|nimmer|kein|keine|keinen|keinesfalls|weder|kaum|immer|normalerweise|meistens|sonst|",
        r"grundsaetzlich|gewoehnlich|haette|wuerde|wuerd|falls|wenn|ob|angeblich|vielleicht|eigentlich|",
        r"not|never|no longer|neither|won't|don't|didn't|can't|cannot|couldn't|wouldn't|doubt|always|usually|normally|",
        r"whenever|unless|if|would have|maybe|perhaps|supposedly)\b",
        r"|\b(?:er|sie|kunde|kundin|chef|chefin|ihr|he|she|they|customer|boss|you|everybody|someone) ",
        r"(?:\w+ ){0,2}(?:sagt|sagte|meint|meinte|schreibt|schrieb|behauptet|erwartet|denkt|dachte|will|wollte|hofft|",
        r"said|says|wrote|writes|thinks|thought|claims|expects|hopes|wants|asked|told)\b",
    ))
    .expect("a test looks with it")
});

/// The sentence in which the writer takes something upon themselves, the first of several, as they wrote it.
pub fn promised(text: &str) -> Option<&str> {
    let mut end = text.len().min(MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut code = false;
    for line in text[..end].lines() {
        let fence = line.matches("```").count();
        let inside = code;
        code ^= fence % 2 == 1;
        // Code, and what is quoted from somebody else.
        if inside || fence > 0 || line.trim_start().starts_with('>') {
            continue;
        }
        if let Some(found) = sentences(line).find(|sentence| takes_on(sentence)) {
            return Some(found);
        }
    }
    None
}

fn takes_on(sentence: &str) -> bool {
    if sentence.trim_end_matches([' ', '"', '“', ')']).ends_with('?') {
        return false;
    }
    let plain = folded(sentence);
    if ELSEWHERE.is_match(&plain) {
        return false;
    }
    TAKES_ON.iter().any(|pattern| {
        pattern.find(&plain).is_some_and(|found| {
            // A clause of its own behind it („…, wenn nicht noch etwas kommt“) changes nothing.
            let end = plain[found.end()..].find(',').map_or(plain.len(), |at| found.end() + at);
            !TURNS_IT.is_match(&plain[..end]) && !asks(&plain)
        })
    })
}

/// „Soll ich …“, "should I …": a question whose mark was left out.
fn asks(plain: &str) -> bool {
    ["soll ich", "kann ich", "darf ich", "muss ich", "should i", "shall i", "can i", "may i", "do i"]
        .iter()
        .any(|start| plain.starts_with(start))
}

/// The sentences of a line with the marks that end them. A full stop behind a digit ends none: „am 24.12. um 12“.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut before = ' ';
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            let next = rest[at + c.len_utf8()..].chars().next();
            let ends = matches!(c, '!' | '?' | ';') || (c == '.' && !before.is_ascii_digit());
            if ends && next.is_none_or(char::is_whitespace) {
                end = at + c.len_utf8();
                break;
            }
            before = c;
        }
        let (sentence, after) = rest.split_at(end);
        rest = after.trim_start();
        Some(sentence.trim())
    })
}

/// Lower case, umlauts written out, straight apostrophes, one space between words, and nothing that stands in quotation marks.
fn folded(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len() + 8);
    let mut quoted: Option<char> = None;
    for c in sentence.chars().flat_map(char::to_lowercase) {
        if let Some(end) = quoted {
            if c == end || (end == '“' && c == '"') {
                quoted = None;
                out.push(' ');
            }
            continue;
        }
        match c {
            '„' => quoted = Some('“'),
            '“' => quoted = Some('”'),
            '"' => quoted = Some('"'),
            '»' => quoted = Some('«'),
            '«' => quoted = Some('»'),
            '`' => quoted = Some('`'),
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            '’' | '‘' | '´' => out.push('\''),
            '*' | '_' | '~' | '|' => {}
            c if c.is_whitespace() || matches!(c, ':' | '(' | ')' | '–' | '—' | '.' | '!' | ';') => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    // „klar, ich melde mich“ and „klar ich melde mich“ say the same, but a comma also ends a clause.
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_of_both_languages_are_noticed() {
        for text in [
            "Ich kümmere mich darum.",
            "ich kuemmer mich",
            "Kümmere mich drum",
            "Ok, ich melde mich bis Freitag.",
            "Bis Freitag melde ich mich wieder.",
            "Melde mich morgen",
            "Ich rufe den Kunden morgen um 10 an",
            "Danke. Morgen rufe ich sie zurück.",
            "Ich gebe euch bis Mittag Bescheid",
            "ich hake da am 24.12. um 12 Uhr nach",
            "Ich frage beim Lager nach und melde mich.",
            "Ich schaue mir das heute noch an.",
            "Das kläre ich bis morgen.",
            "Ich werde mich um die Gutschrift kümmern",
            "Habe dem Kunden zugesagt, dass ich mich am Montag melde",
            "Ich mach das morgen früh",
            "Das mache ich bis Freitag",
            "Ich schreibe ihm heute noch",
            "Dann schreib ich dem Kunden am Montag",
            "Übernehme ich.",
            "Ok, mach ich morgen",
            "Ich melde mich ab 10 Uhr wieder",
            "I'll send the invoice tomorrow",
            "I'll look at it on Monday",
            "We'll get back to them by Friday",
            "I'll get back to you tomorrow",
            "I’ll look into it this afternoon.",
            "Ok, I will call them on Friday at 10",
            "Let me check and come back to you",
            "I'm on it",
            "On it.",
            "Leave it with me, I need an hour",
            "Will do tomorrow",
            "I promised the customer I'd call back on Monday.",
            "**Ich melde mich** heute noch",
            "> Wer macht das?\nIch kümmere mich darum",
        ] {
            assert!(promised(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_one_is_left_alone() {
        for text in [
            "",
            "Der Kunde meldet sich morgen.",
            "Sie kümmert sich darum.",
            "Ben ruft morgen an.",
            "Kümmere dich bitte darum",
            "Melde dich, wenn du soweit bist",
            "Soll ich mich kümmern?",
            "Melde ich mich dann morgen?",
            "Soll ich ihn anrufen",
            "Ich melde mich krank",
            "Ich melde mich ab morgen krank.",
            "ich melde mich ab",
            "Ich melde mich für heute ab, bis morgen",
            "Ich melde mich zum Kurs an",
            "Mache ich das richtig?",
            "Ich mache das nicht",
            "Ich schreibe ihm nie",
            "We won't send it",
            "Ich kümmere mich nicht darum.",
            "Ich melde mich nie wieder freiwillig",
            "Ich rufe da nicht an",
            "Ich melde mich immer montags",
            "Wenn ich mich melde, ist er weg",
            "Ich habe mich darum gekümmert.",
            "Ich meldete mich gestern",
            "Er schrieb: „Ich kümmere mich darum.“",
            "Sie sagt ich melde mich zu selten",
            "> Ich kümmere mich darum",
            "```\nIch melde mich morgen\n```",
            "`ich melde mich` ist die Floskel",
            "Vielleicht rufe ich ihn an",
            "He'll get back to you tomorrow",
            "They will call on Friday",
            "I won't get back to them",
            "I'll not call again",
            "I don't think I'll get back to it today",
            "Will I get back to you?",
            "Should I call them?",
            "If I get a minute I'll check",
            "She said I'll get back to her",
            "\"I'll get back to you\" is what they always hear",
            "I usually get back to people the same day",
            "I called them yesterday",
            "I got back to him",
            "Check the invoice please",
            "Ich heiße Anna",
        ] {
            assert_eq!(promised(text), None, "{text}");
        }
    }

    #[test]
    fn the_sentence_of_the_promise_is_given_whole_with_its_time() {
        let text = "Morgen ist Feiertag. Ich melde mich am 24.12. um 12 Uhr. Danke!";
        assert_eq!(promised(text), Some("Ich melde mich am 24.12. um 12 Uhr."));
        let text = "Alles gut? I'll get back to you tomorrow at 3pm, ok.";
        assert_eq!(promised(text), Some("I'll get back to you tomorrow at 3pm, ok."));
    }

    #[test]
    fn nothing_typed_makes_it_stumble() {
        let long = "ich melde mich nicht ".repeat(2_000);
        assert_eq!(promised(&long), None);
        for text in ["„", "\"\"\"", "ich melde", "ä".repeat(3_999).as_str(), "?", "```", "\u{0}", "💥 ich"] {
            assert_eq!(promised(text), None, "{text}");
        }
    }
}
