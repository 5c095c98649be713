//! Times as they are typed into commands and forms: chosen with one press where several were meant, suggested with what they
//! assume, and text that never gets lost.

use ruhepol::sandbox::Answer;
use serde_json::{Value, json};

use crate::cases::suggest;
use crate::harness::{Town, id};
use crate::life::{add, message_of, newest, plain};

/// The list on an answer, and what can be chosen from it: labels and values.
fn list(answer: &Answer) -> (Value, String, Vec<(String, String)>) {
    let message = answer.message.clone().expect("an answer");
    let control = message["components"][0]["components"][0].clone();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let options = control["options"].as_array().unwrap_or_else(|| panic!("no list: {message}"));
    let options = options.iter().map(|option| (text(&option["label"]), text(&option["value"]))).collect();
    (message, text(&control["custom_id"]), options)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ambiguous_time_is_settled_by_one_press_with_all_that_was_typed() {
    let mut town = Town::new().await;
    let thread = town.opened("Rechnung 4711").await;
    let options =
        [("what", json!("Beleg ```prüfen```")), ("when", json!("5/4/2027")), ("repeat", json!("alle 2 Wochen"))];
    let asked = town.raw("Anna", "de", thread, "followup add", &options).await;
    let (message, custom_id, times) = list(&asked);
    assert_eq!(
        times.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(),
        ["Montag, 5. April 2027, 09:00 Uhr (CEST)", "Dienstag, 4. Mai 2027, 09:00 Uhr (CEST)",]
    );
    town.restart().await;
    let anna = town.user("Anna");
    let press = async |town: &Town| {
        let answer = town.discord.press(anna, "de", thread, id(&message["id"]), &custom_id, &[&times[1].1]).await;
        town.told(&answer).await
    };
    let told = press(&town).await;
    assert!(told.contains("Beleg \\`\\`\\`prüfen\\`\\`\\`") && told.contains("Tue 2027-05-04 07:00"), "{told}");
    assert!(told.contains("Fall #1") && told.contains("alle 2 Wochen"), "{told}");
    let list = town.slash("Anna", "fälle", "followup list", &[]).await;
    assert_eq!(list.matches("– @Anna").count(), 1, "one: {list}");
    // What cannot be carried by a control is not dropped: then there is none, and the times can be typed.
    let for_ben = [("what", json!("x")), ("when", json!("5/4/2027")), ("who", json!(town.user("Ben").to_string()))];
    let asked = town.raw("Anna", "de", thread, "followup add", &for_ben).await;
    assert_eq!(asked.message.expect("an answer")["components"], json!([]));
    let told =
        town.slash_in("Anna", "de", thread, "followup add", &[for_ben[0].clone(), ("when", json!(times[0].0))]).await;
    assert!(told.contains("Mon 2027-04-05 07:00"), "the label, typed: {told}");
    let forged = town.discord.forge(anna, "de", thread, id(&message["id"]), "r1:reading:1:hourly:0", &["morgen"]).await;
    assert!(!town.told(&forged).await.contains("morgen"), "no such rule");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suggestion_says_what_it_assumes_and_so_does_the_answer_to_it() {
    let town = Town::new().await;
    let typed = "28.3.2027 2:30";
    let offered = suggest(&town, "Anna", "followup add", "when", typed).await;
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert!(offered[0].ends_with("Uhr wird vorgestellt"), "{offered:?}");
    let add = [("what", json!("Umstellung")), ("when", json!(offered[0]))];
    let told = town.slash("Anna", "fälle", "followup add", &add).await;
    assert!(told.contains("weil die Uhren vorgestellt werden"), "{told}");
    let usual = suggest(&town, "Anna", "followup add", "when", "").await;
    assert!(usual.len() >= 3 && usual.iter().all(|label| label.contains("Uhr (CET)")), "{usual:?}");
    assert_eq!(
        suggest(&town, "Anna", "followup add", "repeat", "alle 3").await,
        ["alle 3 Tage", "alle 3 Wochen", "alle 3 Monate"]
    );
    assert_eq!(suggest(&town, "Anna", "followup add", "repeat", "jeden Montag").await, ["wöchentlich (Montag)"]);
    let add = |when: &str| [("what", json!("x")), ("when", json!(when)), ("repeat", json!("every monday"))];
    let told = town.slash("Anna", "fälle", "followup add", &add("Montag 10 Uhr")).await;
    assert!(told.contains("wöchentlich"), "{told}");
    let told = town.slash("Anna", "fälle", "followup add", &add("Dienstag 10 Uhr")).await;
    assert!(told.starts_with("„every monday“ passt nicht zur ersten Zeit, die auf einen Dienstag fällt."), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typed_text_comes_back_whole_however_long_or_short() {
    let town = Town::new().await;
    let fälle = town.channel("fälle");
    let long = format!("Anfang {} Ende", "ä".repeat(5_900));
    let add = [("what", json!(long)), ("when", json!("morgen"))];
    let answer = town.raw("Anna", "de", fälle, "followup add", &add).await;
    let message = answer.message.expect("an answer");
    let file = &message["attachments"][0];
    assert_eq!(file["filename"], "dein-text.txt", "{message}");
    let text = reqwest::get(file["url"].as_str().expect("an address")).await.unwrap().text().await.unwrap();
    assert_eq!(text, long);
    assert!(town.read(&message).contains("Der ganze Text ist angehängt."));
    for (option, value) in [("case", json!("99")), ("repeat", json!("manchmal")), ("wake", json!("on"))] {
        let add = [("what", json!("Kurz")), ("when", json!("morgen")), (option, value)];
        let told = town.slash("Anna", "fälle", "followup add", &add).await;
        assert!(told.contains("Kurz") && told.contains("Das hattest du geschrieben"), "{option}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_an_answer_finds_a_time_and_words_in_the_form() {
    let town = Town::new().await;
    let thread = town.opened("Wartet").await;
    let waiting = [("status", json!("waiting_customer"))];
    let answer = town.raw("Anna", "en-GB", thread, "case update", &waiting).await;
    let form = town.press("Anna", "en-GB", &answer.message.expect("an answer"), "Plan a reminder").await;
    let fields = form.modal.as_ref().expect("a form").to_string();
    assert!(fields.contains("Ask again if there is no answer yet"), "{fields}");
    assert!(fields.contains("November 2026, 09:00"), "{fields}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ambiguous_time_is_settled_by_one_press_also_where_a_promise_is_moved_changed_or_an_update_is_due() {
    let mut town = Town::new().await;
    let thread = town.opened("Rechnung 4711").await;
    let anna = town.user("Anna");
    let added = [("what", json!("Beleg")), ("when", json!("in 1 Stunde"))];
    let answer = town.raw("Anna", "de", thread, "followup add", &added).await;
    let answer = message_of(&town, &answer).await;
    let take = async |town: &Town, asked: &Answer, n: usize| {
        let (message, custom_id, times) = list(asked);
        assert_eq!(times.len(), 2, "{times:?}");
        let answer = town.discord.press(anna, "de", thread, id(&message["id"]), &custom_id, &[&times[n].1]).await;
        plain(&town.told(&answer).await)
    };
    // Changed: the text typed beside the time is kept.
    let form = town.press("Anna", "de", &answer, "Ändern").await;
    let asked = town.submit("Anna", "de", thread, &form, &[("what", "Beleg `2`"), ("when", "5/4/2027")]).await;
    assert!(town.told(&asked).await.contains("kann man verschieden lesen"));
    town.restart().await;
    let told = take(&town, &asked, 1).await;
    assert!(told.contains("Beleg \\`2\\`") && told.contains("Tue 2027-05-04 07:00"), "{told}");
    // Put off by a command, in the reader's language.
    let asked = town.raw("Anna", "en-GB", thread, "followup snooze", &[("when", json!("5.4.2027 half nine"))]).await;
    let (message, custom_id, times) = list(&asked);
    let pressed = town.discord.press(anna, "en-GB", thread, id(&message["id"]), &custom_id, &[&times[1].1]).await;
    let told = plain(&town.told(&pressed).await);
    assert!(told.starts_with("Moved by @Anna") && told.contains("Mon 2027-04-05 07:30"), "{told}");
    // Put off by a reminder's form: the reminder says so, too.
    add(&town, "Anna", thread, &[("what", json!("Anrufen")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(3_600_000);
    let reminder = newest(&town, thread, 2).await;
    let form = town.press("Anna", "de", &reminder, "Zeit wählen …").await;
    let asked = town.submit("Anna", "de", thread, &form, &[("when", "5/4/2027")]).await;
    let stale = list(&asked);
    let told = take(&town, &asked, 0).await;
    assert!(told.contains("Mon 2027-04-05 07:00"), "{told}");
    town.message_saying(thread, "Inzwischen geändert: Anrufen").await;
    let again = town.discord.forge(anna, "de", thread, id(&stale.0["id"]), &stale.1, &[&stale.2[1].1]).await;
    assert!(!town.told(&again).await.contains("2027-05-04"), "once");
    // The customer's next update; with something else beside it the times are listed to be typed.
    let asked = town.raw("Anna", "de", thread, "case update", &[("next_update", json!("5/4/2027"))]).await;
    let told = take(&town, &asked, 0).await;
    assert!(told.contains("Nächstes Update") && told.contains("Mon 2027-04-05 07:00"), "{told}");
    let both = [("next_update", json!("5/4/2027")), ("priority", json!("high"))];
    let asked = town.raw("Anna", "de", thread, "case update", &both).await;
    assert_eq!(asked.message.expect("an answer")["components"], json!([]));
}
