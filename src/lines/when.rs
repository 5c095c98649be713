//! `ruhepol when`: one phrase a line in, one JSON object a line out. The shape is frozen (ARCHITECTURE.md); strict, and
//! blind to working hours.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::follow_up::holidays::Land;
use crate::follow_up::phrase::{self, Context, DayParts, Refusal};
use crate::locale::Lang;

/// What holds for a line that does not say otherwise.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The time it is.
    pub now: Timestamp,
    /// The zone phrases are read in; Europe/Berlin unless told otherwise.
    pub zone: TimeZone,
    /// Whose public holidays count; `None` knows no holidays.
    pub land: Option<Land>,
    /// The language of answers where a line names none; `None` goes by the phrase.
    pub lang: Option<Lang>,
}

/// One JSON line in.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    text: String,
    now: Option<String>,
    zone: Option<String>,
    land: Option<String>,
    lang: Option<String>,
}

/// One line out; the order of the fields is part of the interface.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    due: Option<String>,
    reading: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    readings: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A line that is no question.
#[derive(Serialize)]
struct BadLine {
    id: Option<()>,
    error: String,
}

/// Answers one line without its line feed; `number` counts from 1 and is the id of a plain line. The flag is `false`
/// for a line that is no question (not JSON, no text, an unknown zone); a phrase that cannot be read is an answer.
pub fn answer(line: &str, number: usize, defaults: &Defaults) -> (String, bool) {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let question = if line.starts_with('{') {
        match serde_json::from_str::<Line>(line) {
            Ok(question) => question,
            Err(error) => {
                let error = format!("line {number}: expected {{\"id\", \"text\", …}}: {error}");
                return (json(&BadLine { id: None, error }), false);
            }
        }
    } else {
        Line { id: Value::Null, text: line.to_owned(), now: None, zone: None, land: None, lang: None }
    };
    let id = if question.id.is_null() { Value::from(number) } else { question.id.clone() };
    let context = match context(&question, defaults) {
        Ok(context) => context,
        Err(error) => {
            let answer = Answer { id: &id, due: None, reading: None, readings: None, error: Some(error) };
            return (json(&answer), false);
        }
    };
    let lang = context.lang.or_else(|| phrase::language(&question.text)).unwrap_or_default();
    let mut answer = Answer { id: &id, due: None, reading: None, readings: None, error: None };
    match phrase::parse(&question.text, &context) {
        Ok(reading) => {
            answer.due = Some(rfc3339(&reading.due));
            answer.reading = reading.text(lang);
        }
        Err(Refusal::Ambiguous(readings)) => {
            answer.readings = Some(readings.iter().map(|reading| rfc3339(&reading.due)).collect());
        }
        Err(refusal) => answer.error = Some(refusal.sentence(lang)),
    }
    (json(&answer), true)
}

/// The defaults with what the line says instead.
fn context(question: &Line, defaults: &Defaults) -> Result<Context, String> {
    let now = match &question.now {
        Some(now) => now.trim().parse().map_err(|_| format!("now: {now:?} is no RFC 3339 time with an offset"))?,
        None => defaults.now,
    };
    let zone = match &question.zone {
        Some(zone) => {
            TimeZone::get(zone).map_err(|_| format!("zone: {zone:?} is no IANA zone such as Europe/Berlin"))?
        }
        None => defaults.zone.clone(),
    };
    let land = match question.land.as_deref() {
        Some("") => None,
        Some(code) => Some(Land::from_code(code).ok_or_else(|| format!("land: {code:?} is no Land such as NW"))?),
        None => defaults.land,
    };
    // "de-AT" and "en_US" are their languages; any other is none, and the phrase decides.
    let language = question.lang.as_deref().and_then(|code| Lang::from_code(code.get(..2).unwrap_or(code)));
    Ok(Context {
        land,
        parts: DayParts::default(),
        lang: language.or(defaults.lang),
        ..Context::new(Zoned::new(now, zone))
    })
}

/// With the zone's offset in numbers, without the zone's name.
fn rfc3339(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("strings, numbers and JSON values always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Defaults {
        Defaults {
            now: "2026-11-18T10:15:00+01:00".parse().unwrap(),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            land: None,
            lang: None,
        }
    }

    fn ask(line: &str) -> (String, bool) {
        answer(line, 7, &defaults())
    }

    #[test]
    fn a_plain_line_has_its_number_as_id() {
        assert_eq!(
            ask("24.12. um 12"),
            (r#"{"id":7,"due":"2026-12-24T12:00:00+01:00","reading":null}"#.to_owned(), true)
        );
        assert_eq!(ask("in 30 Sekunden\r").0, r#"{"id":7,"due":"2026-11-18T10:15:30+01:00","reading":null}"#);
    }

    #[test]
    fn a_json_line_brings_its_own_now_zone_and_land() {
        let line =
            r#"{"id":"a","text":"in 3 Werktagen","now":"2026-12-23T10:00:00Z","zone":"Europe/Vienna","land":"de-nw"}"#;
        assert_eq!(ask(line).0, r#"{"id":"a","due":"2026-12-29T09:00:00+01:00","reading":null}"#);
        let line = r#"{"id":2,"text":"tomorrow 9am","zone":"America/New_York"}"#;
        assert_eq!(ask(line).0, r#"{"id":2,"due":"2026-11-19T09:00:00-05:00","reading":null}"#);
        let line = r#"{"text":"tomorrow 9am","zone":"UTC"}"#;
        assert_eq!(ask(line).0, r#"{"id":7,"due":"2026-11-19T09:00:00+00:00","reading":null}"#);
    }

    #[test]
    fn what_was_assumed_is_said_in_the_language_of_the_line() {
        assert_eq!(
            ask("nächsten Freitag").0,
            r#"{"id":7,"due":"2026-11-27T09:00:00+01:00","reading":"Gemeint ist der Tag der folgenden Woche."}"#
        );
        assert_eq!(
            ask("next Friday").0,
            r#"{"id":7,"due":"2026-11-27T09:00:00+01:00","reading":"Taken as the one in the following week."}"#
        );
        assert!(ask(r#"{"id":1,"text":"next Friday","lang":"de"}"#).0.contains("folgenden Woche"));
    }

    #[test]
    fn the_language_is_that_of_the_line_then_that_asked_for_then_that_of_the_phrase() {
        let english = |line: &str, lang| answer(line, 1, &Defaults { lang, ..defaults() }).0.contains("For example");
        for phrase in ["25:00", "9:75"] {
            assert!(english(phrase, Some(Lang::En)) && !english(phrase, Some(Lang::De)), "{phrase}");
        }
        assert!(english("Feb 31", None), "a month before its day is English");
        assert!(!english("31. Feb", None));
        assert!(!english(r#"{"id":1,"text":"25:00","lang":"de"}"#, Some(Lang::En)));
    }

    #[test]
    fn two_likely_readings_are_both_given() {
        assert_eq!(
            ask("1/2"),
            (
                r#"{"id":7,"due":null,"reading":null,"readings":["2027-01-02T09:00:00+01:00","2027-02-01T09:00:00+01:00"]}"#
                    .to_owned(),
                true
            )
        );
    }

    #[test]
    fn an_unreadable_phrase_is_an_answer_with_an_example() {
        let (json, ok) = ask("morgen irgendwie");
        assert!(ok);
        let start =
            r#"{"id":7,"due":null,"reading":null,"error":"„irgendwie“ verstehe ich nicht als Zeit. Zum Beispiel: "#;
        assert!(json.starts_with(start), "{json}");
        for line in ["", "yesterday", "x".repeat(10_000).as_str(), r#"{"id":1,"text":""}"#] {
            let (json, ok) = ask(line);
            assert!(ok && json.contains(r#""due":null,"reading":null,"error":""#), "{json}");
        }
    }

    #[test]
    fn a_line_that_is_no_question_fails_without_an_id() {
        for line in ["{", "{}", r#"{"id":1}"#, r#"{"id":1,"text":null}"#, r#"{"id":1,"text":5}"#, r#"{"text":"x"} y"#] {
            let (json, ok) = ask(line);
            assert!(!ok && json.starts_with(r#"{"id":null,"error":""#), "{json}");
        }
    }

    #[test]
    fn an_unknown_zone_land_or_time_fails_and_is_named() {
        for (field, value) in [("zone", "Europe/Bonn"), ("land", "XX"), ("now", "2026-11-18T10:00")] {
            let (json, ok) = ask(&format!(r#"{{"id":3,"text":"morgen","{field}":"{value}"}}"#));
            assert!(!ok && json.starts_with(r#"{"id":3,"due":null,"reading":null,"error":""#), "{json}");
            assert!(json.contains(value), "{json}");
        }
    }
}
