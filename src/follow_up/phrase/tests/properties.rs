//! What must hold for every text and every moment.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use proptest::prelude::*;

use super::super::{Context, MAX_CHARS, Refusal, choice, find, format, language, parse};
use super::{NOW, context, outcome};
use crate::follow_up::holidays::Land;
use crate::locale::Lang;

/// Pieces of phrases, to be put together in any order.
const WORDS: &[&str] = &[
    "in",
    "um",
    "am",
    "at",
    "on",
    "bis",
    "gegen",
    "by",
    "the",
    "der",
    "9",
    "24",
    "24.12.",
    "1/2",
    "2026",
    "12:30",
    "uhr",
    "pm",
    "am",
    "morgen",
    "tomorrow",
    "früh",
    "abend",
    "tonight",
    "freitag",
    "next",
    "nächsten",
    "montag",
    "woche",
    "week",
    "tagen",
    "days",
    "stunden",
    "h",
    "30",
    "half",
    "halb",
    "viertel",
    "past",
    "vor",
    "to",
    "neun",
    "ende",
    "of",
    "kw",
    "32",
    "januar",
    "3rd",
    ".",
    ",",
    ":",
    "/",
    "-",
    "ein",
    "a",
    "und",
    "and",
    "from",
    "now",
    "werktagen",
    "business",
    "ago",
    "2,5",
    "4294967295",
    "½",
    "mitternacht",
    "eod",
    "this",
    "übernächsten",
    "night",
    "T",
    "W50",
    "couple",
];

fn any_zone() -> impl Strategy<Value = TimeZone> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    prop::sample::select(names).prop_map(|name| TimeZone::get(&name).expect("its name is in the database"))
}

/// Seconds from 1973, when the last zone gave up offsets with seconds, to 2200.
fn any_now() -> impl Strategy<Value = Timestamp> {
    (100_000_000_i64..7_258_118_400, 0_i32..1_000_000_000)
        .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).expect("within jiff's range"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let context = context(NOW, Some(Land::BY));
        let _ = parse(&text, &context);
        let _ = language(&text);
        let _ = parse(&String::from_utf8_lossy(&bytes), &context);
    }

    #[test]
    fn whatever_is_read_is_to_come_and_not_too_far(
        words in prop::collection::vec(prop::sample::select(WORDS), 1..7),
        now in any_now(),
        zone in any_zone(),
        spaced in any::<bool>(),
    ) {
        let now = now.to_zoned(zone);
        let context = Context { land: Some(Land::NW), ..Context::new(now.clone()) };
        let limit = now.checked_add(5.years().seconds(1)).expect("2205 is within jiff's range");
        let readings = match parse(&words.join(if spaced { " " } else { "" }), &context) {
            Ok(reading) => vec![reading],
            Err(Refusal::Ambiguous(readings)) => {
                prop_assert!(readings.len() > 1);
                readings
            }
            Err(_) => vec![],
        };
        for reading in readings {
            // A suggestion that was chosen reads back to what it was.
            prop_assert_eq!(parse(&choice(&reading), &context), Ok(reading.clone()));
            prop_assert!(reading.due > now && reading.due < limit, "{reading:?}");
            prop_assert_eq!(reading.due.subsec_nanosecond(), 0);
            prop_assert_eq!(reading.due.time_zone(), now.time_zone());
        }
    }

    #[test]
    fn a_formatted_time_reads_back_to_the_second(
        now in any_now(),
        ahead in 2_i64..4 * 366 * 86_400,
        whole_minute in any::<bool>(),
        zone in any_zone(),
        lang in prop::sample::select(Lang::ALL.to_vec()),
    ) {
        let now = now.to_zoned(zone);
        let second = now.timestamp().as_second() + ahead;
        let second = if whole_minute { second / 60 * 60 + 60 } else { second };
        let at = Timestamp::from_second(second).expect("within jiff's range").to_zoned(now.time_zone().clone());
        let text = format(&at, lang);
        let context = Context::new(now);
        let read = parse(&text, &context);
        // A clock whose two passes have one name leaves only the offset to tell them apart.
        let named_alike = |zone: &TimeZone| {
            let folded = zone.to_ambiguous_zoned(at.datetime());
            let name = |at: Zoned| at.strftime("%Z").to_string();
            folded.is_ambiguous() && match (folded.clone().earlier(), folded.later()) {
                    (Ok(first), Ok(second)) => name(first) == name(second),
                    _ => false,
                }
        };
        if !named_alike(at.time_zone()) {
            prop_assert_eq!(read.map(|reading| reading.due), Ok(at.clone()), "{}", text);
        }
        let instant = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        prop_assert_eq!(parse(&instant, &context).map(|reading| reading.due), Ok(at), "{}", instant);
    }

    #[test]
    fn finding_never_panics_and_points_into_the_sentence(sentence in "[a-zäöü0-9 .:,/()!€„“-]{0,120}") {
        if let Some((range, _)) = find(&sentence, &context(NOW, None)) {
            prop_assert!(sentence.get(range).is_some_and(|found| !found.is_empty()));
        }
    }
}

#[test]
fn a_phrase_of_more_than_two_hundred_characters_is_refused_at_once() {
    let context = context(NOW, None);
    assert_eq!(parse(&"morgen ".repeat(1500), &context), Err(Refusal::TooLong));
    assert_eq!(parse(&"ä".repeat(MAX_CHARS + 1), &context), Err(Refusal::TooLong));
    assert_eq!(outcome(&format!("{}morgen", " ".repeat(MAX_CHARS - 6)), &context), "Thu 2026-11-19 09:00");
}

#[test]
fn nothing_typed_is_said_to_be_nothing() {
    for text in ["", " ", "\u{a0}\t\n", "\"\""] {
        assert_eq!(parse(text, &context(NOW, None)), Err(Refusal::Empty));
    }
}

#[test]
fn every_refusal_says_why_with_an_example_in_both_languages() {
    for phrase in [
        "x",
        "gestern",
        "in 9 Jahren",
        "31.2.",
        "Freitag, 24.12.",
        "15 Uhr morgens",
        "bald",
        "1/2",
        "",
        &"x".repeat(300),
    ] {
        let refusal = parse(phrase, &context(NOW, None)).expect_err("each is refused");
        assert!(refusal.sentence(Lang::De).contains("Zum Beispiel: „morgen 9 Uhr“"), "{phrase}");
        assert!(refusal.sentence(Lang::En).contains("For example: \"tomorrow 9:00\""), "{phrase}");
    }
}

#[test]
fn the_examples_in_the_refusals_are_read() {
    for phrase in
        ["morgen 9 Uhr", "in 3 Werktagen", "24.12.2027 um 12 Uhr", "tomorrow 9:00", "24 December 2027 at 12:00"]
    {
        assert!(parse(phrase, &context(NOW, None)).is_ok(), "{phrase}");
    }
}
