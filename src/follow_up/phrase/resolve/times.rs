//! Which civil times a clock time and a part of the day can mean on one date, the likeliest first.

use jiff::civil::{Date, DateTime, Time};

use super::super::draft::{Clock, Day, Draft, Style};
use super::super::{Context, DayParts, Note, Part, Refusal};

/// Waking hours in minutes of the day: a time on the twelve-hour face is looked for from 07:00 to 22:00.
const WAKING: (i32, i32) = (7 * 60, 22 * 60);

/// When „heute Nacht“ is, said without a clock time.
const NIGHT: Time = Time::constant(22, 0, 0, 0);

/// Minutes of a day.
const DAY: i32 = 24 * 60;

/// Times of one date.
pub(super) struct Times {
    /// In the order they are tried.
    pub list: Vec<(DateTime, Option<Note>)>,
    /// Whether all are equally likely, and not only the first that is to come.
    pub all: bool,
}

/// The times a draft can mean on a date; `usual` when it says nothing.
pub(super) fn of(draft: &Draft, date: Date, usual: Time, context: &Context) -> Result<Times, Refusal> {
    let first = |list| Ok(Times { list, all: false });
    match (draft.clock, draft.part) {
        (None, None) => first(vec![(date.to_datetime(usual), None)]),
        (None, Some(Part::Night)) if draft.day.is_some() || draft.weekday.is_some() => {
            first(vec![(date.to_datetime(NIGHT), Some(Note::AtTen))])
        }
        (None, Some(Part::SameTime)) => {
            if matches!(draft.day, None | Some(Day::Frame { .. } | Day::Week { .. })) && draft.weekday.is_none() {
                // A week has seven days with that time.
                return Err(Refusal::NotUnderstood { what: String::new() });
            }
            let now = context.now.time();
            first(vec![(date.at(now.hour(), now.minute(), 0, 0), None)])
        }
        (None, Some(part)) => {
            let time = usual_time(part, &context.parts).ok_or(Refusal::NotUnderstood { what: String::new() })?;
            first(vec![(date.to_datetime(time), None)])
        }
        (Some(Clock { style: Style::Midnight, .. }), None | Some(Part::Night | Part::Tonight)) => {
            let ends = at(date, DAY, 0)?;
            // "today" has only one midnight to come; without a day it is the coming one.
            if draft.day == Some(Day::Offset(0)) || (draft.day.is_none() && draft.weekday.is_none()) {
                return first(vec![(ends, None)]);
            }
            Ok(Times { list: vec![(at(date, 0, 0)?, None), (ends, None)], all: true })
        }
        (Some(Clock { style: Style::Midnight, .. }), Some(_)) => Err(Refusal::Contradiction),
        (Some(mut clock), None) => {
            if clock.style == Style::Short {
                // Who writes a date writes the time on 24 hours too.
                clock.style = if matches!(draft.day, Some(Day::Date { .. })) { Style::Written } else { Style::Bare };
            }
            first(alone(clock, date)?)
        }
        (Some(clock), Some(part)) => {
            let tonight = draft.day == Some(Day::Offset(0)) && part != Part::Morning;
            // "tomorrow night at 1" is in the night that begins tomorrow; "3 Uhr nachts" is on its own date.
            let after_midnight = tonight || draft.part_first && (draft.day.is_some() || draft.weekday.is_some());
            let mut said = within(clock, part, after_midnight);
            // Said after midnight, "tonight" is still going on: its small hours are today's.
            if let (true, Some(minutes @ DAY..)) = (tonight, said.first().copied()) {
                said.insert(0, minutes - DAY);
            }
            let list = said
                .into_iter()
                .map(|minutes| Ok((at(date, minutes, clock.second)?, None)))
                .collect::<Result<Vec<_>, Refusal>>()?;
            if list.is_empty() { Err(Refusal::Contradiction) } else { first(list) }
        }
    }
}

/// A clock time with nothing beside it.
fn alone(clock: Clock, date: Date) -> Result<Vec<(DateTime, Option<Note>)>, Refusal> {
    let minutes = minutes(clock);
    let time = |minutes: i32| at(date, minutes, clock.second);
    let noted =
        |minutes: i32, note: fn(Time) -> Note| Ok::<_, Refusal>((time(minutes)?, Some(note(time(minutes)?.time()))));
    match clock.style {
        Style::Face => [minutes % (DAY / 2), minutes % (DAY / 2) + DAY / 2]
            .into_iter()
            .filter(|minutes| (WAKING.0..=WAKING.1).contains(minutes))
            .map(|minutes| if minutes < 13 * 60 { Ok((time(minutes)?, None)) } else { noted(minutes, Note::AfterNoon) })
            .collect(),
        Style::Bare | Style::BareUnmarked if (1..7).contains(&clock.hour) => {
            Ok(vec![noted(minutes + DAY / 2, Note::AfterNoon)?])
        }
        Style::Written if (1..6).contains(&clock.hour) => Ok(vec![noted(minutes, Note::AtNight)?]),
        _ => Ok(vec![(time(minutes)?, None)]),
    }
}

/// The minutes of the day that a clock time can be within a part of the day; beyond a day's end for the next morning.
fn within(clock: Clock, part: Part, after_midnight: bool) -> Vec<i32> {
    let half = DAY / 2;
    let range = match part {
        Part::Morning => 60..half,
        Part::Noon => 11 * 60..15 * 60,
        Part::Afternoon => half..19 * 60,
        Part::Evening => 16 * 60..DAY + 1,
        Part::Night | Part::Tonight => (if part == Part::Night { 18 } else { 16 }) * 60..DAY + 6 * 60,
        Part::EndOfDay | Part::StartOfWork | Part::SameTime => return Vec::new(),
    };
    let said = minutes(clock);
    let face = clock.style == Style::Face;
    let twelve = face || (clock.style != Style::Exact && said < 13 * 60 && clock.hour > 0);
    let mut list =
        if twelve { vec![said % half, said % half + half, said % half + DAY] } else { vec![said, said + DAY] };
    list.retain(|minutes| range.contains(minutes));
    if matches!(part, Part::Night | Part::Tonight) {
        for minutes in &mut list {
            if *minutes >= DAY && *minutes % DAY > 0 && !after_midnight {
                *minutes -= DAY;
            }
        }
    }
    list.truncate(1);
    list
}

fn minutes(clock: Clock) -> i32 {
    i32::from(clock.hour) * 60 + i32::from(clock.minute)
}

/// So many minutes after a date's midnight, as the wall shows it.
fn at(date: Date, minutes: i32, second: u8) -> Result<DateTime, Refusal> {
    let date = if minutes >= DAY { date.tomorrow().map_err(|_| Refusal::TooFar)? } else { date };
    let minutes = minutes % DAY;
    Time::new((minutes / 60) as i8, (minutes % 60) as i8, second as i8, 0)
        .map(|time| date.to_datetime(time))
        .map_err(|_| Refusal::Contradiction)
}

fn usual_time(part: Part, parts: &DayParts) -> Option<Time> {
    match part {
        Part::Morning => Some(parts.morning),
        Part::Noon => Some(parts.noon),
        Part::Afternoon => Some(parts.afternoon),
        Part::Evening | Part::Tonight => Some(parts.evening),
        Part::EndOfDay => Some(parts.end_of_day),
        Part::StartOfWork => Some(parts.start_of_work),
        Part::Night | Part::SameTime => None,
    }
}
