//! The lists of promises: by person, case, team and what is overdue, and how their pages turn.

use serde_json::{Value, json};

use crate::harness::{Town, id};
use crate::life::{HOUR_MS, add, message_of, plain};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_lists_turn_their_pages_and_open_one_promise_with_all_its_buttons() {
    let mut town = Town::new().await;
    let fälle = town.channel("fälle");
    for n in 1..=23 {
        let (what, when) = (format!("Punkt {n}"), format!("in {n} Tagen"));
        add(&town, "Anna", fälle, &[("what", json!(what)), ("when", json!(when))]).await;
    }
    let first = town.raw("Anna", "de", fälle, "followup list", &[]).await;
    let first = message_of(&town, &first).await;
    let text = town.read(&first);
    assert!(text.contains("Punkt 10 ") && !text.contains("Punkt 11 ") && text.ends_with("[Spätere]"), "{text}");
    town.restart().await;
    let second = message_of(&town, &town.press("Anna", "de", &first, "Spätere").await).await;
    let third = message_of(&town, &town.press("Anna", "de", &second, "Spätere").await).await;
    let text = town.read(&third);
    assert!(text.contains("Punkt 23 ") && text.contains("Seite 3") && text.ends_with("[Frühere]"), "{text}");
    let list = third["components"][0]["components"][0]["custom_id"].as_str().unwrap();
    let value = third["components"][0]["components"][0]["options"][2]["value"].as_str().unwrap();
    let (channel, message) = (id(&third["channel_id"]), id(&third["id"]));
    let shown = town.discord.press(town.user("Anna"), "de", channel, message, list, &[value]).await;
    let shown = message_of(&town, &shown).await;
    assert!(
        town.read(&shown).ends_with(
            "[Erledigt] [+1 Std.] [Morgen] [Nächsten Montag] [Zeit wählen …]\n[Übergeben] [Ändern] [Zurücknehmen]"
        ),
        "{}",
        town.read(&shown)
    );
    let done = town.press("Anna", "de", &shown, "Erledigt").await;
    assert!(plain(&town.told(&done).await).starts_with("Erledigt von @Anna: Punkt 23"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_by_person_by_case_by_team_and_by_what_is_overdue() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    let fälle = town.channel("fälle");
    add(&town, "Anna", thread, &[("what", json!("Zum Fall")), ("when", json!("in 1 Stunde"))]).await;
    add(&town, "Anna", fälle, &[("what", json!("Ohne Fall")), ("when", json!("in 5 Tagen"))]).await;
    add(&town, "Ben", fälle, &[("what", json!("Von Ben")), ("when", json!("in 2 Stunden"))]).await;
    town.clock.advance_ms(3 * HOUR_MS);
    let list = async |user: &str, channel: u64, options: &[(&str, Value)]| {
        let told = town.slash_in(user, "de", channel, "followup list", options).await;
        ["Zum Fall", "Ohne Fall", "Von Ben"].map(|what| u8::from(told.contains(what)))
    };
    assert_eq!(list("Anna", fälle, &[]).await, [1, 1, 0]);
    assert_eq!(list("Anna", thread, &[]).await, [1, 0, 0], "in a thread the case's");
    assert_eq!(list("Anna", fälle, &[("case", json!("1"))]).await, [1, 0, 0]);
    assert_eq!(list("Anna", fälle, &[("who", json!(town.user("Ben").to_string()))]).await, [0, 0, 1]);
    assert_eq!(list("Anna", fälle, &[("view", json!("team"))]).await, [1, 1, 1]);
    assert_eq!(list("Clara", fälle, &[("view", json!("overdue"))]).await, [1, 0, 1]);
    assert_eq!(
        list("Clara", fälle, &[("view", json!("overdue")), ("who", json!(town.user("Ben").to_string()))]).await,
        [0, 0, 1]
    );
    assert_eq!(list("Clara", fälle, &[("view", json!("undelivered"))]).await, [0, 0, 0]);
}
