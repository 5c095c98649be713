//! Cases, as agents live them.

use serde_json::{Value, json};

use crate::harness::{Town, id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_opened_by_command_and_its_card_follows_in_a_private_thread() {
    let town = Town::new().await;
    let told = town
        .slash(
            "Anna",
            "fälle",
            "case open",
            &[
                ("title", json!("Rechnung 4711 doppelt")),
                ("customer", json!("Frau Kim")),
                ("priority", json!("high")),
                ("via", json!("phone")),
            ],
        )
        .await;
    insta::assert_snapshot!(told, @"**#1 · Rechnung 4711 doppelt** ist eröffnet. Die Karte kommt gleich in einem eigenen Thread in #fälle.");
    let card = town.card().await;
    insta::assert_snapshot!(town.read(&card), @r"
    #1 · Rechnung 4711 doppelt
    Status: neu
    Priorität: hoch
    Zuständig: niemand
    Kundin, Kunde: Frau Kim
    Kontakt über: Telefon
    Eröffnet von: @Anna
    Verlauf: … @Anna: hat den Fall eröffnet
    [Übernehmen] [Status] [Nachfassen] [Notiz] [Schließen]
    ");
    let thread = &town.discord.threads(town.channel("fälle"))[0];
    assert_eq!((&thread["type"], &thread["name"]), (&json!(12), &json!("Rechnung 4711 doppelt")));
    assert!(!town.discord.sees(town.user("Kim"), id(&thread["id"])), "a customer must not see the thread");
    assert!(town.discord.sees(town.user("Anna"), id(&thread["id"])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_life_of_a_case_in_english() {
    let town = Town::new().await;
    town.slash("Admin", "fälle", "setup", &[("language", json!("en"))]).await;
    let opened = town.slash_en("Anna", "fälle", "case open", &[("title", json!("Parcel damaged"))]).await;
    insta::assert_snapshot!(opened, @"**#1 · Parcel damaged** is open. Its card will appear in a moment, in a thread of its own in #fälle.");
    let card = town.card().await;
    let thread = id(&card["channel_id"]);

    let claimed = town.press("Ben", "en-GB", &card, "Claim").await;
    insta::assert_snapshot!(town.told(&claimed).await, @r#"
    **#1 · Parcel damaged** is updated:
    - status from "new" to "open"
    - owner: @Ben
    "#);
    // Inside its thread a command needs no number.
    let updated = town
        .slash_in(
            "Ben",
            "en-GB",
            thread,
            "case update",
            &[("mood", json!(2)), ("type", json!("angry")), ("cause", json!("delay")), ("tag", json!("Courier"))],
        )
        .await;
    insta::assert_snapshot!(updated, @r"
    **#1 · Parcel damaged** is updated:
    - mood: heated
    - type: angry
    - cause: delay
    - tag courier added
    ");
    let noted =
        town.slash_in("Ben", "en-GB", thread, "case note", &[("text", json!("Sent photos to the depot"))]).await;
    assert!(noted.contains("note: Sent photos to the depot"), "{noted}");
    let closed =
        town.slash_in("Ben", "en-GB", thread, "case close", &[("resolution", json!("Replacement on its way"))]).await;
    assert!(closed.contains("closed the case: Replacement on its way"), "{closed}");
    let card = town.card_saying(thread, "Status: closed").await;
    insta::assert_snapshot!(town.read(&card), @r"
    #1 · Parcel damaged
    Status: closed
    Priority: normal
    Owner: @Ben
    Mood: heated
    Type: angry
    Cause: delay
    Tags: courier
    Opened by: @Anna
    Next follow-up: Success check – @Ben, Thu 2026-11-26 09:00 (…)
    Resolution: Replacement on its way
    Timeline: … @Ben: follow-up: Success check – @Ben, Thu 2026-11-26 09:00 (…)
    … @Ben: closed the case: Replacement on its way
    … @Ben: note: Sent photos to the depot
    … @Ben: tag courier added
    … @Ben: cause: delay
    [Status] [Note]
    ");
    let reopened = town.slash_in("Ben", "en-GB", thread, "case reopen", &[]).await;
    assert!(reopened.contains("reopened the case"), "{reopened}");
    town.card_saying(thread, "Status: open").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_opened_from_a_message_mid_conversation_in_german_and_english() {
    let town = Town::new().await;
    let support = town.channel("support");
    for (locale, label, menu_title, count) in [
        ("de", "Worum geht es, in einem Satz?", "Fall öffnen", 1),
        ("en-GB", "What is it about, in one sentence?", "Open a case", 2),
    ] {
        let message = town.discord.say(town.user("Kim"), support, "Mein Paket ist weg\nwer hilft mir?").await;
        let form = town.menu("Anna", locale, support, "Open case", message).await;
        let modal = form.modal.clone().expect("a form");
        assert_eq!(modal["title"], menu_title);
        assert_eq!(modal["components"][0]["components"][0]["label"], label);
        assert_eq!(modal["components"][0]["components"][0]["value"], "Mein Paket ist weg");
        let answer = town.submit("Anna", locale, support, &form, &[("title", "Paket verschwunden")]).await;
        assert!(town.told(&answer).await.contains("Paket verschwunden"));
        let card = town.cards(count).await.pop().unwrap();
        let text = town.read(&card);
        assert!(text.contains("Kundin, Kunde: Kim"), "{text}");
        let link =
            card["embeds"][0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Anlass").unwrap();
        let there = format!("/{support}/{message}");
        assert!(link["value"].as_str().unwrap().contains(&there), "{link} links back to the message");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_card_works_after_a_restart_and_is_edited_in_place() {
    let mut town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Login geht nicht"))]).await;
    let card = town.card().await;
    town.restart().await;
    let answer = town.press("Ben", "de", &card, "Übernehmen").await;
    assert!(town.told(&answer).await.contains("zuständig: @Ben"));
    let after = town.card_saying(id(&card["channel_id"]), "Zuständig: @Ben").await;
    assert_eq!(card["id"], after["id"], "the same message");
    assert_eq!(town.discord.messages(id(&card["channel_id"])).len(), 1, "and the only one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_two_agents_press_claim_at_once_one_owns_the_case_and_the_other_is_told() {
    let town = Town::new().await;
    for round in 1..=5 {
        town.slash("Anna", "fälle", "case open", &[("title", json!(format!("Fall {round}")))]).await;
        let card = town.cards(round).await.pop().unwrap();
        let (anna, ben) =
            tokio::join!(town.press("Anna", "de", &card, "Übernehmen"), town.press("Ben", "de", &card, "Übernehmen"));
        let mut told = [town.told(&anna).await, town.told(&ben).await];
        told.sort_by_key(|text| text.contains("ist aktualisiert"));
        assert!(told[0].contains("ist schon @"), "{told:?}");
        assert!(told[1].contains("zuständig: @"), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_button_of_the_card_does_what_it_says() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Vertrag verlängern"))]).await;
    let card = town.card().await;
    let thread = id(&card["channel_id"]);

    let offered = town.press("Anna", "de", &card, "Status").await;
    insta::assert_snapshot!(town.told(&offered).await, @r"
    **#1 · Vertrag verlängern** ist jetzt: neu. Wohin soll er?
    (offen)(wartet auf Kunde)(wartet intern)(gelöst)(geschlossen)
    ");
    let list = offered.message.unwrap();
    let select = list["components"][0]["components"][0]["custom_id"].as_str().unwrap();
    let chosen =
        town.discord.press(town.user("Anna"), "de", thread, id(&list["id"]), select, &["waiting_customer"]).await;
    assert!(town.told(&chosen).await.contains("Status von „neu“ auf „wartet auf Kunde“"));

    let form = town.press("Anna", "de", &card, "Notiz").await;
    let noted = town.submit("Anna", "de", thread, &form, &[("text", "Kundin ist\nab Montag da")]).await;
    assert!(town.told(&noted).await.contains("Notiz: Kundin ist ab Montag da"));

    let form = town.press("Anna", "de", &card, "Nachfassen").await;
    let promised =
        town.submit("Anna", "de", thread, &form, &[("what", "Angebot schicken"), ("when", "morgen 11 Uhr")]).await;
    insta::assert_snapshot!(town.told(&promised).await, @r"
    Ist notiert: Angebot schicken – ich melde mich Fri 2026-11-20 10:00 (…).
    Gehört zu Fall #1.
    [Ändern] [Rückgängig]
    ");
    let card = town.card_saying(thread, "Nächstes Nachfassen: Angebot schicken").await;

    let form = town.press("Anna", "de", &card, "Schließen").await;
    let closed = town.submit("Anna", "de", thread, &form, &[("resolution", "Verlängert bis 2027")]).await;
    assert!(town.told(&closed).await.contains("hat den Fall geschlossen: Verlängert bis 2027"));
    let card = town.card_saying(thread, "Status: geschlossen").await;

    // A closed case offers to be opened again.
    let offered = town.press("Anna", "de", &card, "Status").await;
    assert!(town.told(&offered).await.contains("(wieder öffnen)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_pages_and_search_find_cases_by_stemmed_words() {
    let town = Town::new().await;
    for n in 1..=12 {
        town.slash("Anna", "fälle", "case open", &[("title", json!(format!("Rechnung {n} prüfen")))]).await;
    }
    let world_fälle = town.channel("fälle");
    let first = town.raw("Anna", "de", world_fälle, "case list", &[("view", json!("all"))]).await;
    let text = town.told(&first).await;
    assert!(text.contains("#12 · Rechnung 12 prüfen") && !text.contains("#2 ·"), "{text}");
    let older = town.press("Anna", "de", first.message.as_ref().unwrap(), "Ältere").await;
    let text = town.told(&older).await;
    assert!(text.contains("#2 · ") && text.contains("#1 · ") && !text.contains("#12"), "{text}");
    assert!(text.contains("Seite 2") && text.contains("[Neuere]"), "{text}");

    let found = town.slash("Ben", "fälle", "case find", &[("query", json!("Rechnungen 7"))]).await;
    assert!(found.contains("#7 · Rechnung 7 prüfen") && !found.contains("#8"), "{found}");
    let mine = town.slash("Ben", "fälle", "case list", &[]).await;
    assert!(mine.contains("Hier liegt nichts"), "{mine}");

    let suggested = suggest(&town, "Anna", "case show", "case", "rechnung 11").await;
    assert_eq!(suggested, ["#11 · Rechnung 11 prüfen"]);
    let by_number = suggest(&town, "Anna", "case show", "case", "1").await;
    assert!(
        by_number.contains(&"#1 · Rechnung 1 prüfen".to_owned())
            && by_number.contains(&"#12 · Rechnung 12 prüfen".to_owned())
    );
    assert!(suggest(&town, "Kim", "case show", "case", "").await.is_empty(), "strangers see nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_in_a_forum_becomes_a_post_that_is_its_card() {
    let town = Town::new().await;
    let forum = town.channel("fall-forum");
    town.slash("Admin", "fälle", "setup", &[("case_channel", json!(forum.to_string()))]).await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Im Forum"))]).await;
    let there = |discord: &ruhepol::sandbox::Discord| !discord.threads(forum).is_empty();
    assert!(town.discord.until(there, crate::harness::SOON).await);
    let post = id(&town.discord.threads(forum)[0]["id"]);
    let card = town.card_saying(post, "#1 · Im Forum").await;
    town.press("Anna", "de", &card, "Übernehmen").await;
    town.card_saying(post, "Zuständig: @Anna").await;
    assert_eq!(town.discord.messages(post).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_chat_on_postgres() {
    let Some(town) = Town::on_postgres().await else { return };
    town.slash("Anna", "fälle", "case open", &[("title", json!("Auf PostgreSQL"))]).await;
    let card = town.card().await;
    town.press("Ben", "de", &card, "Übernehmen").await;
    let card = town.card_saying(id(&card["channel_id"]), "Zuständig: @Ben").await;
    insta::assert_snapshot!(town.read(&card), @r"
    #1 · Auf PostgreSQL
    Status: offen
    Priorität: normal
    Zuständig: @Ben
    Eröffnet von: @Anna
    Verlauf: … @Ben: zuständig: @Ben
    … @Ben: Status von „neu“ auf „offen“
    … @Anna: hat den Fall eröffnet
    [Übernehmen] [Status] [Nachfassen] [Notiz] [Schließen]
    ");
}

/// Labels suggested while `typed` stands in an option.
pub async fn suggest(town: &Town, user: &str, command: &str, option: &str, typed: &str) -> Vec<String> {
    let focused: Value = json!([{ "name": option, "value": typed, "focused": true }]);
    let (name, options) = match command.split_once(' ') {
        Some((name, sub)) => (name, json!([{ "name": sub, "type": 1, "options": focused }])),
        None => (command, focused),
    };
    let found = town.discord.autocomplete(town.user(user), "de", town.channel("fälle"), name, options).await;
    found.into_iter().map(|choice| choice.name).collect()
}
