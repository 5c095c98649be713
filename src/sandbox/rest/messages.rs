//! Messages: read, write, edit, delete, pins.
//! Invariant: ephemerals do not exist here; a repeated nonce answers with the first message and writes nothing.

use std::ops::Bound;

use serde_json::{Value, json};

use super::super::errors::{
    ApiError, CANNOT_DM, MISSING_PERMISSIONS, NOT_A_TEXT_CHANNEL, NOT_FOUND, NOT_THE_AUTHOR, THREAD_ARCHIVED,
    THREAD_LOCKED, UNKNOWN_MESSAGE,
};
use super::super::limits;
use super::super::message::{self, Draft};
use super::super::permissions::{
    ATTACH_FILES, EMBED_LINKS, MANAGE_MESSAGES, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES,
};
use super::super::shape;
use super::super::snowflake;
use super::super::state::State;
use super::super::world::{Channel, DM, Message};
use super::access::{self, may};
use super::{Call, Outcome, Reply, id, threads, within_limits};

/// Routes below `channels/{id}/messages` and `pins`.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    let channel = access::channel(state, parts[1])?.clone();
    let bot = state.world.bot;
    match (method, &parts[2..]) {
        ("GET", ["messages"]) => list(state, &channel, call),
        ("POST", ["messages"]) => create(state, &channel, call),
        ("POST", ["messages", "bulk-delete"]) => {
            access::need(state, &channel, MANAGE_MESSAGES)?;
            for it in call.body["messages"].as_array().into_iter().flatten() {
                // Those already gone are fine here.
                let _ = message::delete(state, channel.id, snowflake::read(it).unwrap_or_default());
            }
            Ok(Reply::empty())
        }
        ("GET", ["pins"] | ["messages", "pins"]) => {
            let all = state.world.messages.of(channel.id).rev();
            let pinned = all.filter(|it| it.body["pinned"] == true).map(|it| shape::message(it, bot));
            if parts[2] == "pins" {
                return Ok(Reply::json(pinned.collect()));
            }
            let items: Vec<Value> = pinned.map(|it| json!({"pinned_at": it["timestamp"], "message": it})).collect();
            Ok(Reply::json(json!({"items": items, "has_more": false})))
        }
        ("PUT" | "DELETE", ["pins", which] | ["messages", "pins", which]) => {
            access::need(state, &channel, MANAGE_MESSAGES)?;
            let mut found = get(state, &channel, which)?.clone();
            found.body["pinned"] = json!(method == "PUT");
            message::replace(state, found.clone());
            state.announce_message(&found, "MESSAGE_UPDATE");
            Ok(Reply::empty())
        }
        ("GET", ["messages", which]) => {
            access::need(state, &channel, READ_MESSAGE_HISTORY)?;
            Ok(Reply::json(shape::message(get(state, &channel, which)?, bot)))
        }
        ("PATCH", ["messages", which]) => edit(state, &channel, which, call),
        ("DELETE", ["messages", which]) => {
            let found = get(state, &channel, which)?;
            if found.author != bot && !may(state, &channel, MANAGE_MESSAGES) {
                return Err(MISSING_PERMISSIONS);
            }
            awake(&channel)?;
            message::delete(state, channel.id, id(which)?)?;
            Ok(Reply::empty())
        }
        _ => Err(NOT_FOUND),
    }
}

fn get<'s>(state: &'s State, channel: &Channel, which: &str) -> Result<&'s Message, ApiError> {
    state.world.message(channel.id, id(which)?).ok_or(UNKNOWN_MESSAGE)
}

fn awake(channel: &Channel) -> Result<(), ApiError> {
    if channel.thread.as_ref().is_some_and(|thread| thread.archived) { Err(THREAD_ARCHIVED) } else { Ok(()) }
}

fn list(state: &State, channel: &Channel, call: &Call) -> Outcome {
    if !may(state, channel, READ_MESSAGE_HISTORY) {
        return Ok(Reply::json(json!([])));
    }
    within_limits(state, |check| {
        if call.number("limit").is_some_and(|limit| !(1..=100).contains(&limit)) {
            check.at("limit").breach("NUMBER_TYPE_MAX", "int value should be less than or equal to 100.");
        }
    })?;
    let limit = call.number("limit").unwrap_or(50).clamp(1, 100) as usize;
    let all = |ids: (Bound<u64>, Bound<u64>)| state.world.messages.range(channel.id, ids);
    let (from, below) = (|id| (Bound::Included(id), Bound::Unbounded), |id| (Bound::Unbounded, Bound::Excluded(id)));
    let mut found: Vec<&Message> = if let Some(after) = call.number("after") {
        let mut found: Vec<_> = all((Bound::Excluded(after), Bound::Unbounded)).take(limit).collect();
        found.reverse();
        found
    } else if let Some(around) = call.number("around") {
        let mut found: Vec<_> = all(from(around)).take(limit / 2 + 1).collect();
        found.reverse();
        found.extend(all(below(around)).rev().take(limit / 2));
        found
    } else {
        all(below(call.number("before").unwrap_or(u64::MAX))).rev().take(limit).collect()
    };
    found.truncate(limit);
    Ok(Reply::json(found.into_iter().map(|it| shape::message(it, state.world.bot)).collect()))
}

/// Whether the bot may write here at all; reopens a thread that fell asleep.
pub fn may_write(state: &mut State, channel: &Channel) -> Result<(), ApiError> {
    if !channel.holds_messages() {
        return Err(NOT_A_TEXT_CHANNEL);
    }
    if channel.kind == DM {
        let shut = |id: &u64| state.world.users.get(id).is_none_or(|user| user.dm_closed);
        let shares = |id: &u64| {
            let both = |it: &super::super::world::Guild| {
                it.members.contains_key(id) && it.members.contains_key(&state.world.bot)
            };
            *id == state.world.bot || state.world.guilds.values().any(both)
        };
        if channel.recipients.iter().any(|id| shut(id) || !shares(id)) {
            return Err(CANNOT_DM);
        }
        return Ok(());
    }
    access::need(state, channel, SEND_MESSAGES)?;
    if let Some(thread) = channel.thread.as_ref().filter(|thread| thread.archived) {
        if thread.locked && !may(state, channel, MANAGE_THREADS) {
            return Err(THREAD_LOCKED);
        }
        threads::set_archived(state, channel.id, false);
    }
    Ok(())
}

/// Limits and rights of a message body.
pub fn fits(state: &State, channel: &Channel, call: &Call) -> Result<(), ApiError> {
    within_limits(state, |check| {
        limits::message(check, &call.body);
        limits::files(check, call.files.iter().map(|file| file.bytes.len()));
    })?;
    if call.body["embeds"].as_array().is_some_and(|list| !list.is_empty()) {
        access::need(state, channel, EMBED_LINKS)?;
    }
    if !call.files.is_empty() {
        access::need(state, channel, ATTACH_FILES)?;
    }
    Ok(())
}

fn create(state: &mut State, channel: &Channel, call: &Call) -> Outcome {
    fits(state, channel, call)?;
    let bot = state.world.bot;
    let nonce = match &call.body["nonce"] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let (Some(nonce), true) = (&nonce, call.body["enforce_nonce"] == true)
        && let Some((place, known)) = state.by_nonce(bot, nonce)
        && let Some(earlier) = state.world.message(place, known)
    {
        return Ok(Reply::json(shape::message(earlier, bot)));
    }
    may_write(state, channel)?;
    let (body, files) = (&call.body, call.files.as_slice());
    let draft =
        Draft { channel: channel.id, author: bot, kind: 0, id: None, body, files, only_for: None, interaction: None };
    let written = message::post(state, draft)?;
    if let Some(nonce) = nonce {
        state.remember_nonce(bot, &nonce, channel.id, written.id);
    }
    threads::joined_by_message(state, channel.id, bot, &written.body);
    Ok(Reply::json(written.body))
}

fn edit(state: &mut State, channel: &Channel, which: &str, call: &Call) -> Outcome {
    if get(state, channel, which)?.author != state.world.bot {
        // Others' messages: only flags, with MANAGE_MESSAGES; this server does not offer that.
        return Err(NOT_THE_AUTHOR);
    }
    fits(state, channel, call)?;
    awake(channel)?;
    let changed = message::edit(state, channel.id, id(which)?, &call.body, &call.files)?;
    Ok(Reply::json(shape::message(&changed, state.world.bot)))
}
