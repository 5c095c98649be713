//! The life of a promise as a team lives it: read in one's own zone, kept out of one's evenings, moved, handed over, ended.

use serde_json::json;

use crate::harness::Town;

const HOUR_MS: i64 = 3_600_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_is_shown_set_and_kept_over_a_restart_in_both_languages() {
    let mut town = Town::new().await;
    let told = town.slash("Anna", "fälle", "profile", &[]).await;
    insta::assert_snapshot!(told);
    let set = [
        ("timezone", json!("europe/lisbon")),
        ("hours", json!("Mo–Do 8–16, Fr 8–12")),
        ("language", json!("en")),
        ("digest", json!("off")),
    ];
    let told = town.slash("Anna", "fälle", "profile", &set).await;
    assert!(told.starts_with("Profil gespeichert"), "the language holds from the next answer on: {told}");
    town.restart().await;
    let told = town.slash("Anna", "fälle", "profile", &[]).await;
    insta::assert_snapshot!(told);
    let ben = town.slash_en("Ben", "fälle", "profile", &[]).await;
    assert!(ben.contains("Europe/Berlin (as in the team)"), "{ben}");
    let back = [("timezone", json!("team")), ("hours", json!("team")), ("language", json!("client"))];
    let told = town.slash("Anna", "fälle", "profile", &back).await;
    assert!(told.contains("Europe/Berlin (as in the team)") && told.contains("Mon–Fri 09:00–17:00"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_cannot_be_is_refused_with_an_example() {
    let town = Town::new().await;
    for (option, typed, german, english) in [
        (
            "timezone",
            "Europa/Berlin",
            "Die Zeitzone „Europa/Berlin“ kenne ich nicht. Beispiele: Europe/Berlin",
            "I do not know the time zone",
        ),
        (
            "hours",
            "immer",
            "Die Arbeitszeit „immer“ verstehe ich nicht. Beispiele: „9–17 Uhr“",
            "I do not understand the working hours",
        ),
        ("hours", "17-9", "Die Arbeitszeit „17-9“ verstehe ich nicht.", "I do not understand the working hours"),
        ("days", "neulich", "Die Arbeitstage „neulich“ verstehe ich nicht.", "I do not understand the working days"),
        (
            "holidays",
            "augsburg",
            "Für das Team ist noch kein Bundesland festgelegt.",
            "No Land is set for the team yet.",
        ),
    ] {
        let told = town.slash("Anna", "fälle", "profile", &[(option, json!(typed))]).await;
        assert!(told.starts_with(german), "{told}");
        let told = town.slash_en("Anna", "fälle", "profile", &[(option, json!(typed))]).await;
        assert!(told.starts_with(english), "{told}");
    }
    town.slash("Admin", "fälle", "setup", &[("land", json!("NW"))]).await;
    let told = town.slash("Anna", "fälle", "profile", &[("holidays", json!("augsburg"))]).await;
    assert!(told.starts_with("Diesen Feiertag gibt es in Nordrhein-Westfalen nicht."), "{told}");
    town.slash("Admin", "fälle", "setup", &[("land", json!("BY"))]).await;
    let told = town.slash("Anna", "fälle", "profile", &[("holidays", json!("augsburg"))]).await;
    assert!(told.contains("Feiertage: Bayern, Augsburg"), "{told}");
    let told = town.slash("Kim", "support", "profile", &[]).await;
    assert!(told.starts_with("Dafür brauchst du die Rolle @Team"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zones_are_offered_while_typing() {
    let town = Town::new().await;
    let offered = crate::cases::suggest(&town, "Anna", "profile", "timezone", "Wien").await;
    assert_eq!(offered, ["Europe/Vienna"]);
    let offered = crate::cases::suggest(&town, "Admin", "setup", "timezone", "berl").await;
    assert_eq!(offered[0], "Europe/Berlin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_time_is_read_in_the_typists_zone_and_kept_outside_the_assignees_hours_with_a_warning() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "profile", &[("timezone", json!("America/New_York"))]).await;
    town.slash("Ben", "fälle", "profile", &[("hours", json!("10-16"))]).await;
    let ben = json!(town.user("Ben").to_string());
    let options = [("what", json!("Anrufen")), ("when", json!("morgen 9 Uhr")), ("who", ben.clone())];
    let told = town.slash("Anna", "fälle", "followup add", &options).await;
    assert!(told.contains("Fri 2026-11-20 14:00") && !told.contains("außerhalb"), "nine in New York: {told}");
    let options = [("what", json!("Anrufen")), ("when", json!("morgen 11 Uhr")), ("who", ben)];
    let told = town.slash("Anna", "fälle", "followup add", &options).await;
    assert!(
        told.contains("Fri 2026-11-20 16:00")
            && told.contains("außerhalb der Arbeitszeit von @Ben (Mo–Fr 10:00–16:00, Europe/Berlin)"),
        "{told}"
    );
    let own = [("what", json!("Anrufen")), ("when", json!("Saturday 10:00"))];
    let told = town.slash_en("Ben", "fälle", "followup add", &own).await;
    assert!(told.contains("outside your working hours (Mon–Fri 10:00–16:00, Europe/Berlin)"), "{told}");
    town.slash("Admin", "fälle", "setup", &[("land", json!("NW"))]).await;
    let own = [("what", json!("Anrufen")), ("when", json!("25.12. um 11"))];
    let told = town.slash("Ben", "fälle", "followup add", &own).await;
    assert!(told.contains("Da ist Feiertag: 1. Weihnachtstag."), "{told}");
    // Kept all the same: it comes on Saturday at ten.
    town.clock.advance_ms(48 * HOUR_MS + 60_000);
    let dm = town.discord.dm(town.user("Ben"));
    town.message_saying(dm, "Anrufen").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bare_day_is_the_start_of_the_typists_own_day() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "profile", &[("hours", json!("7-15"))]).await;
    let told = town.slash("Anna", "fälle", "followup add", &[("what", json!("x")), ("when", json!("morgen"))]).await;
    assert!(told.contains("Fri 2026-11-20 06:00") && !told.contains("außerhalb"), "seven in Berlin: {told}");
    let offered = crate::cases::suggest(&town, "Anna", "followup add", "when", "morgen").await;
    assert_eq!(offered, ["Freitag, 20. November 2026, 07:00 Uhr (CET)"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_message_speaks_the_language_its_reader_set() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "profile", &[("language", json!("en"))]).await;
    town.slash("Anna", "fälle", "followup add", &[("what", json!("Holiday form")), ("when", json!("in 30 min"))]).await;
    town.clock.advance_ms(HOUR_MS / 2);
    let dm = town.discord.dm(town.user("Anna"));
    town.message_saying(dm, "it is time: **Holiday form**").await;
}
