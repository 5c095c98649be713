//! What repeats: the rule as people type it, and the next time counted in civil time from the first.
//!
//! Invariant: occurrence `n` is computed from the first due time and never from the one before, so nothing drifts: the
//! 31st falls on the last day of short months and comes back to the 31st; a clock change moves one occurrence, not all.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use super::holidays::{self, Land, Municipal};

/// Longest pause in days, in weeks and in months: a year.
const MOST_DAYS: u16 = 366;
const MOST_WEEKS: u16 = 53;
const MOST_MONTHS: u16 = 12;
/// Most occurrences looked through for the next one: more than any run of days off.
const LOOKED_THROUGH: i64 = 400;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Each day.
    Day,
    /// Monday to Friday without public holidays.
    WorkingDay,
    /// The same weekday.
    Week,
    /// The same day of the month, or the month's last.
    Month,
    /// Every so many days, two or more.
    Days(u16),
    /// Every so many weeks, two or more.
    Weeks(u16),
    /// Every so many months, two or more.
    Months(u16),
}

/// Why a rule was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepeatRefusal {
    /// Not a rule.
    #[error("not understood")]
    NotUnderstood,
    /// More than a year apart, or not at all.
    #[error("a pause of a day to a year")]
    OutOfRange,
}

/// A rule with the first due time it is counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The rule.
    pub every: Every,
    /// The first due time, civil, in the promise's zone.
    pub from: DateTime,
}

impl Every {
    /// As the store keeps it: `daily`, `days:3`.
    pub fn stored(self) -> String {
        match self {
            Self::Day => "daily".to_owned(),
            Self::WorkingDay => "working_days".to_owned(),
            Self::Week => "weekly".to_owned(),
            Self::Month => "monthly".to_owned(),
            Self::Days(n) => format!("days:{n}"),
            Self::Weeks(n) => format!("weeks:{n}"),
            Self::Months(n) => format!("months:{n}"),
        }
    }

    /// Back from the store; also the values of the command's choices.
    pub fn from_stored(text: &str) -> Option<Self> {
        Some(match text {
            "daily" => Self::Day,
            "working_days" => Self::WorkingDay,
            "weekly" => Self::Week,
            "monthly" => Self::Month,
            other => {
                let (unit, n) = other.split_once(':')?;
                let n = n.parse().ok()?;
                match unit {
                    "days" => Self::days(n),
                    "weeks" => Self::weeks(n),
                    "months" => Self::months(n),
                    _ => None,
                }?
            }
        })
    }

    pub(super) fn days(n: u16) -> Option<Self> {
        match n {
            1 => Some(Self::Day),
            2..=MOST_DAYS => Some(Self::Days(n)),
            _ => None,
        }
    }

    pub(super) fn months(n: u16) -> Option<Self> {
        match n {
            1 => Some(Self::Month),
            2..=MOST_MONTHS => Some(Self::Months(n)),
            _ => None,
        }
    }

    pub(super) fn weeks(n: u16) -> Option<Self> {
        match n {
            1 => Some(Self::Week),
            2..=MOST_WEEKS => Some(Self::Weeks(n)),
            _ => None,
        }
    }

    /// Reads a rule as typed, German or English: „täglich“, „alle 3 Tage“, "every other week".
    pub fn parse(text: &str) -> Result<Self, RepeatRefusal> {
        if text.len() > 200 {
            return Err(RepeatRefusal::NotUnderstood);
        }
        let text = text.trim().to_lowercase().replace(['-', '_', '.', ','], " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        if let Some(every) = Self::from_stored(&words.join("_")).or_else(|| Self::from_stored(&text)) {
            return Ok(every);
        }
        match words[..] {
            ["täglich" | "taeglich"] => Ok(Self::Day),
            ["wöchentlich" | "woechentlich"] => Ok(Self::Week),
            ["monatlich"] => Ok(Self::Month),
            ["vierteljährlich" | "vierteljaehrlich" | "quartalsweise" | "quarterly"] => Ok(Self::Months(3)),
            ["jährlich" | "jaehrlich" | "yearly" | "annually"] => Ok(Self::Months(12)),
            ["werktags" | "werktäglich" | "werktaeglich" | "arbeitstäglich" | "weekdays" | "workdays"] => {
                Ok(Self::WorkingDay)
            }
            ["zweiwöchentlich" | "vierzehntägig" | "fortnightly" | "biweekly"] | ["14", "tägig" | "täglich"] => {
                Ok(Self::Weeks(2))
            }
            ["jeden" | "jede" | "jedes" | "every" | "each", ref unit @ ..] => match unit {
                ["other" | "second" | "zweiten" | "zweite", unit] => count(2, unit),
                [unit] => count(1, unit),
                ["working" | "business" | "week", "day"] => Ok(Self::WorkingDay),
                [n, unit] => count(number(n)?, unit),
                _ => Err(RepeatRefusal::NotUnderstood),
            },
            ["alle", n, unit] => count(number(n)?, unit),
            _ => Err(RepeatRefusal::NotUnderstood),
        }
    }
}

fn count(n: u16, unit: &str) -> Result<Every, RepeatRefusal> {
    let out = RepeatRefusal::OutOfRange;
    match unit {
        "tag" | "tage" | "tagen" | "day" | "days" => Every::days(n).ok_or(out),
        "woche" | "wochen" | "week" | "weeks" => Every::weeks(n).ok_or(out),
        "monat" | "monate" | "monaten" | "month" | "months" => Every::months(n).ok_or(out),
        "werktag" | "arbeitstag" | "weekday" | "workday" if n == 1 => Ok(Every::WorkingDay),
        _ => Err(RepeatRefusal::NotUnderstood),
    }
}

pub(super) fn number(word: &str) -> Result<u16, RepeatRefusal> {
    const WORDS: [(&str, &str, u16); 11] = [
        ("zwei", "two", 2),
        ("drei", "three", 3),
        ("vier", "four", 4),
        ("fünf", "five", 5),
        ("sechs", "six", 6),
        ("sieben", "seven", 7),
        ("acht", "eight", 8),
        ("neun", "nine", 9),
        ("zehn", "ten", 10),
        ("zwölf", "twelve", 12),
        ("vierzehn", "fourteen", 14),
    ];
    if let Some((.., n)) = WORDS.iter().find(|(de, en, _)| *de == word || *en == word) {
        return Ok(*n);
    }
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_digit()) {
        return Err(RepeatRefusal::NotUnderstood);
    }
    word.parse().map_err(|_| RepeatRefusal::OutOfRange)
}

/// Whose holidays working days leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// The Land; `None` knows no holidays.
    pub land: Option<Land>,
    /// Holidays of the municipality.
    pub municipal: Municipal,
}

impl Series {
    /// The `n`th civil time after the first, before days off are left out.
    fn nth(&self, n: i64) -> Option<DateTime> {
        let span = match self.every {
            Every::Day | Every::WorkingDay => Span::new().try_days(n),
            Every::Days(days) => Span::new().try_days(n.checked_mul(i64::from(days))?),
            Every::Week => Span::new().try_weeks(n),
            Every::Weeks(weeks) => Span::new().try_weeks(n.checked_mul(i64::from(weeks))?),
            Every::Month => Span::new().try_months(n),
            Every::Months(months) => Span::new().try_months(n.checked_mul(i64::from(months))?),
        };
        self.from.checked_add(span.ok()?).ok()
    }

    /// Occurrences that may safely be passed over when looking for one after `date`.
    fn passed(&self, date: Date) -> i64 {
        let days = self.from.date().until(date).map_or(0, |span| i64::from(span.get_days()));
        let step = match self.every {
            Every::Day | Every::WorkingDay => 1,
            Every::Days(n) => i64::from(n),
            Every::Week => 7,
            Every::Weeks(n) => 7 * i64::from(n),
            Every::Month => 31,
            Every::Months(n) => 31 * i64::from(n),
        };
        (days / step - 1).max(0)
    }

    /// The next occurrence in `zone` that lies after `now` and on a later day than `last`; missed ones are passed over.
    /// A time the clocks skip moves after the gap, of one that comes twice the first is taken.
    pub fn next(&self, zone: &TimeZone, now: &Zoned, last: Date, region: Region) -> Option<Zoned> {
        let start = self.passed(last.max(now.with_time_zone(zone.clone()).date())).max(1);
        for n in start..start + LOOKED_THROUGH {
            let civil = self.nth(n)?;
            if civil.date() <= last {
                continue;
            }
            let off = self.every == Every::WorkingDay
                && !holidays::is_working_day_with(civil.date(), region.land, region.municipal);
            if off {
                continue;
            }
            let at = civil.to_zoned(zone.clone()).ok()?;
            if at > *now {
                return Some(at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: Region =
        Region { land: None, municipal: Municipal { assumption: false, corpus_christi: false, peace_festival: false } };

    /// The next `count` times, each asked for when the one before is done at its own time.
    fn times(every: Every, first: &str, count: usize, region: Region) -> Vec<String> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let series = Series { every, from: first.parse().unwrap() };
        let mut at = series.from.to_zoned(zone.clone()).unwrap();
        let mut all = Vec::new();
        for _ in 0..count {
            at = series.next(&zone, &at, at.date(), region).unwrap();
            all.push(at.strftime("%F %H:%M %:z").to_string());
        }
        all
    }

    #[test]
    fn monthly_on_the_31st_goes_to_the_last_day_and_back() {
        assert_eq!(
            times(Every::Month, "2027-12-31T09:00", 5, NOWHERE),
            [
                "2028-01-31 09:00 +01:00",
                "2028-02-29 09:00 +01:00",
                "2028-03-31 09:00 +02:00",
                "2028-04-30 09:00 +02:00",
                "2028-05-31 09:00 +02:00"
            ]
        );
    }

    #[test]
    fn a_gap_moves_one_occurrence_after_it_and_a_fold_takes_the_first() {
        assert_eq!(
            times(Every::Day, "2027-03-27T02:30", 2, NOWHERE),
            ["2027-03-28 03:30 +02:00", "2027-03-29 02:30 +02:00"]
        );
        assert_eq!(
            times(Every::Day, "2027-10-30T02:30", 2, NOWHERE),
            ["2027-10-31 02:30 +02:00", "2027-11-01 02:30 +01:00"]
        );
    }

    #[test]
    fn working_days_leave_out_weekends_and_the_lands_holidays() {
        let nw = Region { land: Some(Land::NW), ..NOWHERE };
        assert_eq!(
            times(Every::WorkingDay, "2026-12-23T10:00", 3, nw),
            ["2026-12-24 10:00 +01:00", "2026-12-28 10:00 +01:00", "2026-12-29 10:00 +01:00"]
        );
        let augsburg = Region { land: Some(Land::BY), municipal: Municipal::from_name("augsburg").unwrap() };
        // The 8th of August 2025 is a Friday, the 15th one, too.
        assert_eq!(times(Every::WorkingDay, "2025-08-07T10:00", 1, augsburg), ["2025-08-11 10:00 +02:00"]);
    }

    #[test]
    fn what_was_missed_is_passed_over_however_long_it_was() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (every, expected) in [
            (Every::Day, "2027-06-03T09:00"),
            (Every::Days(3), "2027-06-05T09:00"),
            (Every::Week, "2027-06-03T09:00"),
            (Every::Weeks(2), "2027-06-03T09:00"),
            (Every::Month, "2027-06-19T09:00"),
            (Every::Months(3), "2027-08-19T09:00"),
        ] {
            let series = Series { every, from: "2026-11-19T09:00".parse().unwrap() };
            let now: Zoned = "2027-06-03T08:00[Europe/Berlin]".parse().unwrap();
            let next = series.next(&zone, &now, series.from.date(), NOWHERE).unwrap();
            assert_eq!(next.datetime(), expected.parse::<DateTime>().unwrap(), "{every:?}");
            let before = Series { every, from: "2026-11-19T09:00".parse().unwrap() };
            assert!(before.nth(0).unwrap() < next.datetime());
        }
    }

    #[test]
    fn one_done_before_it_was_due_is_followed_by_the_next_day_and_not_by_itself() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let series = Series { every: Every::Day, from: "2026-11-19T15:00".parse().unwrap() };
        let now: Zoned = "2026-11-19T10:00[Europe/Berlin]".parse().unwrap();
        let next = series.next(&zone, &now, series.from.date(), NOWHERE).unwrap();
        assert_eq!(next.datetime().to_string(), "2026-11-20T15:00:00");
    }

    #[test]
    fn rules_are_read_in_both_languages_and_kept_by_a_stable_name() {
        for (text, stored) in [
            ("täglich", "daily"),
            ("Jeden Tag", "daily"),
            ("every day", "daily"),
            ("werktags", "working_days"),
            ("every working day", "working_days"),
            ("jeden Werktag", "working_days"),
            ("working_days", "working_days"),
            ("wöchentlich", "weekly"),
            ("every week", "weekly"),
            ("monatlich", "monthly"),
            ("each month", "monthly"),
            ("alle 3 Tage", "days:3"),
            ("every three days", "days:3"),
            ("alle zwei Wochen", "weeks:2"),
            ("every other week", "weeks:2"),
            ("jede zweite Woche", "weeks:2"),
            ("14-tägig", "weeks:2"),
            ("alle 1 Tage", "daily"),
            ("alle 3 Monate", "months:3"),
            ("quarterly", "months:3"),
            ("every other month", "months:2"),
        ] {
            let every = Every::parse(text).unwrap_or_else(|refused| panic!("{text}: {refused}"));
            assert_eq!(every.stored(), stored, "{text}");
            assert_eq!(Every::from_stored(stored), Some(every));
        }
        for text in ["", "manchmal", "alle Tage wieder", "alle 3", "every 3", "alle 2 Werktage"] {
            assert_eq!(Every::parse(text), Err(RepeatRefusal::NotUnderstood), "{text}");
        }
        for text in ["alle 0 Tage", "every 367 days", "alle 13 Monate", "alle 99999999 Wochen"] {
            assert_eq!(Every::parse(text), Err(RepeatRefusal::OutOfRange), "{text}");
        }
    }
}
