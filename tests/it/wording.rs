//! Around a draft: hints, a promise to note down, and rules that can be read, allowed and taken back.

use serde_json::{Value, json};

use crate::harness::{SOON, Town, button};

async fn draft(town: &Town, locale: &str, channel: u64, text: &str) -> (String, Value) {
    let form = town.raw("Anna", locale, channel, "draft", &[]).await;
    let answer = town.submit("Anna", locale, channel, &form, &[("draft", text)]).await;
    let message = town.discord.final_answer(answer.interaction, SOON).await.expect("an answer");
    (town.read(&message), message)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_for_a_heated_case_is_told_what_may_do_it_good() {
    let town = Town::with(|config| (config.tone.jargon, config.tone.emoji) = (true, true)).await;
    let thread = town.opened("Lieferung fehlt").await;
    let cold = "Der Workaround ist da \u{1F600}";
    let (told, _) = draft(&town, "de", thread, cold).await;
    assert!(told.contains("„Workaround“ kennen vor allem wir") && !told.contains("aufgebracht"), "{told}");
    town.slash_in("Anna", "de", thread, "case update", &[("mood", json!(2))]).await;
    let (told, _) = draft(&town, "de", thread, cold).await;
    for hint in ["Das klingt ruhig", "Der Fall ist aufgebracht", "„Bitte“ oder „Danke“", "Emoji wirken"] {
        assert!(told.contains(hint), "{hint} in {told}");
    }
    let (told, _) = draft(&town, "en-GB", thread, "Send us the invoice. It will definitely work.").await;
    assert!(told.contains("“Send us” may read as an order") && told.contains("“definitely” is a big word"), "{told}");
    let kind = "I am sorry for the trouble this causes you. Thank you, the parcel is on its way.";
    let (told, _) = draft(&town, "en-GB", thread, kind).await;
    assert!(told.contains("This reads calm") && !told.contains("What may help"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_in_a_draft_becomes_a_follow_up_and_its_words_do_not() {
    let town = Town::new().await;
    let thread = town.opened("Lieferung fehlt").await;
    let text = "Guten Tag, ich melde mich bis morgen 14 Uhr mit dem Kanarienstand. Danke.";
    let (told, message) = draft(&town, "de", thread, text).await;
    assert!(told.contains("Darin steckt ein Versprechen") && told.contains("[Versprechen festhalten]"), "{told}");
    let custom_id = button(&message, "Versprechen festhalten").unwrap();
    assert!(!custom_id.contains("Kanarien"), "{custom_id}");
    let form = town.press("Anna", "de", &message, "Versprechen festhalten").await;
    let modal = form.modal.as_ref().unwrap().to_string();
    assert!(modal.contains("Freitag, 20.11.2026, 14:00 Uhr") && modal.contains("Zugesagte Rückmeldung"), "{modal}");
    let fields = [("what", "Stand melden"), ("when", "2026-11-20 14:00")];
    let answer = town.submit("Anna", "de", thread, &form, &fields).await;
    let told = town.told(&answer).await;
    assert!(told.contains("Stand melden") && told.contains("Fri 2026-11-20 13:00") && told.contains("#1"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_on_the_team_reads_what_is_looked_for_and_why() {
    let town = Town::new().await;
    let told = town.slash("Anna", "fälle", "tone rules", &[("category", json!("threat"))]).await;
    assert!(told.contains("Worauf ich achte: Drohung (Deutsch)") && told.contains("threat."), "{told}");
    let first =
        town.raw("Anna", "en-GB", town.channel("fälle"), "tone rules", &[("category", json!("contempt"))]).await;
    let first = town.discord.final_answer(first.interaction, SOON).await.unwrap();
    let told = town.read(&first);
    assert!(told.contains("What I look for: contempt (English)") && told.contains("Page 1 of"), "{told}");
    let next = town.press("Anna", "en-GB", &first, "Next").await;
    assert!(town.told(&next).await.contains("Page 2 of"), "{next:?}");
    let german = town.press("Anna", "en-GB", &first, "German rules").await;
    assert!(town.told(&german).await.contains("contempt (German)"), "{german:?}");
    let told = town.slash_en("Kim", "support", "tone rules", &[]).await;
    assert!(told.contains("@Team"), "{told}");
    // What no rule words is listed with the rest, by the name its findings have.
    let told = town.slash("Anna", "fälle", "tone rules", &[("category", json!("shouting"))]).await;
    assert!(told.contains("shouting.capitals") && told.contains("Ganze Sätze in Großbuchstaben."), "{told}");
    let told = town.slash("Anna", "fälle", "tone rules", &[("category", json!("defensive"))]).await;
    assert!(told.contains("Seite 1 von 2") && !told.contains('$'), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_is_allowed_after_a_preview_for_oneself_or_by_the_lead_for_all() {
    let mut town = Town::new().await;
    let channel = town.channel("fälle");
    let text = "Ihr Trottel.";
    let flagged = async |town: &Town| draft(town, "de", channel, text).await.0.contains("Stelle könnte schärfer");
    assert!(flagged(&town).await);

    let rule = ("rule", json!("insult.name"));
    let offer = town.raw("Clara", "de", channel, "tone allow", &[rule.clone(), ("scope", json!("team"))]).await;
    let offer = town.discord.final_answer(offer.interaction, SOON).await.unwrap();
    let told = town.read(&offer);
    assert!(told.contains("fielen dann nicht mehr auf") && told.contains("[Für das Team erlauben]"), "{told}");
    assert!(flagged(&town).await, "a preview changes nothing");
    let done = town.press("Clara", "de", &offer, "Für das Team erlauben").await;
    assert!(town.told(&done).await.contains("in diesem Team nicht mehr"), "{done:?}");
    town.restart().await;
    assert!(!flagged(&town).await, "allowed for everybody");

    let back = [rule.clone(), ("switch", json!("off"))];
    let told = town.slash_en("Anna", "fälle", "tone allow", &back).await;
    assert!(told.contains("allowed for the whole team. The lead can take it back"), "{told}");
    assert!(!told.contains("examples"), "nothing would change, so no preview: {told}");
    let told = town.slash_en("Anna", "fälle", "tone allow", std::slice::from_ref(&rule)).await;
    assert!(told.contains("allowed for the whole team already") && !told.contains("Allow for me"), "{told}");
    let offer = town.raw("Clara", "de", channel, "tone allow", &back).await;
    let offer = town.discord.final_answer(offer.interaction, SOON).await.unwrap();
    let done = town.press("Clara", "de", &offer, "Für das Team zurücknehmen").await;
    assert!(town.told(&done).await.contains("in diesem Team wieder"), "{done:?}");
    assert!(flagged(&town).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_lead_allows_for_the_team_and_only_rules_that_exist() {
    let town = Town::new().await;
    let rule = ("rule", json!("insult.name"));
    let told = town.slash_en("Anna", "fälle", "tone allow", &[rule.clone(), ("scope", json!("team"))]).await;
    assert!(told.contains("for the lead to decide: @Leitung"), "{told}");
    let told = town.slash_en("Anna", "fälle", "tone allow", &[("rule", json!("insult.gone"))]).await;
    assert!(told.contains("There is no rule “insult.gone”"), "{told}");
    let channel = town.channel("fälle");
    let offer = town.raw("Anna", "de", channel, "tone allow", &[rule]).await;
    let offer = town.discord.final_answer(offer.interaction, SOON).await.unwrap();
    let told = town.read(&offer);
    assert!(told.contains("[Für mich erlauben]") && !told.contains("Für das Team erlauben"), "{told}");
    let (mine, message) = (button(&offer, "Für mich erlauben").unwrap(), crate::harness::id(&offer["id"]));
    let forged = mine.replace(":me:", ":team:");
    let answer = town.discord.forge(town.user("Anna"), "en-GB", channel, message, &forged, &[]).await;
    assert!(town.told(&answer).await.contains("for the lead to decide"), "{answer:?}");
    let other = mine.replace(&town.discord.world().guild("Musterfirma Support").to_string(), "2");
    let answer = town.discord.forge(town.user("Anna"), "en-GB", channel, message, &other, &[]).await;
    assert!(town.told(&answer).await.contains("only works on a server"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_suggested_while_their_name_or_a_word_of_theirs_is_typed() {
    let town = Town::new().await;
    let options = json!([{ "name": "allow", "type": 1, "options": [
        { "name": "rule", "type": 3, "value": "vollpfosten", "focused": true }
    ] }]);
    let found = town.discord.autocomplete(town.user("Anna"), "de", town.channel("fälle"), "tone", options).await;
    assert_eq!(found[0].value, json!("de:insult.name"), "{:?}", found[0].name);
    assert!(found[0].name.contains("Beleidigung"), "{}", found[0].name);
    let options = json!([{ "name": "allow", "type": 1, "options": [
        { "name": "rule", "type": 3, "value": "learned", "focused": true }
    ] }]);
    let found = town.discord.autocomplete(town.user("Anna"), "de", town.channel("fälle"), "tone", options).await;
    assert!(
        found[0].value == json!("de:insult.learned") && found[0].name.contains("Beleidigung"),
        "{:?}",
        found[0].name
    );
}
