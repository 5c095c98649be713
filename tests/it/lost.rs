//! A reminder that reached nobody is marked wherever its promise is shown, with why, and with the way to try again or hand it over.

use serde_json::{Value, json};

use crate::harness::{Town, id};
use crate::life::{add, message_of, plain};

const HOUR_MS: i64 = 3_600_000;

/// Anna's reminder for a case finds no way: neither the thread, nor directly, nor the channel for alerts take it.
async fn lost(town: &Town) -> u64 {
    let thread = town.opened("Gutschrift").await;
    town.arm(json!({ "kind": "dm_closed", "user_id": town.user("Anna").to_string() }));
    for (channel, right) in
        [(town.channel("leitung"), "SEND_MESSAGES"), (town.channel("fälle"), "SEND_MESSAGES_IN_THREADS")]
    {
        town.arm(json!({ "kind": "lose_permission", "channel_id": channel.to_string(), "permission": right }));
    }
    add(town, "Anna", thread, &[("what", json!("Beleg prüfen")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS);
    thread
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_card_the_case_and_the_list_say_what_did_not_arrive_and_why_and_lead_to_its_buttons() {
    let mut town = Town::new().await;
    let thread = lost(&town).await;
    let card = plain(&town.read(&town.card_saying(thread, "Kam nicht an").await));
    let why = "im Thread: mir fehlt ein Recht; direkt: keine Direktnachrichten; \
               im Kanal für Meldungen: die Person sieht ihn nicht";
    assert!(card.contains("Kam nicht an: **Beleg prüfen** – @Anna, Thu 2026-11-19 10:00 (…) (im Thread"), "{card}");
    assert!(card.contains(why) && card.ends_with("[Nicht Zugestelltes]"), "{card}");
    town.restart().await;
    let told = plain(&town.slash_in("Ben", "en-GB", thread, "case show", &[]).await);
    assert!(told.contains("Not delivered: **Beleg prüfen**") && told.ends_with("[Not delivered]"), "{told}");
    let told = plain(&town.slash_in("Anna", "en-GB", thread, "followup list", &[]).await);
    assert!(told.contains("**not delivered** (in the thread: I lack a right; directly: no direct messages"), "{told}");
    assert!(told.contains("Choose what was not delivered to retry it or hand it over."), "{told}");

    // From the card to the buttons, by whoever leads; the card stays what it is.
    let card = town.card_saying(thread, "Kam nicht an").await;
    let list = message_of(&town, &town.press("Clara", "de", &card, "Nicht Zugestelltes").await).await;
    assert_ne!(list["id"], card["id"], "an answer of its own");
    let select = &list["components"][0]["components"][0];
    let (custom_id, value) = (select["custom_id"].as_str().unwrap(), select["options"][0]["value"].as_str().unwrap());
    let shown = town
        .discord
        .press(town.user("Clara"), "de", id(&list["channel_id"]), id(&list["id"]), custom_id, &[value])
        .await;
    let shown = message_of(&town, &shown).await;
    let text = plain(&town.read(&shown));
    assert!(text.contains(&format!("kam nirgends an ({why}")) && text.contains("[Übergeben]"), "{text}");
    opens(&town);
    town.press("Clara", "de", &shown, "Noch einmal versuchen").await;
    town.message_saying(town.discord.dm(town.user("Anna")), "jetzt ist dran: **Beleg prüfen**").await;
    let without =
        |discord: &ruhepol::sandbox::Discord| !town.read(&discord.messages(thread)[0]).contains("Kam nicht an");
    assert!(town.discord.until(without, crate::harness::SOON).await, "and the card takes it back");
}

/// Anna takes direct messages again.
fn opens(town: &Town) {
    town.arm(json!({ "kind": "dm_open", "user_id": town.user("Anna").to_string() }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_overviews_of_person_and_team_begin_with_it() {
    let town = Town::new().await;
    let thread = lost(&town).await;
    town.card_saying(thread, "Kam nicht an").await;
    opens(&town);
    town.clock.advance_ms(22 * HOUR_MS + 60_000);
    let own = town.message_saying(town.discord.dm(town.user("Anna")), "Guten Morgen").await;
    let text = plain(&town.read(&own));
    assert!(
        text.contains("**Erinnerung kam nicht an: 1**\n- #1 #… · Beleg prüfen · … · im Thread: mir fehlt ein Recht"),
        "{text}"
    );
    assert!(!text.contains("Überfällig") && text.ends_with("(#1 · Beleg prüfen)"), "once, and to be opened: {text}");
    let select = &own["components"][1]["components"][0];
    let (custom_id, value) = (select["custom_id"].as_str().unwrap(), select["options"][0]["value"].as_str().unwrap());
    let opened =
        town.discord.press(town.user("Anna"), "de", id(&own["channel_id"]), id(&own["id"]), custom_id, &[value]).await;
    let opened = message_of(&town, &opened).await;
    assert!(town.read(&opened).contains("[Noch einmal versuchen]"), "{}", town.read(&opened));

    let team = town.message_saying(town.channel("fälle"), "im Team").await;
    let text = plain(&town.read(&team));
    assert!(text.contains("- **Erinnerung kam nicht an: 1** – #1 #…") && !text.contains("Beleg"), "{text}");
    let list = town.press("Ben", "en-GB", &team, "Nicht Zugestelltes").await;
    let told = plain(&town.told(&list).await);
    assert!(told.contains("Beleg prüfen") && told.contains("**not delivered**"), "{told}");
    town.press("Anna", "de", &opened, "Noch einmal versuchen").await;
    town.message_saying(town.discord.dm(town.user("Anna")), "jetzt ist dran: **Beleg prüfen**").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_the_card_and_the_team_say_the_same() {
    let Some(town) = Town::on_postgres().await else { return };
    let thread = lost(&town).await;
    town.card_saying(thread, "Kam nicht an").await;
    opens(&town);
    town.clock.advance_ms(22 * HOUR_MS + 60_000);
    let team: Value = town.message_saying(town.channel("fälle"), "im Team").await;
    assert!(town.read(&team).contains("**Erinnerung kam nicht an: 1** – #1"), "{}", town.read(&team));
}
