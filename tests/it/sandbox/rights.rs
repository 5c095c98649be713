//! Who sees and may do what: several guilds, channels with exceptions, private threads, commands that are not for everybody.

use ruhepol::sandbox::{AnswerKind, Fault, FaultKind};
use serde_json::{Value, json};

use super::Page;
use super::guest::{GUILDS, Place};

#[tokio::test]
async fn each_guild_is_a_world_of_its_own() {
    let place = Place::new().await;
    let (anna, dora) = (place.user("Anna"), place.user("Dora"));
    let (support, office) = (place.channel("support"), place.channel("büro"));
    for (user, own, other) in [(anna, support, office), (dora, office, support)] {
        assert!(place.discord.sees(user, own) && !place.discord.sees(user, other));
        assert_ne!(place.discord.say(user, own, "hier").await, 0);
        assert_eq!(place.discord.say(user, other, "dort").await, 0, "nobody writes where they are not");
        let world = Page::at(&place.discord.base_url()).get(&format!("world?as={user}")).await;
        assert_eq!(world["guilds"].as_array().unwrap().len(), 1, "{user} sees one guild");
    }
    // The bot is in both, and a role or member of one is unknown in the other.
    let (_, guilds) = place.ask("GET /users/@me/guilds", &Value::Null).await;
    assert_eq!(guilds.as_array().unwrap().len(), 2);
    let second = place.discord.world().guild("Zweitfirma");
    assert_eq!(place.refused(&format!("GET /guilds/{second}/members/{anna}"), &Value::Null).await, (404, 10_007));
}

#[tokio::test]
async fn a_command_of_one_guild_is_not_offered_in_the_other() {
    let place = Place::new().await;
    let (bot, second) = (place.discord.world().bot(), place.discord.world().guild("Zweitfirma"));
    let route = format!("PUT /applications/{bot}/guilds/{second}/commands");
    let (status, made) = place.ask(&route, &json!([{ "name": "only", "description": "d" }])).await;
    assert_eq!((status, &made[0]["guild_id"]), (200, &json!(second.to_string())));
    let mut socket = place.connect(GUILDS).await;
    let (anna, support) = (place.user("Anna"), place.channel("support"));
    let refused = place.discord.command(anna, "de", support, "only", Value::Null, None).await;
    assert_eq!((refused.kind, refused.interaction), (AnswerKind::Failed, 0), "the bot never heard of it");
    let (discord, dora, office) = (place.discord.clone(), place.user("Dora"), place.channel("büro"));
    let used = tokio::spawn(async move { discord.command(dora, "de", office, "only", Value::Null, None).await });
    assert_eq!(socket.event("INTERACTION_CREATE").await["guild_id"], second.to_string());
    used.abort();
}

#[tokio::test]
async fn exceptions_of_a_channel_hide_it_and_shut_it() {
    let place = Place::new().await;
    let (cases, lead) = (place.channel("fälle"), place.channel("leitung"));
    for (name, sees_cases, sees_lead) in
        [("Anna", true, false), ("Clara", true, true), ("Kim", false, false), ("Admin", true, true)]
    {
        let user = place.user(name);
        let seen = (place.discord.sees(user, cases), place.discord.sees(user, lead));
        assert_eq!(seen, (sees_cases, sees_lead), "{name}");
        let asked = Page::at(&place.discord.base_url()).get(&format!("channels/{lead}/messages?as={user}")).await;
        assert_eq!(asked["error"].is_string(), !sees_lead, "{name}: {asked}");
    }
    // An exception for the bot itself counts above those of its roles, and in threads as well.
    let thread = place.ask(&format!("POST /channels/{cases}/threads"), &json!({ "name": "t", "type": 12 })).await.1;
    let write = format!("POST /channels/{}/messages", thread["id"].as_str().unwrap());
    assert_eq!(place.ask(&write, &json!({ "content": "noch" })).await.0, 200);
    let lost = Fault::new(FaultKind::LosePermission).permission("SEND_MESSAGES_IN_THREADS");
    place.discord.arm(lost.channel(cases));
    assert_eq!(place.refused(&write, &json!({ "content": "nicht mehr" })).await, (403, 50_013));
    let embed = json!({ "embeds": [{ "title": "t" }] });
    assert_eq!(place.ask(&format!("POST /channels/{cases}/messages"), &embed).await.0, 200);
    place.discord.arm(Fault::new(FaultKind::LosePermission).permission("EMBED_LINKS").channel(cases));
    assert_eq!(place.refused(&format!("POST /channels/{cases}/messages"), &embed).await, (403, 50_013));
}

#[tokio::test]
async fn a_private_thread_is_for_its_members_and_for_those_who_manage_threads() {
    let place = Place::new().await;
    let support = place.channel("support");
    let made = place.ask(&format!("POST /channels/{support}/threads"), &json!({ "name": "t", "type": 12 })).await.1;
    let thread: u64 = made["id"].as_str().unwrap().parse().unwrap();
    let (kim, anna) = (place.user("Kim"), place.user("Anna"));
    assert!(!place.discord.sees(kim, thread) && !place.discord.sees(anna, thread));
    assert_eq!(place.ask(&format!("PUT /channels/{thread}/thread-members/{kim}"), &Value::Null).await.0, 204);
    assert!(place.discord.sees(kim, thread) && !place.discord.sees(anna, thread));
    assert!(place.discord.sees(place.user("Admin"), thread), "who administers the guild sees all");
    // Nobody is let into a thread whose channel they do not see.
    let inner = place.channel("fälle");
    let made = place.ask(&format!("POST /channels/{inner}/threads"), &json!({ "name": "t", "type": 12 })).await.1;
    let add = format!("PUT /channels/{}/thread-members/{kim}", made["id"].as_str().unwrap());
    assert_eq!(place.refused(&add, &Value::Null).await, (403, 50_001));
}
