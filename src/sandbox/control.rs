//! The routes of the page and of outside tests: what people do, the clock, faults, the request log.
//! Invariant: a bad control request answers 4xx with a sentence; ids are strings, times ISO 8601 UTC.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::events::Audience;
use super::faults::Fault;
use super::interactions::{Answer, AnswerKind};
use super::log::Request;
use super::openapi::Verdict;
use super::people::Invocation;
use super::server::Inner;
use super::snowflake::{iso, read as id};
use super::{mishaps, people, permissions, play, rest, shape, view};

type Handle = Shared<Arc<Inner>>;

/// A refused control request.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl<T: Into<String>> From<T> for Refused {
    fn from(text: T) -> Self {
        Self(StatusCode::BAD_REQUEST, text.into())
    }
}

type Reply = Result<Json<Value>, Refused>;

/// All control routes, to be put below `/_sandbox`.
pub fn routes() -> Router<Arc<Inner>> {
    Router::new()
        .route("/world", get(world))
        .route("/channels/{id}/messages", get(messages))
        .route("/events", get(events))
        .route("/messages", post(write))
        .route("/reactions", post(react))
        .route("/dm", post(dm))
        .route("/interactions/{kind}", post(interact))
        .route("/clock", get(clock).post(move_clock))
        .route("/faults", get(armed).post(arm).delete(disarm))
        .route("/requests", get(requests))
        .route("/reset", post(reset))
        .layer(axum::middleware::from_fn(only_own_page))
        .fallback(async || Refused(StatusCode::NOT_FOUND, "There is no such control route.".to_owned()))
}

/// Refuses other web pages: a browser on this machine may have any of them open.
async fn only_own_page(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    if is_foreign(request.headers()) {
        return Refused(StatusCode::FORBIDDEN, "Only the page of this server may ask this.".to_owned()).into_response();
    }
    next.run(request).await
}

/// Whether a page of another origin asks, or a name that is not this machine's was used to get here.
fn is_foreign(headers: &axum::http::HeaderMap) -> bool {
    let local = |text: &str| {
        let host = text.trim_start_matches("http://");
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        matches!(name, "127.0.0.1" | "localhost" | "[::1]")
    };
    let elsewhere = |name| headers.get(name).is_some_and(|value| !local(value.to_str().unwrap_or_default()));
    elsewhere(axum::http::header::ORIGIN) || elsewhere(axum::http::header::HOST)
}

fn needed(body: &Value, key: &str) -> Result<u64, Refused> {
    id(&body[key]).ok_or_else(|| format!("{key} is missing or no id.").into())
}

fn parsed(bytes: &Bytes) -> Result<Value, Refused> {
    serde_json::from_slice(bytes).map_err(|error| format!("The body is no JSON: {error}.").into())
}

/// Who looks, and what at.
#[derive(Deserialize)]
struct Looking {
    #[serde(rename = "as")]
    user: Option<String>,
    limit: Option<usize>,
    before: Option<String>,
    after: Option<u64>,
}

impl Looking {
    /// The user asked for, or the first person of the world.
    fn user(&self, inner: &Inner) -> Result<u64, Refused> {
        let state = inner.lock();
        if let Some(text) = &self.user {
            let known = text.parse().ok().filter(|id| state.world.users.contains_key(id));
            return known.ok_or_else(|| format!("There is no user {text:?}.").into());
        }
        let first = state.world.users.keys().find(|id| **id != state.world.bot);
        first.copied().ok_or_else(|| "There is nobody in this world.".into())
    }
}

async fn world(Shared(inner): Handle, Query(looking): Query<Looking>) -> Reply {
    let user = looking.user(&inner)?;
    Ok(Json(view::world_for(&inner.lock(), user)))
}

async fn messages(Shared(inner): Handle, Path(channel): Path<u64>, Query(looking): Query<Looking>) -> Reply {
    let user = looking.user(&inner)?;
    let state = inner.lock();
    if !permissions::sees(&state.world, channel, user) {
        return Err(Refused(StatusCode::FORBIDDEN, "This user does not see such a channel.".to_owned()));
    }
    let before = looking.before.as_deref().and_then(|id| id.parse().ok());
    let limit = looking.limit.unwrap_or(50).clamp(1, 10_000);
    Ok(Json(Value::Array(view::messages_for(&state, channel, user, before, limit))))
}

async fn events(
    Shared(inner): Handle,
    Query(looking): Query<Looking>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refused> {
    let user = looking.user(&inner)?;
    // Events are kept from before the page can know that it is connected.
    let events = inner.lock().pages.open(user);
    Ok(upgrade.on_upgrade(move |socket| stream(inner, socket, events)))
}

async fn stream(inner: Arc<Inner>, mut socket: WebSocket, mut events: mpsc::Receiver<String>) {
    let mut stopped = inner.stopped();
    loop {
        tokio::select! {
            event = events.recv() => {
                let Some(event) = event else { break };
                if socket.send(Message::Text(event.into())).await.is_err() {
                    break;
                }
            }
            received = socket.recv() => if !matches!(received, Some(Ok(_))) { break },
            _ = stopped.changed() => break,
        }
    }
}

async fn write(Shared(inner): Handle, bytes: Bytes) -> Reply {
    let body = parsed(&bytes)?;
    let (user, channel) = (needed(&body, "as")?, needed(&body, "channel_id")?);
    let content = body["content"].as_str().ok_or("content is missing.")?;
    let written = {
        let mut state = inner.lock();
        state.tick();
        people::say(&mut state, user, channel, content, id(&body["reply_to"]))?
    };
    inner.changed();
    Ok(Json(written.body))
}

async fn react(Shared(inner): Handle, bytes: Bytes) -> Reply {
    let body = parsed(&bytes)?;
    let (user, channel) = (needed(&body, "as")?, needed(&body, "channel_id")?);
    let (message, emoji) = (needed(&body, "message_id")?, body["emoji"].as_str().ok_or("emoji is missing.")?);
    {
        let mut state = inner.lock();
        if !permissions::sees(&state.world, channel, user) {
            return Err("This user does not see such a channel.".into());
        }
        let add = body["remove"] != true;
        rest::change_reaction(&mut state, channel, message, emoji, user, add)
            .map_err(|error| error.message.to_owned())?;
    }
    inner.changed();
    Ok(Json(json!({})))
}

async fn dm(Shared(inner): Handle, bytes: Bytes) -> Reply {
    let user = needed(&parsed(&bytes)?, "as")?;
    let mut state = inner.lock();
    if !state.world.users.contains_key(&user) {
        return Err("There is no such user.".into());
    }
    let channel = rest::open_dm(&mut state, user);
    Ok(Json(json!({"channel_id": channel["id"]})))
}

fn shown(answer: Answer) -> Value {
    let kind = match answer.kind {
        AnswerKind::Message => "message",
        AnswerKind::Deferred => "deferred",
        AnswerKind::Update => "update",
        AnswerKind::DeferredUpdate => "deferred_update",
        AnswerKind::Modal => "modal",
        AnswerKind::Choices => "choices",
        AnswerKind::Failed => "failed",
    };
    let mut out = json!({
        "interaction_id": answer.interaction.to_string(), "kind": kind, "ack_ms": answer.ack.as_millis() as u64,
    });
    for (key, value) in
        [("message", answer.message), ("modal", answer.modal), ("reason", answer.reason.map(Value::String))]
    {
        if let Some(value) = value {
            out[key] = value;
        }
    }
    out
}

async fn interact(Shared(inner): Handle, Path(kind): Path<String>, bytes: Bytes) -> Reply {
    let body = parsed(&bytes)?;
    let (user, channel) = (needed(&body, "as")?, needed(&body, "channel_id")?);
    let locale = body["locale"].as_str().unwrap_or("de");
    let custom_id = body["custom_id"].as_str().unwrap_or_default();
    let spec = {
        let state = inner.lock();
        match kind.as_str() {
            "command" | "autocomplete" => {
                let name = body["name"].as_str().ok_or("name is missing.")?;
                let (kind_of, target, options) = (body["type"].as_u64(), id(&body["target_id"]), &body["options"]);
                let what = Invocation { user, locale, channel, name, kind: kind_of, options, target };
                people::command(&state, &what, kind == "autocomplete")
            }
            "component" => {
                let values = body["values"].as_array().into_iter().flatten();
                let values: Vec<String> = values.filter_map(|it| it.as_str().map(ToOwned::to_owned)).collect();
                let message = needed(&body, "message_id")?;
                people::press(&state, user, locale, channel, message, custom_id, &values, body["forged"] == true)
            }
            "modal" => {
                let modal = state.modals.get(&(user, custom_id.to_owned())).cloned().ok_or("No such modal is open.")?;
                let fields = body["fields"].as_object().cloned().unwrap_or_default();
                people::submit(user, locale, channel, &modal, &fields)
            }
            _ => {
                return Err(Refused(StatusCode::NOT_FOUND, format!("There is no interaction {kind:?}.")));
            }
        }
    };
    let answer = play(&inner, spec).await;
    if kind == "autocomplete" {
        return Ok(Json(json!({"choices": answer.choices, "reason": answer.reason})));
    }
    Ok(Json(shown(answer)))
}

async fn clock(Shared(inner): Handle) -> Reply {
    let next = inner.due.find().await.map(|at| iso(at.as_millisecond()));
    Ok(Json(json!({"now": iso(inner.lock().now()), "next_due": next})))
}

async fn move_clock(Shared(inner): Handle, bytes: Bytes) -> Reply {
    let body = parsed(&bytes)?;
    let next = if body["to"] == "next_due" { inner.due.find().await } else { None };
    let mut state = inner.lock();
    if let Some(next) = next {
        state.clock.set(next);
    } else if body["to"] == "next_due" {
        return Err("Nothing waits for its time.".into());
    } else if let Some(ms) = body["advance_ms"].as_i64() {
        state.clock.advance_ms(ms);
    } else if let Some(text) = body["to"].as_str() {
        let to: Timestamp = text.parse().map_err(|error| format!("to is no RFC 3339 time: {error}."))?;
        state.clock.set(to);
    } else {
        return Err("Give advance_ms, or to with a time or next_due.".into());
    }
    state.tick();
    let now = iso(state.now());
    state.tell(Audience::All, "CLOCK", &json!({"now": now}));
    drop(state);
    inner.changed();
    Ok(Json(json!({"now": now})))
}

async fn armed(Shared(inner): Handle) -> Reply {
    Ok(Json(json!(inner.lock().faults.armed())))
}

async fn arm(Shared(inner): Handle, bytes: Bytes) -> Reply {
    let fault: Fault = serde_json::from_slice(&bytes).map_err(|error| format!("This is no fault: {error}."))?;
    mishaps::arm(&mut inner.lock(), fault)?;
    inner.changed();
    Ok(Json(json!(inner.lock().faults.armed())))
}

async fn disarm(Shared(inner): Handle) -> Reply {
    inner.lock().faults.disarm();
    Ok(Json(json!([])))
}

/// A request of the bot with what Discord's description says of it.
#[derive(Serialize)]
struct Judged {
    #[serde(flatten)]
    request: Request,
    openapi: Verdict,
}

impl From<Request> for Judged {
    fn from(request: Request) -> Self {
        Self { openapi: request.judge(), request }
    }
}

async fn requests(Shared(inner): Handle, Query(looking): Query<Looking>) -> Reply {
    let asked: Vec<Request> = inner.lock().log.after(looking.after.unwrap_or(0)).cloned().collect();
    // Judged when somebody looks, and beside everything else: the bot never waits for it.
    let judge = || asked.into_iter().map(Judged::from).collect::<Vec<_>>();
    let judged = tokio::task::spawn_blocking(judge).await.map_err(|error| error.to_string())?;
    Ok(Json(json!(judged)))
}

async fn reset(Shared(inner): Handle) -> Reply {
    {
        let mut state = inner.lock();
        // Commands belong to the application, not to the world: a connected bot would not register them again.
        let commands = std::mem::take(&mut state.world.commands);
        let ids = state.world.ids.clone();
        state.world = super::World::demo();
        state.world.commands = commands;
        state.world.ids = ids;
        state.modals.clear();
        state.faults.disarm();
        state.replaced = true;
        let fresh: Vec<Value> = state.world.guilds.values().map(|it| shape::guild_create(&state.world, it)).collect();
        for guild in fresh {
            let id = id(&guild["id"]);
            state.dispatch("GUILD_CREATE", id, &guild);
        }
        state.tell(Audience::All, "RESET", &json!({}));
    }
    inner.changed();
    Ok(Json(json!({})))
}
