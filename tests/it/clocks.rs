//! What runs beside a case: the first answer, the next update, the check after closing. Warned of in time, at work, once.

use serde_json::{Value, json};

use crate::harness::Town;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Sends the clock on, and gives what the outbox does a moment.
async fn later(town: &Town, ms: i64) {
    town.clock.advance_ms(ms);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
}

/// Every message of a channel, as people read it.
fn all(town: &Town, channel: u64) -> Vec<String> {
    town.discord.messages(channel).iter().map(|message| town.read(message)).collect()
}

fn saying(town: &Town, channel: u64, text: &str) -> usize {
    all(town, channel).iter().filter(|message| message.contains(text)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_of_nobody_is_told_to_the_lead_before_a_days_answer_is_late() {
    let mut town = Town::new().await;
    let thread = town.opened("Rechnung 4711").await;
    let lead = town.channel("leitung");
    later(&town, 22 * HOUR_MS).await;
    town.restart().await;
    assert_eq!(saying(&town, lead, "erste Antwort"), 0, "never early");
    later(&town, HOUR_MS).await;
    let warning = town.message_saying(lead, "wartet noch auf die erste Antwort").await;
    insta::assert_snapshot!(town.read(&warning), @r"
    @Leitung: Fall #1 in #… wartet noch auf die erste Antwort, und niemand ist zuständig. Fällig ist sie bis Fri 2026-11-20 09:00 (…).
    [Übernehmen] [Beantwortet] [+1 Std.]
    ");
    assert!(!town.read(&warning).contains("Rechnung"), "what it is about stays in its thread");
    let sent =
        town.discord.requests().into_iter().rfind(|r| r.body["content"].to_string().contains("erste Antwort")).unwrap();
    let only = json!({ "parse": [], "users": [], "roles": [town.discord.world().role("Leitung").to_string()] });
    assert_eq!(sent.body["allowed_mentions"]["roles"], only["roles"], "{}", sent.body["allowed_mentions"]);
    assert_eq!((sent.pings.everyone, sent.pings.users.len()), (false, 0), "{:?}", sent.pings);
    town.press("Clara", "de", &warning, "Übernehmen").await;
    town.card_saying(thread, "Zuständig: @Clara").await;
    let told = town.press("Clara", "de", &warning, "Beantwortet").await;
    assert!(town.told(&told).await.starts_with("Erledigt von @Clara: Erste Antwort"));
    later(&town, 3 * DAY_MS).await;
    assert_eq!(saying(&town, lead, "erste Antwort"), 0, "the question became its answer, and none came after it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_is_warned_in_the_thread_and_the_first_answer_ends_the_clock() {
    let town = Town::new().await;
    town.slash("Admin", "fälle", "setup", &[("language", json!("en"))]).await;
    let thread = town.opened("No parcel").await;
    town.slash_in("Ben", "en-GB", thread, "case claim", &[]).await;
    later(&town, 23 * HOUR_MS).await;
    let warning = town.message_saying(thread, "is still waiting for its first answer").await;
    insta::assert_snapshot!(town.read(&warning), @r"
    @Ben, case #1 is still waiting for its first answer, due by Fri 2026-11-20 09:00 (…).
    [Answered] [+1 h]
    ");
    assert_eq!(saying(&town, town.channel("leitung"), "first answer"), 0);
    let told = town.press("Anna", "en-GB", &warning, "Answered").await;
    assert!(town.told(&told).await.starts_with("Done by @Anna: First answer"), "anybody on the team may say so");

    town.slash_in("Anna", "en-GB", town.channel("fälle"), "case open", &[("title", json!("Second"))]).await;
    let second = crate::harness::id(&town.cards(2).await[1]["channel_id"]);
    let told = town.slash_in("Anna", "en-GB", second, "case update", &[("status", json!("waiting_customer"))]).await;
    assert!(told.contains("[Plan a reminder]"), "{told}");
    later(&town, 4 * DAY_MS).await;
    assert_eq!(saying(&town, second, "first answer") + saying(&town, town.channel("leitung"), "first answer"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fridays_case_has_until_monday_and_urgent_ones_wait_for_nobodys_hours() {
    let town = Town::new().await;
    let lead = town.channel("leitung");
    // Friday, 16:00 in Berlin.
    later(&town, 30 * HOUR_MS).await;
    town.opened("Freitag spät").await;
    later(&town, 2 * DAY_MS + 16 * HOUR_MS).await;
    assert_eq!(saying(&town, lead, "erste Antwort"), 0, "nobody is asked at the weekend");
    later(&town, 7 * HOUR_MS + 60_000).await;
    let warning = town.message_saying(lead, "erste Antwort").await;
    assert!(town.read(&warning).contains("bis Mon 2026-11-23 15:00"), "{}", town.read(&warning));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_team_says_how_long_a_first_answer_may_take_or_that_nobody_counts() {
    let town = Town::new().await;
    let told =
        town.slash("Admin", "fälle", "setup", &[("first_response", json!(4)), ("success_check", json!(0))]).await;
    assert!(
        told.contains("Erste Antwort: innerhalb von 4 Stunden") && told.contains("Erfolgskontrolle: aus"),
        "{told}"
    );
    town.opened("Vier Stunden").await;
    later(&town, 3 * HOUR_MS + 60_000).await;
    town.message_saying(town.channel("leitung"), "erste Antwort").await;
    let told = town.slash_en("Admin", "fälle", "setup", &[("first_response", json!(0))]).await;
    assert!(told.contains("First answer: off"), "{told}");
    town.slash("Anna", "fälle", "case open", &[("title", json!("Ohne Uhr"))]).await;
    later(&town, 4 * DAY_MS).await;
    assert_eq!(saying(&town, town.channel("leitung"), "Fall #2"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promised_update_is_warned_of_an_hour_before_and_moves_when_it_is_promised_anew() {
    let mut town = Town::new().await;
    let thread = town.opened("Ersatzteil").await;
    town.slash_in("Ben", "de", thread, "case claim", &[]).await;
    let update = |when: &str| vec![("next_update", json!(when))];
    let offered = crate::cases::suggest(&town, "Anna", "case update", "next_update", "freitag 12").await;
    assert_eq!(offered, ["Freitag, 20. November 2026, 12:00 Uhr (CET)"]);
    let told = town.slash_in("Anna", "de", thread, "case update", &update("heute 14 Uhr")).await;
    insta::assert_snapshot!(told, @r"
    **#1 · Ersatzteil** ist aktualisiert:
    - Nachfassen: Nächstes Update – @Ben, Thu 2026-11-19 13:00 (…)
    ");
    let told = town.slash_in("Anna", "en-GB", thread, "case update", &update("Friday noon")).await;
    assert!(told.contains("moved: Next update"), "{told}");
    town.restart().await;
    later(&town, 24 * HOUR_MS).await;
    assert_eq!(saying(&town, thread, "zugesagt bis"), 0, "the first date no longer counts");
    later(&town, HOUR_MS + 1_000).await;
    let warning = town.message_saying(thread, "zugesagt bis").await;
    insta::assert_snapshot!(town.read(&warning), @r"
    @Ben, zu Fall #1 ist das nächste Update zugesagt bis Fri 2026-11-20 11:00 (…).
    [Update gegeben] [+1 Std.]
    ");
    let done = town.press("Ben", "de", &warning, "Update gegeben").await;
    assert!(town.told(&done).await.starts_with("Erledigt von @Ben: Nächstes Update"));
    let told = town.slash_in("Anna", "de", thread, "case update", &update("gestern")).await;
    assert!(told.contains("gestern"), "{told}");
    assert_eq!(saying(&town, thread, "zugesagt bis"), 0, "one warning, answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_asks_a_week_later_whether_the_solution_held_and_a_no_opens_the_case_again() {
    let mut town = Town::new().await;
    let thread = town.opened("Kaffeemaschine tropft").await;
    town.slash_in("Ben", "de", thread, "case claim", &[]).await;
    let promise = [("what", json!("Nachfragen")), ("when", json!("in 3 Tagen"))];
    town.slash_in("Ben", "de", thread, "followup add", &promise).await;
    let told = town.slash_in("Ben", "de", thread, "case close", &[("resolution", json!("Dichtung getauscht"))]).await;
    assert!(
        told.contains("zurückgenommen: Nachfragen") && told.contains("Nachfassen: Erfolgskontrolle – @Ben"),
        "{told}"
    );
    town.restart().await;
    later(&town, 7 * DAY_MS - 60_000).await;
    assert_eq!(saying(&town, thread, "Hat die Lösung gehalten"), 0);
    later(&town, 61_000).await;
    let question = town.message_saying(thread, "Hat die Lösung gehalten").await;
    insta::assert_snapshot!(town.read(&question), @r"
    @Ben, Fall #1 ist seit einer Weile geschlossen. Hat die Lösung gehalten, und ist die Kundin oder der Kunde zufrieden?
    [Zufrieden] [Nicht zufrieden] [+1 Std.]
    ");
    let refused = town.press("Anna", "de", &question, "Zufrieden").await;
    assert!(town.told(&refused).await.contains("Darum kümmert sich @Ben"));
    let told = town.press("Ben", "de", &question, "Nicht zufrieden").await;
    insta::assert_snapshot!(town.told(&told).await, @r"Erfolgskontrolle zu Fall #1 von @Ben: nicht zufrieden. Der Fall ist wieder offen, mit seinem ganzen Verlauf.");
    let card = town.card_saying(thread, "Erfolgskontrolle: nicht zufrieden").await;
    let card = town.read(&card);
    assert!(card.contains("Status: offen") && card.contains("hat den Fall wieder geöffnet"), "{card}");
    let again = town.press("Ben", "de", &question, "Zufrieden").await;
    assert!(!town.told(&again).await.contains("zufrieden."), "a question is answered once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_waits_for_the_next_working_day_and_reopening_takes_it_back() {
    let town = Town::new().await;
    town.slash("Admin", "fälle", "setup", &[("success_check", json!(2)), ("language", json!("en"))]).await;
    let thread = town.opened("Over the weekend").await;
    let told = town.slash_in("Anna", "en-GB", thread, "case close", &[]).await;
    assert!(told.contains("Success check – @Anna, Mon 2026-11-23 08:00"), "two days later is Saturday: {told}");
    town.slash_in("Anna", "en-GB", thread, "case reopen", &[]).await;
    town.slash_in("Anna", "en-GB", thread, "case close", &[]).await;
    later(&town, 4 * DAY_MS - HOUR_MS + 1_000).await;
    let question = town.message_saying(thread, "Did the solution hold").await;
    assert_eq!(saying(&town, thread, "Did the solution hold"), 1, "one check, whatever went before");
    let told = town.press("Anna", "de", &question, "Satisfied").await;
    assert_eq!(town.told(&told).await, "Success check of case #1 by @Anna: satisfied.");
    town.card_saying(thread, "success check: satisfied").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_says_when_a_case_is_nobodys() {
    let town = Town::new().await;
    let thread = town.opened("Niemandes Fall").await;
    let options: [(&str, Value); 2] = [("what", json!("Prüfen")), ("when", json!("in 1 Stunde"))];
    town.slash_in("Anna", "de", thread, "followup add", &options).await;
    later(&town, HOUR_MS + 1_000).await;
    let reminder = town.message_saying(thread, "jetzt ist dran").await;
    assert!(town.read(&reminder).contains("noch niemand zuständig"), "{}", town.read(&reminder));
    // Said once: a reminder of something else does not say it again while this one stands.
    let options: [(&str, Value); 2] = [("what", json!("Anrufen")), ("when", json!("in 1 Stunde"))];
    town.slash_in("Anna", "de", thread, "followup add", &options).await;
    later(&town, HOUR_MS + 60_000).await;
    let second = town.message_saying(thread, "jetzt ist dran: **Anrufen**").await;
    assert!(!town.read(&second).contains("noch niemand zuständig"), "{}", town.read(&second));
}
