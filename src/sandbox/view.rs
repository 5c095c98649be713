//! Finding things by name, and the world as one person sees it.
//! Invariant: read-only; shows nobody what their permissions hide.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::demo;
use super::permissions;
use super::shape;
use super::snowflake::{iso, made_at_ms};
use super::state::State;
use super::world::{DM, World};

/// Ids by name, as they were when asked.
#[derive(Debug, Clone)]
pub struct WorldView {
    bot: u64,
    guilds: BTreeMap<String, u64>,
    channels: BTreeMap<String, u64>,
    users: BTreeMap<String, u64>,
    roles: BTreeMap<String, u64>,
    bot_roles: BTreeMap<u64, u64>,
}

impl WorldView {
    /// The ids of `world`; of equal names the older one counts.
    pub(super) fn of(world: &World) -> Self {
        let mut view = Self {
            bot: world.bot,
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            users: BTreeMap::new(),
            roles: BTreeMap::new(),
            bot_roles: BTreeMap::new(),
        };
        for guild in world.guilds.values() {
            view.guilds.entry(guild.name.clone()).or_insert(guild.id);
            for role in guild.roles.values().filter(|role| role.id != guild.id) {
                view.roles.entry(role.name.clone()).or_insert(role.id);
                if role.managed {
                    view.bot_roles.insert(guild.id, role.id);
                }
            }
            for channel in guild.channels.iter().filter_map(|id| world.channels.get(id)) {
                view.channels.entry(channel.name.clone()).or_insert(channel.id);
            }
        }
        for user in world.users.values() {
            view.users.entry(user.name.clone()).or_insert(user.id);
        }
        view
    }

    /// The bot's user id, which is the application's id too.
    pub fn bot(&self) -> u64 {
        self.bot
    }

    /// A guild; 0 if there is none of this name.
    pub fn guild(&self, name: &str) -> u64 {
        self.guilds.get(name).copied().unwrap_or(0)
    }

    /// A channel or thread of any guild, without `#`; 0 if there is none.
    pub fn channel(&self, name: &str) -> u64 {
        self.channels.get(name.trim_start_matches('#')).copied().unwrap_or(0)
    }

    /// A user by the name shown; 0 if there is none.
    pub fn user(&self, name: &str) -> u64 {
        self.users.get(name).copied().unwrap_or(0)
    }

    /// A role of any guild; 0 if there is none.
    pub fn role(&self, name: &str) -> u64 {
        self.roles.get(name).copied().unwrap_or(0)
    }

    /// The bot's own role in a guild; 0 if it is not there.
    pub fn bot_role(&self, guild: u64) -> u64 {
        self.bot_roles.get(&guild).copied().unwrap_or(0)
    }
}

/// All commands, the global ones and those of guilds.
pub fn all_commands(world: &World) -> Value {
    let of_guilds = world.guilds.values().flat_map(|guild| guild.commands.values());
    world.commands.values().chain(of_guilds).cloned().collect()
}

/// `GET /_sandbox/world`: what `user` sees.
pub fn world_for(state: &State, user: u64) -> Value {
    let world = &state.world;
    let people = world.users.values().filter(|it| it.id != world.bot);
    let users = people.map(|it| {
        json!({"id": it.id.to_string(), "username": it.username, "global_name": it.name, "kind": it.kind, "locale": it.locale})
    });
    let mine = world.guilds.values().filter(|guild| guild.members.contains_key(&user));
    let guilds = mine.map(|guild| {
        let roles = guild.roles.values().map(|role| {
            json!({"id": role.id.to_string(), "name": role.name, "color": role.color, "permissions": role.permissions.to_string()})
        });
        let members = guild.members.iter().map(|(id, member)| {
            json!({
                "user_id": id.to_string(), "nick": member.nick,
                "roles": member.roles.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        });
        let channels = guild.channels.iter().filter(|id| permissions::sees(world, **id, user));
        let channels = channels.filter_map(|id| channel_for(state, *id, user));
        json!({
            "id": guild.id.to_string(), "name": guild.name, "owner_id": guild.owner.to_string(),
            "preferred_locale": guild.locale, "sample": demo::is_sample(guild.id), "roles": roles.collect::<Vec<_>>(), "channels": channels.collect::<Vec<_>>(),
            "members": members.collect::<Vec<_>>(),
        })
    });
    let dms = world.channels.values().filter(|it| it.kind == DM && it.recipients.contains(&user));
    let dms = dms.map(|it| {
        json!({"id": it.id.to_string(), "recipient_ids": it.recipients.iter().map(ToString::to_string).collect::<Vec<_>>()})
    });
    let bot = world.users.get(&world.bot);
    json!({
        "now": iso(state.now()), "me": user.to_string(), "bot_online": state.sessions.online(),
        "bot": {
            "id": world.bot.to_string(), "username": bot.map(|bot| &bot.username), "global_name": bot.map(|bot| &bot.name),
        },
        "users": users.collect::<Vec<_>>(), "guilds": guilds.collect::<Vec<_>>(), "dms": dms.collect::<Vec<_>>(),
        "commands": all_commands(world),
    })
}

/// A channel or thread as the page wants it.
fn channel_for(state: &State, id: u64, user: u64) -> Option<Value> {
    let channel = state.world.channels.get(&id)?;
    let mut out = shape::channel(&state.world, channel, user);
    out["created_at"] = json!(iso(made_at_ms(id)));
    out["permissions"] = shape::bits(permissions::in_channel(&state.world, channel, user));
    if let Some(thread) = &channel.thread {
        out["archived"] = json!(thread.archived);
        out["locked"] = json!(thread.locked);
        out["created_at"] = json!(iso(thread.created_ms));
        out["member_ids"] = thread.members.keys().map(ToString::to_string).collect();
    }
    Some(out)
}

/// Messages of a channel as `user` sees them, their ephemerals in between, oldest first.
pub fn messages_for(state: &State, channel: u64, user: u64, before: Option<u64>, limit: usize) -> Vec<Value> {
    let before = before.unwrap_or(u64::MAX);
    let all = state.world.messages.range(channel, ..before).rev();
    let plain = all.map(|it| (it.id, it)).filter(|(_, it)| !it.loading).take(limit);
    let own = state.world.ephemerals.range(..before).rev().map(|(id, it)| (*id, it));
    let own = own.filter(|(_, it)| it.channel == channel && it.only_for == Some(user) && !it.loading).take(limit);
    let mut found: Vec<_> = plain.chain(own).collect();
    found.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    found.truncate(limit);
    found.reverse();
    found.into_iter().map(|(_, it)| shape::message(it, user)).collect()
}
