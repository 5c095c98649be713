//! One answer to one question: what is overdue since when, whose a promise is, and what an empty list means.

use serde_json::json;

use crate::harness::Town;
use crate::life::{add, plain};

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promised_update_shows_the_time_that_was_said_and_is_overdue_from_then_on() {
    let town = Town::new().await;
    let thread = town.opened("Ersatzteil").await;
    town.slash_in("Anna", "de", thread, "case claim", &[]).await;
    town.slash_in("Anna", "de", thread, "case update", &[("next_update", json!("heute 14 Uhr"))]).await;
    let list = async |options: &[(&str, serde_json::Value)]| {
        plain(&town.slash("Anna", "fälle", "followup list", options).await)
    };
    let overdue = [("view", json!("overdue"))];
    // Half an hour after the warning, half an hour before the time that was said.
    town.clock.advance_ms(7 * HOUR_MS / 2);
    town.message_saying(thread, "zugesagt bis").await;
    let told = list(&[]).await;
    assert!(told.contains("Nächstes Update – @Anna, Thu 2026-11-19 13:00"), "{told}");
    let told = list(&overdue).await;
    assert!(told.contains("Nichts ist überfällig."), "{told}");
    town.clock.advance_ms(HOUR_MS / 2 + MINUTE_MS);
    let told = list(&overdue).await;
    assert!(told.contains("**überfällig** seit Thu 2026-11-19 13:00"), "{told}");
    // Friday morning.
    town.clock.advance_ms(19 * HOUR_MS);
    let morning = town.message_saying(town.discord.dm(town.user("Anna")), "Guten Morgen").await;
    assert!(town.read(&morning).contains("**Überfällig: 1**"), "{}", town.read(&morning));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_that_has_just_come_is_not_overdue_for_a_quarter_of_an_hour() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("11 Uhr"))]).await;
    let list = async |view: &str| plain(&town.slash("Anna", "fälle", "followup list", &[("view", json!(view))]).await);
    town.clock.advance_ms(HOUR_MS + 14 * MINUTE_MS);
    town.message_saying(thread, "jetzt ist dran").await;
    assert!(!list("mine").await.contains("überfällig"), "{}", list("mine").await);
    assert!(list("overdue").await.contains("Nichts ist überfällig."));
    town.clock.advance_ms(2 * MINUTE_MS);
    assert!(list("mine").await.contains("**überfällig** seit Thu 2026-11-19 10:00"), "{}", list("mine").await);
    assert!(list("overdue").await.contains("Prüfen"));
    let told = list("undelivered").await;
    assert!(told.contains("Alle Erinnerungen kamen an.") && !told.contains("Nichts offen"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_somebody_elses_is_said_to_be_theirs_however_it_is_named() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Ben", thread, &[("what", json!("Beleg anfordern")), ("when", json!("morgen"))]).await;
    add(&town, "Ben", thread, &[("what", json!("Ware wiegen")), ("when", json!("morgen"))]).await;
    let number = plain(&town.slash_in("Ben", "de", thread, "followup list", &[]).await);
    let number = number.split('`').nth(1).unwrap().trim().to_owned();
    for (command, more) in
        [("followup done", None), ("followup snooze", Some(("when", json!("morgen")))), ("followup cancel", None)]
    {
        for named in [Some("beleg"), Some(number.as_str()), Some("#1"), None] {
            let mut options: Vec<_> = more.clone().into_iter().collect();
            options.extend(named.map(|named| ("followup", json!(named))));
            let told = town.slash_in("Anna", "de", thread, command, &options).await;
            assert!(told.starts_with("Darum kümmert sich @Ben."), "{command} {named:?}: {told}");
        }
    }
    let clara = town.slash_in("Clara", "de", thread, "followup done", &[("followup", json!("wiegen"))]).await;
    assert!(plain(&clara).starts_with("Erledigt von @Clara: Ware wiegen"), "who leads may: {clara}");
    add(&town, "Clara", thread, &[("what", json!("Beleg prüfen")), ("when", json!("morgen"))]).await;
    let told = town.slash_in("Anna", "de", thread, "followup done", &[("followup", json!("beleg"))]).await;
    assert!(told.starts_with("Was hier passt, liegt bei anderen: @Ben, @Clara."), "{told}");
    let told = town.slash_in("Anna", "de", thread, "followup done", &[("followup", json!("nirgends"))]).await;
    assert!(told.starts_with("Ein offenes Nachfassen „nirgends“ finde ich nicht."), "{told}");
    // What is her own comes first, whatever else fits.
    add(&town, "Anna", thread, &[("what", json!("Beleg ablegen")), ("when", json!("morgen"))]).await;
    let told = town.slash_in("Anna", "de", thread, "followup done", &[("followup", json!("beleg"))]).await;
    assert!(plain(&told).starts_with("Erledigt von @Anna: Beleg ablegen"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suggestions_show_minutes_and_a_direct_message_offers_all_that_a_thread_does() {
    let town = Town::new().await;
    let fälle = town.channel("fälle");
    add(&town, "Anna", fälle, &[("what", json!("Anrufen")), ("when", json!("in 90 Sekunden"))]).await;
    let offered = crate::cases::suggest(&town, "Anna", "followup done", "followup", "anrufen").await;
    assert!(offered[0].contains(", 10:01 Uhr") || offered[0].contains(", 10:02 Uhr"), "{offered:?}");
    town.clock.advance_ms(3 * MINUTE_MS);
    let reminder = town.message_saying(town.discord.dm(town.user("Anna")), "jetzt ist dran: **Anrufen**").await;
    let text = town.read(&reminder);
    assert!(text.contains("[Erledigt]") && text.ends_with("[Übergeben]"), "{text}");
}
