//! Times the bot showed, typed or sent back to it: "…, 09:00 Uhr (CET)" from a refusal or a suggestion, the words behind
//! its dot („… · folgende Woche“), and the value of a chosen suggestion, which keeps what was assumed: "2026-12-04T09:00:00+01:00 ~fw".
//!
//! Invariant: [`choice`] reads back to the same due time, civil time and notes, as long as that time is to come.

use jiff::civil::Time;
use jiff::tz::{Offset, TimeZone};
use jiff::{ToSpan, Zoned};

use super::lexicon::{self, Word};
use super::names;
use super::{Context, MAX_YEARS, Note, Reading, Refusal, Spelling, plain, resolve};
use crate::locale::Lang;

/// Stands before the notes of a chosen suggestion.
const MARK: &str = " ~";
/// Stands before each note shown behind a time.
const DOT: &str = " · ";

/// Notes without a number of their own, each with its short name. The names are sent back by chats: they stay.
const CODES: [(Note, &str); 21] = [
    (Note::FollowingWeek, "fw"),
    (Note::WeekAfterNext, "wn"),
    (Note::WeekFromToday, "wt"),
    (Note::NextMonth, "nm"),
    (Note::NextEnd, "ne"),
    (Note::FirstDay, "fd"),
    (Note::MiddleOfWeek, "mw"),
    (Note::MiddleOfMonth, "mm"),
    (Note::MiddleOfQuarter, "mq"),
    (Note::MiddleOfYear, "my"),
    (Note::Saturday, "sa"),
    (Note::AsSpan, "sp"),
    (Note::Exactly, "ex"),
    (Note::Two, "two"),
    (Note::Within, "in"),
    (Note::Converted, "cv"),
    (Note::ShorterMonth, "sm"),
    (Note::OnlyFuture, "of"),
    (Note::Gap, "gap"),
    (Note::Fold, "fold"),
    (Note::AtTen, "ten"),
];

/// A reading as the value of a suggestion, at most 100 characters: it survives being sent back, whatever the time is then.
pub fn choice(reading: &Reading) -> String {
    // A time the clocks skip is told by its civil time, any other by its offset too: that is the very instant.
    let time = if reading.notes.contains(&Note::Gap) {
        reading.civil.strftime("%Y-%m-%dT%H:%M:%S").to_string()
    } else {
        reading.due.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    let notes: Vec<String> = reading.notes.iter().map(|note| code(*note)).collect();
    if notes.is_empty() { time } else { format!("{time}{MARK}{}", notes.join(",")) }
}

/// What the bot itself wrote, read; `None` for anything else.
pub(super) fn typed_back(text: &str, context: &Context, spelling: Spelling) -> Option<Result<Reading, Refusal>> {
    if let Some((time, codes)) = text.rsplit_once(MARK) {
        let notes: Option<Vec<Note>> = codes.split(',').map(note).collect();
        let read = plain(time, context, Spelling::Exact);
        return Some(match notes {
            Some(notes) => read.map(|reading| Reading { notes, ..reading }),
            None => Err(Refusal::not_understood(codes)),
        });
    }
    if let Some((time, shown)) = text.split_once(DOT) {
        let read = typed_back(time.trim_end(), context, spelling).unwrap_or_else(|| plain(time, context, spelling));
        return Some(read.and_then(|reading| noted(reading, shown)));
    }
    let (time, clock) = text.strip_suffix(')')?.rsplit_once('(')?;
    if time.trim().is_empty() {
        return None;
    }
    Some(on_clock(time.trim_end(), clock.trim(), context, spelling))
}

/// Adds the notes that were shown behind a time.
fn noted(mut reading: Reading, shown: &str) -> Result<Reading, Refusal> {
    for words in shown.split(DOT).map(str::trim) {
        // The clock time in its words is the one that was said, also where the clocks skip it.
        let time = words.split(' ').find_map(|word| Time::strptime("%H:%M", word).ok()).unwrap_or_default();
        let numbered = [Note::NextYear(reading.civil.year()), Note::AfterNoon(time), Note::AtNight(time)];
        let known: Vec<Note> = CODES.iter().map(|(note, _)| *note).chain(numbered).collect();
        let said =
            |note: &&Note| Lang::ALL.into_iter().any(|lang| note.brief(lang).to_lowercase() == words.to_lowercase());
        let note = *known.iter().find(said).ok_or_else(|| Refusal::not_understood(words))?;
        if !reading.notes.contains(&note) {
            reading.notes.push(note);
        }
    }
    Ok(reading)
}

/// A time with the name of a clock in brackets: the asker's own as it is called at that time, or another that is known.
fn on_clock(text: &str, clock: &str, context: &Context, spelling: Spelling) -> Result<Reading, Refusal> {
    let own: Vec<Reading> = own_offsets(clock, context)
        .into_iter()
        .filter_map(|offset| on_offset(text, offset, context, spelling).ok())
        .flatten()
        .filter(|reading| name(&reading.due) == clock)
        .map(|reading| Reading {
            notes: reading.notes.into_iter().filter(|note| *note != Note::Converted).collect(),
            ..reading
        })
        .collect();
    let read = match own.len() {
        0 => match offset(clock) {
            Some(offset) => on_offset(text, offset, context, spelling)?,
            None if is_clock(clock) => return plain(&format!("{text} {clock}"), context, spelling),
            None => return Err(Refusal::not_understood(clock)),
        },
        _ => own,
    };
    one(read)
}

/// Whether a word names a clock: CET, UTC, MEZ.
fn is_clock(word: &str) -> bool {
    matches!(names::single(&lexicon::fold(word)), Some((Word::Wall(_), _)))
}

/// Every reading of a phrase on a clock with a fixed offset, as the asker's clock shows it.
fn on_offset(text: &str, offset: Offset, context: &Context, spelling: Spelling) -> Result<Vec<Reading>, Refusal> {
    let there = Context { now: context.now.with_time_zone(TimeZone::fixed(offset)), ..context.clone() };
    let mut readings = match plain(text, &there, spelling) {
        Ok(reading) => vec![reading],
        Err(Refusal::Ambiguous(readings)) => readings,
        Err(refusal) => return Err(refusal),
    };
    for reading in &mut readings {
        resolve::convert(reading, context);
    }
    Ok(readings)
}

fn one(mut readings: Vec<Reading>) -> Result<Reading, Refusal> {
    readings.sort_by_key(|reading| reading.due.timestamp());
    readings.dedup_by(|later, sooner| later.due == sooner.due);
    match readings.pop() {
        Some(reading) if readings.is_empty() => Ok(reading),
        last => Err(Refusal::Ambiguous(readings.into_iter().chain(last).collect())),
    }
}

/// The offsets that the asker's clock has under a name, from now to the farthest time that is read.
fn own_offsets(clock: &str, context: &Context) -> Vec<Offset> {
    let (zone, now) = (context.now.time_zone(), context.now.timestamp());
    let Ok(end) = context.now.checked_add((MAX_YEARS + 1).years()) else { return Vec::new() };
    let changes = zone.following(now).map(|change| change.timestamp()).take_while(|at| *at < end.timestamp());
    let mut offsets: Vec<Offset> = std::iter::once(now)
        .chain(changes)
        .map(|at| at.to_zoned(zone.clone()))
        .filter(|at| name(at) == clock)
        .map(|at| at.offset())
        .collect();
    offsets.sort_by_key(|offset| offset.seconds());
    offsets.dedup();
    offsets
}

/// What a clock is called at a time: "CET", "+03".
fn name(at: &Zoned) -> String {
    at.strftime("%Z").to_string()
}

/// "+03", "-0330", "+05:30".
fn offset(clock: &str) -> Option<Offset> {
    let (sign, digits) = match clock.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-" | "\u{2212}", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replacen(':', "", 1);
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let (hours, minutes): (i32, i32) =
        (hours.parse().ok()?, if minutes.is_empty() { 0 } else { minutes.parse().ok()? });
    (hours < 15 && minutes < 60).then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok())?
}

fn code(note: Note) -> String {
    let clock = |time: Time| time.strftime("%H%M%S").to_string();
    match note {
        Note::NextYear(year) => format!("y{year}"),
        Note::AfterNoon(time) => format!("pm{}", clock(time)),
        Note::AtNight(time) => format!("am{}", clock(time)),
        note => CODES.iter().find(|(known, _)| *known == note).map_or_else(String::new, |(_, code)| (*code).to_owned()),
    }
}

fn note(code: &str) -> Option<Note> {
    let clock = |digits: &str| Time::strptime("%H%M%S", digits).ok();
    if let Some((note, _)) = CODES.iter().find(|(_, known)| *known == code) {
        return Some(*note);
    }
    if let Some(digits) = code.strip_prefix("pm") {
        return clock(digits).map(Note::AfterNoon);
    }
    if let Some(digits) = code.strip_prefix("am") {
        return clock(digits).map(Note::AtNight);
    }
    code.strip_prefix('y')?.parse().ok().map(Note::NextYear)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(now: &str) -> Context {
        Context::new(now.parse().unwrap())
    }

    fn due(text: &str, now: &str) -> String {
        match super::super::parse(text, &context(now)) {
            Ok(reading) => format!("{} {:?}", reading.due.strftime("%Y-%m-%dT%H:%M%:z"), reading.notes),
            Err(refusal) => refusal.code().to_owned(),
        }
    }

    #[test]
    fn a_chosen_suggestion_keeps_what_was_assumed() {
        let monday = context("2026-11-23T10:00:00+01:00[Europe/Berlin]");
        for phrase in [
            "nächsten Freitag",
            "28.3.2027 2:30",
            "31.10.2027 02:30",
            "KW 1",
            "um 3",
            "morgen 3 Uhr",
            "5/4/2027 at noon",
            "in 2 h",
        ] {
            let readings = match super::super::parse(phrase, &monday) {
                Ok(reading) => vec![reading],
                Err(Refusal::Ambiguous(readings)) => readings,
                Err(refusal) => panic!("{phrase}: {refusal}"),
            };
            for reading in readings {
                let value = choice(&reading);
                assert!(value.len() <= 100, "{value}");
                assert_eq!(super::super::parse(&value, &monday), Ok(reading), "{phrase}: {value}");
            }
        }
        assert_eq!(choice(&super::super::parse("nächsten Freitag", &monday).unwrap()), "2026-12-04T09:00:00+01:00 ~fw");
    }

    #[test]
    fn the_clock_in_brackets_tells_the_two_passes_through_a_fold_apart() {
        let evening = "2027-10-30T20:00:00+02:00[Europe/Berlin]";
        assert_eq!(due("Sonntag, 31.10.2027, 02:30 Uhr (CEST)", evening), "2027-10-31T02:30+02:00 []");
        assert_eq!(due("Sonntag, 31.10.2027, 02:30 Uhr (CET)", evening), "2027-10-31T02:30+01:00 []");
        assert_eq!(due("1 July 2027, 09:00 (CET)", "2027-01-10T20:00:00+01:00[Europe/Berlin]"), "ambiguous");
        assert_eq!(
            due("1 July 2027, 09:00 (+05:30)", "2027-01-10T20:00:00+01:00[Europe/Berlin]"),
            "2027-07-01T05:30+02:00 [Converted]"
        );
        assert_eq!(due("morgen 9 Uhr (UTC)", evening), "2027-10-31T10:00+01:00 [Converted]");
    }

    #[test]
    fn words_behind_the_dot_are_taken_and_others_refused() {
        let monday = "2026-11-23T10:00:00+01:00[Europe/Berlin]";
        let said = "Freitag, 4. Dezember 2026, 09:00 Uhr (CET) · folgende Woche";
        assert_eq!(due(said, monday), "2026-12-04T09:00+01:00 [FollowingWeek]");
        for text in [
            "morgen · vielleicht",
            "morgen ~xx",
            "morgen ()",
            "morgen (bald)",
            "(CET)",
            " · ",
            "~fw",
            "morgen (CET) (CET)",
        ] {
            assert_eq!(due(text, monday), "not_understood", "{text}");
        }
    }
}
