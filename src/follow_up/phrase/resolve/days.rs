//! Which days a draft names, in the order they are tried, each with what taking it assumes.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};

use super::super::draft::{Countable, Day, Draft, Edge, Frame, Which};
use super::super::{Context, DayParts, MAX_YEARS, Note, Refusal};
use crate::follow_up::holidays;

/// A year without a date keeps being looked for this long: the 29th of February skips eight years around 2100.
const YEARS_AHEAD: i16 = 8;

/// Days in the order they are tried, each with what taking it assumes.
pub(super) struct Days {
    pub list: Vec<(Date, Option<Note>)>,
    /// The time of day when none was said.
    pub time: Time,
    /// The weekday that was said beside the date.
    pub must_be: Option<Weekday>,
}

/// The days a draft names; `None` when it names none.
pub(super) fn of(draft: &Draft, context: &Context) -> Result<Option<Days>, Refusal> {
    let today = context.now.date();
    let parts = &context.parts;
    let only = |date: Date, note: Option<Note>, time: Time| Days { list: vec![(date, note)], time, must_be: None };
    let Some(day) = draft.day else {
        let Some((weekday, which)) = draft.weekday else { return Ok(None) };
        let list = weekdays(weekday, which, today)?;
        return Ok(Some(Days { list, time: parts.start_of_work, must_be: None }));
    };
    let weekday = draft.weekday.map(|(weekday, _)| weekday);
    let mut days = match day {
        Day::Offset(n) => only(after(today, n)?, None, parts.start_of_work),
        Day::Business(n) => only(business_day(today, n, context)?, None, parts.start_of_work),
        Day::Date { year: Some(year), month, day } => {
            only(Date::new(year, month, day).map_err(|_| Refusal::NoSuchDate)?, None, parts.start_of_work)
        }
        Day::Date { year: None, month, day } => yearly(today, parts, |year| Date::new(year, month, day).ok())?,
        Day::Feast { feast, year: Some(year) } => {
            only(feast.date(year).ok_or(Refusal::NoSuchDate)?, None, parts.start_of_work)
        }
        Day::Feast { feast, year: None } => yearly(today, parts, |year| feast.date(year))?,
        Day::Nth { nth, of, frame } => counted(nth, of, frame, today, context)?,
        Day::OfMonth { day, months } => {
            let range = months.map_or(0..=12, |months| months..=months);
            let list: Vec<_> = range
                .filter_map(|n| {
                    let first = today.first_of_month().checked_add(n.months()).ok()?;
                    let note = (n > 0 && months.is_none()).then_some(Note::NextMonth);
                    Some((Date::new(first.year(), first.month(), day).ok()?, note))
                })
                .collect();
            Days { list, time: parts.start_of_work, must_be: None }
        }
        Day::Week { edge, number, year } => {
            let on = weekday.unwrap_or(day_of_week(edge));
            let in_year = |year: i16| ISOWeekDate::new(year, number, on).ok().map(Date::from);
            let here = today.iso_week_date();
            let begins = matches!(edge, Edge::Whole | Edge::Start) && weekday.is_none();
            if year.is_none() && begins && here.week() == number && monday_passed(draft, context) {
                let next = (1..=YEARS_AHEAD).map(|n| here.year().saturating_add(n));
                let again = next.into_iter().find(|year| in_year(*year).is_some()).unwrap_or(here.year());
                return Err(Refusal::ThisWeek { number, again });
            }
            let mut days = match year {
                Some(year) => only(in_year(year).ok_or(Refusal::NoSuchDate)?, None, parts.start_of_work),
                None => yearly(today, parts, in_year)?,
            };
            if edge == Edge::End {
                days.time = parts.end_of_day;
            }
            if weekday.is_none() && edge == Edge::Whole {
                // A week alone is its Monday; that it was assumed is said even when it also rolled to the next year.
                days.list.iter_mut().for_each(|(_, note)| *note = note.or(Some(Note::FirstDay)));
            }
            days
        }
        Day::Frame { edge: Edge::Whole, frame: Frame::Week(weeks) } if weekday.is_some() => {
            let on = weekday.unwrap_or(Weekday::Monday);
            only(in_week(today, weeks.unwrap_or(0), on)?, None, parts.start_of_work)
        }
        Day::Frame { edge, frame } => framed(edge, frame, today, parts)?,
    };
    if days.list.is_empty() {
        return Err(Refusal::NoSuchDate);
    }
    days.must_be = weekday;
    Ok(Some(days))
}

/// Whether this week's Monday, at the time that was said or else the start of work, is over.
fn monday_passed(draft: &Draft, context: &Context) -> bool {
    let today = context.now.weekday() == Weekday::Monday;
    let timed = draft.clock.is_some() || draft.part.is_some();
    !today || !timed && context.now.time() >= context.parts.start_of_work
}

/// The days of a weekday.
fn weekdays(weekday: Weekday, which: Which, today: Date) -> Result<Vec<(Date, Option<Note>)>, Refusal> {
    let ahead = i32::from(today.weekday().until(weekday));
    Ok(match which {
        Which::Bare => {
            let first = after(today, ahead)?;
            vec![(first, None), (after(first, 7)?, (ahead == 0).then_some(Note::WeekFromToday))]
        }
        Which::Coming if ahead == 0 => vec![(after(today, 7)?, Some(Note::WeekFromToday))],
        Which::Coming => vec![(after(today, ahead)?, None)],
        Which::OfWeek(weeks) => {
            let same_week_before = weekday.to_monday_zero_offset() > today.weekday().to_monday_zero_offset();
            let note = if weeks == 2 { Note::WeekAfterNext } else { Note::FollowingWeek };
            vec![(in_week(today, weeks, weekday)?, same_week_before.then_some(note))]
        }
    })
}

/// A date of this year and, should it have passed, of the years after.
fn yearly(today: Date, parts: &DayParts, of: impl Fn(i16) -> Option<Date>) -> Result<Days, Refusal> {
    let list: Vec<_> = (today.year()..=today.year().saturating_add(YEARS_AHEAD))
        .filter_map(|year| Some((of(year)?, (year != today.year()).then_some(Note::NextYear(year)))))
        .collect();
    if list.is_empty() {
        return Err(Refusal::NoSuchDate);
    }
    Ok(Days { list, time: parts.start_of_work, must_be: None })
}

/// The so-manieth day of its kind in a month, or the last (-1).
fn counted(nth: i8, of: Countable, frame: Frame, today: Date, context: &Context) -> Result<Days, Refusal> {
    let parts = &context.parts;
    let in_month = |first: Date| match of {
        Countable::Weekday(weekday) => first.nth_weekday_of_month(nth, weekday).ok(),
        Countable::Day if nth < 0 => Some(first.last_of_month()),
        Countable::Day => first.with().day(nth).build().ok(),
        Countable::WorkingDay => {
            let works = |date: &Date| holidays::is_working_day_with(*date, context.land, context.municipal);
            let mut days = (1..=first.days_in_month()).filter_map(|day| first.with().day(day).build().ok());
            if nth < 0 { days.rfind(works) } else { days.filter(works).nth(usize::from(nth.unsigned_abs()) - 1) }
        }
    };
    match frame {
        Frame::Named { month, year } => {
            let of = |year: i16| in_month(Date::new(year, month, 1).ok()?);
            match year {
                Some(year) => {
                    let date = of(year).ok_or(Refusal::NoSuchDate)?;
                    Ok(Days { list: vec![(date, None)], time: parts.start_of_work, must_be: None })
                }
                None => yearly(today, parts, of),
            }
        }
        Frame::Month(shift) => {
            let range = shift.map_or(0..=12, |months| months..=months);
            let list = range
                .filter_map(|n| {
                    let date = in_month(today.first_of_month().checked_add(n.months()).ok()?)?;
                    Some((date, (n > 0 && shift.is_none()).then_some(Note::NextMonth)))
                })
                .collect();
            Ok(Days { list, time: parts.start_of_work, must_be: None })
        }
        Frame::Week(_) | Frame::Quarter(_) | Frame::Year(_) => Err(Refusal::NoSuchDate),
    }
}

/// An edge of a week, month, quarter or year.
fn framed(edge: Edge, frame: Frame, today: Date, parts: &DayParts) -> Result<Days, Refusal> {
    let time = if edge == Edge::End { parts.end_of_day } else { parts.start_of_work };
    let whole = (edge == Edge::Whole).then_some(Note::FirstDay);
    if let Frame::Named { month, year } = frame {
        let of = |year: i16| Date::new(year, month, 1).ok().map(|first| in_month(first, edge));
        if let Some(year) = year {
            return Ok(Days { list: of(year).map(|date| (date, whole)).into_iter().collect(), time, must_be: None });
        }
        let mut days = yearly(today, parts, of)?;
        days.time = time;
        days.list.iter_mut().for_each(|(_, note)| *note = note.or(whole));
        return Ok(days);
    }
    let of = |n: i32| -> Option<Date> {
        match frame {
            Frame::Week(_) => in_week(today, n, day_of_week(edge)).ok(),
            Frame::Month(_) => Some(in_month(today.first_of_month().checked_add(n.months()).ok()?, edge)),
            Frame::Quarter(_) => {
                let since = i32::from((today.month() - 1) % 3);
                let first = today.first_of_month().checked_add((n * 3 - since).months()).ok()?;
                let month = match edge {
                    Edge::Middle => 1,
                    Edge::End => 2,
                    _ => 0,
                };
                Some(in_month(first.checked_add(month.months()).ok()?, edge))
            }
            Frame::Year(_) | Frame::Named { .. } => {
                let year = today.year().checked_add(i16::try_from(n).ok()?)?;
                match edge {
                    Edge::Middle => Date::new(year, 7, 1),
                    Edge::End => Date::new(year, 12, 31),
                    _ => Date::new(year, 1, 1),
                }
                .ok()
            }
        }
    };
    let (Frame::Week(shift) | Frame::Month(shift) | Frame::Quarter(shift) | Frame::Year(shift)) = frame else {
        return Err(Refusal::NoSuchDate);
    };
    let list = match shift {
        Some(n) => of(n).map(|date| (date, whole)).into_iter().collect(),
        None => (0..2).filter_map(|n| Some((of(n)?, (n > 0).then_some(Note::NextEnd)))).collect(),
    };
    Ok(Days { list, time, must_be: None })
}

fn day_of_week(edge: Edge) -> Weekday {
    match edge {
        Edge::Whole | Edge::Start => Weekday::Monday,
        Edge::Middle => Weekday::Wednesday,
        Edge::End => Weekday::Friday,
        Edge::Weekend => Weekday::Saturday,
    }
}

fn in_month(first: Date, edge: Edge) -> Date {
    match edge {
        Edge::Middle => first.with().day(15).build().unwrap_or(first),
        Edge::End => first.last_of_month(),
        _ => first,
    }
}

/// The weekday of the ISO week so many weeks from today's.
pub(super) fn in_week(today: Date, weeks: i32, weekday: Weekday) -> Result<Date, Refusal> {
    let from_monday = i32::from(weekday.to_monday_zero_offset()) - i32::from(today.weekday().to_monday_zero_offset());
    after(today, weeks * 7 + from_monday)
}

pub(super) fn after(date: Date, days: i32) -> Result<Date, Refusal> {
    date.checked_add(days.days()).map_err(|_| Refusal::TooFar)
}

/// The so-manieth day after today that is Monday to Friday and no public holiday.
fn business_day(today: Date, count: u32, context: &Context) -> Result<Date, Refusal> {
    if count == 0 {
        return Err(Refusal::Now);
    }
    if count > 262 * MAX_YEARS as u32 {
        return Err(Refusal::TooFar);
    }
    let (mut date, mut left) = (today, count);
    while left > 0 {
        date = date.tomorrow().map_err(|_| Refusal::TooFar)?;
        if holidays::is_working_day_with(date, context.land, context.municipal) {
            left -= 1;
        }
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_counted_from_monday() {
        let wednesday = Date::constant(2026, 11, 18);
        assert_eq!(in_week(wednesday, 0, Weekday::Monday).unwrap(), Date::constant(2026, 11, 16));
        assert_eq!(in_week(wednesday, 1, Weekday::Sunday).unwrap(), Date::constant(2026, 11, 29));
    }
}
