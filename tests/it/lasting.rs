//! What lasts longer than one reminder: promises that repeat, wait for a reply or the morning, are taken to the lead, or reached nobody.

use serde_json::json;

use crate::harness::{Town, button, id};
use crate::life::{HOUR_MS, add, message_of, newest, plain};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_repeats_comes_again_and_never_piles_up() {
    let mut town = Town::new().await;
    let thread = town.opened("Wochenbericht").await;
    let answer = add(
        &town,
        "Anna",
        thread,
        &[("what", json!("Bericht")), ("when", json!("morgen 10 Uhr")), ("repeat", json!("täglich"))],
    )
    .await;
    assert!(town.read(&answer).contains("Wiederholt sich täglich."), "{}", town.read(&answer));
    // Friday: done, so the next would be Saturday; computed, it waits for Monday and says so.
    town.clock.advance_ms(24 * HOUR_MS);
    let friday = newest(&town, thread, 2).await;
    let done = town.press("Anna", "de", &friday, "Erledigt").await;
    let told = plain(&town.told(&done).await);
    assert!(told.starts_with("Erledigt von @Anna: Bericht\nDas nächste Mal: Mon 2026-11-23 08:00"), "{told}");
    town.restart().await;
    let list = town.slash_in("Anna", "de", thread, "followup list", &[]).await;
    assert!(list.contains("Mon 2026-11-23 08:00") && list.contains("täglich"), "{list}");
    assert_eq!(list.matches("Bericht").count(), 2, "one line and one entry to choose: {list}");
    town.clock.advance_ms(71 * HOUR_MS);
    let monday = newest(&town, thread, 3).await;
    let text = town.read(&monday);
    assert!(text.contains("Eigentlich war es Sat 2026-11-21 09:00"), "{text}");
    // Nobody presses anything: Tuesday comes all the same, and Monday gives way.
    town.clock.advance_ms(25 * HOUR_MS);
    newest(&town, thread, 4).await;
    town.card_saying(thread, "blieb offen, die nächste Wiederholung ist dran: Bericht").await;
    let list = town.slash_in("Anna", "de", thread, "followup list", &[]).await;
    assert_eq!(list.matches("– @Anna").count(), 1, "what is due and what comes next are one matter: {list}");
    let done = button(&monday, "Erledigt").unwrap();
    let stale = town.discord.forge(town.user("Anna"), "de", thread, id(&monday["id"]), &done, &[]).await;
    assert!(town.told(&stale).await.starts_with("Das ist schon erledigt oder zurückgenommen."));
    // Weeks pass while nobody is there: one reminder, not one for each day.
    town.stop().await;
    town.clock.advance_ms(14 * 24 * HOUR_MS);
    town.start().await;
    newest(&town, thread, 5).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 5, "never a pile");
    let ended = town.slash_in("Anna", "de", thread, "followup cancel", &[("followup", json!("bericht"))]).await;
    assert!(ended.contains("Die Wiederholung ist damit auch beendet."), "{ended}");
    let list = town.slash_in("Anna", "de", thread, "followup list", &[]).await;
    assert!(list.contains("Nichts offen"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_a_case_ends_what_repeats_for_it() {
    let town = Town::new().await;
    let thread = town.opened("Zu").await;
    let options = [("what", json!("Bericht")), ("when", json!("in 1 Stunde")), ("repeat", json!("every 2 weeks"))];
    let answer = add(&town, "Anna", thread, &options).await;
    assert!(town.read(&answer).contains("alle 2 Wochen"), "{}", town.read(&answer));
    town.clock.advance_ms(HOUR_MS);
    newest(&town, thread, 2).await;
    town.slash_in("Anna", "de", thread, "case close", &[]).await;
    let list = town.slash("Anna", "fälle", "followup list", &[]).await;
    assert!(list.contains("Erfolgskontrolle") && !list.contains("Bericht"), "only the check after closing: {list}");
    town.clock.advance_ms(15 * 24 * HOUR_MS);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let reports = town.discord.messages(thread).iter().filter(|m| town.read(m).contains("Bericht")).count();
    assert_eq!(reports, 2, "the card and one reminder: a closed case reminds nobody of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lead_hears_of_what_stays_open_too_long_and_not_of_what_was_done_or_moved() {
    let mut town = Town::new().await;
    let thread = town.opened("Eilig").await;
    for what in ["Bleibt offen", "Wird erledigt", "Wird verschoben"] {
        let options = [("what", json!(what)), ("when", json!("in 1 Stunde")), ("escalate", json!("2 Stunden"))];
        let answer = add(&town, "Anna", thread, &options).await;
        assert!(town.read(&answer).contains("Ist es bis Thu 2026-11-19 12:00"), "{}", town.read(&answer));
    }
    // Before they are due, so that only two come due at once: three would come as one message.
    let options = [("when", json!("morgen 12 Uhr")), ("followup", json!("verschoben"))];
    town.slash("Anna", "fälle", "followup snooze", &options).await;
    town.clock.advance_ms(HOUR_MS);
    newest(&town, thread, 3).await;
    town.slash("Anna", "fälle", "followup done", &[("followup", json!("erledigt"))]).await;
    town.restart().await;
    town.clock.advance_ms(2 * HOUR_MS - 60_000);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 3, "not early");
    town.clock.advance_ms(60_000);
    newest(&town, thread, 4).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let told = newest(&town, thread, 4).await;
    assert!(
        town.read(&told).starts_with("@Leitung, das ist überfällig: **Bleibt offen** – @Anna"),
        "{}",
        town.read(&told)
    );
    let sent = town.discord.requests().into_iter().rfind(|r| r.body["content"].to_string().contains("überfällig"));
    let sent = sent.unwrap();
    assert_eq!(sent.body["allowed_mentions"]["roles"].as_array().unwrap().len(), 1, "the lead may be pinged");
    assert_eq!(sent.pings.users, [town.user("Anna").to_string()], "{:?}", sent.pings);
    // In this town nobody may mention the role, so that would notify nobody: setup says so.
    let setup = town.slash("Admin", "fälle", "setup", &[]).await;
    assert!(setup.contains("Wenn ich @Leitung erwähne, bekommt niemand eine Benachrichtigung."), "{setup}");
    let done = town.press("Clara", "de", &told, "Erledigt").await;
    assert!(town.told(&done).await.starts_with("Erledigt von @Clara"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_wakes_when_the_customer_replies_and_a_plain_snooze_does_not() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    let wakes = [("what", json!("Nachhaken")), ("when", json!("in 10 Tagen")), ("wake", json!("on"))];
    let answer = add(&town, "Anna", thread, &wakes).await;
    assert!(town.read(&answer).contains("Meldet sich die Kundin oder der Kunde früher"), "{}", town.read(&answer));
    add(&town, "Anna", thread, &[("what", json!("Schlummert")), ("when", json!("in 10 Tagen"))]).await;
    town.slash_in("Anna", "de", thread, "case update", &[("status", json!("waiting_customer"))]).await;
    town.slash_in("Ben", "de", thread, "case note", &[("text", json!("nur eine Notiz"))]).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 1, "an internal note wakes nothing");
    town.slash_in("Ben", "de", thread, "case update", &[("status", json!("open"))]).await;
    let reminder = newest(&town, thread, 2).await;
    let text = town.read(&reminder);
    assert!(text.contains("**Nachhaken**") && text.contains("Die Kundin oder der Kunde hat sich gemeldet."), "{text}");
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 2, "the snooze outlives the reply");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_in_the_evening_waits_for_the_morning_unless_the_case_is_urgent() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Anna", thread, &[("what", json!("Nachhaken")), ("when", json!("in 10 Tagen")), ("wake", json!("on"))])
        .await;
    town.slash_in("Anna", "de", thread, "case update", &[("status", json!("waiting_customer"))]).await;
    town.clock.advance_ms(10 * HOUR_MS);
    town.slash_in("Ben", "de", thread, "case update", &[("status", json!("open"))]).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 1, "eight in the evening is not working time");
    town.slash_in("Ben", "de", thread, "case update", &[("priority", json!("urgent"))]).await;
    let reminder = newest(&town, thread, 2).await;
    assert!(town.read(&reminder).contains("**Nachhaken**"), "an urgent case does not wait");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_reached_nobody_is_shown_to_owner_and_lead_and_can_be_sent_again() {
    let town = Town::new().await;
    let anna = town.user("Anna");
    let leitung = town.channel("leitung");
    town.arm(json!({ "kind": "dm_closed", "user_id": anna.to_string() }));
    town.arm(json!({ "kind": "lose_permission", "channel_id": leitung.to_string(), "permission": "SEND_MESSAGES" }));
    let fälle = town.channel("fälle");
    add(&town, "Anna", fälle, &[("what", json!("Streng geheim")), ("when", json!("in 30 min"))]).await;
    town.clock.advance_ms(HOUR_MS / 2);
    let undelivered = async || {
        for _ in 0..40 {
            let told = town.slash("Clara", "fälle", "followup list", &[("view", json!("undelivered"))]).await;
            if told.contains("Streng geheim") {
                return told;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        panic!("it is never listed");
    };
    let told = undelivered().await;
    assert!(told.contains("**kam nicht an**"), "{told}");
    let answer = town.raw("Clara", "de", fälle, "followup list", &[("view", json!("undelivered"))]).await;
    let list = message_of(&town, &answer).await;
    let select = &list["components"][0]["components"][0];
    let (custom_id, value) = (select["custom_id"].as_str().unwrap(), select["options"][0]["value"].as_str().unwrap());
    let (channel, message) = (id(&list["channel_id"]), id(&list["id"]));
    let shown = town.discord.press(town.user("Clara"), "de", channel, message, custom_id, &[value]).await;
    let shown = message_of(&town, &shown).await;
    assert!(town.read(&shown).contains("kam nirgends an") && town.read(&shown).ends_with("[Noch einmal versuchen]"));
    let retried = town.press("Clara", "de", &shown, "Noch einmal versuchen").await;
    assert!(plain(&town.told(&retried).await).starts_with("Die Erinnerung wird noch einmal zugestellt: Streng geheim"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_limits_and_wakings_that_cannot_be_are_refused_with_an_example_and_the_text_back() {
    let town = Town::new().await;
    let what = "Ein Text, der lang genug ist, um ihn nicht noch einmal zu tippen.";
    for (option, typed, german, english) in [
        (
            "repeat",
            "manchmal",
            "Die Wiederholung „manchmal“ verstehe ich nicht. Beispiele: „täglich“",
            "I do not understand \"manchmal\" as a way to repeat. Examples:",
        ),
        ("repeat", "alle 0 Tage", "Die Wiederholung „alle 0 Tage“", "I do not understand \"alle 0 Tage\""),
        ("escalate", "bald", "„bald“ verstehe ich nicht als Frist.", "I do not understand \"bald\" as a time limit."),
        (
            "wake",
            "on",
            "Auf eine Antwort warten kann nur ein Nachfassen zu einem Fall.",
            "Only a follow-up of a case can wait",
        ),
    ] {
        let options = [("what", json!(what)), ("when", json!("morgen")), (option, json!(typed))];
        let told = town.slash("Anna", "fälle", "followup add", &options).await;
        assert!(told.starts_with(german) && told.contains(what), "{told}");
        let told = town.slash_en("Anna", "fälle", "followup add", &options).await;
        assert!(told.starts_with(english) && told.contains(what), "{told}");
    }
    let long = "ä".repeat(5_900);
    let told = town.slash("Anna", "fälle", "followup add", &[("what", json!(long)), ("when", json!("morgen"))]).await;
    assert!(told.starts_with("Das sind 5900 Zeichen, es passen 1000.") && told.contains("äää"), "{told}");
    let told =
        town.slash("Anna", "fälle", "followup add", &[("what", json!(" \u{200b} ")), ("when", json!("morgen"))]).await;
    assert!(told.starts_with("Da steht noch nichts."), "{told}");
    for (who, expected) in [("Kim", "hat nicht die Rolle des Teams."), ("Dora", "ist nicht auf diesem Server.")] {
        let who = json!(town.user(who).to_string());
        let options = [("what", json!(what)), ("when", json!("morgen")), ("who", who)];
        let told = town.slash("Anna", "fälle", "followup add", &options).await;
        assert!(told.contains(expected) && told.contains(what), "{told}");
    }
    let offered = crate::cases::suggest(&town, "Anna", "followup add", "repeat", "").await;
    assert_eq!(offered, ["täglich", "an Werktagen", "wöchentlich", "alle 2 Wochen", "monatlich"]);
    let nobody = town.slash("Anna", "fälle", "followup list", &[]).await;
    assert!(nobody.contains("Nichts offen"), "{nobody}");
    let bare = Town::bare().await;
    let options = [("what", json!(what)), ("when", json!("morgen")), ("escalate", json!("1 Tag"))];
    let told = bare.slash("Admin", "fälle", "followup add", &options).await;
    assert!(told.starts_with("Es ist noch keine Rolle für die Leitung festgelegt"), "{told}");
}
