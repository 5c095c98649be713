//! Customers' heated words raise their case's mood, and nothing of what they said is kept.

use serde_json::json;

use crate::harness::{SOON, Town, id};

/// Anna owns a case opened from what Kim wrote in the watched support channel. Gives its thread.
async fn kims_case(town: &Town) -> u64 {
    let support = town.channel("support");
    town.slash("Clara", "fälle", "tone watch", &[("channel", json!(support.to_string()))]).await;
    let asked = town.discord.say(town.user("Kim"), support, "Meine Rechnung stimmt nicht.").await;
    let form = town.menu("Anna", "de", support, "Open case", asked).await;
    town.submit("Anna", "de", support, &form, &[("title", "Rechnung stimmt nicht"), ("customer", "Kim")]).await;
    let thread = id(&town.card().await["channel_id"]);
    town.slash_in("Anna", "de", thread, "case claim", &[]).await;
    town.card_saying(thread, "@Anna").await;
    thread
}

async fn kim(town: &Town, text: &str) {
    town.discord.say(town.user("Kim"), town.channel("support"), text).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_outburst_raises_the_mood_of_their_case() {
    let mut town = Town::reading().await;
    let thread = kims_case(&town).await;
    kim(&town, "Ihr seid Idioten und Betrüger!").await;
    let card = town.card_saying(thread, "Stimmung: aufgebracht").await;
    let card = town.read(&card);
    assert!(card.contains("Ruhepol: Stimmung: aufgebracht") && !card.contains("Idioten"), "{card}");

    let line = town.message_saying(thread, "die Stimmung in diesem Fall ist jetzt: aufgebracht").await;
    assert!(town.read(&line).starts_with("@Anna"), "{line}");
    assert_eq!(line["mentions"][0]["id"], json!(town.user("Anna").to_string()), "only the owner is told");

    // Somebody sets it lower: that stays, over a restart too, until it grows warmer still.
    town.slash_in("Anna", "de", thread, "case update", &[("mood", json!(1))]).await;
    town.restart().await;
    kim(&town, "Danke, dann warte ich.").await;
    let raised =
        town.discord.until(|d| !town.read(&d.messages(thread)[0]).contains("Stimmung: gereizt"), SOON / 6).await;
    assert!(!raised, "a calm word raises nothing");
    kim(&town, "Ihr seid Idioten und Betrüger!").await;
    town.card_saying(thread, "Stimmung: sehr aufgebracht").await;
    town.message_saying(thread, "ist jetzt: sehr aufgebracht").await;
    let told =
        town.discord.messages(thread).iter().filter(|m| town.read(m).contains("Stimmung in diesem Fall")).count();
    assert_eq!(told, 2, "once a rise");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_agents_nor_others_nor_other_channels_warm_a_case() {
    let town = Town::reading().await;
    let thread = kims_case(&town).await;
    let outburst = "Ihr seid Idioten und Betrüger!";
    for (who, channel) in [("Ben", "support"), ("Dora", "support"), ("Kim", "allgemein")] {
        town.discord.say(town.user(who), town.channel(channel), outburst).await;
    }
    let raised = town.discord.until(|d| town.read(&d.messages(thread)[0]).contains("aufgebracht"), SOON / 6).await;
    assert!(!raised, "{}", town.read(&town.card().await));
}
