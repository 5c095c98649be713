//! Overviews in the morning: at the start of one's own day, once, and not at all when there is nothing to say.

use serde_json::json;

use crate::harness::{SOON, Town};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

async fn later(town: &Town, ms: i64) {
    town.clock.advance_ms(ms);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
}

/// The overviews in a channel, as people read them.
fn overviews(town: &Town, channel: u64) -> Vec<String> {
    let all = town.discord.messages(channel).into_iter().map(|message| town.read(&message));
    all.filter(|text| ["Guten Morgen", "Guten Tag", "Good morning"].iter().any(|greeting| text.contains(greeting)))
        .collect()
}

async fn promise(town: &Town, who: &str, thread: u64, what: &str, when: &str) {
    let options = [("what", json!(what)), ("when", json!(when))];
    town.slash_in(who, "de", thread, "followup add", &options).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_day_begins_with_what_is_due_and_one_click_ends_that() {
    let mut town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    town.slash_in("Anna", "de", thread, "case claim", &[]).await;
    town.slash_in("Anna", "de", thread, "case update", &[("mood", json!(2)), ("status", json!("waiting_customer"))])
        .await;
    promise(&town, "Anna", thread, "Gutschrift prüfen @everyone", "heute 15 Uhr").await;
    promise(&town, "Anna", thread, "Zurückrufen", "morgen 14 Uhr").await;
    town.slash("Ben", "fälle", "profile", &[("hours", json!("11-15"))]).await;
    promise(&town, "Ben", thread, "Ware wiegen", "morgen 14 Uhr").await;
    town.slash("Ben", "fälle", "case open", &[("title", json!("Niemandes Fall"))]).await;
    let (anna, ben) = (town.discord.dm(town.user("Anna")), town.discord.dm(town.user("Ben")));
    // Friday, 8:59 in Berlin, with a restart in the night.
    later(&town, 15 * HOUR_MS).await;
    town.restart().await;
    later(&town, 8 * HOUR_MS - 60_000).await;
    assert_eq!(overviews(&town, anna).len() + overviews(&town, town.channel("fälle")).len(), 0, "never early");
    later(&town, 61_000).await;
    let morning = town.message_saying(anna, "Guten Morgen").await;
    insta::assert_snapshot!(town.read(&morning).replace('\u{2060}', ""), @r"
    Guten Morgen. Das liegt heute bei dir:
    
    **Überfällig: 1**
    - #1 #… · Gutschrift prüfen @everyone · …
    
    **Heute fällig: 1**
    - #1 #… · Zurückrufen · …
    
    **Aufgebracht: 1**
    - #1 #…
    
    **Ohne zuständige Person: 1**
    - #2 #…
    [Kein Morgenüberblick mehr]
    ");
    let team = town.message_saying(town.channel("fälle"), "Guten Morgen").await;
    insta::assert_snapshot!(town.read(&team), @r"
    Guten Morgen. So steht es heute im Team:
    - **Überfällig: 1** – #1 #…
    - **Heute fällig: 3** – #2 #…, #1 #…
    - **Aufgebracht: 1** – #1 #…
    - **Ohne zuständige Person: 1** – #2 #…
    Jeder Fall braucht genau eine zuständige Person. Wer einen übernehmen kann, tut es in seinem Thread mit „Übernehmen“.
    [Meine Fälle] [Überfällig] [Aufgebracht] [Ohne zuständige Person]
    ");
    let sent =
        town.discord.requests().into_iter().rfind(|r| r.body["content"].to_string().contains("im Team")).unwrap();
    assert!(!sent.pings.everyone && sent.pings.users.is_empty() && sent.pings.roles.is_empty(), "{:?}", sent.pings);
    let list = town.press("Ben", "de", &team, "Ohne zuständige Person").await;
    assert!(town.told(&list).await.contains("Niemandes Fall"));
    assert_eq!(overviews(&town, ben).len(), 0, "Ben's day has not begun");
    later(&town, 2 * HOUR_MS).await;
    assert!(town.discord.until(|_| overviews(&town, ben).len() == 1, SOON).await);
    assert!(overviews(&town, ben)[0].contains("Ware wiegen"));

    let stopped = town.press("Anna", "de", &morning, "Kein Morgenüberblick mehr").await;
    insta::assert_snapshot!(town.told(&stopped).await, @r"
    Es kommt kein Morgenüberblick mehr. Mit `/profil überblick:ein` bekommst du ihn wieder.
    [Wieder einschalten]
    ");
    let profile = town.slash("Anna", "fälle", "profile", &[]).await;
    assert!(profile.contains("Morgenüberblick: aus"), "{profile}");
    let stopped = crate::life::message_of(&town, &stopped).await;
    let again = town.press("Anna", "de", &stopped, "Wieder einschalten").await;
    assert_eq!(town.told(&again).await, "Der Morgenüberblick kommt wieder.");
    let profile = town.slash("Anna", "fälle", "profile", &[]).await;
    assert!(profile.contains("Morgenüberblick: ein"), "{profile}");
    town.press("Anna", "de", &morning, "Kein Morgenüberblick mehr").await;
    promise(&town, "Anna", thread, "Noch etwas", "Montag 15 Uhr").await;
    later(&town, 3 * DAY_MS).await;
    assert_eq!(overviews(&town, anna).len(), 1, "none any more");
    assert_eq!(overviews(&town, town.channel("fälle")).len(), 2, "the team has its own on Monday");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_due_nothing_is_said_and_the_team_can_do_without() {
    let town = Town::new().await;
    let told = town.slash_en("Admin", "fälle", "setup", &[("digest", json!("off")), ("language", json!("en"))]).await;
    assert!(told.contains("Morning overview for the team: off"), "{told}");
    let thread = town.opened("Quiet").await;
    promise(&town, "Anna", thread, "Call back", "next Wednesday 15:00").await;
    let anna = town.discord.dm(town.user("Anna"));
    later(&town, 23 * HOUR_MS + 60_000).await;
    assert_eq!(overviews(&town, anna).len() + overviews(&town, town.channel("fälle")).len(), 0);
    // Saturday, Sunday, Monday, Tuesday, Wednesday: the row of mornings goes on although nothing was sent.
    for _ in 0..5 {
        later(&town, DAY_MS).await;
    }
    let morning = town.message_saying(anna, "Good morning").await;
    insta::assert_snapshot!(town.read(&morning), @r"
    Good morning. This is on your desk today:
    
    **Due today: 1**
    - #1 #… · Call back · …
    
    **Without an owner: 1**
    - #1 #…
    [No more morning overviews]
    ");
    assert_eq!(overviews(&town, anna).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_an_overview_comes_within_the_day_or_not_at_all_and_never_twice() {
    let mut town = Town::new().await;
    let thread = town.opened("Ausfall").await;
    town.slash_in("Anna", "de", thread, "case claim", &[]).await;
    promise(&town, "Anna", thread, "Prüfen", "Dienstag 16:30").await;
    let anna = town.discord.dm(town.user("Anna"));
    town.stop().await;
    // Until Friday, 18:00 in Berlin: that day's hours are over.
    town.clock.advance_ms(32 * HOUR_MS);
    town.start().await;
    later(&town, 0).await;
    assert_eq!(overviews(&town, anna).len(), 0, "not in the evening");
    town.stop().await;
    // Until Tuesday, 14:00.
    town.clock.advance_ms(4 * DAY_MS - 4 * HOUR_MS);
    town.start().await;
    let late = town.message_saying(anna, "Guten Tag. Das liegt heute bei dir").await;
    assert!(!town.read(&late).contains("Morgen."), "not at this time of the day: {}", town.read(&late));
    town.restart().await;
    later(&town, HOUR_MS).await;
    assert_eq!(overviews(&town, anna).len(), 1, "{:#?}", overviews(&town, anna));
    assert!(overviews(&town, anna)[0].contains("Prüfen"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_day_the_clocks_change_the_morning_is_where_the_clock_says() {
    let town = Town::new().await;
    // New York goes back on 2026-11-01, before this town begins; Santiago and Berlin change in spring.
    town.slash("Anna", "fälle", "profile", &[("days", json!("Mo-So")), ("hours", json!("Mo-So 9-17"))]).await;
    let thread = town.opened("Sommerzeit").await;
    promise(&town, "Anna", thread, "Uhr stellen", "28.3.2027 um 15 Uhr").await;
    let anna = town.discord.dm(town.user("Anna"));
    let at = |time: &str| time.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let now = at("2026-11-19T09:00:00Z");
    // Saturday night in Berlin; 9:00 on Sunday is 07:00 in UTC, an hour earlier than the day before.
    later(&town, at("2027-03-27T20:00:00Z") - now).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    later(&town, 11 * HOUR_MS - 120_000).await;
    assert_eq!(overviews(&town, anna).len(), 0, "{:#?}", overviews(&town, anna));
    later(&town, 121_000).await;
    let morning = town.message_saying(anna, "Guten Morgen").await;
    assert!(town.read(&morning).contains("Uhr stellen"), "{}", town.read(&morning));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_direct_messages_are_left_alone_and_nothing_is_told_elsewhere() {
    let town = Town::new().await;
    let thread = town.opened("Zu").await;
    promise(&town, "Anna", thread, "Geheim", "morgen 15 Uhr").await;
    town.arm(json!({ "kind": "dm_closed", "user_id": town.user("Anna").to_string() }));
    later(&town, 23 * HOUR_MS + 60_000).await;
    town.message_saying(town.channel("fälle"), "Guten Morgen").await;
    for channel in [town.channel("fälle"), town.channel("leitung")] {
        let all: Vec<String> = town.discord.messages(channel).iter().map(|m| town.read(m)).collect();
        assert!(!all.join("\n").contains("Geheim"), "{all:#?}");
    }
}
