//! The canonical phrase for a time. Reading it back gives the same second; the second pass through a fold is told from
//! the first by the name of its clock: "02:30 Uhr (CET)".

use jiff::Zoned;
use jiff::tz::AmbiguousOffset;

use super::wording::{month_name, weekday_name};
use crate::locale::Lang;

/// "Donnerstag, 24.12.2026, 12:00 Uhr" or "Thursday, 24 December 2026, 12:00"; seconds only where there are some.
pub fn format(at: &Zoned, lang: Lang) -> String {
    let weekday = weekday_name(at.date().weekday(), lang);
    let (day, month, year, hour, minute) = (at.day(), at.month(), at.year(), at.hour(), at.minute());
    let second = if at.second() == 0 { String::new() } else { format!(":{:02}", at.second()) };
    let ambiguous = at.time_zone().to_ambiguous_zoned(at.datetime());
    let second_pass = matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. })
        && ambiguous.earlier().is_ok_and(|first| first != *at);
    let clock = if second_pass { at.strftime(" (%Z)").to_string() } else { String::new() };
    match lang {
        Lang::De => format!("{weekday}, {day}.{month}.{year}, {hour:02}:{minute:02}{second} Uhr{clock}"),
        Lang::En => {
            format!("{weekday}, {day} {} {year}, {hour:02}:{minute:02}{second}{clock}", month_name(month))
        }
    }
}
