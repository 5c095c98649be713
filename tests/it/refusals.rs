//! Bad input: each gets a clear sentence for the person alone, and nothing is lost.

use serde_json::{Value, json};

use crate::harness::{Town, id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn until_a_role_is_set_only_managers_act_and_everybody_else_is_told_so() {
    let town = Town::bare().await;
    insta::assert_snapshot!(town.slash("Anna", "fälle", "case open", &[("title", json!("x"))]).await, @r"
    Hier ist noch keine Rolle für das Team festgelegt, deshalb kann das bisher nur, wer den Server verwaltet. Diese Person richtet es mit `/einrichten team_rolle` ein.
    Das hattest du geschrieben:
    ```
    x
    ```
    ");
    insta::assert_snapshot!(town.slash_en("Anna", "fälle", "setup", &[]).await, @"Only those who may manage the server can set Ruhepol up. Please ask one of them.");
    insta::assert_snapshot!(town.slash_en("Admin", "fälle", "setup", &[]).await, @r#"
    Setup
    Team role: not set
    Lead role: not set
    Channel for cases: not set
    Channel for alerts: not set
    Language: German
    Time zone: Europe/Berlin
    Land for public holidays: not set
    First answer: within 24 hours
    Success check: 7 days after closing
    Morning overview for the team: on

    **Still to do**
    - Choose with `agent_role` who works on cases. Until then only those who manage the server can.
    - Choose with `case_channel` where cases go. Until then the thread starts where the command is typed.
    - Choose with `alert_channel` where to say that something could not be delivered.
    "#);
    let opened = town.slash("Admin", "fälle", "case open", &[("title", json!("Geht"))]).await;
    assert!(opened.contains("#1 · Geht"), "{opened}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_is_refused_everywhere() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Intern"))]).await;
    let card = town.card().await;
    for command in ["case show", "case claim", "case close", "case reopen"] {
        let told = town.slash("Kim", "support", command, &[("case", json!("1"))]).await;
        assert!(told.starts_with("Dafür brauchst du die Rolle @Team"), "{command}: {told}");
    }
    for (command, options) in [
        ("case list", vec![]),
        ("case find", vec![("query", json!("Intern"))]),
        ("followup list", vec![]),
        ("followup add", vec![("what", json!("x")), ("when", json!("morgen"))]),
        ("draft", vec![]),
    ] {
        let told = town.slash("Kim", "support", command, &options).await;
        assert!(told.starts_with("Dafür brauchst du die Rolle @Team"), "{command}: {told}");
    }
    // A changed client presses the card's buttons without seeing the card.
    let claim = crate::harness::button(&card, "Übernehmen").unwrap();
    let forged =
        town.discord.forge(town.user("Kim"), "de", id(&card["channel_id"]), id(&card["id"]), &claim, &[]).await;
    let told = town.told(&forged).await;
    assert!(told.starts_with("Dafür brauchst du die Rolle"), "{told}");
    assert!(town.read(&town.card().await).contains("Zuständig: niemand"));
    let help = town.slash("Kim", "support", "help", &[]).await;
    assert!(help.contains("Mit Fällen arbeiten Teammitglieder"), "{help}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn titles_are_refused_or_kept_by_what_a_reader_sees() {
    let town = Town::new().await;
    insta::assert_snapshot!(town.slash("Anna", "fälle", "case open", &[("title", json!("\u{200b} \u{200b}"))]).await, @"Der Titel ist leer. Schreib in einem Satz, worum es geht, zum Beispiel „Rechnung 4711 doppelt abgebucht“.");
    let long = "ä".repeat(101);
    let told = town.slash("Anna", "fälle", "case open", &[("title", json!(long))]).await;
    assert!(told.starts_with("Der Titel hat 101 Zeichen, es passen 100.") && told.contains(&long), "{told}");
    let huge = town.slash("Anna", "fälle", "case open", &[("title", json!("x".repeat(5_900)))]).await;
    assert!(huge.starts_with("Der Titel hat 5900 Zeichen"), "{huge}");
    for (n, title) in ["🔥🔥🔥", "فاتورة خاطئة", "👨‍👩‍👧‍👦".repeat(15).as_str(), "Rechnung 1488"].into_iter().enumerate()
    {
        let told = town.slash("Anna", "fälle", "case open", &[("title", json!(title))]).await;
        assert!(told.contains(&format!("#{} · ", n + 1)) && told.contains(title), "{told}");
    }
    town.cards(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mentions_and_markdown_in_titles_neither_ping_nor_spoof() {
    let town = Town::new().await;
    let title = format!("@everyone <@{}> [klick](https://example.org) **fett**", town.user("Ben"));
    town.slash("Anna", "fälle", "case open", &[("title", json!(title))]).await;
    let card = town.card().await;
    let shown = card["embeds"][0]["title"].as_str().unwrap();
    assert!(
        shown.contains("@\u{2060}everyone") && shown.contains("\\[klick\\]") && shown.contains("\\*\\*fett"),
        "{shown}"
    );
    for request in town.discord.requests() {
        assert!(!request.pings.everyone && request.pings.users.is_empty() && request.pings.roles.is_empty());
        if request.method == "POST" && request.path.ends_with("/messages") {
            assert_eq!(request.body["allowed_mentions"]["parse"], json!([]), "explicit on every message");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cases_that_do_not_exist_are_not_there_whoever_asks() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Unser Fall"))]).await;
    insta::assert_snapshot!(town.slash("Anna", "fälle", "case show", &[("case", json!("99"))]).await, @"Einen Fall „99“ gibt es hier nicht. `/fall liste` zeigt, welche es gibt.");
    insta::assert_snapshot!(town.slash("Anna", "fälle", "case show", &[]).await, @"Welcher Fall? Bitte gib bei `fall` eine Nummer an, zum Beispiel `#12`. Nur im Thread eines Falls geht es ohne.");
    // Dora manages another guild; its numbers are its own.
    let world = town.discord.world();
    let there = world.channel("büro");
    let told = town.slash_in("Dora", "de", there, "case show", &[("case", json!("1"))]).await;
    assert!(told.starts_with("Einen Fall „1“ gibt es hier nicht"), "{told}");
    let claimed = town.slash_in("Dora", "de", there, "case claim", &[("case", json!("Unser Fall"))]).await;
    assert!(claimed.starts_with("Einen Fall „Unser Fall“ gibt es hier nicht"), "{claimed}");
    let opened = town.slash_in("Dora", "de", there, "case open", &[("title", json!("Ihrer"))]).await;
    assert!(opened.contains("#1 · Ihrer"), "{opened}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_cases_say_how_to_go_on() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Zu"))]).await;
    town.slash("Anna", "fälle", "case close", &[("case", json!("1"))]).await;
    let closed = "Fall #1 ist geschlossen. Mit `/fall wiederöffnen` geht es weiter.";
    for (command, options) in [
        ("case update", vec![("case", json!("1")), ("mood", json!(1))]),
        ("case claim", vec![("case", json!("1"))]),
        ("case close", vec![("case", json!("1"))]),
        ("case assign", vec![("who", json!(town.user("Ben").to_string())), ("case", json!("1"))]),
    ] {
        assert_eq!(town.slash("Anna", "fälle", command, &options).await, closed, "{command}");
    }
    let promised = town
        .slash(
            "Anna",
            "fälle",
            "followup add",
            &[("what", json!("Text")), ("when", json!("morgen")), ("case", json!("1"))],
        )
        .await;
    assert!(promised.starts_with(closed) && promised.contains("Text"), "typed text is handed back: {promised}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_and_stale_controls_are_explained() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Fest"))]).await;
    let card = town.card().await;
    for custom_id in ["r0:claim:1", "rubbish", "r1:claim:-1", "r1:note:1", "r1:done:1:2:3", "💥"] {
        let answer =
            town.discord.forge(town.user("Anna"), "de", id(&card["channel_id"]), id(&card["id"]), custom_id, &[]).await;
        let told = town.told(&answer).await;
        assert!(told.starts_with("Dieser Knopf gehört zu einer älteren Fassung"), "{custom_id}: {told}");
    }
    let elsewhere = format!("r1:done:{}:1:1:1", town.discord.world().guild("Zweitfirma"));
    let answer =
        town.discord.forge(town.user("Anna"), "de", id(&card["channel_id"]), id(&card["id"]), &elsewhere, &[]).await;
    assert!(town.told(&answer).await.starts_with("Dieses Nachfassen gibt es hier nicht"));
    let unknown = town
        .discord
        .forge(town.user("Anna"), "de", id(&card["channel_id"]), id(&card["id"]), "r1:claim:4711", &[])
        .await;
    assert!(town.told(&unknown).await.starts_with("Einen Fall „#4711“ gibt es hier nicht"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_direct_message_case_commands_say_where_they_work() {
    let town = Town::new().await;
    let dm = town.discord.dm(town.user("Anna"));
    for (command, options) in [
        ("case list", vec![]),
        ("case open", vec![("title", json!("x"))]),
        ("followup list", vec![]),
        ("setup", vec![]),
    ] {
        let told = town.slash_in("Anna", "de", dm, command, &options).await;
        assert!(told.starts_with("Das geht nur auf einem Server."), "{command}: {told}");
    }
    assert!(town.slash_in("Anna", "de", dm, "help", &[]).await.contains("Was möchtest du tun?"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_who_cannot_own_a_case_are_named_with_the_reason() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Wer"))]).await;
    let assign = async |who: u64| {
        town.slash("Anna", "fälle", "case assign", &[("who", json!(who.to_string())), ("case", json!("1"))]).await
    };
    assert!(assign(town.user("Kim")).await.starts_with("@Kim hat nicht die Rolle des Teams."));
    assert!(assign(town.discord.world().bot()).await.contains("ist ein Programm"));
    assert!(assign(town.user("Dora")).await.starts_with("@Dora ist nicht auf diesem Server."));
    assert!(assign(town.user("Ben")).await.contains("zuständig: @Ben"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_nobody_can_keep_are_refused_with_an_example_and_the_text_back() {
    let town = Town::new().await;
    let mut told = Vec::new();
    for when in ["irgendwann", "gestern", "morgen oder so", "1/2", "in 10 Jahren", "31.2.", "Freitag, 24.12.2026", ""] {
        let options = [("what", json!("Den Text behalten")), ("when", json!(when))];
        let answer = town.slash("Anna", "fälle", "followup add", &options).await;
        assert!(answer.contains("Den Text behalten"), "{answer}");
        told.push(answer.lines().next().unwrap().to_owned());
    }
    insta::assert_snapshot!(told.join("\n"));
    let none = town.slash("Anna", "fälle", "followup list", &[]).await;
    assert!(none.contains("Nichts offen"), "{none}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn setup_names_what_is_wrong_and_which_rights_are_missing_where() {
    let town = Town::new().await;
    let told = town.slash("Admin", "fälle", "setup", &[("timezone", json!("Europa/Berlin"))]).await;
    assert!(told.starts_with("Die Zeitzone „Europa/Berlin“ kenne ich nicht."), "{told}");
    let told =
        town.slash("Admin", "fälle", "setup", &[("land", json!("NW")), ("timezone", json!("europe/vienna"))]).await;
    assert!(told.contains("Zeitzone: Europe/Vienna") && told.contains("Nordrhein-Westfalen"), "{told}");
    let fälle = town.channel("fälle").to_string();
    town.arm(json!({ "kind": "lose_permission", "channel_id": fälle, "permission": "CREATE_PRIVATE_THREADS" }));
    let told = town.slash("Admin", "fälle", "setup", &[]).await;
    assert!(told.contains("In #fälle fehlen mir Rechte: Private Threads erstellen"), "{told}");
    let public = town.channel("allgemein").to_string();
    let told = town.slash("Admin", "fälle", "setup", &[("alert_channel", json!(public))]).await;
    assert!(told.contains("#allgemein kann jeder auf dem Server lesen"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_notes_come_back_to_who_typed_them() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "case open", &[("title", json!("Lang"))]).await;
    let options: [(&str, Value); 2] = [("text", json!("y".repeat(5_000))), ("case", json!("1"))];
    let told = town.slash("Anna", "fälle", "case note", &options).await;
    assert!(told.starts_with("Das sind 5000 Zeichen, es passen 4000.") && told.contains("yyyy"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_the_bot_lacks_are_named_when_a_case_is_opened_and_the_card_follows_after_setup() {
    let town = Town::new().await;
    let fälle = town.channel("fälle").to_string();
    town.arm(json!({ "kind": "lose_permission", "channel_id": fälle, "permission": "CREATE_PRIVATE_THREADS" }));
    let told = town.slash("Anna", "fälle", "case open", &[("title", json!("Ohne Rechte"))]).await;
    assert!(
        told.contains("#1 · Ohne Rechte") && told.contains("fehlen mir für die Karte Rechte: Private Threads"),
        "{told}"
    );
    let alert = town.message_saying(town.channel("leitung"), "die Karte zu Fall #1").await;
    assert!(town.read(&alert).starts_with("@Anna"), "{}", town.read(&alert));
    // Another channel is set, and the card finds its place.
    let forum = town.channel("fall-forum");
    town.slash("Admin", "fälle", "setup", &[("case_channel", json!(forum.to_string()))]).await;
    let there = |discord: &ruhepol::sandbox::Discord| !discord.threads(forum).is_empty();
    assert!(town.discord.until(there, crate::harness::SOON).await, "the card follows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_case_channel_no_case_starts_where_customers_read() {
    let town = Town::bare().await;
    let public = town.channel("allgemein");
    let opened = town.slash_in("Admin", "de", public, "case open", &[("title", json!("Privat"))]).await;
    assert!(opened.contains("#1 · Privat"), "a private thread hides even in a public channel: {opened}");
    let there = |discord: &ruhepol::sandbox::Discord| !discord.threads(public).is_empty();
    assert!(town.discord.until(there, crate::harness::SOON).await);
    let thread = id(&town.discord.threads(public)[0]["id"]);
    assert!(!town.discord.sees(town.user("Kim"), thread), "customers do not see it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_takes_open_promises_back_and_says_so() {
    let town = Town::new().await;
    let thread = town.opened("Erledigt sich").await;
    town.slash_in(
        "Anna",
        "de",
        thread,
        "followup add",
        &[("what", json!("Nachhaken")), ("when", json!("in 1 Stunde"))],
    )
    .await;
    let closed = town.slash_in("Anna", "de", thread, "case close", &[]).await;
    assert!(closed.contains("zurückgenommen: Nachhaken"), "{closed}");
    town.clock.advance_ms(2 * 3_600_000);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(town.discord.messages(thread).len(), 1, "no reminder for a closed case");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_answer_that_fails_is_given_again() {
    let town = Town::new().await;
    for fault in [
        json!({ "kind": "500_before", "route": "callback" }),
        json!({ "kind": "429", "retry_after": 0.1, "route": "callback" }),
    ] {
        town.arm(fault);
        assert!(town.slash("Anna", "fälle", "help", &[]).await.contains("Was möchtest du tun?"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_name_several_cases_list_them_and_hand_the_note_back() {
    let town = Town::new().await;
    for title in ["Rechnung falsch", "Rechnung fehlt"] {
        town.slash("Anna", "fälle", "case open", &[("title", json!(title))]).await;
    }
    let note = "Die Buchhaltung hat beide Belege gefunden und meldet sich bis Montag.";
    let options = [("text", json!(note)), ("case", json!("Rechnung"))];
    let told = town.slash("Anna", "fälle", "case note", &options).await;
    assert!(
        told.contains("#1 · Rechnung falsch") && told.contains("#2 · Rechnung fehlt") && told.contains(note),
        "{told}"
    );
    town.cards(2).await;
}
