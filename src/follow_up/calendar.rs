//! When somebody is at work: their zone, hours and holidays in one value, made of what they set and what the team has.
//!
//! Only times the bot computes are moved into it; a time a person typed is kept and at most warned about.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::holidays::{Holiday, Land, Municipal, on_with};
use super::phrase::{Context, DayParts};
use super::working_hours::{Hours, is_working_with, next_working_moment_with};
use crate::locale::Lang;

/// One person's working calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Where they are.
    pub zone: TimeZone,
    /// When they work.
    pub hours: Hours,
    /// Whose public holidays they keep; `None` knows none.
    pub land: Option<Land>,
    /// Holidays of their municipality.
    pub municipal: Municipal,
}

/// A time the bot computed, after it was moved to where its reader is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Computed {
    /// When it is due, Unix ms.
    pub due_at: i64,
    /// When it would have been due, Unix ms; `None`: it did not have to wait.
    pub waited_from: Option<i64>,
}

impl Calendar {
    /// The instant on this person's clock.
    pub fn at(&self, ms: i64) -> Zoned {
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX).to_zoned(self.zone.clone())
    }

    /// The IANA name of the zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The instant as civil time in this zone, `2026-12-24T12:00:00`.
    pub fn civil(&self, ms: i64) -> String {
        self.at(ms).datetime().strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }

    /// The public holiday they keep on the day of this instant.
    pub fn holiday(&self, ms: i64) -> Option<Holiday> {
        on_with(self.at(ms).date(), self.land?, self.municipal)
    }

    /// Whether they are at work at this instant, Unix ms.
    pub fn works_at(&self, ms: i64) -> bool {
        is_working_with(&self.at(ms), &self.hours, self.land, self.municipal)
    }

    /// The first instant not before this one when they are at work, Unix ms.
    pub fn next_moment(&self, ms: i64) -> i64 {
        if self.works_at(ms) {
            return ms;
        }
        next_working_moment_with(&self.at(ms), &self.hours, self.land, self.municipal).timestamp().as_millisecond()
    }

    /// A time the bot computed: it waits for the next working moment, unless the case is `urgent`.
    pub fn computed(&self, ms: i64, urgent: bool) -> Computed {
        let due_at = if urgent { ms } else { self.next_moment(ms) };
        Computed { due_at, waited_from: (due_at != ms).then_some(ms) }
    }

    /// What a phrase of this person is read against: a bare date is the start of their day, "EOD" its end.
    pub fn context(&self, now: Timestamp, lang: Lang) -> Context {
        let mut parts = DayParts::default();
        if let Some((start, end)) = self.hours.usual_day() {
            parts.start_of_work = start;
            parts.end_of_day = end;
        }
        let now = now.to_zoned(self.zone.clone());
        Context {
            land: self.land,
            municipal: self.municipal,
            parts,
            lang: Some(lang),
            hours: Some(self.hours.clone()),
            ..Context::new(now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::phrase;

    fn ms(at: &str) -> i64 {
        at.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn berlin(hours: Hours) -> Calendar {
        Calendar { zone: TimeZone::get("Europe/Berlin").unwrap(), hours, land: None, municipal: Municipal::default() }
    }

    #[test]
    fn a_computed_time_waits_and_says_since_when_unless_the_case_is_urgent() {
        let calendar = berlin(Hours::default());
        let (saturday, monday) = (ms("2026-11-21T09:00:00Z"), ms("2026-11-23T08:00:00Z"));
        let waits = Computed { due_at: monday, waited_from: Some(saturday) };
        assert_eq!(calendar.computed(saturday, false), waits);
        assert_eq!(calendar.computed(saturday, true), Computed { due_at: saturday, waited_from: None });
        assert_eq!(calendar.computed(monday, false), Computed { due_at: monday, waited_from: None });
    }

    #[test]
    fn a_municipal_holiday_is_no_working_day_for_whoever_keeps_it() {
        let keeps = Municipal { assumption: true, ..Municipal::default() };
        let by = Calendar { land: Some(Land::BY), ..berlin(Hours::default()) };
        let noon = ms("2025-08-15T10:00:00Z");
        assert!(by.works_at(noon));
        assert!(!Calendar { municipal: keeps, ..by }.works_at(noon));
    }

    #[test]
    fn a_bare_day_is_the_start_of_this_persons_day_in_their_zone() {
        let day = || vec![(7 * 60, 15 * 60)];
        let hours = Hours::new([day(), day(), day(), day(), day(), vec![], vec![]]).unwrap();
        let lisbon = Calendar { zone: TimeZone::get("Europe/Lisbon").unwrap(), ..berlin(hours) };
        let context = lisbon.context("2026-11-19T09:00:00Z".parse().unwrap(), Lang::De);
        let due = |text| phrase::parse(text, &context).unwrap().due.timestamp().to_string();
        assert_eq!(due("morgen"), "2026-11-20T07:00:00Z");
        assert_eq!(due("Feierabend"), "2026-11-19T15:00:00Z");
    }
}
