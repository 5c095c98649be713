//! Days with names, days counted through a month, deadlines and other people's clocks, on a Wednesday at 10:15.

use super::{NOW, check, context};
use crate::follow_up::holidays::Land;

/// Days with a name, days counted through a month, deadlines, other clocks: what is usual is understood.
const UNDERSTOOD: &[(&str, &str)] = &[
    ("Heiligabend", "Thu 2026-12-24 09:00"),
    ("an Heiligabend um 10", "Thu 2026-12-24 10:00"),
    ("Heilig Abend", "Thu 2026-12-24 09:00"),
    ("Weihnachten", "either Thu 2026-12-24 09:00 or Fri 2026-12-25 09:00"),
    ("1. Weihnachtstag", "Fri 2026-12-25 09:00"),
    ("zweiter Weihnachtsfeiertag", "Sat 2026-12-26 09:00"),
    ("Silvester 18 Uhr", "Thu 2026-12-31 18:00"),
    ("Silvester 2027", "Fri 2027-12-31 09:00"),
    ("Neujahr", "Fri 2027-01-01 09:00 NextYear(2027)"),
    ("Karfreitag", "Fri 2027-03-26 09:00 NextYear(2027)"),
    ("Ostermontag", "Mon 2027-03-29 09:00 NextYear(2027)"),
    ("Ostern", "either Sun 2027-03-28 09:00 NextYear(2027) or Mon 2027-03-29 09:00 NextYear(2027)"),
    ("Pfingstmontag", "Mon 2027-05-17 09:00 NextYear(2027)"),
    ("Christi Himmelfahrt", "Thu 2027-05-06 09:00 NextYear(2027)"),
    ("Buß- und Bettag", "Wed 2027-11-17 09:00 NextYear(2027)"),
    ("Tag der Deutschen Einheit", "Sun 2027-10-03 09:00 NextYear(2027)"),
    ("3. Advent", "Sun 2026-12-13 09:00"),
    ("Christmas Eve", "Thu 2026-12-24 09:00"),
    ("on Christmas Eve at 10", "Thu 2026-12-24 10:00"),
    ("Christmas", "Fri 2026-12-25 09:00"),
    ("New Year's Eve", "Thu 2026-12-31 09:00"),
    ("New Year's Day at noon", "Fri 2027-01-01 12:00 NextYear(2027)"),
    ("New Year's", "either Thu 2026-12-31 09:00 or Fri 2027-01-01 09:00 NextYear(2027)"),
    ("Good Friday", "Fri 2027-03-26 09:00 NextYear(2027)"),
    ("Easter Monday", "Mon 2027-03-29 09:00 NextYear(2027)"),
    ("Boxing Day", "Sat 2026-12-26 09:00"),
    ("Labour Day", "either Sat 2027-05-01 09:00 NextYear(2027) or Mon 2027-09-06 09:00 NextYear(2027)"),
    ("Thanksgiving", "either Thu 2026-11-26 09:00 or Mon 2027-10-11 09:00 NextYear(2027)"),
    ("2 Tage nach Ostermontag", "Wed 2027-03-31 09:00 NextYear(2027)"),
    ("erster Montag im Januar", "Mon 2027-01-04 09:00 NextYear(2027)"),
    ("am ersten Montag im Dezember um 10", "Mon 2026-12-07 10:00"),
    ("letzter Freitag im Monat", "Fri 2026-11-27 09:00"),
    ("letzter Werktag des Monats", "Mon 2026-11-30 09:00"),
    ("am 1. des Monats", "Tue 2026-12-01 09:00 NextMonth"),
    ("first Monday in January", "Mon 2027-01-04 09:00 NextYear(2027)"),
    ("the second Tuesday of March", "Tue 2027-03-09 09:00 NextYear(2027)"),
    ("last Friday of the month at 3pm", "Fri 2026-11-27 15:00"),
    ("last business day of next month", "Thu 2026-12-31 09:00"),
    ("innerhalb von 2 Tagen", "Fri 2026-11-20 10:15 Within"),
    ("binnen 24 Stunden", "Thu 2026-11-19 10:15 Within"),
    ("in den nächsten 2 Stunden", "Wed 2026-11-18 12:15 Within"),
    ("innerhalb der nächsten Stunde", "Wed 2026-11-18 11:15 Within"),
    ("within 2 days", "Fri 2026-11-20 10:15 Within"),
    ("within the hour", "Wed 2026-11-18 11:15 Within"),
    ("within 3 business days", "Mon 2026-11-23 09:00 Within"),
    ("9 Uhr MEZ", "Thu 2026-11-19 09:00"),
    ("9 Uhr UTC", "Thu 2026-11-19 10:00 Converted"),
    ("9 Uhr Ortszeit", "Thu 2026-11-19 09:00"),
    ("15 Uhr deutscher Zeit", "Wed 2026-11-18 15:00"),
    ("5pm GMT", "Wed 2026-11-18 18:00 Converted"),
    ("9am EST", "Wed 2026-11-18 15:00 Converted"),
    ("1 July 9am CEST", "Thu 2027-07-01 09:00 NextYear(2027)"),
    ("1 July 9am CET", "either Thu 2027-07-01 09:00 NextYear(2027) or Thu 2027-07-01 10:00 NextYear(2027) Converted"),
    ("Ende des Quartals", "Thu 2026-12-31 17:00"),
    ("next quarter", "Fri 2027-01-01 09:00 FirstDay"),
    ("EOQ", "Thu 2026-12-31 17:00"),
    ("ab Montag", "Mon 2026-11-23 09:00"),
    ("nach dem Wochenende", "Mon 2026-11-23 09:00"),
    ("after the weekend", "Mon 2026-11-23 09:00"),
    ("Punkt 12", "Wed 2026-11-18 12:00"),
    ("um Punkt 12", "Wed 2026-11-18 12:00"),
    ("gleich morgen früh", "Thu 2026-11-19 09:00"),
    ("überübermorgen", "Sat 2026-11-21 09:00"),
    ("in ner Stunde", "Wed 2026-11-18 11:15"),
    ("first thing tomorrow", "Thu 2026-11-19 09:00"),
    ("tomorrow morning first thing", "Thu 2026-11-19 09:00"),
    ("Monday week", "Mon 2026-11-30 09:00"),
    ("a week on Monday", "Mon 2026-11-30 09:00"),
    ("the week after next", "Mon 2026-11-30 09:00 FirstDay"),
    ("this coming Friday", "Fri 2026-11-20 09:00"),
    ("a week tomorrow", "Thu 2026-11-26 09:00"),
    ("tomorrow week", "Thu 2026-11-26 09:00"),
    ("in three days' time", "Sat 2026-11-21 10:15"),
    ("in etwa 2 Stunden", "Wed 2026-11-18 12:15 Exactly"),
    ("in about an hour", "Wed 2026-11-18 11:15 Exactly"),
    ("Freitag spätestens", "Fri 2026-11-20 09:00"),
    ("no later than Friday noon", "Fri 2026-11-20 12:00"),
    ("Friday at the latest", "Fri 2026-11-20 09:00"),
    ("Anfang 2027", "Fri 2027-01-01 09:00"),
    ("end of 2026", "Thu 2026-12-31 17:00"),
    ("January the 20th", "Wed 2027-01-20 09:00 NextYear(2027)"),
    ("24-Dec-2026", "Thu 2026-12-24 09:00"),
    ("Mitwoch", "Wed 2026-11-25 09:00 WeekFromToday"),
    ("Febuary", "Mon 2027-02-01 09:00 NextYear(2027)"),
];

/// Half of a name, a clock without a time, an article in front of a clock time: nothing definite.
const REFUSED: &[(&str, &str)] = &[
    ("die 9 Uhr", "not_understood"),
    ("the 9:30", "not_understood"),
    ("die 5 Minuten", "not_understood"),
    ("in den nächsten Tagen", "vague"),
    ("in the next weeks", "vague"),
    ("Weihnachtstag", "not_understood"),
    ("5. Advent", "not_understood"),
    ("nach Ostern", "not_understood"),
    ("zwei Tage vor Weihnachten", "not_understood"),
    ("Boxing", "not_understood"),
    ("New Year's Thing", "not_understood"),
    ("erster Montag", "not_understood"),
    ("first Monday", "not_understood"),
    ("letzter Freitag", "past"),
    ("morgen UTC", "not_understood"),
    ("in 2 Stunden UTC", "not_understood"),
    ("9 Uhr MEZ UTC", "not_understood"),
    ("5pm CST", "not_understood"),
    ("within", "not_understood"),
    ("January the", "not_understood"),
    ("Friday by", "not_understood"),
    ("in etwa", "not_understood"),
    ("within tomorrow", "not_understood"),
    ("ab", "not_understood"),
    ("punkt", "not_understood"),
];

#[test]
fn names_counted_days_deadlines_and_clocks_are_understood() {
    check(UNDERSTOOD, &context(NOW, None));
}

#[test]
fn what_is_only_half_of_one_is_refused() {
    check(REFUSED, &context(NOW, None));
}

/// Working days counted through a month leave out the holidays of the Land.
#[test]
fn the_first_working_day_of_may_and_november_is_behind_the_holiday() {
    check(
        &[
            ("erster Werktag im November", "Tue 2027-11-02 09:00 NextYear(2027)"),
            ("first business day of May", "Mon 2027-05-03 09:00 NextYear(2027)"),
            ("letzter Werktag im Dezember", "Thu 2026-12-31 09:00"),
        ],
        &context(NOW, Some(Land::BY)),
    );
}

/// In the hours around midnight the other clock's day is another.
#[test]
fn a_day_is_the_day_of_the_clock_that_was_named() {
    check(
        &[("tomorrow 9am ET", "Wed 2026-11-18 15:00 Converted"), ("9am CET tomorrow", "Thu 2026-11-19 09:00")],
        &context("2026-11-18T03:00:00+01:00[Europe/Berlin]", None),
    );
}
