//! From what was said to when it is: a draft names candidate days in order, its time makes each of them one or more
//! civil times, and the first that is still to come is taken. Nothing that is due now or before ever leaves here.

use jiff::civil::{Date, DateTime};
use jiff::tz::AmbiguousOffset;
use jiff::{Timestamp, ToSpan, Zoned};

use super::draft::{Clock, Day, Draft, Edge, Span, Style, Which};
use super::wall::Wall;
use super::{Context, MAX_YEARS, Note, Part, Reading, Refusal};
use crate::follow_up::working_hours::is_working_with;

mod days;
mod times;

use days::{Days, after, in_week};

/// The best reading of all drafts, or the most telling refusal.
pub(super) fn best(drafts: &[Draft], context: &Context) -> Result<Reading, Refusal> {
    let mut found: Vec<(u8, Reading)> = Vec::new();
    let mut refused: Option<Refusal> = None;
    for draft in drafts {
        match resolve(draft, context) {
            Ok(readings) => found.extend(readings.into_iter().map(|reading| (draft.rank, reading))),
            Err(refusal) => {
                if refused.as_ref().is_none_or(|before| weight(&refusal) > weight(before)) {
                    refused = Some(refusal);
                }
            }
        }
    }
    let Some(rank) = found.iter().map(|(rank, _)| *rank).min() else {
        return Err(refused.unwrap_or(Refusal::Contradiction));
    };
    let mut readings: Vec<Reading> =
        found.into_iter().filter(|(found, _)| *found == rank).map(|(_, reading)| reading).collect();
    readings.sort_by_key(|reading| reading.due.timestamp());
    readings.dedup_by(|later, sooner| later.due == sooner.due);
    if readings.len() > 1 {
        return Err(Refusal::Ambiguous(readings));
    }
    let mut reading = readings.pop().ok_or(Refusal::Contradiction)?;
    if let Some(morning) = drafts.iter().find_map(|draft| in_the_morning(draft, &reading, context)) {
        return Err(Refusal::Ambiguous(vec![reading, morning]));
    }
    if refused.as_ref().is_some_and(passed) {
        reading.notes.push(Note::OnlyFuture);
    }
    Ok(reading)
}

/// „halb neun“ said at ten is half past eight this evening; who is at work tomorrow at that hour may mean that.
fn in_the_morning(draft: &Draft, evening: &Reading, context: &Context) -> Option<Reading> {
    let hours = context.hours.as_ref()?;
    let works = |reading: &Reading| is_working_with(&reading.due, hours, context.land, context.municipal);
    let alone = draft.day.is_none() && draft.weekday.is_none() && draft.part.is_none() && draft.wall.is_none();
    let face = matches!(draft.clock, Some(Clock { style: Style::Face, .. }));
    let later = evening.notes.iter().any(|note| matches!(note, Note::AfterNoon(_)));
    if !(alone && face && later) || works(evening) {
        return None;
    }
    zoned(evening.civil.checked_add(12.hours()).ok()?, Vec::new(), context).ok().filter(works)
}

/// Whether it is refused for having passed.
fn passed(refusal: &Refusal) -> bool {
    weight(refusal) == PASSED
}

/// The weight of what is refused for having passed.
const PASSED: u8 = 4;

/// How much a refusal tells the person who typed.
fn weight(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::WeekdayContradictsDate { .. } => 5,
        Refusal::Past | Refusal::TodayBegun { .. } | Refusal::FirstDayPassed | Refusal::ThisWeek { .. } => PASSED,
        Refusal::Now | Refusal::TooFar => 3,
        Refusal::NoSuchDate => 2,
        Refusal::Contradiction => 1,
        _ => 0,
    }
}

/// An instant that was written with its offset.
pub(super) fn instant(at: Timestamp, context: &Context) -> Result<Reading, Refusal> {
    let due = whole_second(&at.to_zoned(context.now.time_zone().clone()), 0)?;
    checked(Reading { civil: due.datetime(), due, notes: Vec::new() }, context)
}

/// On the clock that was named; on the asker's when none was.
fn resolve(draft: &Draft, context: &Context) -> Result<Vec<Reading>, Refusal> {
    let Some(zones) = draft.wall.and_then(Wall::zones) else { return on_own_clock(draft, context) };
    let mut all = Vec::new();
    for zone in zones {
        let there = Context { now: context.now.with_time_zone(zone), ..context.clone() };
        for mut reading in on_own_clock(draft, &there)? {
            convert(&mut reading, context);
            all.push(reading);
        }
    }
    Ok(all)
}

/// A reading of another clock on the asker's.
pub(super) fn convert(reading: &mut Reading, context: &Context) {
    let said = reading.due.datetime();
    reading.due = reading.due.with_time_zone(context.now.time_zone().clone());
    reading.civil = reading.due.datetime();
    if reading.civil != said {
        reading.notes.push(Note::Converted);
    }
}

fn on_own_clock(draft: &Draft, context: &Context) -> Result<Vec<Reading>, Refusal> {
    if let Some(span) = draft.span {
        return waited(span, draft, context);
    }
    let today = context.now.date();
    let days = if let Some(days) = days::of(draft, context)? {
        days
    } else {
        let list = (0..3).filter_map(|n| after(today, n).ok()).map(|date| (date, None)).collect();
        Days { list, time: context.parts.start_of_work, must_be: None }
    };
    pick(&days, draft, context)
}

/// The first candidate with a time still to come.
fn pick(days: &Days, draft: &Draft, context: &Context) -> Result<Vec<Reading>, Refusal> {
    let mut fits_today = false;
    for (date, note) in &days.list {
        let times = times::of(draft, *date, days.time, context)?;
        let mut readings = Vec::new();
        for (civil, time_note) in times.list {
            let notes = draft.notes.iter().copied().chain(*note).chain(time_note).collect();
            let reading = zoned(civil, notes, context)?;
            if reading.due > context.now {
                readings.push(reading);
                if !times.all {
                    break;
                }
            }
        }
        if readings.is_empty() {
            fits_today |= days.must_be == Some(date.weekday()) && *date == context.now.date();
            continue;
        }
        if let Some(said) = days.must_be.filter(|said| *said != date.weekday()) {
            // The weekday fits the date that has just passed: it is not the weekday that is wrong.
            if fits_today {
                return Err(Refusal::Past);
            }
            return Err(Refusal::WeekdayContradictsDate { date: *date, said });
        }
        return readings.into_iter().map(|reading| checked(reading, context)).collect();
    }
    Err(gone(days, draft, context))
}

/// Why no day of a draft has a time to come.
fn gone(days: &Days, draft: &Draft, context: &Context) -> Refusal {
    let today = context.now.date();
    if draft.clock.is_some() || draft.part.is_some() || days.time != context.parts.start_of_work {
        return Refusal::Past;
    }
    match draft.day {
        _ if days.list.last().is_some_and(|(date, _)| *date == today) => {
            let hour = (context.now.hour() + 2).max(16);
            Refusal::TodayBegun { start: days.time, hour: (hour < 24).then_some(hour) }
        }
        Some(Day::Frame { edge: Edge::Whole, .. }) if draft.weekday.is_none() => Refusal::FirstDayPassed,
        _ => Refusal::Past,
    }
}

/// A civil time in the asker's zone: a gap moves after, a fold takes the first, and both are said.
fn zoned(civil: DateTime, mut notes: Vec<Note>, context: &Context) -> Result<Reading, Refusal> {
    let ambiguous = context.now.time_zone().to_ambiguous_zoned(civil);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Gap { .. } => notes.push(Note::Gap),
        AmbiguousOffset::Fold { .. } => notes.push(Note::Fold),
    }
    let due = ambiguous.compatible().map_err(|_| Refusal::TooFar)?;
    Ok(Reading { due, civil, notes })
}

/// To come, and not farther than [`MAX_YEARS`].
fn checked(reading: Reading, context: &Context) -> Result<Reading, Refusal> {
    if reading.due <= context.now {
        return Err(Refusal::Past);
    }
    // The second that has begun counts whole, so that "in 5 years" is not a fraction of a second too far.
    match context.now.checked_add(MAX_YEARS.years().seconds(1)) {
        Ok(limit) if reading.due < limit => Ok(reading),
        _ => Err(Refusal::TooFar),
    }
}

/// "in 2 Wochen", perhaps with a day it counts from, a weekday or a time.
fn waited(span: Span, draft: &Draft, context: &Context) -> Result<Vec<Reading>, Refusal> {
    let confused = || Refusal::NotUnderstood { what: String::new() };
    let now = &context.now;
    let named = draft.day.is_some() || draft.weekday.is_some();
    let timed = draft.clock.is_some() || draft.part.is_some();
    if span.seconds != 0 && timed || named && !span.marked && !draft.from {
        return Err(confused());
    }
    if (span.months, span.days, span.seconds) == (0, 0, 0) && !named {
        return Err(Refusal::Now);
    }
    let far = i64::from(MAX_YEARS + 1);
    if span.months > far * 12 || span.days > far * 366 || span.seconds > far * 366 * 86_400 {
        return Err(Refusal::TooFar);
    }
    let calendar = span.months.months().days(span.days);
    let add = |date: Date| date.checked_add(calendar).map_err(|_| Refusal::TooFar);
    let whole_weeks = span.whole_weeks();
    let today = now.date();
    let mut notes = draft.notes.clone();
    let from = match (draft.day, draft.weekday) {
        (None | Some(Day::Offset(0)), None) => today,
        // "in 2 Wochen am Freitag"
        (None, Some((weekday, Which::Bare))) if draft.span_first && !draft.from => {
            if !whole_weeks {
                return Err(confused());
            }
            in_week(today, 0, weekday)?
        }
        // "Freitag in 2 Wochen", "two weeks from Friday", "3 days after the 24th", "morgen in einer Woche"
        _ if draft.from || (!draft.span_first && (whole_weeks || draft.weekday.is_none())) => {
            let days = days::of(draft, context)?.ok_or_else(confused)?;
            let (from, note) = days.list.iter().find(|(date, _)| *date >= today).ok_or(Refusal::Past)?;
            notes.extend(*note);
            *from
        }
        _ => return Err(confused()),
    };
    if span.seconds != 0 && from != today {
        return Err(confused());
    }
    let date = add(from)?;
    if span.months > 0 && span.days == 0 && date.day() != from.day() {
        notes.push(Note::ShorterMonth);
    }
    let only_clock = span.months == 0 && span.days == 0;
    // "in einer Woche um diese Zeit" says what holds anyway.
    let keeps_time = !timed || (draft.clock.is_none() && draft.part == Some(Part::SameTime));
    let keeps_time = keeps_time && from == today && !draft.from && draft.weekday.is_none();
    if !keeps_time {
        let days = Days { list: vec![(date, None)], time: context.parts.start_of_work, must_be: None };
        return pick(&days, &Draft { notes, span: None, ..draft.clone() }, context);
    }
    let reading = if only_clock {
        Reading { due: now.clone(), civil: now.datetime(), notes }
    } else {
        zoned(date.to_datetime(now.time()), notes, context)?
    };
    let due = whole_second(&reading.due, span.seconds)?;
    if only_clock && draft.day == Some(Day::Offset(0)) && due.date() != today {
        return Err(Refusal::Contradiction);
    }
    let civil = if reading.notes.contains(&Note::Gap) { reading.civil } else { due.datetime() };
    checked(Reading { due, civil, ..reading }, context).map(|reading| vec![reading])
}

/// So many seconds later, rounded up to a whole second: a reminder is never early.
fn whole_second(at: &Zoned, seconds: i64) -> Result<Zoned, Refusal> {
    let begun = i64::from(at.subsec_nanosecond() > 0);
    let whole = at.timestamp().as_second() + begun;
    let due = whole.checked_add(seconds).and_then(|second| Timestamp::from_second(second).ok());
    Ok(due.ok_or(Refusal::TooFar)?.to_zoned(at.time_zone().clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_second_counts_whole() {
        let now: Zoned = "2026-11-18T10:00:00.25+01:00[Europe/Berlin]".parse().unwrap();
        assert_eq!(whole_second(&now, 30).unwrap().to_string(), "2026-11-18T10:00:31+01:00[Europe/Berlin]");
    }
}
