//! The WebSocket side: one connection per socket, sessions that outlive it.
//! Invariant: a connection holds the lock only to hand over a frame, never while it waits for the network.

mod payload;
mod session;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::clock::Stopwatch;

use super::events::Audience;
use super::faults::{Fault, FaultKind};
use super::server::Inner;
use super::shape;
use super::snowflake;
use super::state::State;
use payload::Encoder;
pub use session::{Frame, Sessions};
use session::{Refused, Session};

/// Sends a client may make in 60 s before it is closed with 4008.
const SENDS_PER_MINUTE: u32 = 120;
/// Every intent Discord knows (August 2026).
const KNOWN_INTENTS: u64 = 0x0331_FFFF;

/// What a connection does after a frame.
enum Next {
    Nothing,
    Send(Value),
    Close(u16, &'static str),
    Drop,
}

/// Serves one socket until it ends.
pub async fn serve(inner: Arc<Inner>, mut socket: WebSocket, query: HashMap<String, String>) {
    let mut encoder = Encoder::new(query.get("compress").map(String::as_str));
    let (sender, mut frames) = mpsc::unbounded_channel();
    let mut stopped = inner.stopped();
    let mut session: Option<String> = None;
    let mut sends = (0_u32, Stopwatch::start());
    let interval = inner.lock().world.settings.heartbeat_ms;
    let patience = Duration::from_millis(interval + interval / 2);
    let mut beat = Stopwatch::start();
    let hello = json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": interval, "_trace": []}});
    let mut alive = send(&mut socket, &mut encoder, &hello.to_string()).await;
    let mut clean = false;
    while alive {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Text(text)) => alive = send(&mut socket, &mut encoder, &text).await,
                Some(Frame::Close(code, reason)) => {
                    close(&mut socket, code, reason).await;
                    alive = false;
                }
                Some(Frame::Drop) | None => alive = false,
            },
            received = socket.recv() => {
                let bytes = match received {
                    Some(Ok(Message::Text(text))) => text.as_bytes().to_vec(),
                    Some(Ok(Message::Binary(bytes))) => bytes.to_vec(),
                    Some(Ok(Message::Close(frame))) => {
                        // 1000 and 1001 end the session; everything else may be resumed.
                        clean = frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001));
                        break;
                    }
                    Some(Ok(_)) => continue,
                    Some(Err(_)) | None => break,
                };
                if sends.1.elapsed().as_secs() >= 60 {
                    sends = (0, Stopwatch::start());
                }
                sends.0 += 1;
                let next = if sends.0 > SENDS_PER_MINUTE {
                    Next::Close(4008, "You are being rate limited.")
                } else {
                    match serde_json::from_slice::<Value>(&bytes) {
                        Ok(frame) => {
                            if frame["op"] == 1 {
                                beat = Stopwatch::start();
                            }
                            handle(&inner, &frame, &mut session, &sender, &mut encoder)
                        }
                        Err(_) => Next::Close(4002, "Error while decoding payload."),
                    }
                };
                match next {
                    Next::Nothing => {}
                    Next::Send(frame) => alive = send(&mut socket, &mut encoder, &frame.to_string()).await,
                    Next::Close(code, reason) => {
                        close(&mut socket, code, reason).await;
                        alive = false;
                    }
                    Next::Drop => alive = false,
                }
            }
            () = tokio::time::sleep(patience.saturating_sub(beat.elapsed())) => {
                // Nobody is there any more, or nobody who would come back to this session.
                close(&mut socket, 4009, "Session timed out.").await;
                (alive, clean) = (false, true);
            }
            _ = stopped.changed() => {
                close(&mut socket, 1001, "Discord is shutting down").await;
                alive = false;
            }
        }
    }
    let mut state = inner.lock();
    let state = &mut *state;
    if let Some(id) = session {
        state.sessions.detach(&id, &sender, clean);
        tell_online(state);
        inner.changed();
    }
    drop(socket);
}

async fn send(socket: &mut WebSocket, encoder: &mut Encoder, text: &str) -> bool {
    socket.send(encoder.encode(text)).await.is_ok()
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    // The socket may be gone already; then there is nobody to tell.
    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}

fn tell_online(state: &mut State) {
    let online = state.sessions.online();
    state.pages.tell(&state.world, Audience::All, "BOT", |_| json!({"online": online}));
}

fn handle(
    inner: &Inner,
    frame: &Value,
    session: &mut Option<String>,
    sender: &mpsc::UnboundedSender<Frame>,
    encoder: &mut Encoder,
) -> Next {
    let data = &frame["d"];
    match frame["op"].as_u64() {
        Some(1) => Next::Send(json!({"op": 11, "s": null, "t": null, "d": null})),
        Some(2 | 6) if session.as_ref().is_some_and(|id| inner.lock().sessions.knows(id)) => {
            Next::Close(4005, "Already authenticated.")
        }
        Some(2) => identify(inner, data, session, sender, encoder),
        Some(6) => resume(inner, data, session, sender),
        Some(3 | 4 | 31) if session.is_some() => Next::Nothing,
        Some(8) if session.is_some() => {
            members(&mut inner.lock(), data, session.as_deref().unwrap_or_default());
            Next::Nothing
        }
        Some(3 | 4 | 8 | 31) => Next::Close(4003, "Not authenticated."),
        _ => Next::Close(4001, "Unknown opcode."),
    }
}

fn token_fits(inner: &Inner, data: &Value) -> bool {
    let token = data["token"].as_str().unwrap_or_default();
    token.strip_prefix("Bot ").unwrap_or(token) == inner.token
}

fn identify(
    inner: &Inner,
    data: &Value,
    session: &mut Option<String>,
    sender: &mpsc::UnboundedSender<Frame>,
    encoder: &mut Encoder,
) -> Next {
    const BEFORE: [FaultKind; 5] = [
        FaultKind::Close4004,
        FaultKind::Close4014,
        FaultKind::DropSocket,
        FaultKind::InvalidSession,
        FaultKind::Reconnect,
    ];
    let mut state = inner.lock();
    let state = &mut *state;
    if let Some(fault) = state.faults.hit_connection(&BEFORE) {
        return match fault.kind {
            FaultKind::Close4004 => Next::Close(4004, "Authentication failed."),
            FaultKind::Close4014 => Next::Close(4014, "Disallowed intent(s)."),
            FaultKind::DropSocket => Next::Drop,
            FaultKind::Reconnect => Next::Send(json!({"op": 7, "d": null, "s": null, "t": null})),
            _ => Next::Send(json!({"op": 9, "d": false, "s": null, "t": null})),
        };
    }
    if !token_fits(inner, data) {
        return Next::Close(4004, "Authentication failed.");
    }
    let Some(intents) = data["intents"].as_u64().filter(|bits| bits & !KNOWN_INTENTS == 0) else {
        return Next::Close(4013, "Invalid intent(s).");
    };
    let settings = &state.world.settings;
    let off = [(settings.members, 1 << 1), (settings.presences, 1 << 8), (settings.message_content, 1 << 15)];
    if off.iter().any(|(on, bit)| !on && intents & bit != 0) {
        return Next::Close(4014, "Disallowed intent(s).");
    }
    let shard = (data["shard"][0].as_u64().unwrap_or(0), data["shard"][1].as_u64().unwrap_or(1));
    if shard.0 >= shard.1 {
        return Next::Close(4010, "Invalid shard.");
    }
    encoder.per_payload(data["compress"] == true);
    let id = format!("{:032x}", state.id());
    state.sessions.open(Session::new(id.clone(), shard, intents, sender.clone()));
    *session = Some(id.clone());
    greet(inner, state, &id, shard);
    tell_online(state);
    Next::Nothing
}

/// `READY`, then a `GUILD_CREATE` for each guild of the shard.
fn greet(inner: &Inner, state: &mut State, id: &str, shard: (u64, u64)) {
    let world = &state.world;
    let mine =
        world.guilds.values().filter(|it| it.members.contains_key(&world.bot) && (it.id >> 22) % shard.1 == shard.0);
    let mine: Vec<u64> = mine.map(|guild| guild.id).collect();
    let stubs: Vec<Value> = mine.iter().map(|id| json!({"id": id.to_string(), "unavailable": true})).collect();
    let ready = json!({
        "v": 10, "user": shape::me(world), "user_settings": {}, "guilds": stubs, "session_id": id,
        "session_type": "normal", "resume_gateway_url": inner.gateway_url(), "shard": [shard.0, shard.1],
        "application": shape::ready_application(world), "private_channels": [], "presences": [],
        "relationships": [], "guild_join_requests": [], "geo_ordered_rtc_regions": [], "_trace": [],
    });
    state.sessions.dispatch_to(world, id, "READY", None, &ready);
    for guild in mine.iter().filter_map(|id| world.guilds.get(id)) {
        if guild.unavailable {
            let stub = json!({"id": guild.id.to_string(), "unavailable": true});
            state.sessions.dispatch_to(world, id, "GUILD_DELETE", Some(guild.id), &stub);
        } else {
            let data = shape::guild_create(world, guild);
            state.sessions.dispatch_to(world, id, "GUILD_CREATE", Some(guild.id), &data);
        }
    }
}

fn resume(inner: &Inner, data: &Value, session: &mut Option<String>, sender: &mpsc::UnboundedSender<Frame>) -> Next {
    if !token_fits(inner, data) {
        return Next::Close(4004, "Authentication failed.");
    }
    let mut state = inner.lock();
    let state = &mut *state;
    if let Some(fault) = state.faults.hit_connection(&[FaultKind::Close4004, FaultKind::Close4014]) {
        let close4004 = fault.kind == FaultKind::Close4004;
        return if close4004 {
            Next::Close(4004, "Authentication failed.")
        } else {
            Next::Close(4014, "Disallowed intent(s).")
        };
    }
    let id = data["session_id"].as_str().unwrap_or_default();
    match state.sessions.resume(id, data["seq"].as_u64().unwrap_or(0), sender) {
        Ok(()) => {
            *session = Some(id.to_owned());
            state.sessions.dispatch_to(&state.world, id, "RESUMED", None, &json!({"_trace": []}));
            tell_online(state);
            Next::Nothing
        }
        Err(Refused::Unknown) => Next::Send(json!({"op": 9, "d": false, "s": null, "t": null})),
        Err(Refused::Sequence) => Next::Close(4007, "Invalid seq."),
    }
}

/// Op 8: members of a guild, all at once up to `limit`.
fn members(state: &mut State, data: &Value, session: &str) {
    let Some(guild) = snowflake::read(&data["guild_id"]) else {
        return;
    };
    let Some(guild) = state.world.guilds.get(&guild) else {
        return;
    };
    let query = data["query"].as_str().unwrap_or_default().to_lowercase();
    let asked: Option<Vec<u64>> = match &data["user_ids"] {
        Value::Null => None,
        Value::Array(ids) => Some(ids.iter().filter_map(snowflake::read).collect()),
        one => Some(snowflake::read(one).into_iter().collect()),
    };
    let fits = |id: u64| match &asked {
        Some(asked) => asked.contains(&id),
        None => state.world.users.get(&id).is_some_and(|user| user.username.starts_with(&query)),
    };
    let limit = data["limit"].as_u64().filter(|limit| *limit > 0).unwrap_or(1_000) as usize;
    let found = guild.members.iter().filter(|(id, _)| fits(**id)).take(limit);
    let found: Vec<Value> = found.map(|(id, it)| shape::member(&state.world, *id, it)).collect();
    let missing = asked.iter().flatten().filter(|id| !guild.members.contains_key(id)).map(ToString::to_string);
    let chunk = json!({
        "guild_id": guild.id.to_string(), "members": found, "chunk_index": 0, "chunk_count": 1,
        "not_found": missing.collect::<Vec<_>>(), "nonce": data["nonce"],
    });
    state.sessions.dispatch_to(&state.world, session, "GUILD_MEMBERS_CHUNK", None, &chunk);
}

/// Lets a gateway fault hit what is connected now; what is left of it waits for the next connection.
pub fn strike(state: &mut State, mut fault: Fault) {
    let frame = match fault.kind {
        FaultKind::DropSocket => Frame::Drop,
        FaultKind::Reconnect => Frame::Text(Arc::from(r#"{"op":7,"d":null,"s":null,"t":null}"#)),
        FaultKind::InvalidSession => {
            Frame::Text(Arc::from(format!(r#"{{"op":9,"d":{},"s":null,"t":null}}"#, fault.resumable)))
        }
        FaultKind::Close4014 => Frame::Close(4014, "Disallowed intent(s)."),
        FaultKind::Close4004 => Frame::Close(4004, "Authentication failed."),
        _ => return,
    };
    if state.sessions.strike(&frame) {
        fault.count = fault.count.saturating_sub(1);
        if fault.kind == FaultKind::InvalidSession && !fault.resumable {
            state.sessions.forget();
        }
    }
    if fault.count > 0 {
        state.faults.arm(fault);
    }
}
