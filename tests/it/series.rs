//! What repeats is one matter to the person: one line, one word for it, one reminder on a day; and its end says when it comes again.

use serde_json::{Value, json};

use crate::harness::Town;
use crate::life::{add, newest, plain};

const HOUR_MS: i64 = 3_600_000;

/// Anna reports every day at three minutes past ten; today's reminder is there.
async fn daily(town: &Town) -> (u64, Value) {
    let thread = town.opened("Wochenbericht").await;
    let options = [("what", json!("Bericht")), ("when", json!("in 3 Minuten")), ("repeat", json!("täglich"))];
    add(town, "Anna", thread, &options).await;
    town.clock.advance_ms(HOUR_MS / 20);
    let reminder = newest(town, thread, 2).await;
    (thread, reminder)
}

async fn list(town: &Town, thread: u64) -> String {
    plain(&town.slash_in("Anna", "de", thread, "followup list", &[]).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tomorrow_on_what_comes_tomorrow_anyway_gives_one_reminder_and_not_two() {
    let mut town = Town::new().await;
    let (thread, reminder) = daily(&town).await;
    let told = plain(&town.told(&town.press("Anna", "de", &reminder, "Morgen").await).await);
    assert!(
        told.contains("Fri 2026-11-20 08:00")
            && told.contains("Die nächste Wiederholung wäre Fri 2026-11-20 09:03 (…) gewesen; sie geht darin auf."),
        "{told}"
    );
    town.restart().await;
    town.clock.advance_ms(23 * HOUR_MS);
    let reminder = newest(&town, thread, 3).await;
    // An hour later it still is the only one, and the series has gone on.
    town.clock.advance_ms(HOUR_MS);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    newest(&town, thread, 3).await;
    let told = plain(&town.told(&town.press("Anna", "de", &reminder, "Erledigt").await).await);
    assert!(told.contains("Das nächste Mal: Mon 2026-11-23 08:00"), "Saturday waits for Monday: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_means_the_one_that_is_due_and_lists_show_the_series_once() {
    let town = Town::new().await;
    let (thread, _) = daily(&town).await;
    let told = list(&town, thread).await;
    assert_eq!(told.matches("– @Anna").count(), 1, "{told}");
    assert!(told.contains("Thu 2026-11-19 09:03"), "the one that is due: {told}");
    let offered = crate::cases::suggest(&town, "Anna", "followup done", "followup", "bericht").await;
    assert_eq!(offered.len(), 1, "{offered:?}");
    let told = town.slash_in("Anna", "de", thread, "followup done", &[("followup", json!("bericht"))]).await;
    assert!(plain(&told).starts_with("Erledigt von @Anna: Bericht\nDas nächste Mal: Fri 2026-11-20 09:03"), "{told}");
    let told = list(&town, thread).await;
    assert!(told.contains("Fri 2026-11-20 09:03"), "now the next: {told}");
    let told = town.slash_in("Anna", "de", thread, "followup done", &[("followup", json!("bericht"))]).await;
    assert!(plain(&told).contains("Das nächste Mal: Mon 2026-11-23 08:00"), "ahead of its time, too: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn putting_off_by_an_hour_leaves_the_next_where_it_is_and_far_beyond_takes_it_along() {
    let town = Town::new().await;
    let (thread, reminder) = daily(&town).await;
    let told = plain(&town.told(&town.press("Anna", "de", &reminder, "+1 Std.").await).await);
    assert!(told.contains("Thu 2026-11-19 10:04") && !told.contains("geht darin auf"), "{told}");
    town.clock.advance_ms(HOUR_MS + 60_000);
    newest(&town, thread, 3).await;
    let options = [("when", json!("in 6 Tagen")), ("followup", json!("bericht"))];
    let told = plain(&town.slash_in("Anna", "de", thread, "followup snooze", &options).await);
    assert!(told.contains("Wed 2026-11-25") && told.contains("Fri 2026-11-20 09:03 (…) gewesen"), "{told}");
    town.clock.advance_ms(4 * 24 * HOUR_MS);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    newest(&town, thread, 3).await;
    town.clock.advance_ms(2 * 24 * HOUR_MS);
    newest(&town, thread, 4).await;
    town.clock.advance_ms(24 * HOUR_MS);
    newest(&town, thread, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_a_series_away_gives_all_of_it() {
    let town = Town::new().await;
    let (thread, reminder) = daily(&town).await;
    let answer = town.press("Anna", "de", &reminder, "Übergeben").await;
    let asked = crate::life::message_of(&town, &answer).await;
    let select = asked["components"][0]["components"][0]["custom_id"].as_str().unwrap();
    let (channel, message) = (crate::harness::id(&asked["channel_id"]), crate::harness::id(&asked["id"]));
    let ben = town.user("Ben");
    let given = town.discord.press(town.user("Anna"), "de", channel, message, select, &[&ben.to_string()]).await;
    assert!(plain(&town.told(&given).await).starts_with("Übergeben an @Ben: Bericht"));
    town.slash_in("Ben", "de", thread, "followup done", &[]).await;
    let told = list(&town, thread).await;
    assert!(told.contains("– @Ben") && !told.contains("– @Anna"), "the next one is Ben's, too: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tomorrow_is_the_assignees_next_working_day_whoever_presses_it() {
    let town = Town::new().await;
    town.slash("Admin", "fälle", "setup", &[("land", json!("NW"))]).await;
    town.slash("Anna", "fälle", "profile", &[("timezone", json!("Europe/Lisbon")), ("hours", json!("8-16"))]).await;
    let thread = town.opened("Gutschrift").await;
    // Friday, ten in Berlin.
    town.clock.advance_ms(24 * HOUR_MS);
    add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("in 3 Minuten"))]).await;
    town.clock.advance_ms(HOUR_MS / 20);
    let reminder = town.message_saying(thread, "jetzt ist dran: **Prüfen**").await;
    let told = plain(&town.told(&town.press("Clara", "de", &reminder, "Morgen").await).await);
    assert!(told.contains("Mon 2026-11-23 08:00"), "eight in Lisbon, on Monday: {told}");
    assert!(told.contains("Das ist der nächste Arbeitstag von @Anna.") && !told.contains("außerhalb"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_past_the_end_of_work_stays_an_hour_and_nobody_is_said_to_have_typed_it() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("16:30"))]).await;
    town.clock.advance_ms(13 * HOUR_MS / 2 + 5_000);
    let reminder = town.message_saying(thread, "jetzt ist dran: **Prüfen**").await;
    let told = plain(&town.told(&town.press("Anna", "en-GB", &reminder, "+1 Std.").await).await);
    assert!(told.contains("Thu 2026-11-19 16:31"), "to the full minute: {told}");
    assert!(
        told.contains("außerhalb der Arbeitszeit von @Anna")
            && told.contains("Es bleibt bei einer Stunde von jetzt an."),
        "{told}"
    );
    assert!(!told.contains("geschrieben"), "{told}");
}
