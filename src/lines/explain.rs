//! `ruhepol tone --explain`: what was found, for people. The message with the words marked, why, and calmer words, in its language.
//!
//! Invariant: the message is printed as it came; only `[[` and `]]` stand around what was found.

use super::tone::read;
use crate::locale::{Texts, Voice};
use crate::tone::{Assessment, Rules};
use std::io::{self, BufRead, Write};

/// Reads lines until the input ends and explains each. Returns whether every line could be read.
///
/// # Errors
/// What reading or writing reports.
pub fn run(mut input: impl BufRead, mut output: impl Write, rules: &Rules, texts: &Texts) -> io::Result<bool> {
    let (mut fine, mut number, mut line) = (true, 0, Vec::new());
    while input.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        match read(line.strip_suffix(b"\n").unwrap_or(&line), number) {
            Ok((_, text, lang)) => {
                let found = rules.assess(&text, lang);
                // As in the bot: words that stay sharp, or are only a beginning, are no version to send.
                let calmer = if found.heat > 0 { rules.calmer_to_send(&text, &found, |_| false) } else { None };
                writeln!(output, "{}", explained(&text, &found, calmer.as_deref(), texts.voice(found.lang)))?;
            }
            Err(error) => {
                fine = false;
                writeln!(output, "{error}")?;
            }
        }
        output.flush()?;
        line.clear();
    }
    Ok(fine)
}

fn explained(text: &str, found: &Assessment, calmer: Option<&str>, voice: Voice<'_>) -> String {
    let mut out = format!("{}  {}", found.heat, marked(text, found));
    for finding in &found.findings {
        let category = voice.say(&format!("category-{}", finding.category.name()));
        let mut add = |line: String| {
            out.push_str("\n   ");
            out.push_str(&line);
        };
        if finding.quoted {
            add(voice.with("tone-line-quoted", &[("category", &category)]));
            continue;
        }
        let severity = finding.severity.to_string();
        add(voice.with("tone-line-finding", &[("category", &category), ("severity", &severity), ("why", &finding.why)]));
        add(voice.with("tone-line-instead", &[("instead", &finding.instead)]));
    }
    if let Some(calmer) = calmer {
        out.push_str("\n   ");
        out.push_str(&voice.with("tone-line-calmer", &[("calmer", calmer)]));
    }
    out
}

/// The text with marks around what was found; findings that overlap share one pair. They come by place, so that one walk is enough.
fn marked(text: &str, found: &Assessment) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut coming = found.findings.iter().peekable();
    let (mut open, mut end) = (false, 0);
    for (at, c) in text.chars().enumerate() {
        while let Some(finding) = coming.next_if(|finding| finding.start <= at) {
            end = end.max(finding.end);
        }
        if (at < end) != open {
            open = !open;
            out.push_str(if open { "[[" } else { "]]" });
        }
        out.push(c);
    }
    if open {
        out.push_str("]]");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;
    use crate::tone::{Category, Finding};

    fn explain(line: &str) -> String {
        let mut out = Vec::new();
        run(line.as_bytes(), &mut out, &Rules::embedded(), &Texts::embedded()).expect("memory does not fail");
        String::from_utf8(out).expect("text is UTF-8")
    }

    #[test]
    fn a_person_sees_the_words_why_and_calmer_ones_in_the_language_of_the_message() {
        let out = explain("Danke sehr!\nIhr seid Idioten\nYou are an absolute idiot");
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "0  Danke sehr!");
        assert!(lines[1].starts_with("3  ") && lines[1].contains("[[") && lines[1].ends_with("]]"), "{out}");
        assert!(lines[2].trim().starts_with("Beleidigung (3 von 3): "), "{out}");
        assert!(out.contains("Insult (3 of 3): ") || out.contains("insult (3 of 3): "), "{out}");
    }

    #[test]
    fn quoted_words_are_marked_and_said_not_to_count() {
        let out = explain("Die Kundin schrieb: „Ihr Idioten!“ Was antworten wir?");
        assert!(out.starts_with("0  ") && out.contains("zitiert"), "{out}");
    }

    #[test]
    fn a_calmer_version_is_one_that_can_be_sent_as_it_is() {
        let sent = explain("Sie haben nie auf meine Mails geantwortet.");
        assert!(sent.contains("\n   Ruhiger: Mir fehlt noch eine Antwort auf meine Mails"), "{sent}");
        let open = explain("Ihr seid Idioten.");
        assert!(open.contains("Stattdessen: ") && !open.contains("Ruhiger: "), "{open}");
    }

    #[test]
    fn marks_share_a_pair_where_findings_meet_and_stand_apart_where_they_do_not() {
        let finding = |start, end| Finding {
            start,
            end,
            category: Category::Insult,
            severity: 2,
            quoted: false,
            why: String::new(),
            instead: String::new(),
            rule: String::new(),
        };
        let findings = vec![finding(0, 4), finding(1, 2), finding(3, 5), finding(6, 8)];
        let found = Assessment { lang: Lang::De, heat: 2, score: 1.0, findings };
        assert_eq!(marked("äbcdefgh", &found), "[[äbcde]]f[[gh]]");
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_the_next_one_answered() {
        let out = explain("{broken\nhello");
        assert!(out.lines().next().is_some_and(|l| l.contains("line 1")) && out.ends_with("0  hello\n"), "{out}");
    }
}
