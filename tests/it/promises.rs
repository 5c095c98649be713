//! Follow-ups, as agents live them: due, done, later, never early, never twice.

use serde_json::json;

use crate::harness::{SOON, Town, id};

const HOUR_MS: i64 = 3_600_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_comes_due_in_the_cases_thread_and_mentions_only_its_assignee() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    let told = town
        .slash_in(
            "Anna",
            "de",
            thread,
            "followup add",
            &[
                ("what", json!("Gutschrift prüfen @everyone")),
                ("when", json!("in 2 Stunden")),
                ("who", json!(town.user("Ben").to_string())),
            ],
        )
        .await;
    insta::assert_snapshot!(told.replace('\u{2060}', ""), @r"
    Ist notiert: Gutschrift prüfen @everyone – @Ben bekommt Thu 2026-11-19 11:00 (…) eine Erinnerung.
    Gehört zu Fall #1.
    [Ändern] [Rückgängig]
    ");
    town.clock.advance_ms(2 * HOUR_MS - 10_000);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 1, "never early");
    town.clock.advance_ms(10_000);
    let reminder = town.message_saying(thread, "jetzt ist dran").await;
    insta::assert_snapshot!(town.read(&reminder).replace('\u{2060}', ""), @r"
    @Ben, jetzt ist dran: **Gutschrift prüfen @everyone**
    Fällig Thu 2026-11-19 11:00 (…).
    Für diesen Fall ist noch niemand zuständig; `/fall übernehmen` ändert das.
    [Erledigt] [+1 Std.] [Morgen] [Nächsten Montag] [Zeit wählen …]
    [Übergeben]
    ");
    let sent = town
        .discord
        .requests()
        .into_iter()
        .rfind(|r| r.body["content"].to_string().contains("jetzt ist dran"))
        .unwrap();
    assert_eq!((sent.pings.everyone, sent.pings.users.len()), (false, 1), "{:?}", sent.pings);

    let later = town.press("Ben", "de", &reminder, "+1 Std.").await;
    let text = town.told(&later).await.replace('\u{2060}', "");
    assert!(text.starts_with("Verschoben von @Ben: Gutschrift prüfen"), "{text}");
    // An hour from the press, on a whole minute.
    town.clock.advance_ms(HOUR_MS + 60_000);
    let again = |discord: &ruhepol::sandbox::Discord| discord.messages(thread).len() == 3;
    assert!(town.discord.until(again, SOON).await, "the reminder comes again, once");
    let second = town.discord.messages(thread).pop().unwrap();
    let done = town.press("Ben", "de", &second, "Erledigt").await;
    assert!(town.told(&done).await.starts_with("Erledigt von @Ben"));
    town.clock.advance_ms(48 * HOUR_MS);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 4, "what is done stays done; Anna, who wrote it down, was told");
    let list = town.slash("Ben", "fälle", "followup list", &[]).await;
    assert!(list.contains("Nichts offen"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_without_a_case_comes_as_a_direct_message() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "followup add", &[("what", json!("Urlaub eintragen")), ("when", json!("in 30 min"))])
        .await;
    town.clock.advance_ms(HOUR_MS / 2);
    let dm = town.discord.dm(town.user("Anna"));
    let reminder = town.message_saying(dm, "Urlaub eintragen").await;
    let done = town.press("Anna", "en-GB", &reminder, "Erledigt").await;
    assert!(town.told(&done).await.starts_with("Erledigt von @Anna"), "posts speak the guild's language");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_direct_messages_are_closed_the_alert_channel_gets_a_mention_without_the_text() {
    let town = Town::new().await;
    let clara = town.user("Clara");
    town.arm(json!({ "kind": "dm_closed", "user_id": clara.to_string() }));
    town.slash("Clara", "fälle", "followup add", &[("what", json!("Streng geheim")), ("when", json!("in 30 min"))])
        .await;
    town.clock.advance_ms(HOUR_MS / 2);
    let alert = town.message_saying(town.channel("leitung"), "eine Erinnerung wartet auf dich").await;
    let text = town.read(&alert);
    assert!(!text.contains("geheim") && text.contains("@Clara") && text.contains("[Anzeigen]"), "{text}");
    let shown = town.press("Clara", "de", &alert, "Anzeigen").await;
    assert!(town.told(&shown).await.contains("Streng geheim"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_assignee_does_not_see_the_alert_channel_the_lead_is_asked_to_help_and_no_text_is_spilled() {
    let town = Town::new().await;
    let anna = town.user("Anna");
    town.arm(json!({ "kind": "dm_closed", "user_id": anna.to_string() }));
    town.slash("Anna", "fälle", "followup add", &[("what", json!("Streng geheim")), ("when", json!("in 30 min"))])
        .await;
    town.clock.advance_ms(HOUR_MS / 2);
    let alert = town.message_saying(town.channel("leitung"), "kam nirgends an").await;
    let text = town.read(&alert);
    assert!(!text.contains("geheim") && text.contains("@Anna") && text.contains("[Übergeben]"), "{text}");
    let missed = town.slash("Anna", "fälle", "followup list", &[("view", json!("undelivered"))]).await;
    assert!(missed.contains("Streng geheim"), "and it does not count as delivered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_who_left_had_promised_is_handed_to_the_lead() {
    let town = Town::new().await;
    let thread = town.opened("Übergabe").await;
    let ben = town.user("Ben").to_string();
    let (what, when) = (("what", json!("Rückruf")), ("when", json!("in 30 min")));
    town.slash_in("Anna", "de", thread, "followup add", &[what, when, ("who", json!(ben))]).await;
    town.arm(json!({ "kind": "user_left", "user_id": ben }));
    town.clock.advance_ms(HOUR_MS / 2);
    let alert = town.message_saying(town.channel("leitung"), "nicht mehr auf diesem Server").await;
    assert!(town.read(&alert).contains("[Übergeben]"), "{}", town.read(&alert));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_due_while_the_bot_was_away_comes_late_and_says_so() {
    let mut town = Town::new().await;
    let thread = town.opened("Nacht").await;
    town.slash_in(
        "Anna",
        "de",
        thread,
        "followup add",
        &[("what", json!("Zurückrufen")), ("when", json!("in 1 Stunde"))],
    )
    .await;
    town.stop().await;
    town.clock.advance_ms(5 * HOUR_MS);
    town.start().await;
    let reminder = town.message_saying(thread, "kommt verspätet").await;
    assert!(town.read(&reminder).contains("Zurückrufen"), "{}", town.read(&reminder));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_assignee_creator_and_lead_may_end_a_promise() {
    let town = Town::new().await;
    let thread = town.opened("Rechte").await;
    town.slash_in("Anna", "de", thread, "followup add", &[("what", json!("Prüfen")), ("when", json!("in 1 Minute"))])
        .await;
    town.clock.advance_ms(60_000);
    let reminder = town.message_saying(thread, "jetzt ist dran").await;
    let refused = town.press("Ben", "de", &reminder, "Erledigt").await;
    assert!(town.told(&refused).await.contains("Darum kümmert sich @Anna"));
    let done = crate::harness::button(&reminder, "Erledigt").unwrap();
    let kim = town.user("Kim");
    let forged = town.discord.forge(kim, "de", thread, id(&reminder["id"]), &done, &[]).await;
    assert!(town.told(&forged).await.starts_with("Dafür brauchst du die Rolle"));
    let done = town.press("Clara", "de", &reminder, "Erledigt").await;
    assert!(town.told(&done).await.contains("Erledigt von @Clara"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_parsed_time_is_offered_while_typing_and_understood_when_chosen() {
    let town = Town::new().await;
    let offered = crate::cases::suggest(&town, "Anna", "followup add", "when", "nächsten Montag um 10").await;
    assert_eq!(offered, ["Montag, 23. November 2026, 10:00 Uhr (CET)"]);
    let told = town
        .slash("Anna", "fälle", "followup add", &[("what", json!("x")), ("when", json!("2026-11-23 10:00:00"))])
        .await;
    assert!(told.contains("Mon 2026-11-23 09:00"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reminders_work_on_postgres_too() {
    let Some(mut town) = Town::on_postgres().await else { return };
    let thread = town.opened("Auf PostgreSQL").await;
    town.slash_in("Anna", "de", thread, "followup add", &[("what", json!("Melden")), ("when", json!("in 1 Stunde"))])
        .await;
    town.restart().await;
    town.clock.advance_ms(HOUR_MS);
    town.message_saying(thread, "Melden").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(town.discord.messages(thread).len(), 2, "one card, one reminder");
}
