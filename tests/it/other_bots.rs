//! What breaks in other bots, where no other test says so: each a promise of ours that others have broken. The rest of the
//! list is tested where it belongs: in `kill`, `proof`, `chaos`, `refusals`, the store's suite and delivery's own tests.

use std::time::Duration;

use serde_json::json;

use crate::harness::Town;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Time for a wrong reminder to show.
async fn a_while() {
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_in_sixty_days_comes_then_and_no_timer_overflows() {
    let town = Town::new().await;
    let thread = town.opened("Jahresgespräch").await;
    let options = [("what", json!("Nachhaken")), ("when", json!("in 60 Tagen"))];
    town.slash_in("Anna", "de", thread, "followup add", &options).await;
    town.card_saying(thread, "Nächstes Nachfassen").await;
    // Other bots fire at once after 2^31 ms, which is 24.8 days.
    for days in [0, 25, 25, 9] {
        town.clock.advance_ms(days * DAY_MS);
        a_while().await;
        assert_eq!(town.discord.messages(thread).len(), 1, "not yet");
    }
    town.clock.advance_ms(DAY_MS);
    town.message_saying(thread, "Nachhaken").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_internal_note_moves_no_promise_and_starts_none_again() {
    let town = Town::new().await;
    let thread = town.opened("Notiz").await;
    let options = [("what", json!("Melden")), ("when", json!("in 1 Stunde"))];
    town.slash_in("Anna", "de", thread, "followup add", &options).await;
    town.card_saying(thread, "Nächstes Nachfassen").await;
    town.clock.advance_ms(HOUR_MS - 60_000);
    town.slash_in("Ben", "de", thread, "case note", &[("text", json!("Lager gefragt"))]).await;
    town.card_saying(thread, "Lager gefragt").await;
    town.clock.advance_ms(60_000);
    town.message_saying(thread, "jetzt ist dran").await;
    town.slash_in("Ben", "de", thread, "case note", &[("text", json!("Noch einmal"))]).await;
    town.clock.advance_ms(HOUR_MS);
    a_while().await;
    let reminders =
        town.discord.messages(thread).iter().filter(|one| one.to_string().contains("jetzt ist dran")).count();
    assert_eq!(reminders, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_put_off_is_not_forgotten_when_somebody_replies() {
    let town = Town::new().await;
    let thread = town.opened("Aufgeschoben").await;
    let options = [("what", json!("Melden")), ("when", json!("in 1 Stunde"))];
    town.slash_in("Anna", "de", thread, "followup add", &options).await;
    town.card_saying(thread, "Nächstes Nachfassen").await;
    town.clock.advance_ms(HOUR_MS);
    let reminder = town.message_saying(thread, "jetzt ist dran").await;
    let later = town.press("Anna", "de", &reminder, "+1 Std.").await;
    town.told(&later).await;
    town.discord.say(town.user("Ben"), thread, "Der Kunde hat geantwortet.").await;
    town.clock.advance_ms(HOUR_MS + 60_000);
    let first = reminder["id"].clone();
    let again = |discord: &ruhepol::sandbox::Discord| {
        discord.messages(thread).iter().any(|one| one["id"] != first && one.to_string().contains("jetzt ist dran"))
    };
    assert!(town.discord.until(again, Duration::from_secs(20)).await, "it comes again");
}
