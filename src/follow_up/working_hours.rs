//! When a person works: spans of the week in civil time, weekends and holidays left out.
//!
//! Only times the bot computes are moved into working hours; a time a person typed is kept.

use jiff::Zoned;
use jiff::civil::{Date, Time, Weekday};

use super::holidays::{self, Land, Municipal};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// How far ahead a working moment is looked for, in days: more than any run of holidays.
const DAYS_AHEAD: usize = 400;

/// Working hours per weekday: at least one span in the week, spans sorted and apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// From Monday: spans in minutes of the day, the end not included.
    week: [Vec<(u16, u16)>; 7],
}

/// Why hours were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursRefusal {
    /// No day has any hours.
    #[error("no working hours on any day")]
    NoHours,
    /// A span ends before it starts, or behind midnight.
    #[error("a span must end after it starts, at 24:00 at the latest")]
    Backwards,
    /// Two spans of a day overlap.
    #[error("two spans of a day overlap")]
    Overlap,
}

impl Default for Hours {
    /// Monday to Friday, 09:00–17:00.
    fn default() -> Self {
        let day = || vec![(9 * 60, 17 * 60)];
        Self { week: [day(), day(), day(), day(), day(), Vec::new(), Vec::new()] }
    }
}

impl Hours {
    /// From spans in minutes of the day (`0..=1440`, end not included), one list per weekday from Monday.
    pub fn new(mut week: [Vec<(u16, u16)>; 7]) -> Result<Self, HoursRefusal> {
        for day in &mut week {
            day.sort_unstable();
            if day.iter().any(|(start, end)| start >= end || *end > DAY) {
                return Err(HoursRefusal::Backwards);
            }
            if day.windows(2).any(|pair| pair[0].1 > pair[1].0) {
                return Err(HoursRefusal::Overlap);
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(HoursRefusal::NoHours);
        }
        Ok(Self { week })
    }

    /// The spans of a weekday, in minutes of the day, the end not included.
    pub fn on(&self, weekday: Weekday) -> &[(u16, u16)] {
        &self.week[weekday.to_monday_zero_offset() as usize]
    }

    /// The spans of a weekday counted from 0, Monday.
    pub fn spans(&self, index: usize) -> &[(u16, u16)] {
        self.week.get(index).map_or(&[], Vec::as_slice)
    }

    /// On which weekdays from Monday there are any.
    pub fn days(&self) -> [bool; 7] {
        std::array::from_fn(|index| !self.week[index].is_empty())
    }

    /// The spans of the first working day of the week.
    pub fn usual_spans(&self) -> &[(u16, u16)] {
        self.week.iter().find(|day| !day.is_empty()).map_or(&[], Vec::as_slice)
    }

    /// When the first working day of the week starts and ends; 24:00 counts as 23:59.
    pub fn usual_day(&self) -> Option<(Time, Time)> {
        let (start, end) = (self.usual_spans().first()?.0, self.usual_spans().last()?.1.min(DAY - 1));
        let time = |minute: u16| Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok();
        Some((time(start)?, time(end)?))
    }

    /// As the store keeps them: `540-720,780-1020;…`, a list for each weekday from Monday.
    pub fn stored(&self) -> String {
        let day = |spans: &Vec<(u16, u16)>| {
            spans.iter().map(|(start, end)| format!("{start}-{end}")).collect::<Vec<_>>().join(",")
        };
        self.week.iter().map(day).collect::<Vec<_>>().join(";")
    }

    /// Back from the store.
    pub fn from_stored(text: &str) -> Option<Self> {
        let mut week: [Vec<(u16, u16)>; 7] = Default::default();
        let mut days = text.split(';');
        for day in &mut week {
            for span in days.next()?.split(',').filter(|span| !span.is_empty()) {
                let (start, end) = span.split_once('-')?;
                day.push((start.parse().ok()?, end.parse().ok()?));
            }
        }
        if days.next().is_some() { None } else { Self::new(week).ok() }
    }

    /// The spans of a date: none on a public holiday of the Land or its municipality.
    fn of(&self, date: Date, land: Option<Land>, municipal: Municipal) -> &[(u16, u16)] {
        if land.is_some_and(|land| holidays::on_with(date, land, municipal).is_some()) {
            return &[];
        }
        self.on(date.weekday())
    }
}

/// Whether somebody with these hours is at work then, by the clock of the time's own zone.
pub fn is_working(at: &Zoned, hours: &Hours, land: Option<Land>) -> bool {
    is_working_with(at, hours, land, Municipal::default())
}

/// The same in a municipality with holidays of its own.
pub fn is_working_with(at: &Zoned, hours: &Hours, land: Option<Land>, municipal: Municipal) -> bool {
    let minute = minute_of(at.time());
    hours.of(at.date(), land, municipal).iter().any(|(start, end)| (*start..*end).contains(&minute))
}

/// The first moment not before `at` when somebody with these hours is at work; `at` itself if that is one.
pub fn next_working_moment(at: &Zoned, hours: &Hours, land: Option<Land>) -> Zoned {
    next_working_moment_with(at, hours, land, Municipal::default())
}

/// The same in a municipality with holidays of its own.
pub fn next_working_moment_with(at: &Zoned, hours: &Hours, land: Option<Land>, municipal: Municipal) -> Zoned {
    if is_working_with(at, hours, land, municipal) {
        return at.clone();
    }
    for date in at.date().series(jiff::Span::new().days(1)).take(DAYS_AHEAD) {
        for (start, _) in hours.of(date, land, municipal) {
            let (hour, minute) = ((start / 60) as i8, (start % 60) as i8);
            let Ok(begin) = date.at(hour, minute, 0, 0).to_zoned(at.time_zone().clone()) else { continue };
            // A start within a gap moves after it, perhaps behind a short span's end; then it is no working moment.
            if begin >= *at && is_working_with(&begin, hours, land, municipal) {
                return begin;
            }
        }
    }
    at.clone()
}

fn minute_of(time: Time) -> u16 {
    time.hour() as u16 * 60 + time.minute() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(at: &str, land: Option<Land>) -> String {
        let at: Zoned = format!("{at}[Europe/Berlin]").parse().unwrap();
        next_working_moment(&at, &Hours::default(), land).datetime().to_string()
    }

    #[test]
    fn a_working_moment_stays() {
        assert_eq!(next("2026-11-18T09:00", None), "2026-11-18T09:00:00");
        assert_eq!(next("2026-11-18T16:59:59", None), "2026-11-18T16:59:59");
    }

    #[test]
    fn evenings_weekends_and_holidays_wait() {
        assert_eq!(next("2026-11-18T17:00", None), "2026-11-19T09:00:00");
        assert_eq!(next("2026-11-18T03:00", None), "2026-11-18T09:00:00");
        assert_eq!(next("2026-11-20T18:00", None), "2026-11-23T09:00:00");
        assert_eq!(next("2026-12-24T20:00", Some(Land::NW)), "2026-12-28T09:00:00");
        assert_eq!(next("2026-11-18T10:00", Some(Land::SN)), "2026-11-19T09:00:00");
        assert_eq!(next("2026-04-02T18:00", Some(Land::BE)), "2026-04-07T09:00:00");
    }

    #[test]
    fn a_lunch_break_is_no_working_time() {
        let mut week: [Vec<(u16, u16)>; 7] = Default::default();
        week[0] = vec![(13 * 60, 17 * 60), (9 * 60, 12 * 60)];
        let hours = Hours::new(week).unwrap();
        let at: Zoned = "2026-11-23T12:30[Europe/Berlin]".parse().unwrap();
        assert_eq!(next_working_moment(&at, &hours, None).datetime().to_string(), "2026-11-23T13:00:00");
        let evening: Zoned = "2026-11-23T17:00[Europe/Berlin]".parse().unwrap();
        assert_eq!(next_working_moment(&evening, &hours, None).datetime().to_string(), "2026-11-30T09:00:00");
    }

    #[test]
    fn a_start_in_the_gap_moves_after_it() {
        let mut week: [Vec<(u16, u16)>; 7] = Default::default();
        week[6] = vec![(2 * 60 + 30, 5 * 60)];
        let hours = Hours::new(week).unwrap();
        let at: Zoned = "2026-03-29T00:30[Europe/Berlin]".parse().unwrap();
        assert_eq!(next_working_moment(&at, &hours, None).datetime().to_string(), "2026-03-29T03:30:00");
    }

    #[test]
    fn impossible_hours_are_refused() {
        let with = |spans: Vec<(u16, u16)>| {
            let mut week: [Vec<(u16, u16)>; 7] = Default::default();
            week[2] = spans;
            Hours::new(week)
        };
        assert_eq!(with(vec![]), Err(HoursRefusal::NoHours));
        assert_eq!(with(vec![(600, 600)]), Err(HoursRefusal::Backwards));
        assert_eq!(with(vec![(600, 1441)]), Err(HoursRefusal::Backwards));
        assert_eq!(with(vec![(600, 700), (650, 800)]), Err(HoursRefusal::Overlap));
        assert!(with(vec![(0, 1440)]).is_ok());
    }
}
