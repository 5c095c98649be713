//! Ten minutes before answering: a timer of one's own.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{SOON, Town};

async fn heated_draft(town: &Town, locale: &str) -> Value {
    let channel = town.channel("fälle");
    let form = town.raw("Anna", locale, channel, "draft", &[]).await;
    let text =
        if locale == "de" { "Sie sind doch völlig unfähig, Kanarienpause!" } else { "You are completely useless." };
    let answer = town.submit("Anna", locale, channel, &form, &[("draft", text)]).await;
    town.discord.final_answer(answer.interaction, SOON).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_ends_with_a_private_word_once_also_over_a_restart() {
    let mut town = Town::new().await;
    let checked = heated_draft(&town, "de").await;
    let answer = town.press("Anna", "de", &checked, "10 Minuten warten").await;
    let told = town.told(&answer).await;
    assert!(told.contains("Thu 2026-11-19 09:1") && answer.message.as_ref().unwrap()["flags"] == json!(64), "{told}");
    // Pressed twice it is one pause, and the first one's time counts.
    town.discord.advance(Duration::from_mins(2));
    let again = town.press("Anna", "de", &checked, "10 Minuten warten").await;
    assert_eq!(town.told(&again).await, told);
    let anna = town.user("Anna");
    town.discord.advance(Duration::from_mins(7));
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(town.discord.dms(anna).len(), 0, "never early");
    town.restart().await;
    town.discord.advance(Duration::from_mins(2));
    town.discord.until(|discord| !discord.dms(anna).is_empty(), SOON).await;
    town.discord.advance(Duration::from_mins(30));
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let words = town.discord.dms(anna);
    assert_eq!(words.len(), 1, "{words:#?}");
    let said = town.read(&words[0]);
    assert!(said.contains("zehn Minuten sind um") && !said.contains("Kanarienpause"), "{said}");
    let form = town.press("Anna", "de", &words[0], "Entwurf noch einmal prüfen").await;
    assert!(form.modal.is_some(), "{form:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_learns_of_a_pause_even_when_it_cannot_arrive() {
    let town = Town::new().await;
    town.arm(json!({ "kind": "dm_closed", "user_id": town.user("Anna").to_string() }));
    let checked = heated_draft(&town, "en-GB").await;
    let answer = town.press("Anna", "en-GB", &checked, "Wait 10 minutes").await;
    assert!(town.told(&answer).await.contains("Nobody else learns of it"), "{answer:?}");
    town.discord.advance(Duration::from_mins(11));
    let tried = |discord: &ruhepol::sandbox::Discord| discord.requests().iter().any(|it| it.status == 403);
    assert!(town.discord.until(tried, SOON).await, "it was tried");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    for channel in ["leitung", "fälle", "allgemein"] {
        assert!(town.discord.messages(town.channel(channel)).is_empty(), "nothing in {channel}");
    }
    let told = town.slash_en("Ben", "fälle", "followup list", &[]).await;
    assert!(told.contains("Nothing"), "{told}");
}
