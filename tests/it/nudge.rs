//! Private words: only to who wished for them, only where the bot listens, once an hour, and never lost or doubled.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{SOON, Town, button, id};

/// What the rules call heated.
const HEATED: &str = "Sie sind doch völlig unfähig, das ist eine Frechheit!";
const HEATED_EN: &str = "You are completely useless, this is entirely your fault.";
/// Real time in which a word would have come.
const A_WHILE: Duration = Duration::from_millis(1500);

/// A team that watches #support, in which these people wish for words.
async fn listening(who: &[&str]) -> Town {
    let town = Town::reading().await;
    let support = [("channel", json!(town.channel("support").to_string()))];
    town.slash("Clara", "fälle", "tone watch", &support).await;
    for name in who {
        let told = town.slash(name, "fälle", "tone me", &[("switch", json!("on"))]).await;
        assert!(told.contains("Eingeschaltet") && told.contains("#support"), "{told}");
    }
    town
}

async fn writes(town: &Town, who: &str, channel: &str, text: &str) {
    town.discord.say(town.user(who), town.channel(channel), text).await;
}

/// Somebody's direct messages, once there are `count` of them.
async fn words(town: &Town, who: &str, count: usize) -> Vec<Value> {
    let user = town.user(who);
    town.discord.until(|discord| discord.dms(user).len() >= count, SOON).await;
    let all = town.discord.dms(user);
    assert_eq!(all.len(), count, "{all:#?}");
    all
}

/// The `custom_id` of the list on a message.
fn list(message: &Value) -> &str {
    let rows = message["components"].as_array().expect("controls");
    let controls = rows.iter().flat_map(|row| row["components"].as_array().into_iter().flatten());
    controls.filter(|it| it["type"] == 3).find_map(|it| it["custom_id"].as_str()).expect("a list")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wished_for_it_gets_a_private_word_in_the_language_they_wrote_in() {
    let town = listening(&["Anna", "Ben"]).await;
    writes(&town, "Anna", "support", HEATED).await;
    let word = words(&town, "Anna", 1).await.remove(0);
    let said = town.read(&word);
    assert!(said.contains("schärfer an, als er gemeint ist") && said.contains("**__"), "{said}");
    for button in ["[Ruhigere Worte]", "[Heute nicht mehr]", "[Ausschalten]"] {
        assert!(said.contains(button), "{said}");
    }
    for name in ["Anna", "Ben", "Kim", "Clara"] {
        assert!(!said.contains(name), "names nobody: {said}");
    }
    writes(&town, "Ben", "support", HEATED_EN).await;
    let said = town.read(&words(&town, "Ben", 1).await[0]);
    assert!(said.contains("sharper than they are meant") && said.contains("[Calmer words]"), "{said}");
    let public = town.discord.messages(town.channel("support"));
    assert_eq!(public.len(), 2, "nothing in public");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_and_nowhere_else() {
    let town = listening(&["Anna"]).await;
    for (who, channel, text) in [
        ("Ben", "support", HEATED),
        ("Anna", "allgemein", HEATED),
        ("Anna", "support", "Guten Tag, wir kümmern uns darum."),
        ("Anna", "support", "> Ihr seid völlig unfähig\nDas schrieb der Kunde."),
        ("Kim", "support", HEATED),
    ] {
        writes(&town, who, channel, text).await;
    }
    tokio::time::sleep(A_WHILE).await;
    for name in ["Anna", "Ben", "Kim"] {
        words(&town, name, 0).await;
    }
    // A case's thread is listened to without being watched.
    let thread = town.opened("Lieferung fehlt").await;
    town.discord.say(town.user("Anna"), thread, HEATED).await;
    words(&town, "Anna", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_word_an_hour_also_over_a_restart() {
    let mut town = listening(&["Anna"]).await;
    writes(&town, "Anna", "support", HEATED).await;
    writes(&town, "Anna", "support", HEATED).await;
    words(&town, "Anna", 1).await;
    town.restart().await;
    writes(&town, "Anna", "support", HEATED).await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 1).await;
    let told = town.slash("Anna", "fälle", "tone me", &[]).await;
    assert!(told.contains("Das nächste Wort kommt frühestens Thu 2026-11-19 10:0"), "{told}");
    town.discord.advance(Duration::from_mins(61));
    writes(&town, "Anna", "support", HEATED).await;
    words(&town, "Anna", 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_or_a_limit_neither_loses_nor_doubles_a_word() {
    let town = listening(&["Anna"]).await;
    let dm = town.discord.dm(town.user("Anna"));
    for kind in ["lose_response", "500_after", "429"] {
        town.arm(json!({ "kind": kind, "route": format!("POST /channels/{dm}/messages"), "retry_after": 1 }));
    }
    writes(&town, "Anna", "support", HEATED).await;
    let asked = |discord: &ruhepol::sandbox::Discord| {
        discord.requests().iter().filter(|it| it.path.contains(&dm.to_string()) && it.status == 200).count() > 0
    };
    assert!(town.discord.until(asked, SOON).await, "said in the end");
    words(&town, "Anna", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_again_today_is_a_day_and_off_is_off() {
    let town = listening(&["Anna"]).await;
    writes(&town, "Anna", "support", HEATED).await;
    let word = words(&town, "Anna", 1).await.remove(0);
    let answer = town.press("Anna", "de", &word, "Heute nicht mehr").await;
    assert!(town.told(&answer).await.contains("Bis Fri 2026-11-20 09:0"), "{answer:?}");
    town.discord.advance(Duration::from_hours(5));
    writes(&town, "Anna", "support", HEATED).await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 1).await;
    town.discord.advance(Duration::from_hours(20));
    writes(&town, "Anna", "support", HEATED).await;
    let word = words(&town, "Anna", 2).await.remove(1);
    let answer = town.press("Anna", "en-GB", &word, "Ausschalten").await;
    assert!(town.told(&answer).await.contains("I will not speak up"), "{answer:?}");
    town.discord.advance(Duration::from_hours(30));
    writes(&town, "Anna", "support", HEATED).await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_direct_messages_switch_it_off_and_are_told_at_the_next_look() {
    let mut town = listening(&["Anna"]).await;
    let anna = town.user("Anna").to_string();
    town.arm(json!({ "kind": "dm_closed", "user_id": anna }));
    writes(&town, "Anna", "support", HEATED).await;
    let refused = |discord: &ruhepol::sandbox::Discord| discord.requests().iter().any(|it| it.status == 403);
    assert!(town.discord.until(refused, SOON).await, "it was tried");
    tokio::time::sleep(A_WHILE / 3).await;
    town.restart().await;
    let told = town.slash("Anna", "fälle", "tone me", &[]).await;
    assert!(told.contains("Direktnachrichten sind für mich geschlossen") && told.contains("Ausgeschaltet"), "{told}");
    let told = town.slash("Anna", "fälle", "tone me", &[]).await;
    assert!(!told.contains("geschlossen"), "said once: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calmer_words_are_the_writers_own_message_and_nobody_elses() {
    let town = listening(&["Anna", "Ben"]).await;
    writes(&town, "Anna", "support", "Sie haben nie auf meine Mails geantwortet. Das ist eine Frechheit!").await;
    let word = words(&town, "Anna", 1).await.remove(0);
    let answer = town.press("Anna", "de", &word, "Ruhigere Worte").await;
    let told = town.told(&answer).await;
    assert!(told.contains("Ruhiger:") && told.contains("meine Mails"), "{told}");
    let custom_id = button(&word, "Ruhigere Worte").unwrap();
    let (channel, message) = (id(&word["channel_id"]), id(&word["id"]));
    writes(&town, "Ben", "support", HEATED).await;
    let to_ben = words(&town, "Ben", 1).await.remove(0);
    let (bens, bens_message) = (id(&to_ben["channel_id"]), id(&to_ben["id"]));
    let forged = town.discord.forge(town.user("Ben"), "de", bens, bens_message, &custom_id, &[]).await;
    assert!(town.told(&forged).await.contains("nicht mehr da"), "{forged:?}");
    town.discord.forge(town.user("Anna"), "de", channel, message, "r1:rest:2", &[]).await;
    let told = town.slash("Anna", "fälle", "tone me", &[]).await;
    assert!(told.contains("Eingeschaltet"), "another team's button changes nothing here: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_okay_is_not_mentioned_again() {
    let mut town = listening(&["Anna"]).await;
    let text = "Ihr Trottel.";
    writes(&town, "Anna", "support", text).await;
    let word = words(&town, "Anna", 1).await.remove(0);
    let (channel, message) = (id(&word["channel_id"]), id(&word["id"]));
    let choose = list(&word).to_owned();
    let anna = town.user("Anna");
    let offered = town.discord.press(anna, "de", channel, message, &choose, &["de:insult.name"]).await;
    let told = town.told(&offered).await;
    assert!(told.contains("fielen dann nicht mehr auf") && told.contains("[Für mich erlauben]"), "{told}");
    assert!(!told.contains("Für das Team"), "in a direct message nobody leads: {told}");
    let offer = town.discord.final_answer(offered.interaction, SOON).await.unwrap();
    let done = town.press("Anna", "de", &offer, "Für mich erlauben").await;
    assert!(town.told(&done).await.contains("achte ich bei dir nicht mehr"), "{done:?}");
    town.discord.advance(Duration::from_hours(2));
    town.restart().await;
    writes(&town, "Anna", "support", text).await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 1).await;
    let told = town.slash("Anna", "fälle", "tone me", &[]).await;
    assert!(told.contains("de:insult.name (von dir)"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_message_content_it_says_that_it_cannot_read_along() {
    let town = Town::new().await;
    let told = town.slash_en("Anna", "fälle", "tone me", &[("switch", json!("on"))]).await;
    assert!(told.contains("Switched on") && told.contains("cannot read along"), "{told}");
    let told = town.slash_en("Kim", "support", "tone me", &[]).await;
    assert!(told.contains("@Team"), "only the team: {told}");
    writes(&town, "Anna", "support", HEATED).await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_left_the_team_gets_no_words() {
    let town = listening(&["Anna"]).await;
    let world = town.discord.world();
    let other = json!(world.role("Leitung").to_string());
    town.slash("Admin", "fälle", "setup", &[("agent_role", other)]).await;
    writes(&town, "Anna", "support", HEATED).await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 0).await;
}

/// Two seconds lie between two people's messages; serenity hands on what comes within one moment in any order.
async fn asks_and_answers(town: &Town, who: &str, question: &str, answer: &str) {
    for (who, text) in [("Kim", question), (who, answer)] {
        town.clock.advance_ms(2_000);
        writes(town, who, "support", text).await;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// A customer asks and somebody answers at once, so often.
async fn back_and_forth(town: &Town, who: &str, times: usize) {
    for _ in 0..times {
        asks_and_answers(town, who, "Und wann kommt die Ware?", "Das prüfe ich gern für Sie.").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_a_customer_within_seconds_three_times_in_a_row_hears_of_it_once_and_in_private() {
    let mut town = listening(&["Anna"]).await;
    back_and_forth(&town, "Ben", 3).await;
    back_and_forth(&town, "Anna", 2).await;
    town.clock.advance_ms(20_000);
    writes(&town, "Anna", "support", "Noch etwas von mir.").await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 0).await;
    back_and_forth(&town, "Anna", 1).await;
    let word = words(&town, "Anna", 1).await.remove(0);
    let said = town.read(&word);
    assert!(
        said.contains("in #support: Deine letzten Antworten kamen jeweils wenige Sekunden nach der Frage."),
        "{said}"
    );
    assert!(said.contains("[Heute nicht mehr] [Ausschalten]") && !said.contains("[Ruhigere Worte]"), "{said}");
    for name in ["Anna", "Kim", "Ware", "prüfe"] {
        assert!(!said.contains(name), "no names, no words: {said}");
    }
    // One an hour, also over a restart and whatever the word is about.
    back_and_forth(&town, "Anna", 3).await;
    town.restart().await;
    writes(&town, "Anna", "support", HEATED).await;
    tokio::time::sleep(A_WHILE).await;
    words(&town, "Anna", 1).await;
    words(&town, "Ben", 0).await;
    // An hour later, in the language of the answer.
    town.clock.advance_ms(61 * 60_000);
    for _ in 0..3 {
        asks_and_answers(&town, "Anna", "When will it arrive?", "I will have a look at this for you right now.").await;
    }
    let word = words(&town, "Anna", 2).await.remove(1);
    assert!(town.read(&word).contains("your last answers each came within seconds"), "{}", town.read(&word));
    let support = town.discord.messages(town.channel("support"));
    assert!(support.iter().all(|message| !town.read(message).contains("wenige Sekunden")), "never in public");
}
