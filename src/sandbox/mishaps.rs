//! Faults that change the world at once: outages, deletions, lost permissions, people who leave.
//! Invariant: the world changes as if a person had done it, with the same events; faults of requests and sockets only wait.

use serde_json::json;

use super::events::Audience;
use super::faults::{Fault, FaultKind};
use super::gateway;
use super::permissions;
use super::rest;
use super::shape;
use super::state::State;
use super::world::{Overwrite, Thread};

/// Arms or applies a fault. `Err` says what it lacks.
pub fn arm(state: &mut State, fault: Fault) -> Result<(), String> {
    use FaultKind as Kind;
    if fault.hits_requests() {
        state.faults.arm(fault);
        return Ok(());
    }
    match fault.kind {
        Kind::UnavailableGuild | Kind::AvailableGuild => outage(state, &fault),
        Kind::ChannelDeleted => {
            let channel = fault.channel_id.ok_or("channel_id is missing")?;
            if !state.world.channels.contains_key(&channel) {
                return Err("there is no such channel".to_owned());
            }
            state.delete_channel(channel);
            Ok(())
        }
        Kind::DmClosed | Kind::DmOpen => {
            let user = fault.user_id.and_then(|id| state.world.users.get_mut(id)).ok_or("there is no such user")?;
            user.dm_closed = fault.kind == Kind::DmClosed;
            Ok(())
        }
        Kind::LosePermission => lose_permission(state, &fault),
        Kind::UserLeft => user_left(state, &fault),
        Kind::Replay => {
            state.sessions.repeat(fault.count as usize);
            Ok(())
        }
        _ => {
            gateway::strike(state, fault);
            Ok(())
        }
    }
}

fn outage(state: &mut State, fault: &Fault) -> Result<(), String> {
    // None named: the first one.
    let first = state.world.guilds.keys().next().copied();
    let id = fault.guild_id.or(first).ok_or("there is no guild")?;
    let out = fault.kind == FaultKind::UnavailableGuild;
    state.world.guilds.get_mut(id).ok_or("there is no such guild")?.unavailable = out;
    if out {
        state.dispatch("GUILD_DELETE", Some(id), &json!({"id": id.to_string(), "unavailable": true}));
    } else if let Some(guild) = state.world.guilds.get(&id) {
        let data = shape::guild_create(&state.world, guild);
        state.dispatch("GUILD_CREATE", Some(id), &data);
    }
    Ok(())
}

fn lose_permission(state: &mut State, fault: &Fault) -> Result<(), String> {
    let name = fault.permission.as_deref().ok_or("permission is missing")?;
    let bits = permissions::by_name(name).ok_or("there is no such permission")?;
    let bot = state.world.bot;
    if let Some(channel) = fault.channel_id {
        // Threads have no overwrites of their own: their channel's count.
        let place = state.world.channels.get(&channel).ok_or("there is no such channel")?;
        let channel = if place.thread.is_some() { place.parent.unwrap_or(channel) } else { channel };
        rest::overwrites(state, channel, |list| match list.iter_mut().find(|it| it.kind == 1 && it.id == bot) {
            Some(own) => {
                own.deny |= bits;
                own.allow &= !bits;
            }
            None => list.push(Overwrite { id: bot, kind: 1, allow: 0, deny: bits }),
        });
        return Ok(());
    }
    let first = state.world.guilds.keys().next().copied();
    let id = fault.guild_id.or(first).ok_or("there is no guild")?;
    let guild = state.world.guilds.get_mut(id).ok_or("there is no such guild")?;
    let roles = guild.members.get(&bot).map(|member| member.roles.clone()).unwrap_or_default();
    // @everyone may grant it too; it must be gone altogether.
    let mut changed = Vec::new();
    for role in roles.into_iter().chain([id]) {
        if let Some(role) = guild.roles.get_mut(&role).filter(|role| role.permissions & bits != 0) {
            role.permissions &= !bits;
            changed.push(role.id);
        }
    }
    for role in changed {
        let shown = state.world.guilds.get(&id).and_then(|it| Some(shape::role(it, it.roles.get(&role)?, bot)));
        let data = json!({"guild_id": id.to_string(), "role": shown});
        state.dispatch("GUILD_ROLE_UPDATE", Some(id), &data);
    }
    Ok(())
}

fn user_left(state: &mut State, fault: &Fault) -> Result<(), String> {
    let user = fault.user_id.ok_or("user_id is missing")?;
    let of = state.world.guilds.values().filter(|it| fault.guild_id.is_none_or(|id| it.id == id));
    let left: Vec<u64> = of.filter(|it| it.members.contains_key(&user)).map(|it| it.id).collect();
    for guild in &left {
        state.world.guilds.get_mut(*guild).map(|it| it.members.remove(&user));
    }
    if left.is_empty() {
        return Err("this user is no member".to_owned());
    }
    let mine = |thread: &Thread| thread.members.contains_key(&user);
    let of = state.world.channels.values().filter(|it| it.guild.is_some_and(|id| left.contains(&id)));
    let threads: Vec<u64> = of.filter(|it| it.thread.as_ref().is_some_and(mine)).map(|it| it.id).collect();
    for thread in threads {
        if let Some(thread) = state.world.channels.get_mut(thread).and_then(|it| it.thread.as_mut()) {
            thread.members.remove(&user);
        }
    }
    let shown = shape::user_by_id(&state.world, user);
    for guild in left {
        let data = json!({"guild_id": guild.to_string(), "user": shown});
        state.dispatch("GUILD_MEMBER_REMOVE", Some(guild), &data);
        state.tell(Audience::All, "GUILD_MEMBER_REMOVE", &data);
    }
    Ok(())
}
