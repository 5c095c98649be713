//! What the parser says about a phrase, in both languages: what it assumed, and why it refused, with an example.

use jiff::civil::{Time, Weekday};

use super::{MAX_CHARS, MAX_YEARS, Note, Refusal};
use crate::locale::Lang;

impl Note {
    /// One sentence for the person who typed.
    pub fn sentence(self, lang: Lang) -> String {
        let (de, en) = match self {
            Self::FollowingWeek => {
                ("Gemeint ist der Tag der folgenden Woche.", "Taken as the one in the following week.")
            }
            Self::WeekAfterNext => {
                ("Gemeint ist der Tag der übernächsten Woche.", "Taken as the one in the week after next.")
            }
            Self::WeekFromToday => ("Gemeint ist heute in einer Woche.", "Taken as a week from today."),
            Self::NextYear(year) => {
                return match lang {
                    Lang::De => format!("Gemeint ist das Jahr {year}."),
                    Lang::En => format!("Taken as the year {year}."),
                };
            }
            Self::NextMonth => {
                ("Gemeint ist der nächste Monat, der diesen Tag hat.", "Taken as the next month with that day.")
            }
            Self::NextEnd => ("Der nächste, der noch kommt, ist gemeint.", "Taken as the next one still to come."),
            Self::FirstDay => ("Gemeint ist der erste Tag.", "Taken as its first day."),
            Self::MiddleOfWeek => ("Die Mitte der Woche ist der Mittwoch.", "The middle of a week is its Wednesday."),
            Self::MiddleOfMonth => ("Die Mitte des Monats ist der 15.", "The middle of a month is the 15th."),
            Self::MiddleOfQuarter => (
                "Die Mitte des Quartals ist der 15. seines zweiten Monats.",
                "The middle of a quarter is the 15th of its second month.",
            ),
            Self::MiddleOfYear => ("Die Mitte des Jahres ist der 1. Juli.", "The middle of a year is 1 July."),
            Self::Saturday => ("Gemeint ist der Samstag.", "Taken as the Saturday."),
            Self::AfterNoon(time) => return with_time("Gemeint ist {} Uhr.", "Taken as {}.", time, lang),
            Self::AtNight(time) => return with_time("Gemeint ist {} Uhr nachts.", "Taken as {} at night.", time, lang),
            Self::AtTen => ("Als 22:00 Uhr genommen.", "Taken as 22:00."),
            Self::AsSpan => ("Als Dauer von jetzt an verstanden.", "Taken as a span from now."),
            Self::Exactly => ("Als genaue Zeit genommen.", "Taken as the exact time."),
            Self::Two => ("Ein „couple“ sind zwei.", "\"A couple\" is taken as two."),
            Self::Within => ("Gemeint ist das Ende dieser Frist.", "Taken as the end of that span."),
            Self::Converted => ("Umgerechnet auf deine Zeitzone.", "Converted to your time zone."),
            Self::ShorterMonth => {
                ("Der Monat ist kürzer; gemeint ist sein letzter Tag.", "The month is shorter; taken as its last day.")
            }
            Self::OnlyFuture => {
                ("Nur so gelesen liegt die Zeit noch vor uns.", "The only reading that is still to come.")
            }
            Self::Gap => (
                "Diese Uhrzeit gibt es an dem Tag nicht, weil die Uhren vorgestellt werden; gemeint ist die Zeit danach.",
                "The clocks skip that time; moved after the change.",
            ),
            Self::Fold => (
                "Diese Uhrzeit kommt wegen der Zeitumstellung zweimal; gemeint ist das erste Mal.",
                "That time comes twice as the clocks go back; taken as the first.",
            ),
        };
        match lang {
            Lang::De => de.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

impl Note {
    /// The same in a few words, for places as narrow as a suggestion.
    pub fn brief(self, lang: Lang) -> String {
        let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        let (de, en) = match self {
            Self::FollowingWeek => ("folgende Woche", "following week"),
            Self::WeekAfterNext => ("übernächste Woche", "week after next"),
            Self::WeekFromToday => ("heute in einer Woche", "a week from today"),
            Self::NextYear(year) => {
                return format!("{} {year}", if lang == Lang::De { "im Jahr" } else { "in the year" });
            }
            Self::NextMonth => ("nächster Monat mit diesem Tag", "next month with that day"),
            Self::NextEnd => ("der nächste, der noch kommt", "the next one to come"),
            Self::FirstDay => ("der erste Tag", "its first day"),
            Self::MiddleOfWeek => ("Mitte ist der Mittwoch", "the middle is Wednesday"),
            Self::MiddleOfMonth | Self::MiddleOfQuarter => ("Mitte ist der 15.", "the middle is the 15th"),
            Self::MiddleOfYear => ("Mitte ist der 1. Juli", "the middle is 1 July"),
            Self::Saturday => ("der Samstag", "the Saturday"),
            Self::AfterNoon(time) => {
                return format!("{} {}", if lang == Lang::De { "also" } else { "so" }, clock(time));
            }
            Self::AtNight(time) => {
                return format!("{} {}", clock(time), if lang == Lang::De { "nachts" } else { "at night" });
            }
            Self::AtTen => ("Nacht ab 22:00", "night from 22:00"),
            Self::AsSpan => ("als Dauer von jetzt an", "a span from now"),
            Self::Exactly => ("als genaue Zeit", "taken as exact"),
            Self::Two => ("„couple“ sind zwei", "\"a couple\" is two"),
            Self::Within => ("Ende der Frist", "end of that span"),
            Self::Converted => ("umgerechnet auf deine Zone", "in your time zone"),
            Self::ShorterMonth => ("letzter Tag des Monats", "last day of the month"),
            Self::OnlyFuture => ("nur so noch zu erreichen", "the only one to come"),
            Self::Gap => ("Uhr wird vorgestellt", "clocks go forward"),
            Self::Fold => ("erste der beiden", "first of the two"),
        };
        if lang == Lang::De { de } else { en }.to_owned()
    }
}

fn with_time(de: &str, en: &str, time: Time, lang: Lang) -> String {
    let text = match lang {
        Lang::De => de,
        Lang::En => en,
    };
    text.replace("{}", &format!("{:02}:{:02}", time.hour(), time.minute()))
}

impl Refusal {
    /// A stable name for logs and for texts kept elsewhere.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NotUnderstood { .. } => "not_understood",
            Self::Vague => "vague",
            Self::Now => "now",
            Self::Past | Self::TodayBegun { .. } | Self::FirstDayPassed | Self::ThisWeek { .. } => "past",
            Self::TooFar => "too_far",
            Self::NoSuchDate => "no_such_date",
            Self::WeekdayContradictsDate { .. } => "weekday_contradicts_date",
            Self::Contradiction => "contradiction",
            Self::Ambiguous(_) => "ambiguous",
        }
    }

    /// Why, and what to type instead.
    pub fn sentence(&self, lang: Lang) -> String {
        let why = self.why(lang);
        match lang {
            _ if self.advises() => why,
            Lang::De => format!("{why} Zum Beispiel: „morgen 9 Uhr“, „in 3 Werktagen“, „24.12.2027 um 12 Uhr“."),
            Lang::En => {
                format!("{why} For example: \"tomorrow 9:00\", \"in 3 business days\", \"24 December 2027 at 12:00\".")
            }
        }
    }

    /// Whether [`Self::why`] already says what to type instead.
    const fn advises(&self) -> bool {
        matches!(self, Self::TodayBegun { .. } | Self::FirstDayPassed | Self::ThisWeek { .. })
    }

    /// Why, without an example where none belongs to this refusal alone.
    pub fn why(&self, lang: Lang) -> String {
        match lang {
            Lang::De => self.german(),
            Lang::En => self.english(),
        }
    }

    fn german(&self) -> String {
        match self {
            Self::Empty => "Es fehlt die Zeit.".to_owned(),
            Self::TooLong => format!("Das ist länger als {MAX_CHARS} Zeichen."),
            Self::NotUnderstood { what } => format!("„{what}“ verstehe ich nicht als Zeit."),
            Self::Vague => "Das ist keine bestimmte Zeit.".to_owned(),
            Self::Past => "Diese Zeit ist schon vorbei.".to_owned(),
            Self::Now => "Das ist jetzt schon, da gibt es nichts zu erinnern.".to_owned(),
            Self::TodayBegun { start, hour } => {
                let example = hour.map_or_else(|| "morgen 9 Uhr".to_owned(), |hour| format!("heute {hour} Uhr"));
                let (hour, minute) = (start.hour(), start.minute());
                format!(
                    "Der Arbeitsbeginn heute, {hour:02}:{minute:02} Uhr, ist schon vorbei. Nenne eine Uhrzeit dazu, zum Beispiel „{example}“."
                )
            }
            Self::FirstDayPassed => "Der erste Tag davon ist schon vorbei. Nenne den Tag, zum Beispiel „Freitag“, „Ende der Woche“ oder „Monatsende“.".to_owned(),
            Self::ThisWeek { number, again } => format!(
                "KW {number} ist diese Woche, und ihr Montag ist schon vorbei. Nenne den Tag, zum Beispiel „Freitag“, oder das Jahr: „KW {number} {again}“."
            ),
            Self::TooFar => format!("Das liegt mehr als {MAX_YEARS} Jahre voraus."),
            Self::NoSuchDate => "Dieses Datum gibt es nicht.".to_owned(),
            Self::WeekdayContradictsDate { date, said } => format!(
                "Der {}.{}.{} ist kein {}, sondern ein {}.",
                date.day(),
                date.month(),
                date.year(),
                weekday_name(*said, Lang::De),
                weekday_name(date.weekday(), Lang::De)
            ),
            Self::Contradiction => "Die Angaben widersprechen einander.".to_owned(),
            Self::Ambiguous(_) => "Das lässt sich auf mehrere Arten lesen.".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Empty => "The time is missing.".to_owned(),
            Self::TooLong => format!("That is longer than {MAX_CHARS} characters."),
            Self::NotUnderstood { what } => format!("I cannot read \"{what}\" as a time."),
            Self::Vague => "That is no definite time.".to_owned(),
            Self::Past => "That time has already passed.".to_owned(),
            Self::Now => "That is now already, so there is nothing to remind of.".to_owned(),
            Self::TodayBegun { start, hour } => {
                let example = hour.map_or_else(|| "tomorrow 9:00".to_owned(), |hour| format!("today {hour}:00"));
                let (hour, minute) = (start.hour(), start.minute());
                format!(
                    "Today's start of work, {hour:02}:{minute:02}, has already passed. Add a time, for example \"{example}\"."
                )
            }
            Self::FirstDayPassed => "Its first day has already passed. Name the day, for example \"Friday\", \"end of the week\" or \"end of month\".".to_owned(),
            Self::ThisWeek { number, again } => format!(
                "Week {number} is this week, and its Monday has already passed. Name the day, for example \"Friday\", or the year: \"week {number} {again}\"."
            ),
            Self::TooFar => format!("That is more than {MAX_YEARS} years ahead."),
            Self::NoSuchDate => "There is no such date.".to_owned(),
            Self::WeekdayContradictsDate { date, said } => format!(
                "{} {} {} is not a {} but a {}.",
                date.day(),
                month_name(date.month()),
                date.year(),
                weekday_name(*said, Lang::En),
                weekday_name(date.weekday(), Lang::En)
            ),
            Self::Contradiction => "The parts contradict each other.".to_owned(),
            Self::Ambiguous(_) => "That can be read in more than one way.".to_owned(),
        }
    }
}

/// The name of a weekday.
pub(super) fn weekday_name(weekday: Weekday, lang: Lang) -> &'static str {
    let names = match lang {
        Lang::De => ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        Lang::En => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    };
    names[weekday.to_monday_zero_offset() as usize]
}

/// The English name of a month, 1–12.
pub(super) fn month_name(month: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    MONTHS[usize::from(month.unsigned_abs()) - 1]
}
