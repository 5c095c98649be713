//! The canonical phrase for a time. Reading it back gives the same second, except for the second pass through a fold,
//! which no phrase without an offset can name.

use jiff::Zoned;

use super::wording::weekday_name;
use crate::locale::Lang;

/// "Donnerstag, 24.12.2026, 12:00 Uhr" or "Thursday, 24 December 2026, 12:00"; seconds only where there are some.
pub fn format(at: &Zoned, lang: Lang) -> String {
    let weekday = weekday_name(at.date().weekday(), lang);
    let (day, month, year, hour, minute) = (at.day(), at.month(), at.year(), at.hour(), at.minute());
    let second = if at.second() == 0 { String::new() } else { format!(":{:02}", at.second()) };
    match lang {
        Lang::De => format!("{weekday}, {day}.{month}.{year}, {hour:02}:{minute:02}{second} Uhr"),
        Lang::En => {
            format!(
                "{weekday}, {day} {} {year}, {hour:02}:{minute:02}{second}",
                MONTHS[usize::from(month.unsigned_abs()) - 1]
            )
        }
    }
}

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
