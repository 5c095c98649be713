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
            Self::MiddleDay => (
                "Die Mitte ist der Mittwoch, der 15. oder der 1. Juli.",
                "The middle is Wednesday, the 15th or 1 July.",
            ),
            Self::Saturday => ("Gemeint ist der Samstag.", "Taken as the Saturday."),
            Self::AfterNoon(time) => return with_time("Gemeint ist {} Uhr.", "Taken as {}.", time, lang),
            Self::AtNight(time) => return with_time("Gemeint ist {} Uhr nachts.", "Taken as {} at night.", time, lang),
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
            Self::Past => "past",
            Self::TooFar => "too_far",
            Self::NoSuchDate => "no_such_date",
            Self::WeekdayContradictsDate { .. } => "weekday_contradicts_date",
            Self::Contradiction => "contradiction",
            Self::Ambiguous(_) => "ambiguous",
        }
    }

    /// Why, and what to type instead.
    pub fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::De => self.german(),
            Lang::En => self.english(),
        }
    }

    fn german(&self) -> String {
        let why = match self {
            Self::Empty => "Es fehlt die Zeit.".to_owned(),
            Self::TooLong => format!("Das ist länger als {MAX_CHARS} Zeichen."),
            Self::NotUnderstood { what } => format!("„{what}“ verstehe ich nicht als Zeit."),
            Self::Vague => "Das ist keine bestimmte Zeit.".to_owned(),
            Self::Past => "Diese Zeit ist schon vorbei.".to_owned(),
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
        };
        format!("{why} Zum Beispiel: „morgen 9 Uhr“, „in 3 Werktagen“, „24.12.2027 um 12 Uhr“.")
    }

    fn english(&self) -> String {
        let why = match self {
            Self::Empty => "The time is missing.".to_owned(),
            Self::TooLong => format!("That is longer than {MAX_CHARS} characters."),
            Self::NotUnderstood { what } => format!("I cannot read \"{what}\" as a time."),
            Self::Vague => "That is no definite time.".to_owned(),
            Self::Past => "That time has already passed.".to_owned(),
            Self::TooFar => format!("That is more than {MAX_YEARS} years ahead."),
            Self::NoSuchDate => "There is no such date.".to_owned(),
            Self::WeekdayContradictsDate { date, said } => format!(
                "{date} is not a {} but a {}.",
                weekday_name(*said, Lang::En),
                weekday_name(date.weekday(), Lang::En)
            ),
            Self::Contradiction => "The parts contradict each other.".to_owned(),
            Self::Ambiguous(_) => "That can be read in more than one way.".to_owned(),
        };
        format!("{why} For example: \"tomorrow 9:00\", \"in 3 business days\", \"24 December 2027 at 12:00\".")
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
