//! The draft again, calmer: where a rule can put other words, they stand there; everything else stays as it was written.
//!
//! Invariant: quoted text is never changed, and no sentence is touched that has no finding.

use super::rulebook::Swap;
use super::scan::Book;
use super::{Assessment, Category, Finding};
use crate::locale::Lang;
use std::ops::Range;

/// One change of the text, in bytes.
struct Change {
    span: Range<usize>,
    words: String,
}

pub(super) fn calmer(book: &Book, text: &str, assessment: &Assessment) -> String {
    let mut changes: Vec<Change> = Vec::new();
    let spans = bytes(text, &assessment.findings);
    let own = || assessment.findings.iter().zip(&spans).filter(|(finding, _)| !finding.quoted);
    // Sentences go first: what is replaced as a whole needs no smaller change.
    for (finding, span) in own() {
        // What lies in a sentence that goes already need not be measured again, however long that sentence is.
        if swap(book, finding) == Swap::Sentence && free(&changes, span) {
            let span = sentence(text, span);
            push(&mut changes, Change { span, words: finding.instead.clone() });
        }
    }
    for (finding, span) in own() {
        let span = span.clone();
        let words = match swap(book, finding) {
            Swap::Span => finding.instead.clone(),
            Swap::Drop => String::new(),
            Swap::Keep if finding.category == Category::Shouting && assessment.lang == Lang::En => {
                unshout(&text[span.clone()])
            }
            Swap::Keep | Swap::Sentence => continue,
        };
        push(&mut changes, Change { span, words });
    }
    changes.sort_by_key(|c| c.span.start);
    apply(text, &changes)
}

fn swap(book: &Book, finding: &Finding) -> Swap {
    let Some(rule) = book.rules.iter().find(|r| r.id == finding.rule) else { return Swap::Keep };
    // Where the writer's own words were too sharp to be said again, the phrase in their place is advice only.
    let general = || finding.instead == book.general[finding.category as usize].instead();
    if rule.instead.contains('$') && general() { Swap::Keep } else { rule.swap }
}

fn free(changes: &[Change], span: &Range<usize>) -> bool {
    changes.iter().all(|c| span.end <= c.span.start || c.span.end <= span.start)
}

fn push(changes: &mut Vec<Change>, change: Change) {
    let free = free(changes, &change.span);
    let said = !change.words.is_empty() && changes.iter().any(|c| c.words == change.words);
    if free {
        // The same calm sentence twice would sound like a machine: the second one goes.
        changes.push(Change { words: if said { String::new() } else { change.words }, ..change });
    }
}

fn apply(text: &str, changes: &[Change]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for (number, change) in changes.iter().enumerate() {
        out.push_str(&text[at..change.span.start]);
        at = change.span.end;
        // What comes next may be changed as well: nothing of it is written here.
        let until = changes.get(number + 1).map_or(text.len(), |next| next.span.start);
        let opens = out.trim_end().is_empty() || out.trim_end().ends_with(['.', '!', '?']) || out.ends_with('\n');
        if change.words.is_empty() {
            let rest = &text[at..until];
            // No double gap, and no gap before a stop, where words went away.
            let trimmed = rest.trim_start_matches([' ', ',']);
            at += rest.len() - trimmed.len();
            let goes_on = trimmed.is_empty() && until < text.len();
            if !goes_on && !trimmed.starts_with(|c: char| c.is_alphanumeric()) {
                out.truncate(out.trim_end_matches([' ', ',']).len());
            }
            if opens && let Some(first) = trimmed.chars().next() {
                out.extend(first.to_uppercase());
                at += first.len_utf8();
            }
        } else if out.trim_end().ends_with(',') {
            out.push_str(&going_on(&change.words));
        } else if opens || text[change.span.clone()].starts_with(char::is_uppercase) {
            let mut chars = change.words.chars();
            out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(chars.as_str());
        } else {
            out.push_str(&change.words);
        }
    }
    out.push_str(&text[at..]);
    out.trim().to_owned()
}

/// A sentence that follows a salutation and its comma: what is written small in a sentence begins small.
fn going_on(words: &str) -> String {
    const SMALL: [&str; 18] = [
        "Mir", "Ich", "Wir", "Bitte", "Dafür", "Hier", "Können", "Könnten", "Für", "Was", "Das", "Wie", "Wann", "Es",
        "What", "Could", "Please", "This",
    ];
    let first = words.split(' ').next().unwrap_or_default();
    if SMALL.contains(&first) { words.replacen(first, &first.to_lowercase(), 1) } else { words.to_owned() }
}

/// Sentence case for a shouted English run.
fn unshout(words: &str) -> String {
    let lower = words.to_lowercase();
    lower
        .split(' ')
        .map(|w| if w == "i" || w.starts_with("i'") { w.replacen('i', "I", 1) } else { w.to_owned() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Scalar offsets of findings to bytes; they come by place, so that one walk over the text finds where each begins.
fn bytes(text: &str, findings: &[Finding]) -> Vec<Range<usize>> {
    let (mut count, mut at) = (0, 0);
    let after = |at: usize, n: usize| text[at..].char_indices().nth(n).map_or(text.len(), |(i, _)| at + i);
    let mut spans = Vec::with_capacity(findings.len());
    for finding in findings {
        at = after(at, finding.start.saturating_sub(count));
        count = finding.start;
        spans.push(at..after(at, finding.end - finding.start));
    }
    spans
}

/// Words a salutation begins with.
const GREETINGS: [&str; 17] = [
    "hallo",
    "hi",
    "hey",
    "moin",
    "servus",
    "grüezi",
    "liebe",
    "lieber",
    "guten",
    "sehr",
    "werte",
    "grüß",
    "hello",
    "dear",
    "good",
    "morning",
    "greetings",
];

/// How many bytes of this are a salutation with its comma, which no other words replace: who is greeted stays greeted.
fn salutation(before: &str) -> usize {
    let begins = before.split([' ', ',']).next().unwrap_or_default().to_lowercase();
    let short = |comma: &usize| before[..*comma].split(' ').count() <= 6;
    match before.find(',').filter(short) {
        Some(comma) if GREETINGS.contains(&begins.as_str()) => {
            let rest = &before[comma + 1..];
            comma + 1 + rest.len() - rest.trim_start().len()
        }
        _ => 0,
    }
}

/// The sentence around a span, with its closing marks and without the salutation.
fn sentence(text: &str, span: &Range<usize>) -> Range<usize> {
    let stops = ['.', '!', '?', '\n'];
    let before = &text[..span.start];
    let start = before.rfind(stops).map_or(0, |n| n + 1);
    let start = start + (before[start..].len() - before[start..].trim_start().len());
    let start = start + salutation(&before[start..]);
    let inside = span.end.saturating_sub(1).max(span.start);
    let inside = text.floor_char_boundary(inside);
    let end = text[inside..].find(stops).map_or(text.len(), |n| inside + n);
    let tail = text[end..].len() - text[end..].trim_start_matches(['.', '!', '?']).len();
    start..(end + tail).max(span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Rules;

    #[test]
    fn the_writers_own_words_stand_in_the_calmer_sentence_and_the_address_stays() {
        let rules = Rules::embedded();
        for (lang, text, calmer) in OWN_WORDS {
            let found = rules.assess(text, Some(lang));
            assert_eq!(rules.calmer(text, &found), calmer, "{text}: {found:#?}");
        }
    }

    #[test]
    fn the_same_reproach_said_again_and_again_is_answered_once() {
        let rules = Rules::embedded();
        for (lang, text, calmer) in [
            (
                Lang::En,
                "You never reply, you idiots!!! You never reply, you idiots!!! Please call me.",
                "I am very upset about this and would like it solved. Please call me.",
            ),
            (
                Lang::De,
                "Das ist nicht unser Problem. Das ist nicht unser Problem. Das ist nicht unser Problem.",
                "Dafür ist eine andere Stelle zuständig; ich nenne Ihnen gern, wer helfen kann.",
            ),
        ] {
            let found = rules.assess(text, Some(lang));
            assert_eq!(rules.calmer(text, &found), calmer, "{found:#?}");
        }
    }

    #[test]
    fn a_calmer_wording_never_says_another_sharp_word_again() {
        let rules = Rules::embedded();
        for (lang, text, sharp) in [
            (Lang::En, "You never reply, you idiots!!!", "idiots"),
            (Lang::En, "STOP SENDING ME THE SAME LINK!!!!", "SAME LINK"),
            (Lang::De, "Sie haben nie auf meine Mails geantwortet, Sie Idioten.", "Idioten"),
        ] {
            let found = rules.assess(text, Some(lang));
            assert!(!found.findings.is_empty(), "{text}");
            assert!(found.findings.iter().all(|f| !f.instead.contains(sharp)), "{found:#?}");
            assert!(!rules.calmer(text, &found).contains(sharp), "{}", rules.calmer(text, &found));
        }
    }

    #[test]
    fn words_that_go_leave_what_follows_them_to_its_own_change() {
        let drop = |span: Range<usize>| Change { span, words: String::new() };
        let swap = |span: Range<usize>, words: &str| Change { span, words: words.to_owned() };
        assert_eq!(apply("One. two, three", &[drop(5..8), swap(10..15, "four")]), "One. Four");
        assert_eq!(apply("One two three.", &[drop(4..7), drop(8..13)]), "One.");
        assert_eq!(apply("One. twothree four", &[drop(5..8), drop(8..13)]), "One. Four");
        assert_eq!(apply("One, two, three", &[drop(5..8)]), "One, three");
    }

    #[test]
    fn a_long_text_with_many_findings_is_walked_through_once() {
        let rules = Rules::embedded();
        let text = "WARUM ANTWORTET IHR NICHT ".repeat(40_000);
        let found = rules.assess(&text, Some(Lang::De));
        assert!(found.findings.len() > 100, "{}", found.findings.len());
        let spans = bytes(&text, &found.findings);
        assert!(
            spans.iter().zip(&found.findings).all(|(span, f)| text[span.clone()].chars().count() == f.end - f.start)
        );
        assert!(!rules.calmer(&text, &found).is_empty());
    }

    const OWN_WORDS: [(Lang, &str, &str); 50] = [
        (
            Lang::De,
            "Sie haben nie auf meine Mails geantwortet.",
            "Mir fehlt noch eine Antwort auf meine Mails; können Sie mir bitte den Stand nennen?",
        ),
        (
            Lang::De,
            "Hallo Herr Weber, Sie haben nie auf meine Mails geantwortet. Danke für den Hinweis.",
            "Hallo Herr Weber, mir fehlt noch eine Antwort auf meine Mails; können Sie mir bitte den Stand nennen? Danke für den Hinweis.",
        ),
        (
            Lang::De,
            "Sehr geehrte Frau Ümit-Groß, Sie haben nie auf meine Mails geantwortet.",
            "Sehr geehrte Frau Ümit-Groß, mir fehlt noch eine Antwort auf meine Mails; können Sie mir bitte den Stand nennen?",
        ),
        (
            Lang::En,
            "Hello Mr Weber, you never answered my mails.",
            "Hello Mr Weber, I am still missing an answer to my mails. Could you tell me where it stands?",
        ),
        (
            Lang::En,
            "Since Monday, you never answered my mails.",
            "I am still missing an answer to my mails. Could you tell me where it stands?",
        ),
        (
            Lang::De,
            "Du hast schon wieder vergessen, das Ticket zu schließen.",
            "Es steht noch aus, das Ticket zu schließen.",
        ),
        (
            Lang::De,
            "Ihretwegen musste ich mir extra einen Tag freinehmen.",
            "Dadurch musste ich mir extra einen Tag freinehmen. Wie können wir das lösen?",
        ),
        (
            Lang::De,
            "Warum haben Sie mich nicht rechtzeitig informiert?",
            "Ich hätte mir gewünscht, Sie hätten mich rechtzeitig informiert.",
        ),
        (
            Lang::De,
            "Warum habt ihr uns nicht früher gewarnt?",
            "Ich hätte mir gewünscht, ihr hättet uns früher gewarnt.",
        ),
        (
            Lang::De,
            "Hätten Sie die Anleitung gelesen, wüssten Sie das.",
            "Vielleicht hilft es, die Anleitung noch einmal zu lesen; ich erkläre den Punkt auch gern.",
        ),
        (
            Lang::De,
            "Immer muss ich alles alleine aufräumen.",
            "Das bleibt oft bei mir: alles alleine aufräumen. Können wir es aufteilen?",
        ),
        (
            Lang::De,
            "Ständig vergisst du, den Status umzustellen.",
            "Beim nächsten Mal bitte daran denken: den Status umzustellen.",
        ),
        (
            Lang::De,
            "Warum ist meine Erstattung immer noch nicht da?",
            "Wo steht meine Erstattung gerade, und was fehlt noch?",
        ),
        (Lang::De, "Wo bleibt denn meine Lieferung?", "Mir fehlt noch meine Lieferung. Wann darf ich damit rechnen?"),
        (
            Lang::De,
            "Ich habe es so satt, hinter Ihnen herzutelefonieren.",
            "Es ermüdet mich, hinter Ihnen herzutelefonieren. Was ist der nächste Schritt?",
        ),
        (Lang::De, "Wann gedenken Sie, mir zu antworten?", "Bis wann ist es möglich, mir zu antworten?"),
        (Lang::De, "Niemand kümmert sich bei Ihnen um mein Anliegen.", "Wer kann sich bitte um mein Anliegen kümmern?"),
        (Lang::De, "Ich verlange sofort eine Erstattung!", "Ich bitte um eine Erstattung. Bis wann ist das möglich?"),
        (
            Lang::De,
            "Ist es zu viel verlangt, dass mal jemand zurückruft?",
            "Ich wünsche mir, dass mal jemand zurückruft.",
        ),
        (
            Lang::De,
            "Ist es wirklich so schwer, eine Mail zu beantworten?",
            "Ich bitte darum, eine Mail zu beantworten.",
        ),
        (
            Lang::De,
            "Wie ich Ihnen bereits in meiner letzten Mail geschrieben habe, ist die Frist vorbei.",
            "Wie in meiner letzten Mail erwähnt, ist die Frist vorbei.",
        ),
        (
            Lang::De,
            "Noch einmal zum Mitschreiben: Die Frist endet am dritten.",
            "Kurz zusammengefasst: Die Frist endet am dritten.",
        ),
        (
            Lang::De,
            "Für Ihre Rechnung bin ich nicht zuständig.",
            "Für Ihre Rechnung ist bei uns ein anderes Team da; ich leite es gern weiter.",
        ),
        (
            Lang::De,
            "Wenn ich bis Freitag mein Geld nicht zurückhabe, gehe ich zum Anwalt.",
            "Mir ist wichtig, dass ich bis Freitag mein Geld zurückhabe.",
        ),
        (
            Lang::De,
            "Sie haben bis morgen zwölf Uhr, danach kündige ich.",
            "Mir hilft eine Antwort bis morgen zwölf Uhr.",
        ),
        (
            Lang::De,
            "Sie hatten mir einen Rückruf versprochen und nichts ist passiert.",
            "Ich hatte mich auf einen Rückruf verlassen; wie ist hier der Stand?",
        ),
        (
            Lang::En,
            "You have never answered my letters.",
            "I am still missing an answer to my letters. Could you tell me where it stands?",
        ),
        (
            Lang::En,
            "Because of you I missed my connecting flight.",
            "As a result, I missed my connecting flight. How can we put this right?",
        ),
        (
            Lang::En,
            "I missed the ferry on account of you sending the tickets late.",
            "I missed the ferry. How can we put this right?",
        ),
        (
            Lang::En,
            "If you had read my email, you would know that.",
            "The answer is in my email; I am happy to point to the line.",
        ),
        (
            Lang::En,
            "If the money isn't back by Friday, I'm handing this to my solicitor.",
            "It matters to me that the money is back by Friday.",
        ),
        (
            Lang::En,
            "If I don't hear from you by noon, I will report you to the ombudsman.",
            "I hope to hear from you by noon.",
        ),
        (Lang::En, "Unless you refund me by Friday, I will sue.", "It matters to me that you refund me by Friday."),
        (Lang::En, "You have until Friday noon, then I call my bank.", "An answer by Friday noon would help me a lot."),
        (
            Lang::En,
            "I demand a full refund immediately!",
            "I would like to ask for a full refund. By when would that be possible?",
        ),
        (
            Lang::En,
            "Why is my refund still not here?",
            "Where does my refund stand at the moment, and what is still needed?",
        ),
        (Lang::En, "Where the hell is my parcel?", "Could you tell me where my parcel is?"),
        (
            Lang::En,
            "I'm sick of chasing you for an answer.",
            "I would like to stop chasing you for an answer. What is the next step?",
        ),
        (Lang::En, "Can somebody finally look at ticket 44?", "Could somebody please look at ticket 44?"),
        (
            Lang::En,
            "no one seems to be... nobody is looking into my complaint",
            "no one seems to be... Who could look after my complaint, please?",
        ),
        (Lang::En, "Stop sending me templates.", "I would rather not have you sending me templates."),
        (Lang::En, "How hard can it be to answer an email?", "Could you please answer an email?"),
        (Lang::En, "Is it too much to ask that somebody calls me back?", "What would help me: somebody calls me back."),
        (Lang::En, "You always forget to attach the log.", "It would help me if you remembered to attach the log."),
        (
            Lang::En,
            "As I already explained in my last email, the part is out of stock.",
            "As mentioned in my last email, the part is out of stock.",
        ),
        (
            Lang::En,
            "I have told you three times that the flat is empty.",
            "Once more, so that it is not lost: the flat is empty.",
        ),
        (
            Lang::En,
            "Next time try answering the question I asked.",
            "It would help me if you began by answering the question I asked.",
        ),
        (Lang::En, "Your so-called experts could not help", "The experts could not help"),
        (Lang::En, "You never answer the phone", "It would help me if you could answer the phone"),
        (
            Lang::En,
            "You assured us a full refund but we still have not seen a penny",
            "My understanding was: a full refund. Where do we stand?",
        ),
    ];
}
