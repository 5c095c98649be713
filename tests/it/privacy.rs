//! What is kept about somebody can be seen, taken along and erased; the team's numbers name nobody.

use serde_json::{Value, json};

use crate::harness::{Town, id};

/// A case about Kim with a note and a kept promise of Anna's, closed.
async fn a_closed_case_about_kim(town: &Town) -> u64 {
    let support = town.channel("support");
    let asked = town.discord.say(town.user("Kim"), support, "Bitte meldet euch.").await;
    let form = town.menu("Anna", "de", support, "Open case", asked).await;
    town.submit("Anna", "de", support, &form, &[("title", "Rückruf wegen Zebrastreifen"), ("customer", "Kim")]).await;
    let thread = id(&town.card().await["channel_id"]);
    town.slash_in("Anna", "de", thread, "case note", &[("text", json!("Giraffe im Hof"))]).await;
    town.slash_in("Anna", "de", thread, "case update", &[("cause", json!("delay"))]).await;
    town.slash_in(
        "Ben",
        "de",
        thread,
        "followup add",
        &[("what", json!("Okapi füttern")), ("when", json!("in 2 Tagen"))],
    )
    .await;
    town.slash_in("Anna", "de", thread, "case close", &[("resolution", json!("Nilpferd geliefert"))]).await;
    town.card_saying(thread, "Nilpferd").await;
    thread
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_what_is_kept_about_them_and_nobody_elses() {
    let town = Town::new().await;
    a_closed_case_about_kim(&town).await;
    let kim = town.slash("Kim", "support", "privacy show", &[]).await;
    assert!(kim.contains("genannt in: #1") && !kim.contains("Giraffe"), "{kim}");
    let admin = town.slash_en("Admin", "support", "privacy show", &[]).await;
    assert!(admin.contains("Nothing.") && admin.contains("never stored"), "{admin}");
    let ben = town.slash_en("Ben", "fälle", "privacy show", &[]).await;
    assert!(ben.contains("1 entries") && ben.contains("Ended promises with your name: 1"), "{ben}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_along_gives_a_file_with_ones_own_words() {
    let town = Town::new().await;
    a_closed_case_about_kim(&town).await;
    let answer = town.raw("Anna", "de", town.channel("fälle"), "privacy export", &[]).await;
    let message = answer.message.expect("an answer");
    let file = &message["attachments"][0];
    assert_eq!(file["filename"], "ruhepol.json", "{message}");
    let text = reqwest::get(file["url"].as_str().expect("an address")).await.unwrap().text().await.unwrap();
    let all: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(all["user"], json!(town.user("Anna").to_string()));
    assert!(text.contains("Giraffe im Hof"), "{text}");
    // Closing planned a check; the other promise was written down by Ben.
    let planned = (text.matches("follow_up_added").count(), text.matches("success_check").count());
    assert_eq!(planned, (1, 1), "Ben wrote that: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasing_oneself_takes_name_and_text_and_keeps_the_rows() {
    let mut town = Town::new().await;
    let thread = a_closed_case_about_kim(&town).await;
    for who in ["Anna", "Kim"] {
        let asked = town.raw(who, "de", town.channel("support"), "privacy erase", &[]).await;
        let told = town.told(&town.press(who, "de", &asked.message.expect("a question"), "Löschen").await).await;
        assert!(told.contains("Gelöscht."), "{told}");
    }
    town.restart().await;
    let shown = town.slash_in("Ben", "de", thread, "case show", &[]).await;
    assert!(shown.contains("(gelöscht)") && shown.contains("Ursache"), "the rows stay: {shown}");
    for gone in ["Giraffe", "@Kim", "@Anna: Notiz"] {
        assert!(!shown.contains(gone), "{gone}: {shown}");
    }
    let kim = town.slash("Kim", "support", "privacy show", &[]).await;
    assert!(kim.contains("Nichts."), "{kim}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lead_erases_what_a_closed_case_says_and_only_that() {
    let town = Town::new().await;
    let thread = a_closed_case_about_kim(&town).await;
    let case = [("case", json!("1"))];
    let told = town.slash_en("Anna", "fälle", "privacy erase", &case).await;
    assert!(told.contains("for the lead to decide"), "{told}");
    town.slash_in("Anna", "de", thread, "case reopen", &[]).await;
    let told = town.slash_en("Clara", "fälle", "privacy erase", &case).await;
    assert!(told.contains("not closed yet"), "{told}");
    town.slash_in("Anna", "de", thread, "case close", &[]).await;
    let asked = town.raw("Clara", "en-GB", town.channel("fälle"), "privacy erase", &case).await;
    let question = asked.message.expect("a question");
    // Somebody else's press grants nothing.
    let custom_id = crate::harness::button(&question, "Erase").expect("the button");
    let card = town.card().await;
    let forged =
        town.discord.forge(town.user("Anna"), "en-GB", id(&card["channel_id"]), id(&card["id"]), &custom_id, &[]).await;
    assert!(town.told(&forged).await.contains("for the lead to decide"));
    let told = town.told(&town.press("Clara", "en-GB", &question, "Erase").await).await;
    assert!(told.contains("What case #1 said is erased"), "{told}");
    let card = town.card_saying(thread, "#1 (gelöscht)").await;
    let shown = town.slash_in("Ben", "de", thread, "case show", &[]).await + &town.read(&card);
    for gone in ["Zebrastreifen", "Giraffe", "Nilpferd", "Okapi", "Kim"] {
        assert!(!shown.contains(gone), "{gone}: {shown}");
    }
    let found = town.slash("Ben", "fälle", "case find", &[("query", json!("Zebrastreifen"))]).await;
    assert!(found.contains("nichts gespeichert"), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_counts_cases_causes_and_promises_and_names_nobody() {
    let town = Town::new().await;
    a_closed_case_about_kim(&town).await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Zweiter"))]).await;
    let report = town.slash("Anna", "fälle", "report", &[]).await;
    for part in ["2 geöffnet, 1 geschlossen", "Gerade offen: 1, davon 1 ohne", "Verzögerung", "letzte 7 Tage"] {
        assert!(report.contains(part), "{part}: {report}");
    }
    for name in ["Anna", "Ben", "Kim"] {
        assert!(!report.contains(name), "{report}");
    }
    let none = town.slash_en("Kim", "support", "report", &[("range", json!("day"))]).await;
    assert!(none.contains("@Team"), "{none}");
}
