//! Days that are called by a name: Heiligabend, Karfreitag, Boxing Day, Thanksgiving.
//!
//! A name that people use for two days („Ostern“) is two readings in `names`; here every feast is one day a year.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::follow_up::holidays;

/// A day with a name of its own, once a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feast {
    /// The same date every year: month and day.
    Fixed(i8, i8),
    /// So many days after Easter Sunday.
    Easter(i16),
    /// The so-manieth of a weekday in a month: month, which, weekday.
    Nth(i8, i8, Weekday),
    /// The Wednesday before the 23rd of November (Buß- und Bettag).
    Repentance,
    /// So many weeks before the last Sunday before Christmas: the Sundays of Advent.
    Advent(i8),
}

impl Feast {
    /// Its date in a year.
    pub fn date(self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Easter(days) => holidays::easter(year)?.checked_add(i32::from(days).days()).ok(),
            Self::Nth(month, nth, weekday) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok(),
            Self::Repentance => Date::new(year, 11, 23).ok()?.nth_weekday(-1, Weekday::Wednesday).ok(),
            Self::Advent(weeks) => {
                let last = Date::new(year, 12, 25).ok()?.nth_weekday(-1, Weekday::Sunday).ok()?;
                last.checked_sub(i32::from(weeks).weeks()).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasts_fall_on_the_dates_of_the_calendars() {
        for (feast, year, date) in [
            (Feast::Fixed(12, 24), 2026, "2026-12-24"),
            (Feast::Easter(-2), 2027, "2027-03-26"),
            (Feast::Easter(1), 2024, "2024-04-01"),
            (Feast::Easter(-48), 2026, "2026-02-16"),
            (Feast::Nth(11, 4, Weekday::Thursday), 2026, "2026-11-26"),
            (Feast::Nth(10, 2, Weekday::Monday), 2026, "2026-10-12"),
            (Feast::Repentance, 2026, "2026-11-18"),
            (Feast::Repentance, 2022, "2022-11-16"),
            (Feast::Advent(3), 2026, "2026-11-29"),
            (Feast::Advent(0), 2022, "2022-12-18"),
        ] {
            assert_eq!(feast.date(year).map(|date| date.to_string()).as_deref(), Some(date), "{feast:?}");
        }
    }
}
