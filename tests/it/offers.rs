//! Who says in a case's thread that they will see to something is offered a reminder of it: once, quietly, repeating nothing.

use serde_json::{Value, json};

use crate::harness::{SOON, Town, button, id};

const HOUR_MS: i64 = 3_600_000;

fn offers(town: &Town, thread: u64) -> Vec<String> {
    let all = town.discord.messages(thread).into_iter().map(|message| town.read(&message));
    all.filter(|text| text.contains("soll ich dich") || text.contains("shall I remind")).collect()
}

async fn quiet(town: &Town, thread: u64, said: usize) {
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(offers(town, thread).len(), said, "{:#?}", offers(town, thread));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_in_a_cases_thread_is_offered_a_reminder_at_the_time_it_names() {
    let mut town = Town::reading().await;
    let thread = town.opened("Rechnung 4711").await;
    let anna = town.user("Anna");
    town.discord
        .say(anna, thread, "Die geheime Rechnung ist falsch. Ich melde mich bis Freitag 14 Uhr beim Kunden.")
        .await;
    let offer = town.message_saying(thread, "soll ich dich").await;
    insta::assert_snapshot!(town.read(&offer), @r"
    @Anna, soll ich dich daran erinnern? Mein Vorschlag: Fri 2026-11-20 13:00 (…).
    [Erinnerung anlegen]
    ");
    let sent =
        town.discord.requests().into_iter().rfind(|r| r.body["content"].to_string().contains("soll ich")).unwrap();
    assert!(!sent.pings.everyone && sent.pings.users.is_empty(), "nobody is pinged: {:?}", sent.pings);

    town.restart().await;
    let form = town.press("Anna", "de", &offer, "Erinnerung anlegen").await;
    let fields = form.modal.as_ref().expect("a form").to_string();
    assert!(
        fields.contains("Zurückmelden wie zugesagt") && fields.contains("Freitag, 20.11.2026, 14:00 Uhr"),
        "{fields}"
    );
    let what = [("what", "Zurückmelden wie zugesagt"), ("when", "2026-11-20 14:00")];
    let english = town.press("Anna", "en-GB", &offer, "Erinnerung anlegen").await;
    assert!(english.modal.as_ref().expect("a form").to_string().contains("Get back as promised"));
    let told = town.submit("Anna", "de", thread, &form, &what).await;
    assert!(town.told(&told).await.contains("Fri 2026-11-20 13:00"));
    taken_once_and_by_its_addressee(&town, thread, &offer, &english).await;

    town.discord.say(anna, thread, "Ich kümmere mich auch um den Rest.").await;
    quiet(&town, thread, 0).await;
    town.clock.advance_ms(HOUR_MS);
    town.discord.say(anna, thread, "I'll look into the rest.").await;
    assert!(town.discord.until(|_| offers(&town, thread).len() == 1, SOON).await, "an hour later again");
    assert!(offers(&town, thread)[0].contains("Fri 2026-11-20 08:00"), "without a time, the next working day");
}

/// The offer says that it was taken, and whoever is late or not meant hears so.
async fn taken_once_and_by_its_addressee(town: &Town, thread: u64, offer: &Value, late: &ruhepol::sandbox::Answer) {
    let settled = town.message_saying(thread, "@Anna wird erinnert: Fri 2026-11-20 13:00").await;
    assert_eq!(settled["id"], offer["id"], "the offer itself");
    assert!(!town.read(&settled).contains('['), "without its button: {}", town.read(&settled));
    let what = [("what", "Noch einmal"), ("when", "2026-11-20 14:00")];
    let told = town.told(&town.submit("Anna", "en-GB", thread, late, &what).await).await;
    assert!(told.starts_with("The reminder is set already."), "{told}");
    let (message, take) = (id(&offer["id"]), button(offer, "Erinnerung anlegen").unwrap());
    for (who, expected) in [("Anna", "Die Erinnerung ist schon angelegt."), ("Ben", "Dieses Angebot gilt @Anna.")] {
        let forged = town.discord.forge(town.user(who), "de", thread, message, &take, &[]).await;
        assert!(town.told(&forged).await.starts_with(expected), "{}", town.told(&forged).await);
    }
    let list = town.slash("Anna", "fälle", "followup list", &[]).await;
    assert_eq!(list.matches("– @Anna").count(), 1, "one reminder: {list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_is_for_whoever_it_was_made_to() {
    let town = Town::reading().await;
    let thread = town.opened("Rechnung 4711").await;
    town.discord.say(town.user("Anna"), thread, "Ich melde mich bis Freitag 14 Uhr beim Kunden.").await;
    let offer = town.message_saying(thread, "soll ich dich").await;
    let refused = town.press("Ben", "de", &offer, "Erinnerung anlegen").await;
    let told = town.told(&refused).await;
    assert!(told.starts_with("Dieses Angebot gilt @Anna. Mit `/nachfassen neu`"), "{told}");
    assert!(offers(&town, thread).len() == 1, "it still stands");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_nowhere_else_and_nothing_else_is_offered_anything() {
    let town = Town::reading().await;
    town.slash("Admin", "fälle", "setup", &[("language", json!("en"))]).await;
    let thread = town.opened("Invoice").await;
    for said in ["The customer will get back to us.", "Should I call them?", "I won't call them.", "> I'll call them"] {
        town.discord.say(town.user("Anna"), thread, said).await;
    }
    town.discord.say(town.user("Anna"), town.channel("fälle"), "Ich melde mich morgen").await;
    quiet(&town, thread, 0).await;
    quiet(&town, town.channel("fälle"), 0).await;
    town.discord.say(town.user("Anna"), thread, "I'll call them tomorrow").await;
    town.discord.say(town.user("Ben"), thread, "And I'll check the warehouse on Monday").await;
    assert!(town.discord.until(|_| offers(&town, thread).len() == 2, SOON).await, "each of them once");
    assert!(
        offers(&town, thread)[0].starts_with("@Anna, shall I remind you of it? My suggestion: Fri 2026-11-20 08:00")
    );
    town.slash_in("Anna", "en-GB", thread, "case close", &[]).await;
    town.clock.advance_ms(2 * HOUR_MS);
    town.discord.say(town.user("Anna"), thread, "I'll call them tomorrow").await;
    quiet(&town, thread, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_to_read_words_nothing_is_offered_and_nothing_said_about_it() {
    let town = Town::new().await;
    let thread = town.opened("Stumm").await;
    town.discord.say(town.user("Anna"), thread, "Ich melde mich morgen").await;
    quiet(&town, thread, 0).await;
}
