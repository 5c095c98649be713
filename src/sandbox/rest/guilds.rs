//! Guilds: what they are, channels, roles, members, active threads.
//! Invariant: only guilds the bot is a member of answer.

use serde_json::json;

use super::super::errors::{ApiError, NOT_FOUND, UNKNOWN_MEMBER, UNKNOWN_ROLE};
use super::super::limits;
use super::super::permissions::{self, CHANGE_NICKNAME, MANAGE_CHANNELS, MANAGE_NICKNAMES, MANAGE_ROLES};
use super::super::shape;
use super::super::state::State;
use super::super::world::Guild;
use super::{Call, Outcome, Reply, access, id, threads, within_limits};

fn member(guild: &Guild, user: u64) -> Result<&super::super::world::Member, ApiError> {
    guild.members.get(&user).ok_or(UNKNOWN_MEMBER)
}

/// Routes of `guilds`.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    let Some(which) = parts.get(1) else {
        return Err(NOT_FOUND);
    };
    let guild = access::guild(state, which)?;
    let (world, bot) = (&state.world, state.world.bot);
    match (method, &parts[2..]) {
        ("GET", []) => {
            let mut out = shape::guild(guild, bot);
            if call.asks("with_counts") {
                out["approximate_member_count"] = json!(guild.members.len());
                out["approximate_presence_count"] = json!(guild.members.len());
            }
            Ok(Reply::json(out))
        }
        ("GET", ["channels"]) => {
            let all = guild.channels.iter().filter_map(|id| world.channels.get(id)).filter(|it| it.thread.is_none());
            Ok(Reply::json(all.map(|it| shape::channel(world, it, bot)).collect()))
        }
        ("POST", ["channels"]) => {
            let guild = access::guild_with(state, which, MANAGE_CHANNELS)?.id;
            within_limits(state, |check| limits::channel(check, &call.body, false))?;
            let (name, now) = (call.body["name"].as_str().unwrap_or_default(), state.now());
            let kind = call.body["type"].as_u64().unwrap_or(0) as u8;
            let made = state.world.add_channel(guild, kind, name, Vec::new(), now);
            state.announce_channel(made, "CREATE");
            let shown = state.world.channels.get(&made).map(|it| shape::channel(&state.world, it, bot));
            Ok(Reply::created(shown.unwrap_or_default()))
        }
        ("GET", ["roles"]) => Ok(Reply::json(shape::roles(guild, bot))),
        ("GET", ["roles", role]) => {
            let role = guild.roles.get(&id(role)?).ok_or(UNKNOWN_ROLE)?;
            Ok(Reply::json(shape::role(guild, role, bot)))
        }
        ("GET", ["members"]) => {
            let (after, limit) = (call.number("after").unwrap_or(0), call.number("limit").unwrap_or(1).min(1_000));
            let all = guild.members.range(after + 1..).take(limit as usize);
            Ok(Reply::json(all.map(|(id, it)| shape::member(world, *id, it)).collect()))
        }
        ("GET", ["members", "search"]) => {
            let query = call.query.get("query").map(|it| it.to_lowercase()).unwrap_or_default();
            let fits = |id: &u64| {
                world
                    .users
                    .get(id)
                    .is_some_and(|it| it.username.starts_with(&query) || it.name.to_lowercase().starts_with(&query))
            };
            let found =
                guild.members.iter().filter(|(id, _)| fits(id)).take(call.number("limit").unwrap_or(1) as usize);
            Ok(Reply::json(found.map(|(id, it)| shape::member(world, *id, it)).collect()))
        }
        ("GET", ["members", user]) => {
            let user = if *user == "@me" { bot } else { id(user)? };
            Ok(Reply::json(shape::member(world, user, member(guild, user)?)))
        }
        ("PATCH", ["members", user]) => {
            let own = *user == "@me";
            let user = if own { bot } else { id(user)? };
            let guild = access::guild_with(state, which, if own { CHANGE_NICKNAME } else { MANAGE_NICKNAMES })?.id;
            change_member(state, guild, user, |it| {
                it.nick = call.body["nick"].as_str().map(ToOwned::to_owned);
            })
        }
        ("PUT" | "DELETE", ["members", user, "roles", role]) => {
            let guild = access::guild_with(state, which, MANAGE_ROLES)?;
            let (guild_id, role) = (guild.id, id(role)?);
            guild.roles.get(&role).ok_or(UNKNOWN_ROLE)?;
            change_member(state, guild_id, id(user)?, |it| {
                it.roles.retain(|known| *known != role);
                if method == "PUT" {
                    it.roles.push(role);
                }
            })?;
            Ok(Reply::empty())
        }
        ("GET", ["threads", "active"]) => {
            let all = guild.channels.iter().filter_map(|id| world.channels.get(id));
            let active = all.filter(|it| it.thread.as_ref().is_some_and(|thread| !thread.archived));
            Ok(Reply::json(threads::listed(state, active.filter(|it| permissions::sees(world, it.id, bot)))))
        }
        ("GET", ["emojis" | "stickers" | "invites" | "webhooks" | "integrations" | "scheduled-events"]) => {
            Ok(Reply::json(json!([])))
        }
        _ => Err(NOT_FOUND),
    }
}

fn change_member(
    state: &mut State,
    guild: u64,
    user: u64,
    change: impl FnOnce(&mut super::super::world::Member),
) -> Outcome {
    let found = state.world.guilds.get_mut(guild).and_then(|it| it.members.get_mut(&user)).ok_or(UNKNOWN_MEMBER)?;
    change(found);
    let found = found.clone();
    let shown = shape::member(&state.world, user, &found);
    let mut event = shown.clone();
    event["guild_id"] = json!(guild.to_string());
    state.dispatch("GUILD_MEMBER_UPDATE", Some(guild), &event);
    Ok(Reply::json(shown))
}
