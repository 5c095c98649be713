//! Threads: three ways to start one, members, archive.
//! Invariant: a thread started from a message has the message's id, so there can be only one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::errors::{
    ApiError, MISSING_ACCESS, MISSING_PERMISSIONS, NOT_FOUND, THREAD_ARCHIVED, THREAD_EXISTS, UNKNOWN_MEMBER,
    UNKNOWN_MESSAGE, UNKNOWN_USER, WRONG_CHANNEL_TYPE, invalid,
};
use super::super::limits;
use super::super::message::{self, Draft, HAS_THREAD};
use super::super::permissions::{
    self, CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES,
};
use super::super::shape;
use super::super::snowflake;
use super::super::state::State;
use super::super::world::{Channel, FORUM, PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Thread};
use super::access::{self, may};
use super::{Call, Outcome, Reply, id, within_limits};

/// Routes of threads below `channels/{id}`.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    let channel = access::channel(state, parts[1])?.clone();
    let bot = state.world.bot;
    match (method, &parts[2..]) {
        ("POST", ["messages", from, "threads"]) => from_message(state, &channel, id(from)?, &call.body),
        ("POST", ["threads"]) if channel.kind == FORUM => forum_post(state, &channel, call),
        ("POST", ["threads"]) => without_message(state, &channel, &call.body),
        ("GET", ["threads", "archived", kind @ ("public" | "private")]) => {
            access::need(state, &channel, READ_MESSAGE_HISTORY)?;
            if *kind == "private" {
                access::need(state, &channel, MANAGE_THREADS)?;
            }
            Ok(Reply::json(archived(state, &channel, *kind == "private", false)))
        }
        ("GET", ["users", "@me", "threads", "archived", "private"]) => {
            access::need(state, &channel, READ_MESSAGE_HISTORY)?;
            Ok(Reply::json(archived(state, &channel, true, true)))
        }
        (_, ["thread-members", rest @ ..]) => {
            let thread = channel.thread.as_ref().ok_or(WRONG_CHANNEL_TYPE)?;
            let who = match rest {
                [] => None,
                ["@me"] => Some(bot),
                [who] => Some(id(who)?),
                _ => return Err(NOT_FOUND),
            };
            match (method, who) {
                ("GET", None) => {
                    let all =
                        thread.members.iter().map(|(user, joined)| shape::thread_member(channel.id, *user, *joined));
                    Ok(Reply::json(all.collect()))
                }
                ("GET", Some(user)) => {
                    let joined = thread.members.get(&user).ok_or(UNKNOWN_MEMBER)?;
                    Ok(Reply::json(shape::thread_member(channel.id, user, *joined)))
                }
                ("PUT", Some(user)) => {
                    if thread.archived {
                        return Err(THREAD_ARCHIVED);
                    }
                    let trusted = thread.members.contains_key(&bot) && thread.invitable;
                    if user != bot
                        && channel.kind == PRIVATE_THREAD
                        && !trusted
                        && !may(state, &channel, MANAGE_THREADS)
                    {
                        return Err(MISSING_PERMISSIONS);
                    }
                    add_member(state, channel.id, user)?;
                    Ok(Reply::empty())
                }
                ("DELETE", Some(user)) => {
                    let own = channel.kind == PRIVATE_THREAD && thread.owner == bot;
                    if user != bot && !own {
                        access::need(state, &channel, MANAGE_THREADS)?;
                    }
                    if thread.archived {
                        return Err(THREAD_ARCHIVED);
                    }
                    remove_member(state, channel.id, user);
                    Ok(Reply::empty())
                }
                _ => Err(NOT_FOUND),
            }
        }
        _ => Err(NOT_FOUND),
    }
}

fn started(state: &mut State, parent: &Channel, id: u64, kind: u8, body: &Value) -> Channel {
    let now = state.now();
    let bot = state.world.bot;
    let thread = Thread {
        owner: bot,
        archived: false,
        locked: false,
        invitable: body["invitable"].as_bool().unwrap_or(true),
        auto_archive: body["auto_archive_duration"].as_u64().unwrap_or(4_320) as u32,
        created_ms: now,
        archive_ms: now,
        active_ms: now,
        members: BTreeMap::from([(bot, now)]),
        message_count: 0,
        total_sent: 0,
        tags: body["applied_tags"].as_array().into_iter().flatten().filter_map(snowflake::read).collect(),
    };
    Channel {
        id,
        kind,
        guild: parent.guild,
        name: body["name"].as_str().unwrap_or_default().trim().to_owned(),
        topic: None,
        parent: Some(parent.id),
        position: 0,
        overwrites: Vec::new(),
        recipients: Vec::new(),
        last_message: None,
        rate_limit: body["rate_limit_per_user"].as_u64().unwrap_or(0) as u32,
        thread: Some(thread),
        renames: Vec::new(),
    }
}

fn open(state: &mut State, thread: Channel) -> Value {
    let id = thread.id;
    state.world.insert_channel(thread);
    state.announce_channel(id, "CREATE");
    shown(state, id)
}

fn shown(state: &State, id: u64) -> Value {
    state.world.channels.get(&id).map_or(Value::Null, |thread| shape::channel(&state.world, thread, state.world.bot))
}

fn from_message(state: &mut State, channel: &Channel, from: u64, body: &Value) -> Outcome {
    if channel.kind != TEXT {
        return Err(WRONG_CHANNEL_TYPE);
    }
    access::need(state, channel, CREATE_PUBLIC_THREADS)?;
    within_limits(state, |check| limits::thread(check, body))?;
    let mut origin = state.world.message(channel.id, from).ok_or(UNKNOWN_MESSAGE)?.clone();
    if state.world.channels.contains_key(&from) {
        return Err(THREAD_EXISTS);
    }
    let thread = started(state, channel, from, PUBLIC_THREAD, body);
    let out = open(state, thread);
    origin.body["flags"] = json!(origin.body["flags"].as_u64().unwrap_or(0) | HAS_THREAD);
    origin.body["thread"] = out.clone();
    message::replace(state, origin.clone());
    state.announce_message(&origin, "MESSAGE_UPDATE");
    Ok(Reply::created(out))
}

fn without_message(state: &mut State, channel: &Channel, body: &Value) -> Outcome {
    if channel.kind != TEXT {
        return Err(WRONG_CHANNEL_TYPE);
    }
    within_limits(state, |check| limits::thread(check, body))?;
    // The documented default is a private thread.
    let (kind, bits) = match body["type"].as_u64() {
        Some(11) => (PUBLIC_THREAD, CREATE_PUBLIC_THREADS),
        Some(12) | None => (PRIVATE_THREAD, CREATE_PRIVATE_THREADS),
        Some(_) => {
            return Err(invalid("type", "BASE_TYPE_CHOICES", "Value must be one of (10, 11, 12)."));
        }
    };
    access::need(state, channel, bits)?;
    let id = state.id();
    let thread = started(state, channel, id, kind, body);
    let out = open(state, thread);
    Ok(Reply::created(out))
}

fn forum_post(state: &mut State, forum: &Channel, call: &Call) -> Outcome {
    access::need(state, forum, SEND_MESSAGES)?;
    let first = &call.body["message"];
    within_limits(state, |check| {
        limits::thread(check, &call.body);
        if first.is_object() {
            limits::message(&mut check.at("message"), first);
        } else {
            check.at("message").breach("BASE_TYPE_REQUIRED", "This field is required");
        }
    })?;
    let id = state.id();
    let thread = started(state, forum, id, PUBLIC_THREAD, &call.body);
    open(state, thread);
    let draft = Draft {
        channel: id,
        author: state.world.bot,
        kind: 0,
        id: Some(id),
        body: first,
        files: &call.files,
        only_for: None,
        interaction: None,
    };
    match message::post(state, draft) {
        Ok(written) => {
            // The first message of a post is not counted.
            if let Some(thread) = state.world.channels.get_mut(id).and_then(|it| it.thread.as_mut()) {
                thread.message_count = 0;
                thread.total_sent = 0;
            }
            let mut out = shown(state, id);
            out["message"] = written.body;
            Ok(Reply::created(out))
        }
        Err(error) => {
            state.delete_channel(id);
            Err(error)
        }
    }
}

fn archived(state: &State, parent: &Channel, private: bool, joined: bool) -> Value {
    let bot = state.world.bot;
    let fits = |it: &&Channel| {
        let thread = it.thread.as_ref();
        (it.kind == PRIVATE_THREAD) == private
            && thread.is_some_and(|thread| thread.archived && (!joined || thread.members.contains_key(&bot)))
    };
    let found: Vec<&Channel> = state.world.threads_of(parent.id).into_iter().filter(fits).collect();
    listed(state, found.into_iter().rev())
}

/// `{threads, members, has_more}` as Discord lists threads.
pub fn listed<'c>(state: &State, threads: impl Iterator<Item = &'c Channel>) -> Value {
    let bot = state.world.bot;
    let threads: Vec<Value> = threads.map(|it| shape::channel(&state.world, it, bot)).collect();
    let members: Vec<Value> = threads.iter().filter_map(|it| it.get("member").cloned()).collect();
    json!({"threads": threads, "members": members, "has_more": false})
}

/// Puts a user into a thread and tells everybody; one who cannot see the parent cannot be put there.
pub fn add_member(state: &mut State, thread: u64, user: u64) -> Result<(), ApiError> {
    let now = state.now();
    if !state.world.users.contains_key(&user) {
        return Err(UNKNOWN_USER);
    }
    let parent = state.world.channels.get(&thread).and_then(|it| it.parent);
    if !parent.is_some_and(|parent| permissions::sees(&state.world, parent, user)) {
        return Err(MISSING_ACCESS);
    }
    let Some(channel) = state.world.channels.get_mut(thread) else {
        return Ok(());
    };
    let Some(members) = channel.thread.as_mut().map(|it| &mut it.members) else {
        return Ok(());
    };
    if members.contains_key(&user) {
        return Ok(());
    }
    members.insert(user, now);
    let count = members.len().min(50);
    let guild = channel.guild;
    let data = json!({
        "id": thread.to_string(), "guild_id": guild.map(|id| id.to_string()), "member_count": count,
        "added_members": [shape::thread_member(thread, user, now)], "removed_member_ids": [],
    });
    state.announce(thread, "THREAD_MEMBERS_UPDATE", &data);
    // Whoever was added sees the thread for the first time.
    let shown = state.world.channels.get(&thread).map(|it| shape::channel(&state.world, it, user)).unwrap_or_default();
    state.tell(super::super::events::Audience::User(user), "THREAD_CREATE", &shown);
    Ok(())
}

fn remove_member(state: &mut State, thread: u64, user: u64) {
    let Some(channel) = state.world.channels.get_mut(thread) else {
        return;
    };
    let Some(members) = channel.thread.as_mut().map(|it| &mut it.members) else {
        return;
    };
    if members.remove(&user).is_none() {
        return;
    }
    let data = json!({
        "id": thread.to_string(), "guild_id": channel.guild.map(|id| id.to_string()), "member_count": members.len().min(50),
        "added_members": [], "removed_member_ids": [user.to_string()],
    });
    state.announce(thread, "THREAD_MEMBERS_UPDATE", &data);
}

/// Archives or reopens a thread and tells everybody.
pub fn set_archived(state: &mut State, thread: u64, archived: bool) {
    let now = state.now();
    if let Some(thread) = state.world.channels.get_mut(thread).and_then(|it| it.thread.as_mut()) {
        thread.archived = archived;
        thread.archive_ms = now;
        thread.active_ms = now;
    }
    state.announce_channel(thread, "UPDATE");
}

/// Writing in a thread joins it, and so does being mentioned there.
pub fn joined_by_message(state: &mut State, channel: u64, author: u64, body: &Value) {
    let Some(place) = state.world.channels.get(&channel) else {
        return;
    };
    let Some(thread) = &place.thread else { return };
    let may_invite = place.kind != PRIVATE_THREAD
        || thread.invitable
        || permissions::in_channel(&state.world, place, author) & MANAGE_THREADS != 0;
    let mentioned = body["mentions"].as_array().into_iter().flatten().filter(|_| may_invite);
    let mentioned = mentioned.filter_map(|user| user["id"].as_str()?.parse::<u64>().ok());
    let joining: Vec<u64> = mentioned.chain([author]).filter(|id| !thread.members.contains_key(id)).collect();
    for user in joining {
        // One who may not see the parent is mentioned but not let in.
        let _ = add_member(state, channel, user);
    }
}
