//! Discord misbehaves; nothing is lost, nothing is doubled.

use serde_json::{Value, json};

use crate::harness::{SOON, Town, id, postgres};

/// Opens a case, makes a promise, lets it come due under a fault, and counts what people see.
async fn one_card_and_one_reminder_under(fault: Value, route: &str, when: When) -> Town {
    let town = Town::new().await;
    let armed = |route: &str| {
        let mut fault = fault.clone();
        fault["route"] = json!(route);
        fault
    };
    if when == When::Opening {
        town.arm(armed(route));
    }
    let thread = town.opened("Sturm").await;
    town.slash_in("Anna", "de", thread, "followup add", &[("what", json!("Melden")), ("when", json!("in 1 Stunde"))])
        .await;
    town.card_saying(thread, "Nächstes Nachfassen").await;
    if when == When::Due {
        town.arm(armed(&format!("POST /channels/{thread}/messages")));
    }
    town.clock.advance_ms(3_600_000);
    let patient = std::time::Duration::from_secs(75);
    let due = |discord: &ruhepol::sandbox::Discord| discord.messages(thread).len() >= 2;
    assert!(town.discord.until(due, patient).await, "the reminder comes in spite of {fault}");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(town.discord.threads(town.channel("fälle")).len(), 1, "one thread");
    let messages = town.discord.messages(thread);
    assert_eq!(
        messages.len(),
        2,
        "one card, one reminder: {:#?}",
        messages.iter().map(|m| town.read(m)).collect::<Vec<_>>()
    );
    town
}

#[derive(PartialEq)]
enum When {
    Opening,
    Due,
}

macro_rules! storms {
    ($($name:ident: $fault:tt, $route:expr, $when:expr;)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            one_card_and_one_reminder_under(json!($fault), $route, $when).await;
        }
    )+};
}

storms! {
    a_429_on_the_reminder_waits_and_is_no_attempt: { "kind": "429", "retry_after": 1.5, "count": 2 }, "", When::Due;
    a_5xx_before_acceptance_is_tried_again: { "kind": "500_before" }, "", When::Due;
    a_5xx_after_acceptance_leaves_one_reminder: { "kind": "500_after" }, "", When::Due;
    a_lost_response_leaves_one_reminder: { "kind": "lose_response" }, "", When::Due;
    a_429_on_the_thread_waits: { "kind": "429", "retry_after": 1.0 }, "/threads", When::Opening;
    a_5xx_after_the_thread_was_made_leaves_one_thread: { "kind": "500_after" }, "/threads", When::Opening;
    a_lost_response_to_the_thread_leaves_one_thread: { "kind": "lose_response" }, "/threads", When::Opening;
    a_5xx_before_the_card_is_tried_again: { "kind": "500_before", "count": 2 }, "/messages", When::Opening;
    a_lost_response_to_the_card_leaves_one_card: { "kind": "lose_response" }, "/messages", When::Opening;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_socket_op_7_and_op_9_are_survived() {
    let town = Town::new().await;
    for (n, fault) in [
        json!({ "kind": "drop_socket" }),
        json!({ "kind": "reconnect" }),
        json!({ "kind": "invalid_session", "resumable": true }),
        json!({ "kind": "invalid_session", "resumable": false }),
    ]
    .into_iter()
    .enumerate()
    {
        town.arm(fault.clone());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(town.discord.until(ruhepol::sandbox::Discord::bot_online, 2 * SOON).await, "back after {fault}");
        let mut told = String::new();
        for _ in 0..20 {
            told = town.slash("Anna", "fälle", "case open", &[("title", json!(format!("Nach {n}")))]).await;
            if told.contains(" ist eröffnet") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
        assert!(told.contains(&format!("Nach {n}")), "{fault}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_gone_people_are_told_and_afterwards_everything_goes_on() {
    let Some(server) = postgres::Server::start() else { return };
    let town = Town::on_server(&server).await;
    let thread = town.opened("Vorher").await;
    town.slash_in("Anna", "de", thread, "followup add", &[("what", json!("Melden")), ("when", json!("in 1 Stunde"))])
        .await;
    server.pause();
    let told = town.slash("Anna", "fälle", "case open", &[("title", json!("Währenddessen"))]).await;
    assert!(told.starts_with("Der Speicher antwortet gerade nicht"), "{told}");
    let told = town.slash_en("Ben", "fälle", "case list", &[]).await;
    assert!(told.starts_with("The storage does not answer"), "{told}");
    assert!(town.slash("Ben", "fälle", "help", &[]).await.contains("Was möchtest du tun?"), "help needs no database");
    town.clock.advance_ms(3_600_000);
    server.resume();
    town.message_saying(thread, "jetzt ist dran").await;
    let told = town.slash("Anna", "fälle", "case open", &[("title", json!("Nachher"))]).await;
    assert!(told.contains("#2 · Nachher"), "no number was lost to the refused one: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replayed_events_are_one_wish() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Einmal"))]).await;
    town.arm(json!({ "kind": "replay", "count": 20 }));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let list = town.slash("Anna", "fälle", "case list", &[("view", json!("all"))]).await;
    assert!(list.contains("#1 · Einmal") && !list.contains("#2"), "{list}");
    town.card().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_a_guild_is_no_removal() {
    let town = Town::new().await;
    let thread = town.opened("Bleibt").await;
    town.slash_in("Anna", "de", thread, "followup add", &[("what", json!("Melden")), ("when", json!("in 1 Stunde"))])
        .await;
    let guild = town.discord.world().guild("Musterfirma Support").to_string();
    town.arm(json!({ "kind": "unavailable_guild", "guild_id": guild }));
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    town.arm(json!({ "kind": "available_guild", "guild_id": guild }));
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    town.clock.advance_ms(3_600_000);
    town.message_saying(thread, "Melden").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_thread_gets_a_new_one_and_a_deleted_channel_is_said_aloud() {
    let town = Town::new().await;
    let thread = town.opened("Gelöscht").await;
    town.arm(json!({ "kind": "channel_deleted", "channel_id": thread.to_string() }));
    town.slash("Anna", "fälle", "case update", &[("case", json!("1")), ("mood", json!(1))]).await;
    let card = town.card().await;
    assert_ne!(id(&card["channel_id"]), thread);
    town.slash(
        "Anna",
        "fälle",
        "followup add",
        &[("what", json!("Trotzdem")), ("when", json!("in 1 Stunde")), ("case", json!("1"))],
    )
    .await;
    town.card_saying(id(&card["channel_id"]), "Nächstes Nachfassen").await;
    town.arm(json!({ "kind": "channel_deleted", "channel_id": card["channel_id"] }));
    town.arm(json!({ "kind": "channel_deleted", "channel_id": town.channel("fälle").to_string() }));
    town.clock.advance_ms(3_600_000);
    // The thread is gone and its channel too: the promise reaches its assignee directly.
    let dm = town.discord.dm(town.user("Anna"));
    town.message_saying(dm, "Trotzdem").await;
}
