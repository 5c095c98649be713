//! What the gateway of the loopback Discord tells whom, and when it hangs up.

use std::time::Duration;

use ruhepol::sandbox::{Fault, FaultKind};
use serde_json::{Value, json};

use super::guest::{ALL, DIRECT_MESSAGES, GUILD_MEMBERS, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT, Place};

#[tokio::test]
async fn a_client_that_stops_beating_is_hung_up_on_and_has_to_begin_anew() {
    let place = Place::new().await;
    place.discord.set(|settings| settings.heartbeat_ms = 200);
    let mut socket = place.connect(GUILDS).await;
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        socket.caught_up().await;
    }
    assert_eq!(socket.closed().await, 4009);
    let mut again = place.socket().await;
    again.resume(&place.discord.token(), &socket.session, socket.seq).await;
    assert_eq!(again.op(9).await, false, "the session is gone");
}

#[tokio::test]
async fn without_message_content_only_what_is_meant_for_the_bot_has_a_text() {
    let place = Place::new().await;
    let (kim, support, bot) = (place.user("Kim"), place.channel("support"), place.discord.world().bot());
    let mut socket = place.connect(ALL & !MESSAGE_CONTENT).await;
    let plain = place.discord.say(kim, support, "geheim").await;
    let event = socket.event("MESSAGE_CREATE").await;
    assert_eq!((&event["id"], &event["content"]), (&json!(plain.to_string()), &json!("")));
    place.discord.say(kim, support, &format!("<@{bot}> hilf mir")).await;
    assert!(socket.event("MESSAGE_CREATE").await["content"].as_str().unwrap().ends_with("hilf mir"));
    place.discord.say(kim, place.discord.dm(kim), "unter uns").await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "unter uns");
    place.ask(&format!("POST /channels/{support}/messages"), &json!({ "content": "eigenes" })).await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "eigenes");
    // The target of a message menu is handed over on purpose.
    place.ask(&format!("PUT /applications/{bot}/commands"), &json!([{ "name": "Ansehen", "type": 3 }])).await;
    let (discord, anna) = (place.discord.clone(), place.user("Anna"));
    let menu =
        tokio::spawn(async move { discord.command(anna, "de", support, "Ansehen", Value::Null, Some(plain)).await });
    let interaction = socket.event("INTERACTION_CREATE").await;
    assert_eq!(interaction["data"]["resolved"]["messages"][plain.to_string()]["content"], "geheim");
    menu.abort();
}

#[tokio::test]
async fn intents_decide_what_is_heard() {
    let place = Place::new().await;
    let (kim, support) = (place.user("Kim"), place.channel("support"));
    let both = async |place: &Place| {
        place.discord.say(kim, support, "hier").await;
        place.discord.say(kim, place.discord.dm(kim), "dort").await;
    };
    let mut quiet = place.connect(GUILDS).await;
    both(&place).await;
    assert!(!quiet.caught_up().await.iter().any(|name| name == "MESSAGE_CREATE"));
    assert_eq!(quiet.seen.iter().filter(|name| *name == "GUILD_CREATE").count(), 2, "both guilds");
    let mut direct = place.connect(DIRECT_MESSAGES).await;
    both(&place).await;
    assert_eq!(direct.event("MESSAGE_CREATE").await["content"], "dort");
    assert_eq!(direct.caught_up().await.iter().filter(|name| *name == "MESSAGE_CREATE").count(), 1);
    let mut members = place.connect(GUILD_MEMBERS).await;
    place.discord.arm(Fault::new(FaultKind::UserLeft).user(kim));
    assert_eq!(members.event("GUILD_MEMBER_REMOVE").await["user"]["id"], kim.to_string());
}

#[tokio::test]
async fn wrong_frames_close_the_connection_with_their_codes() {
    let place = Place::new().await;
    place.discord.set(|settings| settings.presences = false);
    let token = place.discord.token();
    let identify = |more: Value| {
        let mut data = json!({ "token": token, "intents": 1, "properties": {} });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "op": 2, "d": data }).to_string()
    };
    let heartbeats = vec![json!({ "op": 1, "d": null }).to_string(); 121];
    let cases: [(u16, Vec<String>); 10] = [
        (4001, vec![json!({ "op": 77 }).to_string()]),
        (4002, vec!["{".to_owned()]),
        (4003, vec![json!({ "op": 3, "d": {} }).to_string()]),
        (4004, vec![identify(json!({ "token": "a.b.c" }))]),
        (4005, vec![identify(json!({})), identify(json!({}))]),
        (4007, vec![]),
        (4008, heartbeats),
        (4010, vec![identify(json!({ "shard": [2, 2] }))]),
        (4013, vec![identify(json!({ "intents": 1_u64 << 40 }))]),
        (4014, vec![identify(json!({ "intents": 1 << 8 }))]),
    ];
    for (code, frames) in cases {
        let mut socket = place.socket().await;
        if code == 4007 {
            let session = place.connect(GUILDS).await.session;
            socket.resume(&token, &session, 1_000).await;
        }
        for frame in &frames {
            socket.send_text(frame).await;
        }
        assert_eq!(socket.closed().await, code, "{frames:?}");
    }
}

#[tokio::test]
async fn a_broken_socket_misses_nothing_and_an_unknown_session_begins_anew() {
    let place = Place::new().await;
    let (kim, support, token) = (place.user("Kim"), place.channel("support"), place.discord.token());
    let mut socket = place.connect(ALL).await;
    socket.caught_up().await;
    place.discord.arm(Fault::new(FaultKind::DropSocket));
    assert_eq!(socket.closed().await, 1006, "without a word");
    for text in ["eins", "zwei"] {
        place.discord.say(kim, support, text).await;
    }
    let mut again = place.socket().await;
    again.seq = socket.seq;
    again.resume(&token, &socket.session, socket.seq).await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "eins");
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "zwei");
    again.event("RESUMED").await;
    assert_eq!(again.caught_up().await, ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"]);
    let mut stranger = place.socket().await;
    stranger.resume(&token, "nobody", 1).await;
    assert_eq!(stranger.op(9).await, false);
    stranger.identify(&token, GUILDS).await;
    stranger.event("READY").await;
}

#[tokio::test]
async fn every_fault_of_the_gateway_looks_as_it_does_at_discord() {
    let place = Place::new().await;
    let (kim, support) = (place.user("Kim"), place.channel("support"));
    let mut socket = place.connect(ALL).await;
    place.discord.arm(Fault::new(FaultKind::Reconnect));
    socket.op(7).await;
    place.discord.arm(Fault::new(FaultKind::InvalidSession).resumable());
    assert_eq!(socket.op(9).await, true);
    place.discord.say(kim, support, "einmal").await;
    let first = socket.event("MESSAGE_CREATE").await;
    place.discord.arm(Fault::new(FaultKind::Replay));
    assert_eq!(socket.event("MESSAGE_CREATE").await, first, "told twice, as a RESUME may");
    let guild = place.discord.world().guild("Zweitfirma");
    place.discord.arm(Fault::new(FaultKind::UnavailableGuild).guild(guild));
    assert_eq!(socket.event("GUILD_DELETE").await, json!({ "id": guild.to_string(), "unavailable": true }));
    place.discord.arm(Fault::new(FaultKind::AvailableGuild).guild(guild));
    assert_eq!(socket.event("GUILD_CREATE").await["unavailable"], false);
    place.discord.arm(Fault::new(FaultKind::ChannelDeleted).channel(support));
    assert_eq!(socket.event("CHANNEL_DELETE").await["id"], support.to_string());
    let cases = place.channel("fälle");
    place.discord.arm(Fault::new(FaultKind::LosePermission).channel(cases).permission("SEND_MESSAGES"));
    assert_eq!(socket.event("CHANNEL_UPDATE").await["id"], cases.to_string());
    place.discord.arm(Fault::new(FaultKind::InvalidSession));
    assert_eq!(socket.op(9).await, false);
    for (kind, code) in [(FaultKind::Close4014, 4014), (FaultKind::Close4004, 4004)] {
        let mut socket = place.connect(GUILDS).await;
        place.discord.arm(Fault::new(kind));
        assert_eq!(socket.closed().await, code);
    }
}

#[tokio::test]
async fn a_bot_hears_of_no_place_it_may_not_see() {
    let place = Place::new().await;
    let (anna, cases) = (place.user("Anna"), place.channel("fälle"));
    let mut socket = place.connect(ALL | GUILD_MESSAGES).await;
    place.discord.arm(Fault::new(FaultKind::LosePermission).channel(cases).permission("VIEW_CHANNEL"));
    place.discord.say(anna, cases, "unter uns").await;
    assert!(!socket.caught_up().await.iter().any(|name| name == "MESSAGE_CREATE"));
    let (status, code) = place.refused(&format!("GET /channels/{cases}/messages"), &Value::Null).await;
    assert_eq!((status, code), (403, 50_001));
}
