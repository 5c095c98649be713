//! A person's working days as instants: when each begins and ends, which comes next, and the time a clock of ours runs on.
//!
//! Days off (without hours, and public holidays) are no working days; a start within a DST gap moves after it.

use jiff::civil::{Date, Time};
use jiff::{Span, ToSpan};

use super::Calendar;

/// How far a working day is looked for, in days: more than any run of holidays.
const DAYS_AHEAD: usize = 400;
/// How far back the end of a working span is looked for, in days.
const DAYS_BACK: usize = 60;
const HOUR_MS: i64 = 60 * 60 * 1000;
/// A warning comes this long before something lapses, or a quarter of the whole time where that is shorter.
const LEAD_MS: i64 = HOUR_MS;

impl Calendar {
    /// When this person begins and ends work on a day, Unix ms, the end not included; none on a day off.
    pub fn workday(&self, date: Date) -> Option<(i64, i64)> {
        let spans = self.spans_of(date);
        Some((spans.first()?.0, spans.last()?.1))
    }

    /// The first working day that begins after this instant, and when it does, Unix ms.
    pub fn next_workday(&self, after_ms: i64) -> Option<(Date, i64)> {
        let days = self.at(after_ms).date().series(1.day()).take(DAYS_AHEAD);
        days.filter_map(|date| Some((date, self.workday(date)?.0))).find(|(_, start)| *start > after_ms)
    }

    /// The end of a civil day, Unix ms, not included.
    pub fn end_of_day(&self, date: Date) -> i64 {
        date.tomorrow().ok().and_then(|next| self.instant(next, 0)).unwrap_or(i64::MAX)
    }

    /// When `hours` are over for somebody who is asked at `from_ms`: the clock starts when they are next at work, runs day and
    /// night on working days and stands still on days off (P103: a day's answer is a day's answer, but not on Sunday). An
    /// urgent matter waits for nobody's hours.
    pub fn lapses(&self, from_ms: i64, hours: u16, urgent: bool) -> i64 {
        let mut left = i64::from(hours) * HOUR_MS;
        if urgent {
            return from_ms + left;
        }
        let mut at = self.next_moment(from_ms);
        for date in self.at(at).date().series(1.day()).take(DAYS_AHEAD) {
            let end = self.end_of_day(date);
            if self.workday(date).is_some() {
                if left <= end - at {
                    return at + left;
                }
                left -= end - at;
            }
            at = end;
        }
        at
    }

    /// When to warn of something that began at `from_ms` and lapses at `lapses_ms`: an hour before it (a quarter of the time
    /// where that is shorter), and where nobody is at work then, that long before they last go home. None where that would be before
    /// it began.
    pub fn warning(&self, from_ms: i64, lapses_ms: i64, urgent: bool) -> Option<i64> {
        let lead = lead(from_ms, lapses_ms);
        let due = lapses_ms - lead;
        if urgent || self.works_at(due) {
            return Some(due);
        }
        self.last_end(due).map(|end| end - lead).filter(|due| *due > from_ms)
    }

    /// The end of the last working span that is over at this instant.
    fn last_end(&self, before_ms: i64) -> Option<i64> {
        let days = self.at(before_ms).date().series(-1.day()).take(DAYS_BACK);
        days.flat_map(|date| self.spans_of(date).into_iter().rev()).map(|(_, end)| end).find(|end| *end <= before_ms)
    }

    fn spans_of(&self, date: Date) -> Vec<(i64, i64)> {
        if self.instant(date, 12 * 60).is_none_or(|noon| self.holiday(noon).is_some()) {
            return Vec::new();
        }
        let spans = self.hours.on(date.weekday()).iter();
        let instants = spans.filter_map(|(start, end)| Some((self.instant(date, *start)?, self.instant(date, *end)?)));
        // A gap may swallow a short span.
        instants.filter(|(start, end)| start < end).collect()
    }

    /// A minute of a civil day as an instant; 24:00 is the next day's beginning.
    fn instant(&self, date: Date, minute: u16) -> Option<i64> {
        let civil = date.to_datetime(Time::midnight()).checked_add(Span::new().minutes(i64::from(minute))).ok()?;
        Some(civil.to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond())
    }
}

/// How long before it lapses something is warned of.
pub fn lead(from_ms: i64, lapses_ms: i64) -> i64 {
    ((lapses_ms - from_ms) / 4).clamp(0, LEAD_MS)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::follow_up::timetable;
    use crate::follow_up::working_hours::Hours;
    use crate::follow_up::{Land, Municipal};

    fn berlin(hours: &str) -> Calendar {
        Calendar {
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            hours: timetable::hours(hours, &Hours::default()).unwrap(),
            land: Some(Land::NW),
            municipal: Municipal::default(),
        }
    }

    fn ms(civil: &str) -> i64 {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        civil.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone).unwrap().timestamp().as_millisecond()
    }

    fn civil(ms: i64) -> String {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        Timestamp::from_millisecond(ms).unwrap().to_zoned(zone).strftime("%a %m-%d %H:%M").to_string()
    }

    #[test]
    fn a_days_answer_is_due_a_working_day_later_at_the_same_time() {
        let team = berlin("9-17");
        let due = |at: &str| civil(team.lapses(ms(at), 24, false));
        assert_eq!(due("2026-11-18T10:00"), "Thu 11-19 10:00");
        assert_eq!(due("2026-11-20T16:00"), "Mon 11-23 16:00", "Friday afternoon");
        assert_eq!(due("2026-11-20T18:00"), "Tue 11-24 09:00", "after hours the clock starts on Monday");
        assert_eq!(due("2026-11-21T12:00"), "Tue 11-24 09:00", "and at the weekend too");
        assert_eq!(due("2026-12-24T16:00"), "Mon 12-28 16:00", "two holidays and a weekend");
        assert_eq!(civil(team.lapses(ms("2026-11-20T16:00"), 24, true)), "Sat 11-21 16:00", "urgent");
        assert_eq!(civil(team.lapses(ms("2026-11-18T10:00"), 72, false)), "Mon 11-23 10:00");
    }

    #[test]
    fn on_the_days_the_clocks_change_a_day_has_the_hours_it_has() {
        let every_day = berlin("Mo-So 9-17");
        assert_eq!(civil(every_day.lapses(ms("2026-10-24T10:00"), 24, false)), "Sun 10-25 09:00", "25 hours long");
        assert_eq!(civil(every_day.lapses(ms("2027-03-27T10:00"), 24, false)), "Sun 03-28 11:00", "23 hours long");
        assert_eq!(every_day.workday("2027-03-28".parse().unwrap()).map(|(a, b)| (b - a) / HOUR_MS), Some(8));
        let night = berlin("So 1-4");
        assert_eq!(night.workday("2027-03-28".parse().unwrap()).map(|(a, b)| (b - a) / HOUR_MS), Some(2));
        assert_eq!(night.workday("2026-10-25".parse().unwrap()).map(|(a, b)| (b - a) / HOUR_MS), Some(4));
    }

    #[test]
    fn the_warning_comes_while_somebody_can_still_do_something() {
        let team = berlin("9-17");
        let warned = |from: &str, lapses: &str| team.warning(ms(from), ms(lapses), false).map(civil);
        assert_eq!(warned("2026-11-18T10:00", "2026-11-19T10:00").as_deref(), Some("Thu 11-19 09:00"));
        assert_eq!(warned("2026-11-18T09:30", "2026-11-19T09:30").as_deref(), Some("Wed 11-18 16:00"));
        assert_eq!(warned("2026-11-20T16:00", "2026-11-20T20:00").as_deref(), None, "16:00 was its beginning");
        assert_eq!(warned("2026-11-20T15:00", "2026-11-20T19:00").as_deref(), Some("Fri 11-20 16:00"));
        assert_eq!(warned("2026-11-20T10:00", "2026-11-20T10:40").as_deref(), Some("Fri 11-20 10:30"));
        assert_eq!(warned("2026-11-20T16:00", "2026-11-22T12:00").as_deref(), None, "nobody comes before Sunday");
        assert_eq!(warned("2026-11-20T12:00", "2026-11-22T12:00").as_deref(), Some("Fri 11-20 16:00"));
        assert_eq!(
            team.warning(ms("2026-11-20T16:00"), ms("2026-11-22T12:00"), true).map(civil).as_deref(),
            Some("Sun 11-22 11:00")
        );
    }

    #[test]
    fn working_days_follow_each_other_over_weekends_and_holidays() {
        let team = berlin("Mo-Do 8-12 13-16, Fr 8-12");
        let next = |at: &str| team.next_workday(ms(at)).map(|(date, start)| format!("{date} {}", civil(start)));
        assert_eq!(next("2026-11-19T07:59").as_deref(), Some("2026-11-19 Thu 11-19 08:00"));
        assert_eq!(next("2026-11-19T08:00").as_deref(), Some("2026-11-20 Fri 11-20 08:00"));
        assert_eq!(next("2026-11-20T08:00").as_deref(), Some("2026-11-23 Mon 11-23 08:00"));
        assert_eq!(next("2026-12-24T12:30").as_deref(), Some("2026-12-28 Mon 12-28 08:00"));
        let (start, end) = team.workday("2026-11-20".parse().unwrap()).unwrap();
        assert_eq!((civil(start).as_str(), civil(end).as_str()), ("Fri 11-20 08:00", "Fri 11-20 12:00"));
        assert_eq!(team.workday("2026-12-25".parse().unwrap()), None);
    }
}
