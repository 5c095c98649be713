//! Channels: read, change, delete, typing, overwrites.
//! Invariant: a channel is renamed at most twice in ten minutes (virtual); the third is refused with 429 like Discord's.

use serde_json::{Value, json};

use super::super::errors::{
    ApiError, MISSING_PERMISSIONS, NOT_FOUND, RENAMED_TOO_OFTEN, THREAD_ARCHIVED, THREAD_LOCKED,
};
use super::super::limits;
use super::super::permissions::{MANAGE_CHANNELS, MANAGE_ROLES, MANAGE_THREADS, SEND_MESSAGES};
use super::super::shape;
use super::super::snowflake;
use super::super::state::State;
use super::super::world::{Channel, FORUM, Overwrite};
use super::access::{self, may};
use super::{Call, Outcome, Reply, id, within_limits};

/// Virtual milliseconds in which a channel may be renamed twice (documented for bots since 2020).
const RENAME_WINDOW_MS: i64 = 600_000;

/// Routes of `channels/{id}` that are no messages and no threads.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    let channel = access::channel(state, parts[1])?.clone();
    let bot = state.world.bot;
    match (method, &parts[2..]) {
        ("GET", []) => Ok(Reply::json(shape::channel(&state.world, &channel, bot))),
        ("PATCH", []) => change(state, channel, &call.body),
        ("DELETE", []) => {
            let bits = if channel.thread.is_some() { MANAGE_THREADS } else { MANAGE_CHANNELS };
            access::need(state, &channel, bits)?;
            let shown = shape::channel(&state.world, &channel, bot);
            state.delete_channel(channel.id);
            Ok(Reply::json(shown))
        }
        ("POST", ["typing"]) => {
            access::need(state, &channel, SEND_MESSAGES)?;
            let data = json!({"channel_id": channel.id.to_string(), "user_id": bot.to_string(), "timestamp": state.now() / 1_000});
            state.tell(super::super::events::Audience::Channel(channel.id), "TYPING", &data);
            Ok(Reply::empty())
        }
        ("PUT", ["permissions", target]) => {
            access::need(state, &channel, MANAGE_ROLES)?;
            let bits = |key: &str| match &call.body[key] {
                Value::String(text) => text.parse().unwrap_or(0),
                other => other.as_u64().unwrap_or(0),
            };
            let kind = call.body["type"].as_u64().unwrap_or(0) as u8;
            let overwrite = Overwrite { id: id(target)?, kind, allow: bits("allow"), deny: bits("deny") };
            overwrites(state, channel.id, |list| {
                list.retain(|it| it.id != overwrite.id);
                list.push(overwrite);
            });
            Ok(Reply::empty())
        }
        ("DELETE", ["permissions", target]) => {
            access::need(state, &channel, MANAGE_ROLES)?;
            let target = id(target)?;
            overwrites(state, channel.id, |list| list.retain(|it| it.id != target));
            Ok(Reply::empty())
        }
        _ => Err(NOT_FOUND),
    }
}

/// Changes a channel's overwrites and tells everybody.
pub fn overwrites(state: &mut State, channel: u64, change: impl FnOnce(&mut Vec<Overwrite>)) {
    if let Some(channel) = state.world.channels.get_mut(channel) {
        change(&mut channel.overwrites);
    }
    state.announce_channel(channel, "UPDATE");
}

fn renamed(state: &State, channel: &mut Channel, body: &Value) -> Result<(), ApiError> {
    let Some(name) = body["name"].as_str().map(str::trim).filter(|name| *name != channel.name) else {
        return Ok(());
    };
    let now = state.now();
    channel.renames.retain(|at| now - at < RENAME_WINDOW_MS);
    if channel.renames.len() >= 2 && state.log.is_on() {
        return Err(RENAMED_TOO_OFTEN);
    }
    channel.renames.push(now);
    name.clone_into(&mut channel.name);
    Ok(())
}

fn change(state: &mut State, mut channel: Channel, body: &Value) -> Outcome {
    within_limits(state, |check| limits::channel(check, body, channel.kind == FORUM))?;
    let bot = state.world.bot;
    if let Some(mut thread) = channel.thread.clone() {
        let manager = may(state, &channel, MANAGE_THREADS);
        let only_wakes = body.as_object().is_some_and(|map| map.len() == 1) && body["archived"] == false;
        if thread.owner != bot && !manager && !(only_wakes && may(state, &channel, SEND_MESSAGES)) {
            return Err(MISSING_PERMISSIONS);
        }
        if thread.locked && !manager {
            return Err(THREAD_LOCKED);
        }
        let stays = body["archived"].as_bool().unwrap_or(thread.archived) && thread.archived;
        if stays && body.as_object().is_some_and(|map| map.keys().any(|key| key != "archived" && key != "locked")) {
            return Err(THREAD_ARCHIVED);
        }
        if !body["locked"].is_null() && !manager {
            return Err(MISSING_PERMISSIONS);
        }
        renamed(state, &mut channel, body)?;
        let now = state.now();
        if let Some(archived) = body["archived"].as_bool().filter(|archived| *archived != thread.archived) {
            thread.archived = archived;
            thread.archive_ms = now;
            thread.active_ms = now;
        }
        thread.locked = body["locked"].as_bool().unwrap_or(thread.locked);
        thread.invitable = body["invitable"].as_bool().unwrap_or(thread.invitable);
        thread.auto_archive =
            body["auto_archive_duration"].as_u64().map_or(thread.auto_archive, |minutes| minutes as u32);
        if let Some(tags) = body["applied_tags"].as_array() {
            thread.tags = tags.iter().filter_map(snowflake::read).collect();
        }
        channel.thread = Some(thread);
    } else {
        access::need(state, &channel, MANAGE_CHANNELS)?;
        renamed(state, &mut channel, body)?;
        if let Some(topic) = body.get("topic") {
            channel.topic = topic.as_str().map(ToOwned::to_owned);
        }
        if let Some(parent) = body.get("parent_id") {
            channel.parent = snowflake::read(parent);
        }
    }
    channel.rate_limit = body["rate_limit_per_user"].as_u64().map_or(channel.rate_limit, |seconds| seconds as u32);
    let number = channel.id;
    let shown = shape::channel(&state.world, &channel, bot);
    state.world.channels.insert(number, channel);
    state.announce_channel(number, "UPDATE");
    Ok(Reply::json(shown))
}
