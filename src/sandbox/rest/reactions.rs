//! Reactions under messages.
//! Invariant: one user has each emoji at most once under a message.

use serde_json::json;

use super::super::errors::{ApiError, NOT_FOUND, THREAD_ARCHIVED, UNKNOWN_EMOJI, UNKNOWN_MESSAGE};
use super::super::permissions::{ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY};
use super::super::shape;
use super::super::state::State;
use super::super::world::Reaction;
use super::access;
use super::{Call, Outcome, Reply, id};

/// Routes below `channels/{id}/messages/{id}/reactions`.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    let place = access::channel(state, parts[1])?;
    let asleep = place.thread.as_ref().is_some_and(|thread| thread.archived);
    let channel = place.id;
    if asleep && method != "GET" {
        return Err(THREAD_ARCHIVED);
    }
    let message = id(parts[3])?;
    let found = state.world.message(channel, message).ok_or(UNKNOWN_MESSAGE)?;
    let bot = state.world.bot;
    match (method, &parts[5..]) {
        ("PUT", [emoji, "@me"]) => {
            let bits = if found.reactions.iter().any(|it| it.emoji == *emoji) { 0 } else { ADD_REACTIONS };
            access::channel_with(state, parts[1], bits | READ_MESSAGE_HISTORY)?;
            change(state, channel, message, emoji, bot, true)?;
        }
        ("DELETE", [emoji, "@me"]) => change(state, channel, message, emoji, bot, false)?,
        ("GET", [emoji]) => {
            let users = found.reactions.iter().filter(|it| it.emoji == *emoji).flat_map(|it| &it.users);
            let limit = call.number("limit").unwrap_or(25).clamp(1, 100) as usize;
            let after = call.number("after").unwrap_or(0);
            let users = users.filter(|id| **id > after).take(limit);
            return Ok(Reply::json(users.map(|id| shape::user_by_id(&state.world, *id)).collect()));
        }
        ("DELETE", [emoji, user]) => {
            access::channel_with(state, parts[1], MANAGE_MESSAGES)?;
            change(state, channel, message, emoji, id(user)?, false)?;
        }
        ("DELETE", []) => {
            access::channel_with(state, parts[1], MANAGE_MESSAGES)?;
            let mut found = found.clone();
            found.reactions.clear();
            super::super::message::replace(state, found);
            let data = json!({"channel_id": channel.to_string(), "message_id": message.to_string()});
            state.announce(channel, "MESSAGE_REACTION_REMOVE_ALL", &data);
        }
        _ => return Err(NOT_FOUND),
    }
    Ok(Reply::empty())
}

/// Adds or removes one user's emoji and tells everybody.
pub fn change(
    state: &mut State,
    channel: u64,
    message: u64,
    emoji: &str,
    user: u64,
    add: bool,
) -> Result<(), ApiError> {
    if emoji.is_empty() || emoji.is_ascii() && !emoji.contains(':') {
        return Err(UNKNOWN_EMOJI);
    }
    let mut found = state.world.message(channel, message).ok_or(UNKNOWN_MESSAGE)?.clone();
    match found.reactions.iter_mut().find(|it| it.emoji == emoji) {
        Some(reaction) if add && !reaction.users.contains(&user) => reaction.users.push(user),
        Some(reaction) if !add => reaction.users.retain(|id| *id != user),
        None if add => found.reactions.push(Reaction { emoji: emoji.to_owned(), users: vec![user] }),
        _ => return Ok(()),
    }
    found.reactions.retain(|it| !it.users.is_empty());
    let mut data = json!({
        "user_id": user.to_string(), "channel_id": channel.to_string(), "message_id": message.to_string(),
        "emoji": shape::emoji(emoji), "burst": false, "type": 0,
    });
    if let Some(guild) = state.world.guild_of(channel) {
        data["guild_id"] = json!(guild.id.to_string());
        if let Some(member) = guild.members.get(&user).filter(|_| add) {
            data["member"] = shape::member(&state.world, user, member);
        }
    }
    if add {
        data["message_author_id"] = json!(found.author.to_string());
    }
    super::super::message::replace(state, found.clone());
    let guild = state.world.channels.get(&channel).and_then(|it| it.guild);
    state.dispatch(if add { "MESSAGE_REACTION_ADD" } else { "MESSAGE_REACTION_REMOVE" }, guild, &data);
    data["added"] = json!(add);
    data["reactions"] = shape::message(&found, user)["reactions"].clone();
    state.tell(super::super::events::Audience::Channel(channel), "REACTION", &data);
    Ok(())
}
