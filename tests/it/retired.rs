//! A reminder that was sent tells what became of its promise, whatever way that went: no button stands for what no longer holds.

use serde_json::{Value, json};

use crate::harness::{SOON, Town, id};
use crate::life::{add, message_of, newest, plain};

const HOUR_MS: i64 = 3_600_000;

/// A reminder of Anna's in a case's thread.
async fn reminded(town: &Town) -> (u64, Value) {
    let thread = town.opened("Gutschrift").await;
    add(town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS + 60_000);
    let reminder = newest(town, thread, 2).await;
    (thread, reminder)
}

/// Waits until a message says `text`, and gives all of it.
async fn becomes(town: &Town, message: &Value, text: &str) -> String {
    let (channel, message) = (id(&message["channel_id"]), id(&message["id"]));
    let now = |discord: &ruhepol::sandbox::Discord| {
        plain(&discord.message(channel, message).map(|message| town.read(&message)).unwrap_or_default())
    };
    town.discord.until(|discord| now(discord).contains(text), SOON).await;
    let now = now(&town.discord);
    assert!(now.contains(text), "it never said {text}: {now}");
    now
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_ended_or_moved_by_a_command_is_seen_on_its_reminder() {
    let mut town = Town::new().await;
    let (thread, first) = reminded(&town).await;
    // The first try at the edit fails; it is not lost.
    town.arm(json!({ "kind": "500_before", "route": format!("PATCH /channels/{thread}/messages/{}", first["id"].as_str().unwrap()) }));
    town.slash_in("Anna", "de", thread, "followup snooze", &[("when", json!("heute 16 Uhr"))]).await;
    town.restart().await;
    let text = becomes(&town, &first, "Inzwischen geändert: Prüfen – @Anna, Thu 2026-11-19 15:00").await;
    assert!(!text.contains('['), "without buttons: {text}");
    town.clock.advance_ms(5 * HOUR_MS);
    let second = newest(&town, thread, 3).await;
    town.slash_in("Anna", "de", thread, "followup done", &[("outcome", json!("Stimmt"))]).await;
    let text = becomes(&town, &second, "Erledigt von @Anna: Prüfen").await;
    assert!(text.ends_with("Ergebnis: Stimmt"), "{text}");
    becomes(&town, &first, "Inzwischen geändert").await;
    let pings: usize = town
        .discord
        .requests()
        .iter()
        .filter(|request| request.method == "PATCH" && request.body["content"].to_string().contains("Prüfen"))
        .map(|request| request.pings.users.len())
        .sum();
    assert_eq!(pings, 0, "an edit pings nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_handing_over_one_reminder_has_buttons_and_not_two() {
    let town = Town::new().await;
    let (thread, reminder) = reminded(&town).await;
    let asked = message_of(&town, &town.press("Anna", "de", &reminder, "Übergeben").await).await;
    let select = asked["components"][0]["components"][0]["custom_id"].as_str().unwrap();
    let (channel, message) = (id(&asked["channel_id"]), id(&asked["id"]));
    let ben = town.user("Ben").to_string();
    town.discord.press(town.user("Anna"), "de", channel, message, select, &[&ben]).await;
    let text = becomes(&town, &reminder, "Inzwischen geändert: Prüfen – @Ben").await;
    assert!(!text.contains('['), "{text}");
    let new = newest(&town, thread, 3).await;
    assert!(town.read(&new).starts_with("@Ben, jetzt ist dran") && town.read(&new).contains("[Erledigt]"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_list_closing_the_case_and_direct_messages_end_it_visibly_too() {
    let town = Town::new().await;
    let (thread, reminder) = reminded(&town).await;
    let list = message_of(&town, &town.raw("Anna", "de", thread, "followup list", &[]).await).await;
    let select = &list["components"][0]["components"][0];
    let (custom_id, value) = (select["custom_id"].as_str().unwrap(), select["options"][0]["value"].as_str().unwrap());
    let (channel, message) = (id(&list["channel_id"]), id(&list["id"]));
    let shown = town.discord.press(town.user("Anna"), "de", channel, message, custom_id, &[value]).await;
    let shown = message_of(&town, &shown).await;
    town.press("Anna", "de", &shown, "Erledigt").await;
    becomes(&town, &reminder, "Erledigt von @Anna: Prüfen").await;

    let fälle = town.channel("fälle");
    add(&town, "Anna", fälle, &[("what", json!("Urlaub")), ("when", json!("in 1 Stunde"))]).await;
    add(&town, "Anna", thread, &[("what", json!("Nachhaken")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS + 60_000);
    let direct = town.message_saying(town.discord.dm(town.user("Anna")), "jetzt ist dran: **Urlaub**").await;
    let other = town.message_saying(thread, "jetzt ist dran: **Nachhaken**").await;
    let options = [("followup", json!("urlaub")), ("reason", json!("Fällt aus"))];
    let told = plain(&town.slash("Anna", "fälle", "followup cancel", &options).await);
    assert!(told.ends_with("Grund: Fällt aus"), "a reason is no outcome: {told}");
    becomes(&town, &direct, "Zurückgenommen von @Anna: Urlaub\nGrund: Fällt aus").await;
    town.slash_in("Ben", "de", thread, "case close", &[]).await;
    becomes(&town, &other, "Zurückgenommen von @Ben: Nachhaken").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pressed_button_shows_the_outcome_itself_and_nothing_is_edited_twice() {
    let town = Town::new().await;
    let (thread, reminder) = reminded(&town).await;
    let told = plain(&town.told(&town.press("Anna", "de", &reminder, "Erledigt").await).await);
    assert!(told.starts_with("Erledigt von @Anna: Prüfen"), "{told}");
    town.card_saying(thread, "nachgefasst: Prüfen").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let path = format!("/messages/{}", reminder["id"].as_str().unwrap());
    let edits = town.discord.requests().into_iter().filter(|r| r.method == "PATCH" && r.path.ends_with(&path)).count();
    assert_eq!(edits, 0, "the answer to the press has done it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_read_is_told_without_its_text() {
    let town = Town::new().await;
    town.arm(json!({ "kind": "dm_closed", "user_id": town.user("Clara").to_string() }));
    let fälle = town.channel("fälle");
    add(&town, "Clara", fälle, &[("what", json!("Streng geheim")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS + 60_000);
    let alert = town.message_saying(town.channel("leitung"), "eine Erinnerung wartet auf dich").await;
    town.slash("Clara", "fälle", "followup done", &[("followup", json!("geheim"))]).await;
    let text = becomes(&town, &alert, "Das ist inzwischen erledigt oder zurückgenommen.").await;
    assert!(!text.contains("geheim") && !text.contains('['), "{text}");
    // Nor does the word that a reminder reached nobody keep its buttons.
    town.arm(json!({ "kind": "dm_closed", "user_id": town.user("Anna").to_string() }));
    add(&town, "Anna", fälle, &[("what", json!("Auch geheim")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS + 60_000);
    let notice = town.message_saying(town.channel("leitung"), "für @Anna kam nirgends an").await;
    town.slash("Anna", "fälle", "followup snooze", &[("when", json!("morgen")), ("followup", json!("auch"))]).await;
    let text = becomes(&town, &notice, "Dazu hat sich inzwischen etwas geändert.").await;
    assert!(!text.contains("geheim") && !text.contains('['), "{text}");
}

/// Three of Anna's and Ben's in one message, with its list.
async fn bundled(town: &Town) -> (u64, Value) {
    let thread = town.opened("Drei auf einmal").await;
    for (user, what) in [("Anna", "Prüfen"), ("Anna", "Anrufen"), ("Ben", "Buchen")] {
        add(town, user, thread, &[("what", json!(what)), ("when", json!("heute 12 Uhr"))]).await;
    }
    town.clock.advance_ms(2 * HOUR_MS);
    let bundle = newest(town, thread, 2).await;
    assert!(town.read(&bundle).ends_with("(#1 · Prüfen)(#1 · Anrufen)(#1 · Buchen)"), "{}", town.read(&bundle));
    (thread, bundle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ended_or_moved_is_no_choice_of_its_bundle_any_more_and_the_message_says_so() {
    let mut town = Town::new().await;
    let (thread, bundle) = bundled(&town).await;
    let head = town.read(&bundle).lines().next().unwrap().to_owned();
    // Through the list that opens it …
    let select = &bundle["components"][0]["components"][0];
    let (custom_id, value) = (select["custom_id"].as_str().unwrap(), select["options"][0]["value"].as_str().unwrap());
    let shown = town.discord.press(town.user("Anna"), "de", thread, id(&bundle["id"]), custom_id, &[value]).await;
    let shown = message_of(&town, &shown).await;
    town.press("Anna", "de", &shown, "Erledigt").await;
    let text = becomes(&town, &bundle, "• ~~#1 · Prüfen~~ – erledigt von @Anna").await;
    assert!(text.starts_with(&head) && text.ends_with("(#1 · Anrufen)(#1 · Buchen)"), "{text}");
    // … by a command, with a first try at the edit that fails, over a restart …
    town.arm(json!({ "kind": "500_before", "route": format!("PATCH /channels/{thread}/messages/{}", bundle["id"].as_str().unwrap()) }));
    let options = [("when", json!("morgen 10 Uhr")), ("followup", json!("buchen"))];
    town.slash_in("Ben", "de", thread, "followup snooze", &options).await;
    town.restart().await;
    let text = becomes(&town, &bundle, "• #1 · Buchen – inzwischen geändert: @Ben, Fri 2026-11-20 09:00").await;
    assert!(text.ends_with("(#1 · Anrufen)"), "{text}");
    // … and the last of them with the case.
    town.slash_in("Ben", "de", thread, "case close", &[]).await;
    let text = becomes(&town, &bundle, "• ~~#1 · Anrufen~~ – zurückgenommen von @Ben").await;
    assert!(text.starts_with("@Anna, @Ben, von diesen Erinnerungen ist keine mehr offen:"), "{text}");
    assert!(!text.contains('(') || !text.contains(")("), "without controls: {text}");
    assert_eq!(town.discord.message(thread, id(&bundle["id"])).unwrap()["components"], json!([]));
    let path = format!("/messages/{}", bundle["id"].as_str().unwrap());
    let edits: Vec<_> =
        town.discord.requests().into_iter().filter(|r| r.method == "PATCH" && r.path.ends_with(&path)).collect();
    assert!(edits.iter().all(|edit| edit.pings.users.is_empty()), "an edit pings nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_a_case_edits_its_bundle_no_more_often_than_needed_also_on_postgres() {
    let Some(town) = Town::on_postgres().await else { return };
    let (thread, bundle) = bundled(&town).await;
    town.slash_in("Ben", "de", thread, "case close", &[]).await;
    becomes(&town, &bundle, "keine mehr offen").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let path = format!("/messages/{}", bundle["id"].as_str().unwrap());
    let edits = town.discord.requests().into_iter().filter(|r| r.method == "PATCH" && r.path.ends_with(&path)).count();
    assert_eq!(edits, 1, "one for all three");
}
