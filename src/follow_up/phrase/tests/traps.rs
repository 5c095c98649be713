//! Where phrases go wrong: the day itself, the edges of weeks, months and years, the hours the clocks skip or repeat.

use super::{check, context};
use crate::follow_up::holidays::Land;

/// A Friday morning.
#[test]
fn on_a_friday() {
    check(
        &[
            ("Freitag", "Fri 2026-11-27 09:00 WeekFromToday"),
            ("Freitag 9 Uhr", "Fri 2026-11-27 09:00 WeekFromToday"),
            ("Freitag 14 Uhr", "Fri 2026-11-20 14:00"),
            ("nächsten Freitag", "Fri 2026-11-27 09:00"),
            ("next friday 5pm", "Fri 2026-11-27 17:00"),
            ("this friday", "Fri 2026-11-27 09:00 WeekFromToday"),
            ("kommenden Freitag", "Fri 2026-11-27 09:00 WeekFromToday"),
            ("nächsten Montag", "Mon 2026-11-23 09:00"),
            ("am Samstag", "Sat 2026-11-21 09:00"),
            ("Ende der Woche", "Fri 2026-11-20 17:00"),
            ("in 1 Werktag", "Mon 2026-11-23 09:00"),
            ("next business day", "Mon 2026-11-23 09:00"),
            ("Freitag in einer Woche", "Fri 2026-11-27 09:00"),
            ("Freitag, 20.11.", "past"),
            ("Freitag, 20.11. 14 Uhr", "Fri 2026-11-20 14:00"),
            ("20.11.", "Sat 2027-11-20 09:00 NextYear(2027)"),
            ("20.11. um 14", "Fri 2026-11-20 14:00"),
            ("am 20.", "Sun 2026-12-20 09:00 NextMonth"),
            ("next sunday", "Sun 2026-11-29 09:00 FollowingWeek"),
        ],
        &context("2026-11-20T10:15:00+01:00[Europe/Berlin]", None),
    );
}

/// A Sunday evening, the end of an ISO week.
#[test]
fn on_a_sunday_evening() {
    check(
        &[
            ("nächsten Montag", "Mon 2026-11-23 09:00"),
            ("next sunday", "Sun 2026-11-29 09:00"),
            ("Montag", "Mon 2026-11-23 09:00"),
            ("Ende der Woche", "Fri 2026-11-27 17:00 NextEnd"),
            ("diese Woche Freitag", "past"),
            ("end of this week", "past"),
            ("EOD", "Mon 2026-11-23 17:00"),
            ("heute Abend", "past"),
            ("heute EOD", "past"),
            ("Feierabend", "Mon 2026-11-23 17:00"),
            ("in 3 Werktagen", "Wed 2026-11-25 09:00"),
            ("nächste Woche", "Mon 2026-11-23 09:00 FirstDay"),
            ("this weekend", "Sat 2026-11-28 09:00 Saturday NextEnd"),
            ("Wochenende", "Sat 2026-11-28 09:00 Saturday NextEnd"),
            ("in einer Woche am Montag", "Mon 2026-11-23 09:00"),
            ("halb neun", "Sun 2026-11-22 20:30 AfterNoon(20:30:00)"),
            ("halb elf", "Mon 2026-11-23 10:30"),
            ("noon", "Mon 2026-11-23 12:00"),
        ],
        &context("2026-11-22T20:00:00+01:00[Europe/Berlin]", None),
    );
}

/// Working days across Christmas in North Rhine-Westphalia.
#[test]
fn before_christmas_in_a_land() {
    check(
        &[
            ("in 1 business day", "Thu 2026-12-24 09:00"),
            ("in 2 Werktagen", "Mon 2026-12-28 09:00"),
            ("in 3 Werktagen", "Tue 2026-12-29 09:00"),
            ("nächster Werktag", "Thu 2026-12-24 09:00"),
            ("übernächster Werktag", "Mon 2026-12-28 09:00"),
            ("3 business days", "Tue 2026-12-29 09:00"),
            ("in 5 Werktagen um 14 Uhr", "Thu 2026-12-31 14:00"),
            ("24.12.", "Thu 2026-12-24 09:00"),
            ("25.12. um 12", "Fri 2026-12-25 12:00"),
        ],
        &context("2026-12-23T10:15:00+01:00[Europe/Berlin]", Some(Land::NW)),
    );
}

/// The Wednesday that only Saxony keeps.
#[test]
fn before_repentance_day_in_saxony() {
    check(
        &[
            ("in 1 Werktag", "Thu 2026-11-19 09:00"),
            ("next business day", "Thu 2026-11-19 09:00"),
            ("in 2 working days", "Fri 2026-11-20 09:00"),
            ("morgen", "Wed 2026-11-18 09:00"),
        ],
        &context("2026-11-17T10:15:00+01:00[Europe/Berlin]", Some(Land::SN)),
    );
}

/// The clocks go forward at 02:00 on 28 March 2027.
#[test]
fn the_night_before_the_gap() {
    check(
        &[
            ("morgen 2:30", "Sun 2027-03-28 03:30 AtNight(02:30:00) Gap"),
            ("morgen um 2 Uhr", "Sun 2027-03-28 03:00 AtNight(02:00:00) Gap"),
            ("28.3. 02:30", "Sun 2027-03-28 03:30 Gap"),
            ("28.3. 03:00", "Sun 2027-03-28 03:00"),
            ("Sonntag 2:30", "Sun 2027-03-28 03:30 AtNight(02:30:00) Gap"),
            ("2027-03-28T02:30", "Sun 2027-03-28 03:30 Gap"),
            ("28 March 2027 at 2:30", "Sun 2027-03-28 03:30 AtNight(02:30:00) Gap"),
            ("in 12 Stunden", "Sun 2027-03-28 09:00"),
            ("in 1 Tag", "Sun 2027-03-28 20:00"),
            ("in 6 Stunden 30 Minuten", "Sun 2027-03-28 03:30"),
            ("in 24 hours", "Sun 2027-03-28 21:00"),
        ],
        &context("2027-03-27T20:00:00+01:00[Europe/Berlin]", None),
    );
}

/// A day from now does not exist.
#[test]
fn a_day_before_the_gap_to_the_minute() {
    check(
        &[
            ("in 1 Tag", "Sun 2027-03-28 03:30 Gap"),
            ("in 24 Stunden", "Sun 2027-03-28 03:30"),
            ("in 2 Tagen", "Mon 2027-03-29 02:30"),
            ("tomorrow 2:30 am", "Sun 2027-03-28 03:30 Gap"),
        ],
        &context("2027-03-27T02:30:00+01:00[Europe/Berlin]", None),
    );
}

/// The clocks go back at 03:00 on 31 October 2027.
#[test]
fn the_night_before_the_fold() {
    check(
        &[
            ("morgen 2:30", "Sun 2027-10-31 02:30 +02 AtNight(02:30:00) Fold"),
            ("morgen 02:00", "Sun 2027-10-31 02:00 +02 Fold"),
            ("morgen 3 Uhr", "Sun 2027-10-31 03:00 AtNight(03:00:00)"),
            ("31.10.2027 02:59", "Sun 2027-10-31 02:59 +02 Fold"),
            ("in 12 Stunden", "Sun 2027-10-31 07:00"),
            ("in einem Tag", "Sun 2027-10-31 20:00"),
            ("morgen früh", "Sun 2027-10-31 09:00"),
            ("2027-10-31T02:30:00+02:00", "Sun 2027-10-31 02:30 +02"),
            ("2027-10-31T03:30:00+02:00", "Sun 2027-10-31 02:30 +01"),
        ],
        &context("2027-10-30T20:00:00+02:00[Europe/Berlin]", None),
    );
}

/// Twenty to three comes again in an hour.
#[test]
fn within_the_first_pass_of_the_fold() {
    check(
        &[
            ("02:50", "Sun 2027-10-31 02:50 +02 Fold"),
            ("02:30", "Mon 2027-11-01 02:30"),
            ("in 20 Minuten", "Sun 2027-10-31 02:00 +01"),
            ("in 1 Stunde", "Sun 2027-10-31 02:40 +01"),
            ("heute 02:30", "past"),
        ],
        &context("2027-10-31T02:40:00+02:00[Europe/Berlin]", None),
    );
}

/// Half past midnight.
#[test]
fn after_midnight() {
    check(
        &[
            ("morgen", "Thu 2026-11-19 09:00"),
            ("heute", "Wed 2026-11-18 09:00"),
            ("heute früh", "Wed 2026-11-18 09:00"),
            ("in the morning", "Wed 2026-11-18 09:00"),
            ("3 Uhr nachts", "Wed 2026-11-18 03:00"),
            ("heute Nacht um 3", "Wed 2026-11-18 03:00"),
            ("heute um Mitternacht", "Thu 2026-11-19 00:00"),
            ("tonight", "Wed 2026-11-18 18:00"),
            ("um 9", "Wed 2026-11-18 09:00"),
            ("halb acht", "Wed 2026-11-18 07:30"),
            ("um 3", "Wed 2026-11-18 15:00 AfterNoon(15:00:00)"),
        ],
        &context("2026-11-18T00:30:00+01:00[Europe/Berlin]", None),
    );
}

/// Months of different lengths.
#[test]
fn on_the_last_of_january() {
    check(
        &[
            ("in 1 Monat", "Sat 2026-02-28 10:15 ShorterMonth"),
            ("in einem Monat um 9", "Sat 2026-02-28 09:00 ShorterMonth"),
            ("in 13 months", "Sun 2027-02-28 10:15 ShorterMonth"),
            ("Monatsende", "Sat 2026-01-31 17:00"),
            ("am 30.", "Mon 2026-03-30 09:00 NextMonth"),
            ("am 31.", "Tue 2026-03-31 09:00 NextMonth"),
            ("29.2.", "Tue 2028-02-29 09:00 NextYear(2028)"),
            ("30. Februar", "no_such_date"),
            ("next month", "Sun 2026-02-01 09:00 FirstDay"),
        ],
        &context("2026-01-31T10:15:00+01:00[Europe/Berlin]", None),
    );
}

/// The last evening of 2026, in calendar week 53.
#[test]
fn on_new_years_eve() {
    check(
        &[
            ("1.1.", "Fri 2027-01-01 09:00 NextYear(2027)"),
            ("KW 53", "past"),
            ("KW 1", "Mon 2027-01-04 09:00 NextYear(2027)"),
            ("Ende des Jahres", "Fri 2027-12-31 17:00 NextEnd"),
            ("EOM", "Sun 2027-01-31 17:00 NextEnd"),
            ("31.12.", "Fri 2027-12-31 09:00 NextYear(2027)"),
            ("31.12. 20 Uhr", "Thu 2026-12-31 20:00"),
            ("Do 20 Uhr", "Thu 2026-12-31 20:00"),
            ("tomorrow", "Fri 2027-01-01 09:00"),
            ("in 5 Jahren", "Wed 2031-12-31 18:00"),
            ("31.12.2031 18 Uhr", "Wed 2031-12-31 18:00"),
            ("31.12.2031 18:01", "too_far"),
        ],
        &context("2026-12-31T18:00:00+01:00[Europe/Berlin]", None),
    );
}

/// Half a second has passed: never early, so the begun second counts whole.
#[test]
fn within_a_second() {
    check(
        &[
            ("in 30 Sekunden", "Wed 2026-11-18 10:15:31"),
            ("in 2 Tagen", "Fri 2026-11-20 10:15:01"),
            ("in 5 Jahren", "Tue 2031-11-18 10:15:01"),
            ("10:15", "Thu 2026-11-19 10:15"),
            ("10:16", "Wed 2026-11-18 10:16"),
        ],
        &context("2026-11-18T10:15:00.5+01:00[Europe/Berlin]", None),
    );
}

/// Another zone, another fold.
#[test]
fn in_new_york() {
    check(
        &[
            ("tomorrow 1:30 am", "Sun 2026-11-01 01:30 -04 Fold"),
            ("in 24 hours", "Sun 2026-11-01 11:00"),
            ("tomorrow at noon", "Sun 2026-11-01 12:00"),
            ("2026-11-01T01:30:00-05:00", "Sun 2026-11-01 01:30 -05"),
            ("2026-12-24T12:00:00+01:00", "Thu 2026-12-24 06:00"),
        ],
        &context("2026-10-31T12:00:00-04:00[America/New_York]", None),
    );
}

/// Its clocks move by half an hour only.
#[test]
fn in_lord_howe() {
    check(
        &[
            ("tomorrow 02:15", "Sun 2026-10-04 02:45 Gap"),
            ("in 1 day", "Sun 2026-10-04 12:00"),
            ("in 24 hours", "Sun 2026-10-04 12:30"),
        ],
        &context("2026-10-03T12:00:00+10:30[Australia/Lord_Howe]", None),
    );
}

/// Samoa had no 30 December 2011.
#[test]
fn in_apia() {
    check(
        &[
            ("tomorrow at noon", "Sat 2011-12-31 12:00 Gap"),
            ("in 24 hours", "Sat 2011-12-31 12:00"),
            ("31.12.2011", "Sat 2011-12-31 09:00"),
        ],
        &context("2011-12-29T12:00:00-10:00[Pacific/Apia]", None),
    );
}
