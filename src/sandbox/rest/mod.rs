//! The REST side: one request in, one answer out, under one short hold of the lock.
//! Invariant: every request passes the same gate (faults, token, rate, limits) and is logged with what it got.

mod access;
mod body;
mod channels;
mod commands;
mod guilds;
mod interactions;
mod messages;
mod reactions;
mod threads;
mod users;
mod webhooks;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request as HttpRequest, Response, header};
use serde_json::{Value, json};

use crate::clock::Clock;

use super::errors::{ApiError, INVALID_JSON, METHOD_NOT_ALLOWED, NOT_FOUND, UNAUTHORIZED, invalid};
use super::faults::{Fault, FaultKind};
use super::log::Request;
use super::rates::Standing;
use super::server::{Inner, Wire};
use super::snowflake::iso;
use super::state::State;
pub use body::File;
pub use channels::overwrites;
pub use reactions::change as change_reaction;
pub use threads::{joined_by_message, set_archived};
pub use users::open_dm;

/// Largest body taken: ten files of 10 MiB do not fit, two do.
const BODY_BYTES: usize = 26 * 1024 * 1024;
/// Real time a stalled request hangs before its connection breaks.
const STALL: Duration = Duration::from_mins(1);

/// One REST request, taken apart.
pub struct Call {
    /// HTTP method.
    pub method: String,
    /// Decoded parts of the path behind the version.
    pub path: Vec<String>,
    /// Query.
    pub query: HashMap<String, String>,
    /// JSON body, or the `payload_json` of a form; null if there is none.
    pub body: Value,
    /// Files of a form.
    pub files: Vec<File>,
}

impl Call {
    /// A yes in the query, in any of the ways clients write it.
    pub fn asks(&self, key: &str) -> bool {
        self.query.get(key).is_some_and(|value| matches!(value.as_str(), "true" | "True" | "1"))
    }

    /// A whole number of the query.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.query.get(key)?.parse().ok()
    }
}

/// A good answer.
pub struct Reply {
    status: u16,
    body: Option<Value>,
}

impl Reply {
    /// 200 with a body.
    pub fn json(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// 201 with a body.
    pub fn created(body: Value) -> Self {
        Self { status: 201, body: Some(body) }
    }

    /// 204.
    pub fn empty() -> Self {
        Self { status: 204, body: None }
    }
}

/// What routes give.
pub type Outcome = Result<Reply, ApiError>;

/// A snowflake in a path or body.
pub fn id(text: &str) -> Result<u64, ApiError> {
    text.parse().map_err(|_| invalid("id", "NUMBER_TYPE_COERCE", format!("Value \"{text}\" is not snowflake.")))
}

/// A snowflake that a body must have.
pub fn id_in(body: &Value, key: &str) -> Result<u64, ApiError> {
    let value = &body[key];
    match super::snowflake::read(value) {
        Some(id) => Ok(id),
        None if value.is_null() => Err(invalid(key, "BASE_TYPE_REQUIRED", "This field is required")),
        None => Err(invalid(key, "NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not snowflake."))),
    }
}

/// Refuses a body that breaks limits, where limits are checked.
pub fn within_limits(state: &State, run: impl FnOnce(&mut super::limits::Check<'_>)) -> Result<(), ApiError> {
    if !state.log.is_on() {
        return Ok(());
    }
    let found = super::limits::check(run);
    if found.is_empty() { Ok(()) } else { Err(super::errors::invalid_form(found)) }
}

fn route(state: &mut State, call: &Call) -> Outcome {
    let parts: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let method = call.method.as_str();
    match (method, parts.as_slice()) {
        ("GET", ["gateway"]) => Ok(Reply::json(json!({"url": gateway_url(state)}))),
        ("GET", ["gateway", "bot"]) => Ok(Reply::json(json!({
            "url": gateway_url(state), "shards": 1,
            "session_start_limit": {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1},
        }))),
        (_, ["users" | "applications" | "oauth2", ..])
            if !matches!(parts.as_slice(), ["applications", _, "commands" | "guilds", ..]) =>
        {
            users::route(state, method, &parts, call)
        }
        (_, ["applications", ..]) => commands::route(state, method, &parts, call),
        (_, ["interactions", interaction, token, "callback"]) if method == "POST" => {
            interactions::callback(state, id(interaction)?, token, call)
        }
        (_, ["webhooks", ..]) => webhooks::route(state, method, &parts, call),
        (_, ["guilds", ..]) => guilds::route(state, method, &parts, call),
        (_, ["channels", _, "messages", _, "reactions", ..]) => reactions::route(state, method, &parts, call),
        (
            _,
            ["channels", _, "messages", _, "threads"] | ["channels", _, "threads" | "thread-members" | "users", ..],
        ) => threads::route(state, method, &parts, call),
        (_, ["channels", _, "messages" | "pins", ..]) => messages::route(state, method, &parts, call),
        (_, ["channels", ..]) => channels::route(state, method, &parts, call),
        (_, ["gateway" | "interactions", ..]) => Err(METHOD_NOT_ALLOWED),
        _ => Err(NOT_FOUND),
    }
}

fn gateway_url(state: &State) -> String {
    format!("{}/gateway", state.base_url.replacen("http", "ws", 1))
}

/// Whether the path carries its own secret, so that no bot token is asked for.
fn open_to_all(path: &[String]) -> bool {
    matches!(path.first().map(String::as_str), Some("interactions" | "webhooks"))
        || (path.len() == 1 && path[0] == "gateway")
}

/// Path for the log: without interaction tokens.
fn redacted(path: &[String], query: Option<&str>) -> String {
    let secret = matches!(path.first().map(String::as_str), Some("interactions" | "webhooks"));
    let shown = path.iter().enumerate().map(|(index, part)| if secret && index == 2 { "TOKEN" } else { part.as_str() });
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("/{}{query}", shown.collect::<Vec<_>>().join("/"))
}

fn authorized(inner: &Inner, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.strip_prefix("Bot ").is_some_and(|token| token == inner.token)
}

/// What is decided under the lock.
struct Decided {
    /// None if the request never got as far as its route.
    outcome: Option<Outcome>,
    fault: Option<Fault>,
    standing: Option<Standing>,
}

/// Serves one request; `path` is what follows `/api/vN`.
pub async fn handle(inner: Arc<Inner>, wire: Wire, path: &str, request: HttpRequest<Body>) -> Response<Body> {
    let method = request.method().as_str().to_owned();
    let (parts, http_body) = request.into_parts();
    let path: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(body::percent_decoded).collect();
    let shown = redacted(&path, parts.uri.query());
    let query = parts.uri.query().map(body::query).unwrap_or_default();
    let Ok(bytes) = axum::body::to_bytes(http_body, BODY_BYTES).await else {
        return response(&Err(ApiError { status: 413, ..invalid("", "", "Request entity too large") }), None);
    };
    let read = body::read(&parts.headers, &bytes);
    let mut stalled = false;
    let decided = {
        let mut guard = inner.lock();
        let state = &mut *guard;
        state.tick();
        let fault = state.faults.hit_request(&method, &shown);
        stalled |= fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Stall);
        let before = fault.as_ref().map(|fault| fault.kind);
        let mut standing = None;
        let body = match &read {
            Ok((body, _)) if state.log.is_on() => body.clone(),
            _ => Value::Null,
        };
        let outcome = match before {
            Some(FaultKind::RateLimited | FaultKind::ErrorBefore | FaultKind::Stall) => None,
            _ if !open_to_all(&path) && !authorized(&inner, &parts.headers) => Some(Err(UNAUTHORIZED)),
            _ => {
                if path.first().is_some_and(|first| first != "interactions") {
                    let words: Vec<&str> = path.iter().map(String::as_str).collect();
                    standing = Some(state.rates.count(&method, &words, state.world.settings.strict_rates));
                }
                match read {
                    _ if standing.is_some_and(|it| it.refused) => None,
                    Ok((body, files)) => Some(route(state, &Call { method: method.clone(), path, query, body, files })),
                    Err(()) => Some(Err(INVALID_JSON)),
                }
            }
        };
        let decided = Decided { outcome, fault, standing };
        note(state, &method, shown, body, &decided);
        decided
    };
    inner.changed();
    if stalled {
        inner.pause(STALL).await;
        wire.cut();
    }
    match decided.fault.as_ref().map(|fault| fault.kind) {
        Some(FaultKind::LoseResponse) => {
            wire.cut();
            server_error()
        }
        Some(FaultKind::ErrorBefore | FaultKind::ErrorAfter | FaultKind::Stall) => server_error(),
        Some(FaultKind::RateLimited) => {
            let (after, global) = decided.fault.as_ref().map_or((1.0, false), asked_to_wait);
            limited(after, global)
        }
        None | Some(_) => match (decided.standing, &decided.outcome) {
            (standing, Some(outcome)) => response(outcome, standing),
            (Some(standing), None) => limited(standing.reset_after, standing.global),
            (None, None) => server_error(),
        },
    }
}

/// Puts the request into the log.
fn note(state: &mut State, method: &str, path: String, body: Value, decided: &Decided) {
    let (status, answer) = match (decided.fault.as_ref().map(|fault| fault.kind), &decided.outcome) {
        (Some(FaultKind::RateLimited), _) => {
            let (after, global) = decided.fault.as_ref().map_or((1.0, false), asked_to_wait);
            (429, wait(after, global))
        }
        (Some(FaultKind::ErrorBefore | FaultKind::ErrorAfter), _) => (500, Value::Null),
        (Some(FaultKind::LoseResponse | FaultKind::Stall), _) => (0, Value::Null),
        (_, None) => match decided.standing {
            Some(standing) => (429, wait(standing.reset_after, standing.global)),
            None => (500, Value::Null),
        },
        (_, Some(Ok(reply))) => {
            (reply.status, if state.log.is_on() { reply.body.clone().unwrap_or_default() } else { Value::Null })
        }
        (_, Some(Err(error))) => (error.status, error.body()),
    };
    let mut verdicts = Vec::new();
    if let Some(Err(error)) = &decided.outcome {
        verdicts.extend(error.breaches.iter().map(ToString::to_string));
        if error.status == 429 {
            verdicts.push(error.message.to_owned());
        }
        if error.code == 0 && matches!(status, 404 | 405) {
            verdicts.push("no such route".to_owned());
        }
    }
    let at = if state.log.is_on() { iso(state.now()) } else { String::new() };
    let method = method.to_owned();
    let pings = super::log::Pings::default();
    state.log.keep(Request { n: 0, at, method, path, status, ack_ms: None, body, response: answer, verdicts, pings });
}

fn build(status: u16, body: Option<&Value>) -> Response<Body> {
    let text = body.map(ToString::to_string);
    let mut response = Response::new(text.map_or_else(Body::empty, Body::from));
    *response.status_mut() = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    if body.is_some() {
        // Without a charset: some clients compare the whole value.
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

fn response(outcome: &Outcome, standing: Option<Standing>) -> Response<Body> {
    let mut response = match outcome {
        Ok(reply) => build(reply.status, reply.body.as_ref()),
        Err(error) => build(error.status, Some(&error.body())),
    };
    if let Some(standing) = standing {
        let reset_ms = Clock::system().now_ms() + (standing.reset_after * 1_000.0) as i64;
        let lines = [
            ("x-ratelimit-limit", standing.limit.to_string()),
            ("x-ratelimit-remaining", standing.remaining.to_string()),
            ("x-ratelimit-reset", format!("{}.{:03}", reset_ms / 1_000, reset_ms % 1_000)),
            ("x-ratelimit-reset-after", format!("{:.3}", standing.reset_after)),
            ("x-ratelimit-bucket", format!("{:016x}", standing.bucket)),
        ];
        for (name, value) in lines {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

fn server_error() -> Response<Body> {
    build(500, Some(&json!({"message": "500: Internal Server Error", "code": 0})))
}

/// Seconds a fault's 429 asks to wait, and whether everything must.
fn asked_to_wait(fault: &Fault) -> (f64, bool) {
    (fault.retry_after.unwrap_or(1.0), fault.global)
}

fn wait(after: f64, global: bool) -> Value {
    json!({"message": "You are being rate limited.", "code": 0, "retry_after": after, "global": global})
}

fn limited(after: f64, global: bool) -> Response<Body> {
    let mut response = build(429, Some(&wait(after, global)));
    let headers = response.headers_mut();
    for (name, value) in
        [("retry-after", format!("{}", after.ceil() as u64)), ("x-ratelimit-reset-after", format!("{after:.3}"))]
    {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    let scope = if global { "global" } else { "user" };
    headers.insert("x-ratelimit-scope", HeaderValue::from_static(scope));
    if global {
        headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
    } else {
        headers.insert("x-ratelimit-remaining", HeaderValue::from_static("0"));
        headers.insert("x-ratelimit-limit", HeaderValue::from_static("5"));
    }
    response
}
