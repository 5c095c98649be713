//! Repetition as people type it beyond the bare rules: with a weekday („jeden Montag“, "every other Friday"), and half typed.
//!
//! Invariant: a weekday is only ever read together with weeks; whether it fits the first time is for the caller to see.

use jiff::civil::Weekday;

use super::recurrence::{Every, RepeatRefusal, number};

/// The rules most people want.
const USUAL: [(Every, &[&str]); 5] = [
    (Every::Day, &["täglich", "jeden tag", "every day", "daily"]),
    (
        Every::WorkingDay,
        &["werktags", "an werktagen", "jeden werktag", "weekdays", "working days", "every working day"],
    ),
    (Every::Week, &["wöchentlich", "jede woche", "every week", "weekly"]),
    (Every::Weeks(2), &["alle 2 wochen", "jede zweite woche", "every 2 weeks", "every other week", "fortnightly"]),
    (Every::Month, &["monatlich", "jeden monat", "every month", "monthly"]),
];

/// A rule, with the weekday that was said.
pub type Read = (Every, Option<Weekday>);

impl Every {
    /// Reads a rule as typed, perhaps with a weekday: „täglich“, „jeden Montag“, "every other Friday".
    pub fn read(text: &str) -> Result<Read, RepeatRefusal> {
        let plain = text.trim().trim_end_matches('.').to_lowercase();
        let words: Vec<&str> = plain.split_whitespace().collect();
        let Some((day, rest)) = words.split_last().and_then(|(last, rest)| Some((weekday(last)?, rest))) else {
            return Ok((Self::parse(text)?, None));
        };
        let every = match rest {
            // „montags“, "Mondays", but not a lone „Montag“: that is a day and no rule.
            [] if plain.ends_with('s') => Self::Week,
            ["jeden" | "every" | "each" | "on"] => Self::Week,
            ["jeden", "zweiten"] | ["every", "other" | "second"] => Self::Weeks(2),
            [rule @ .., "am" | "on"] => match Self::parse(&rule.join(" "))? {
                weeks @ (Self::Week | Self::Weeks(_)) => weeks,
                _ => return Err(RepeatRefusal::NotUnderstood),
            },
            _ => return Err(RepeatRefusal::NotUnderstood),
        };
        Ok((every, Some(day)))
    }

    /// What can still become of a rule that is being typed; the usual ones while that is open.
    pub fn suggest(typed: &str) -> Vec<Read> {
        if let Ok(read) = Self::read(typed) {
            return vec![read];
        }
        let typed = typed.trim().to_lowercase();
        let counted = typed.split_whitespace().find_map(|word| number(word).ok());
        if let Some(n) = counted {
            let all = [Self::days(n), Self::weeks(n), Self::months(n)];
            return all.into_iter().flatten().map(|every| (every, None)).collect();
        }
        let begins = |names: &[&str]| names.iter().any(|name| name.starts_with(&typed));
        let begun: Vec<Read> =
            USUAL.iter().filter(|(_, names)| begins(names)).map(|(every, _)| (*every, None)).collect();
        if begun.is_empty() { USUAL.iter().map(|(every, _)| (*every, None)).collect() } else { begun }
    }

    /// A rule with its weekday as a text that [`Every::read`] reads back.
    pub fn written(self, day: Option<Weekday>) -> String {
        let Some(day) = day else { return self.stored() };
        let name = DAYS[day.to_monday_zero_offset() as usize][1];
        match self {
            Self::Weeks(n) => format!("every {n} weeks on {name}"),
            _ => format!("every {name}"),
        }
    }
}

/// Names of the weekdays, German and English.
const DAYS: [[&str; 2]; 7] = [
    ["montag", "monday"],
    ["dienstag", "tuesday"],
    ["mittwoch", "wednesday"],
    ["donnerstag", "thursday"],
    ["freitag", "friday"],
    ["samstag", "saturday"],
    ["sonntag", "sunday"],
];

fn weekday(word: &str) -> Option<Weekday> {
    let word = if word == "sonnabend" || word == "sonnabends" { "samstag" } else { word };
    let at = DAYS
        .iter()
        .position(|names| names.contains(&word) || names.contains(&word.strip_suffix('s').unwrap_or(word)))?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Weekday::{Friday, Monday};

    #[test]
    fn a_weekday_is_read_with_weeks_and_written_so_that_it_reads_back() {
        for (text, every, day) in [
            ("jeden Montag", Every::Week, Some(Monday)),
            ("every monday", Every::Week, Some(Monday)),
            ("montags", Every::Week, Some(Monday)),
            ("on Fridays", Every::Week, Some(Friday)),
            ("every other friday", Every::Weeks(2), Some(Friday)),
            ("jeden zweiten Freitag", Every::Weeks(2), Some(Friday)),
            ("alle 3 Wochen am Montag", Every::Weeks(3), Some(Monday)),
            ("täglich", Every::Day, None),
        ] {
            assert_eq!(Every::read(text), Ok((every, day)), "{text}");
            assert_eq!(Every::read(&every.written(day)), Ok((every, day)), "{text}");
        }
        for text in ["Montag", "monatlich am Montag", "alle 2 Werktage", "jeden", "s", ""] {
            assert!(Every::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_typed_narrows_what_is_suggested() {
        let rules =
            |typed: &str| Every::suggest(typed).into_iter().map(|(every, _)| every.stored()).collect::<Vec<_>>();
        assert_eq!(rules("alle 3"), ["days:3", "weeks:3", "months:3"]);
        assert_eq!(rules("every two"), ["days:2", "weeks:2", "months:2"]);
        assert_eq!(rules("alle 30"), ["days:30", "weeks:30"]);
        assert_eq!(rules("mon"), ["monthly"]);
        assert_eq!(rules("wö"), ["weekly"]);
        assert_eq!(Every::suggest("every monday"), [(Every::Week, Some(Monday))]);
        for open in ["", "irgendwas"] {
            assert_eq!(rules(open).len(), 5, "{open}");
        }
    }
}
