//! Phrases that somebody typed and the parser once refused, read for something else, or told an untruth about.

use super::{NOW, check, context, outcome};
use crate::follow_up::phrase::{Context, parse};
use crate::follow_up::working_hours::Hours;
use crate::locale::Lang;

#[test]
fn spans_with_minutes_behind_the_hours() {
    check(
        &[
            ("1 h 30", "Wed 2026-11-18 11:45 AsSpan"),
            ("1 hour 30", "Wed 2026-11-18 11:45"),
            ("1hr 30", "Wed 2026-11-18 11:45"),
            ("in 1 Stunde 30", "Wed 2026-11-18 11:45"),
            ("in 1:30 h", "Wed 2026-11-18 11:45"),
            ("in 1:30 Stunden", "Wed 2026-11-18 11:45"),
            ("in einer Stunde dreißig", "Wed 2026-11-18 11:45"),
            ("1 Std. u. 30 Min.", "Wed 2026-11-18 11:45"),
            ("17 h 30", "Wed 2026-11-18 17:30"),
            ("9 h 30", "either Wed 2026-11-18 19:45 AsSpan or Thu 2026-11-19 09:30"),
            ("in 1 Stunde 75", "not_understood"),
            ("1:30 h", "not_understood"),
        ],
        &context(NOW, None),
    );
}

#[test]
fn words_for_now_nights_edges_and_later() {
    check(
        &[
            ("halb 9 Uhr", "Wed 2026-11-18 20:30 AfterNoon(20:30:00)"),
            ("viertel nach 3 Uhr", "Wed 2026-11-18 15:15 AfterNoon(15:15:00)"),
            ("jetzt", "now"),
            ("jetzt bitte", "now"),
            ("right now", "now"),
            ("in 0 Tagen", "now"),
            ("in 0 Werktagen", "now"),
            ("heute Nacht", "Wed 2026-11-18 22:00 AtTen"),
            ("morgen Nacht", "Thu 2026-11-19 22:00 AtTen"),
            ("Monatsanfang", "Tue 2026-12-01 09:00 NextEnd"),
            ("am Monatsersten", "Tue 2026-12-01 09:00 NextEnd"),
            ("zum Monatsersten um 10", "Tue 2026-12-01 10:00 NextEnd"),
            ("im neuen Jahr", "Fri 2027-01-01 09:00 FirstDay"),
            ("in the new year", "Fri 2027-01-01 09:00 FirstDay"),
            ("nach 3 Werktagen", "Mon 2026-11-23 09:00"),
            ("after 3 days", "Sat 2026-11-21 10:15"),
            ("in knapp 2 Stunden", "Wed 2026-11-18 12:15 Exactly"),
            ("zwei Tage später", "Fri 2026-11-20 10:15"),
            ("3 days later", "Sat 2026-11-21 10:15"),
            ("3 Werktage später", "Mon 2026-11-23 09:00"),
            ("später", "vague"),
            ("later", "vague"),
            ("friday fortnight", "Fri 2026-12-04 09:00"),
            ("monday after next", "Mon 2026-11-30 09:00"),
            ("friday after next", "Fri 2026-12-04 09:00 WeekAfterNext"),
            ("übernächstes Wochenende", "Sat 2026-12-05 09:00 Saturday WeekAfterNext"),
            ("morgen um diese Zeit", "Thu 2026-11-19 10:15"),
            ("same time tomorrow", "Thu 2026-11-19 10:15"),
            ("Freitag um dieselbe Zeit", "Fri 2026-11-20 10:15"),
            ("in einer Woche um diese Zeit", "Wed 2026-11-25 10:15"),
            ("in zwei Wochen um die gleiche Zeit", "Wed 2026-12-02 10:15"),
            ("in 2 days at the same time", "Fri 2026-11-20 10:15"),
            ("in 3 Werktagen um diese Zeit", "Mon 2026-11-23 10:15"),
            ("in 2 Stunden um diese Zeit", "not_understood"),
            ("nächste Woche um diese Zeit", "not_understood"),
            ("um diese Zeit", "not_understood"),
        ],
        &context(NOW, None),
    );
}

#[test]
fn one_slip_of_the_finger_in_a_day_or_month_is_mended() {
    check(
        &[
            ("Moregn", "Thu 2026-11-19 09:00"),
            ("freitga 14 Uhr", "Fri 2026-11-20 14:00"),
            ("nächsten Dienstg", "Tue 2026-11-24 09:00"),
            ("3. Dezmeber", "Thu 2026-12-03 09:00"),
            ("next thrusday", "Thu 2026-11-26 09:00 FollowingWeek"),
            ("frietga", "not_understood"),
        ],
        &context(NOW, None),
    );
    let here = context(NOW, None);
    let found = |sentence: &str| super::super::find(sentence, &here).is_some();
    assert!(found("Frida ruft Freitag an") && !found("Frida ruft an"), "inside a sentence Frida is a name");
}

#[test]
fn what_has_begun_says_so_and_what_to_type_instead() {
    let said = |phrase: &str, lang| parse(phrase, &context(NOW, None)).expect_err("it has begun").sentence(lang);
    for phrase in ["heute", "today", "18.11.2026", "Mittwoch, 18.11.2026", "diese Woche Mittwoch"] {
        assert_eq!(
            said(phrase, Lang::De),
            "Der Arbeitsbeginn heute, 09:00 Uhr, ist schon vorbei. Nenne eine Uhrzeit dazu, zum Beispiel „heute 16 Uhr“.",
            "{phrase}"
        );
    }
    let english = "Today's start of work, 09:00, has already passed. Add a time, for example \"today 16:00\".";
    assert_eq!(said("today", Lang::En), english);
    for phrase in ["diese Woche", "this month"] {
        assert!(said(phrase, Lang::De).starts_with("Der erste Tag davon ist schon vorbei."), "{phrase}");
    }
    let week = "KW 47 ist diese Woche, und ihr Montag ist schon vorbei. Nenne den Tag, zum Beispiel „Freitag“, oder das Jahr: „KW 47 2027“.";
    assert_eq!(said("KW 47", Lang::De), week);
    assert_eq!(outcome("Freitag KW 47", &context(NOW, None)), "Fri 2026-11-20 09:00");
    assert_eq!(outcome("KW 47 2027", &context(NOW, None)), "Mon 2027-11-22 09:00 FirstDay");
    assert_eq!(outcome("heute 16 Uhr", &context(NOW, None)), "Wed 2026-11-18 16:00");
    let late = context("2026-11-18T22:30:00+01:00[Europe/Berlin]", None);
    assert!(parse("heute", &late).expect_err("it has begun").sentence(Lang::De).ends_with("„morgen 9 Uhr“."));
    let monday = context("2026-11-16T08:00:00+01:00[Europe/Berlin]", None);
    assert_eq!(outcome("KW 47", &monday), "Mon 2026-11-16 09:00 FirstDay");
}

#[test]
fn half_past_eight_is_asked_back_where_only_the_morning_is_a_working_time() {
    let hours = Hours::default();
    let at_work = Context { hours: Some(hours), ..context("2026-11-18T10:00:00+01:00[Europe/Berlin]", None) };
    check(
        &[
            ("halb zehn", "either Wed 2026-11-18 21:30 AfterNoon(21:30:00) or Thu 2026-11-19 09:30"),
            ("um halb 10 Uhr", "either Wed 2026-11-18 21:30 AfterNoon(21:30:00) or Thu 2026-11-19 09:30"),
            ("half past nine", "either Wed 2026-11-18 21:30 AfterNoon(21:30:00) or Thu 2026-11-19 09:30"),
            ("halb vier", "Wed 2026-11-18 15:30 AfterNoon(15:30:00)"),
            ("halb elf", "Wed 2026-11-18 10:30"),
            ("heute halb zehn", "Wed 2026-11-18 21:30 AfterNoon(21:30:00)"),
        ],
        &at_work,
    );
    let friday = Context { now: "2026-11-20T10:00:00+01:00[Europe/Berlin]".parse().expect("a time"), ..at_work };
    check(&[("halb zehn", "Fri 2026-11-20 21:30 AfterNoon(21:30:00)")], &friday);
}
