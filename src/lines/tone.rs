//! `ruhepol tone`: messages in, one JSON line out for each, in order.
//!
//! Invariant: every line that comes in gives exactly one line out, whatever its bytes are; a line that cannot be read gives an error
//! line and never stops the others.

use crate::locale::Lang;
use crate::tone::{Category, Finding, Rules};
use serde::Serialize;
use serde_json::Value;
use std::io::{self, BufRead, Write};

/// Fewer lines than this are not worth another thread.
const SHARE: usize = 64;

/// The answer to one line; field order is the order of the keys.
#[derive(Serialize)]
struct Answer<'a> {
    id: Value,
    lang: Lang,
    heat: u8,
    score: f32,
    findings: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    start: usize,
    end: usize,
    category: Category,
    severity: u8,
    quoted: bool,
    why: &'a str,
    instead: &'a str,
}

impl<'a> From<&'a Finding> for Shown<'a> {
    fn from(f: &'a Finding) -> Self {
        Self {
            start: f.start,
            end: f.end,
            category: f.category,
            severity: f.severity,
            quoted: f.quoted,
            why: &f.why,
            instead: &f.instead,
        }
    }
}

#[derive(Serialize)]
struct Refusal<'a> {
    id: Option<()>,
    error: &'a str,
}

/// Answers one line (without its line end). A line that starts with `{` is JSON `{"id","text","lang"?}`, any other is the message
/// itself and its id is the line number. Returns the JSON and whether the line could be read.
pub fn answer(line: &[u8], number: usize, rules: &Rules) -> (String, bool) {
    match read(line, number) {
        Ok((id, text, lang)) => {
            let found = rules.assess(&text, lang);
            let score = (found.score * 1000.0).round() / 1000.0;
            let shown = Answer {
                id,
                lang: found.lang,
                heat: found.heat,
                score,
                findings: found.findings.iter().map(Shown::from).collect(),
            };
            match serde_json::to_string(&shown) {
                Ok(json) => (json, true),
                Err(error) => (refusal(&error.to_string()), false),
            }
        }
        Err(error) => (refusal(&error), false),
    }
}

/// The id, the message and the language of a line, or what is wrong with it.
pub(super) fn read(line: &[u8], number: usize) -> Result<(Value, String, Option<Lang>), String> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = if number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
    let text =
        std::str::from_utf8(line).map_err(|e| format!("line {number} is not UTF-8 (byte {})", e.valid_up_to() + 1))?;
    if !text.starts_with('{') {
        return Ok((Value::from(number), text.to_owned(), None));
    }
    let value: Value = serde_json::from_str(text).map_err(|e| not_json(number, &e))?;
    let Value::Object(mut fields) = value else { return Err(format!("line {number} is no JSON object")) };
    let Some(Value::String(message)) = fields.remove("text") else {
        return Err(format!("line {number} has no \"text\" that is a string"));
    };
    let lang = match fields.get("lang") {
        None | Some(Value::Null) => None,
        Some(Value::String(code)) => {
            match code.split(['-', '_']).next().and_then(|c| Lang::from_code(&c.to_ascii_lowercase())) {
                Some(lang) => Some(lang),
                None => return Err(format!("line {number}: \"lang\" is \"de\" or \"en\"")),
            }
        }
        Some(_) => return Err(format!("line {number}: \"lang\" is \"de\" or \"en\"")),
    };
    Ok((fields.remove("id").unwrap_or_else(|| Value::from(number)), message, lang))
}

/// The parser counts lines of its own; here each message is one.
fn not_json(number: usize, error: &serde_json::Error) -> String {
    let said = error.to_string();
    let what = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
    format!("line {number} is not JSON: {what} (column {})", error.column())
}

fn refusal(error: &str) -> String {
    serde_json::to_string(&Refusal { id: None, error })
        .unwrap_or_else(|_| r#"{"id":null,"error":"unreadable line"}"#.to_owned())
}

/// Reads lines until the input ends, with `threads` at work (at least one), and writes the answers in order as soon as the lines are
/// there. Returns whether every line could be read.
///
/// # Errors
/// What reading or writing reports.
pub fn run(mut input: impl BufRead, mut output: impl Write, rules: &Rules, threads: usize) -> io::Result<bool> {
    let mut pending: Vec<u8> = Vec::new();
    let mut number = 0;
    let mut fine = true;
    loop {
        let chunk = input.fill_buf()?;
        let ended = chunk.is_empty();
        let taken = chunk.len();
        let fresh = pending.len();
        pending.extend_from_slice(chunk);
        input.consume(taken);
        // Only what was just read can hold a new line end.
        let complete = if ended {
            pending.len()
        } else {
            pending[fresh..].iter().rposition(|&b| b == b'\n').map_or(0, |n| fresh + n + 1)
        };
        if complete > 0 {
            let body = pending[..complete].strip_suffix(b"\n").unwrap_or(&pending[..complete]);
            let lines: Vec<&[u8]> = body.split(|&b| b == b'\n').collect();
            for (json, ok) in all(&lines, number, rules, threads) {
                fine &= ok;
                output.write_all(json.as_bytes())?;
            }
            output.flush()?;
            number += lines.len();
            pending.drain(..complete);
        }
        if ended {
            return Ok(fine);
        }
    }
}

/// The answers to consecutive lines, each thread's in one string.
fn all(lines: &[&[u8]], before: usize, rules: &Rules, threads: usize) -> Vec<(String, bool)> {
    let share = lines.len().div_ceil(threads.max(1)).max(SHARE);
    let work = |from: usize, lines: &[&[u8]]| {
        let mut out = String::with_capacity(lines.len() * 96);
        let mut fine = true;
        for (i, line) in lines.iter().enumerate() {
            let (json, ok) = answer(line, before + from + i + 1, rules);
            out.push_str(&json);
            out.push('\n');
            fine &= ok;
        }
        (out, fine)
    };
    if lines.len() <= share {
        return vec![work(0, lines)];
    }
    std::thread::scope(|scope| {
        let handles: Vec<_> =
            lines.chunks(share).enumerate().map(|(i, part)| scope.spawn(move || work(i * share, part))).collect();
        handles.into_iter().map(|h| h.join().expect("assessing a message does not panic: property tests")).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules::embedded()
    }

    #[test]
    fn a_plain_line_answers_with_its_number_in_the_frozen_key_order() {
        let (json, ok) = answer("Danke für die schnelle Antwort".as_bytes(), 7, &rules());
        assert!(ok);
        assert_eq!(json, r#"{"id":7,"lang":"de","heat":0,"score":0.0,"findings":[]}"#);
    }

    #[test]
    fn any_id_comes_back() {
        for id in [r#""a""#, "12", "null", "[1]", r#"{"x":true}"#] {
            let line = format!(r#"{{"text":"ok","id":{id},"lang":"en"}}"#);
            let (json, ok) = answer(line.as_bytes(), 1, &rules());
            assert!(ok && json.starts_with(&format!(r#"{{"id":{id},"lang":"en","heat":0"#)), "{json}");
        }
    }

    #[test]
    fn an_unreadable_line_gives_an_error_line_and_the_others_go_on() {
        let rules = rules();
        let input: &[u8] = b"hello\n{broken\n\xff\xfe\n{\"id\":3}\n{\"id\":4,\"text\":\"\\ud800\"}\n\nbye";
        let mut out = Vec::new();
        let fine = run(input, &mut out, &rules, 2).expect("memory does not fail");
        let out = String::from_utf8(out).expect("JSON is UTF-8");
        let lines: Vec<&str> = out.lines().collect();
        assert!(!fine);
        assert_eq!(lines.len(), 7);
        assert!(
            lines[0].starts_with(r#"{"id":1,"#)
                && lines[5].starts_with(r#"{"id":6,"#)
                && lines[6].starts_with(r#"{"id":7,"#)
        );
        for line in &lines[1..5] {
            assert!(line.starts_with(r#"{"id":null,"error":"#), "{line}");
        }
        assert!(lines[1].contains("line 2 is not JSON: key must be a string (column 2)"), "{}", lines[1]);
    }

    #[test]
    fn order_is_kept_over_many_threads() {
        let rules = rules();
        let input: String =
            (0..1_000).fold(String::new(), |all, n| all + &format!("{{\"id\":{n},\"text\":\"message\"}}\n"));
        let mut out = Vec::new();
        assert!(run(input.as_bytes(), &mut out, &rules, 8).expect("memory does not fail"));
        let out = String::from_utf8(out).expect("JSON is UTF-8");
        for (n, line) in out.lines().enumerate() {
            assert!(line.starts_with(&format!("{{\"id\":{n},")));
        }
    }
}
