//! Customers' words in watched channels: what waited for them is open again, also after a gap, and nobody else's.

use serde_json::json;

use crate::harness::{SOON, Town, id};

/// Anna opens a case from what Kim wrote in the watched support channel, and waits for Kim. Gives the case's thread.
async fn waiting_for_kim(town: &Town) -> u64 {
    let support = town.channel("support");
    let told = town.slash("Clara", "fälle", "tone watch", &[("channel", json!(support.to_string()))]).await;
    assert!(told.contains("#support") && told.contains("nicht was"), "{told}");
    let asked = town.discord.say(town.user("Kim"), support, "Meine Rechnung stimmt nicht.").await;
    let form = town.menu("Anna", "de", support, "Open case", asked).await;
    town.submit("Anna", "de", support, &form, &[("title", "Rechnung stimmt nicht"), ("customer", "Kim")]).await;
    let thread = id(&town.card().await["channel_id"]);
    town.slash_in("Anna", "de", thread, "case update", &[("status", json!("waiting_customer"))]).await;
    town.card_saying(thread, "wartet auf Kund").await;
    thread
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_word_in_a_watched_channel_opens_the_case_again() {
    let town = Town::new().await;
    let thread = waiting_for_kim(&town).await;
    // Neither another customer nor an agent nor an unwatched channel is Kim's word.
    town.discord.say(town.user("Dora"), town.channel("support"), "Ich auch.").await;
    town.discord.say(town.user("Ben"), town.channel("support"), "Wir kümmern uns.").await;
    town.discord.say(town.user("Kim"), town.channel("allgemein"), "Hallo zusammen.").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert!(town.read(&town.card().await).contains("wartet auf Kund"), "still waiting");

    town.discord.say(town.user("Kim"), town.channel("support"), "Hier die Nummer: 4711.").await;
    let card = town.card_saying(thread, "ist wieder offen").await;
    let card = town.read(&card);
    assert!(card.contains("@Kim: hat geschrieben") && !card.contains("4711"), "{card}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_customer_wrote_while_the_bot_was_away_is_noticed_afterwards() {
    let mut town = Town::new().await;
    let thread = waiting_for_kim(&town).await;
    town.stop().await;
    town.discord.say(town.user("Kim"), town.channel("support"), "Ist da noch jemand?").await;
    town.start().await;
    town.card_saying(thread, "ist wieder offen").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_lead_says_where_the_bot_listens_and_only_where_it_can() {
    let town = Town::new().await;
    let channel = [("channel", json!(town.channel("support").to_string()))];
    let told = town.slash_en("Anna", "fälle", "tone watch", &channel).await;
    assert!(told.contains("for the lead to decide: @Leitung"), "{told}");
    let told = town.slash_en("Kim", "support", "tone watch", &[]).await;
    assert!(told.contains("@Team"), "{told}");
    let told = town.slash_en("Anna", "fälle", "tone watch", &[]).await;
    assert!(told.contains("In no channel so far"), "{told}");
    let elsewhere = [("channel", json!(town.channel("fall-forum").to_string()))];
    let told = town.slash_en("Clara", "fälle", "tone watch", &elsewhere).await;
    assert!(told.contains("cannot read along"), "{told}");
    town.slash_en("Clara", "fälle", "tone watch", &channel).await;
    let off = [channel[0].clone(), ("switch", json!("off"))];
    let told = town.slash_en("Clara", "fälle", "tone watch", &off).await;
    assert!(told.contains("In no channel so far"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_watching_ends_a_customers_word_changes_nothing() {
    let town = Town::new().await;
    let thread = waiting_for_kim(&town).await;
    let off = [("channel", json!(town.channel("support").to_string())), ("switch", json!("off"))];
    town.slash("Clara", "fälle", "tone watch", &off).await;
    town.discord.say(town.user("Kim"), town.channel("support"), "Hallo?").await;
    let opened = town.discord.until(|d| town.read(&d.messages(thread)[0]).contains("wieder offen"), SOON / 5).await;
    assert!(!opened, "nobody listens there any more");
}
