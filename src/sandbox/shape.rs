//! Discord's JSON objects for users, members, roles, channels, guilds and the application.
//! Invariant: pure; every field that Discord's description calls required is there, ids are strings.

use serde_json::{Map, Value, json};

use super::permissions::{self, Bits};
use super::snowflake::iso;
use super::world::{Channel, DM, FORUM, Guild, Member, Message, Role, User, World};

/// Flags of the application that say which privileged intents it has (the "limited" ones, below 100 guilds).
fn application_flags(world: &World) -> u64 {
    let settings = &world.settings;
    let pairs = [(settings.presences, 1 << 13), (settings.members, 1 << 15), (settings.message_content, 1 << 19)];
    pairs.iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum()
}

/// A user as others see it.
pub fn user(world: &World, user: &User) -> Value {
    let mut out = json!({
        "id": user.id.to_string(), "username": user.username, "global_name": user.name, "discriminator": "0",
        "avatar": null, "banner": null, "accent_color": null, "avatar_decoration_data": null, "collectibles": null,
        "primary_guild": null, "public_flags": 0, "flags": 0,
    });
    if user.id == world.bot {
        out["bot"] = json!(true);
        out["discriminator"] = json!("0001");
        out["global_name"] = Value::Null;
    }
    out
}

/// A user by id; someone who was deleted has a name that says so.
pub fn user_by_id(world: &World, id: u64) -> Value {
    match world.users.get(&id) {
        Some(found) => user(world, found),
        None => json!({
            "id": id.to_string(), "username": "deleted_user", "global_name": null, "discriminator": "0", "avatar": null,
            "public_flags": 0, "flags": 0, "primary_guild": null,
        }),
    }
}

/// The bot as it sees itself.
pub fn me(world: &World) -> Value {
    let mut out = user_by_id(world, world.bot);
    out["mfa_enabled"] = json!(false);
    out["locale"] = json!("en-US");
    out["verified"] = json!(true);
    out["email"] = Value::Null;
    out
}

/// A member without its user, as in messages and resolved data.
pub fn partial_member(member: &Member) -> Value {
    json!({
        "roles": member.roles.iter().map(ToString::to_string).collect::<Vec<_>>(), "nick": member.nick,
        "joined_at": iso(member.joined_ms), "avatar": null, "banner": null, "premium_since": null, "deaf": false,
        "mute": false, "flags": 0, "pending": false, "communication_disabled_until": null,
        "avatar_decoration_data": null, "collectibles": null,
    })
}

/// A whole member.
pub fn member(world: &World, id: u64, member: &Member) -> Value {
    let mut out = partial_member(member);
    out["user"] = user_by_id(world, id);
    out
}

/// A role.
pub fn role(guild: &Guild, role: &Role, bot: u64) -> Value {
    let mut out = json!({
        "id": role.id.to_string(), "name": role.name, "description": null, "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": null, "tertiary_color": null},
        "hoist": false, "managed": role.managed, "mentionable": role.mentionable,
        "permissions": role.permissions.to_string(), "position": role.position, "icon": null, "unicode_emoji": null,
        "flags": 0,
    });
    if role.managed && guild.members.get(&bot).is_some_and(|member| member.roles.contains(&role.id)) {
        out["tags"] = json!({"bot_id": bot.to_string()});
    }
    out
}

/// All roles of a guild.
pub fn roles(guild: &Guild, bot: u64) -> Value {
    guild.roles.values().map(|it| role(guild, it, bot)).collect()
}

/// A channel, thread or direct message, as `viewer` gets it.
pub fn channel(world: &World, channel: &Channel, viewer: u64) -> Value {
    let id = channel.id.to_string();
    let last = channel.last_message.map(|id| id.to_string());
    if channel.kind == DM {
        let others = channel.recipients.iter().filter(|id| **id != viewer);
        let recipients: Vec<Value> = others.map(|id| user_by_id(world, *id)).collect();
        return json!({"id": id, "type": DM, "flags": 0, "last_message_id": last, "recipients": recipients});
    }
    let mut out = json!({
        "id": id, "type": channel.kind, "flags": 0, "guild_id": channel.guild.map(|id| id.to_string()),
        "name": channel.name, "parent_id": channel.parent.map(|id| id.to_string()), "last_message_id": last,
        "rate_limit_per_user": channel.rate_limit,
    });
    if let Some(thread) = &channel.thread {
        out["owner_id"] = json!(thread.owner.to_string());
        out["message_count"] = json!(thread.message_count);
        out["total_message_sent"] = json!(thread.total_sent);
        out["member_count"] = json!(thread.members.len().min(50));
        out["thread_metadata"] = json!({
            "archived": thread.archived, "locked": thread.locked, "auto_archive_duration": thread.auto_archive,
            "archive_timestamp": iso(thread.archive_ms), "create_timestamp": iso(thread.created_ms),
            "invitable": thread.invitable,
        });
        if let Some(joined) = thread.members.get(&viewer) {
            out["member"] = thread_member(channel.id, viewer, *joined);
        }
        if !thread.tags.is_empty() {
            out["applied_tags"] = thread.tags.iter().map(ToString::to_string).collect();
        }
        return out;
    }
    out["position"] = json!(channel.position);
    out["topic"] = json!(channel.topic);
    out["nsfw"] = json!(false);
    out["permission_overwrites"] = channel
        .overwrites
        .iter()
        .map(|it| json!({"id": it.id.to_string(), "type": it.kind, "allow": it.allow.to_string(), "deny": it.deny.to_string()}))
        .collect();
    if channel.kind == FORUM {
        out["available_tags"] = json!([]);
        out["default_reaction_emoji"] = Value::Null;
        out["default_sort_order"] = Value::Null;
        out["default_forum_layout"] = json!(0);
    }
    out
}

/// One member of a thread.
pub fn thread_member(thread: u64, user: u64, joined_ms: i64) -> Value {
    json!({"id": thread.to_string(), "user_id": user.to_string(), "join_timestamp": iso(joined_ms), "flags": 0})
}

/// The channel object inside an interaction.
pub fn interaction_channel(world: &World, it: &Channel, user: u64) -> Value {
    let mut out = channel(world, it, user);
    if it.kind != DM {
        out["permissions"] = json!(permissions::in_channel(world, it, user).to_string());
    }
    out
}

/// A guild as REST gives it.
pub fn guild(guild: &Guild, bot: u64) -> Value {
    json!({
        "id": guild.id.to_string(), "name": guild.name, "icon": null, "description": null, "home_header": null,
        "splash": null, "discovery_splash": null, "features": [], "banner": null, "owner_id": guild.owner.to_string(),
        "application_id": null, "region": "deprecated", "afk_channel_id": null, "afk_timeout": 300,
        "system_channel_id": null, "system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": null,
        "verification_level": 0, "roles": roles(guild, bot), "default_message_notifications": 0, "mfa_level": 0,
        "explicit_content_filter": 0, "max_presences": null, "max_members": 500_000,
        "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": null,
        "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": guild.locale,
        "rules_channel_id": null, "safety_alerts_channel_id": null, "public_updates_channel_id": null,
        "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "emojis": [], "stickers": [],
        "incidents_data": null,
    })
}

/// A guild as `GUILD_CREATE` brings it to the bot.
pub fn guild_create(world: &World, of: &Guild) -> Value {
    let bot = world.bot;
    let mut out = guild(of, bot);
    let (mut channels, mut threads) = (Vec::new(), Vec::new());
    for it in of.channels.iter().filter_map(|id| world.channels.get(id)) {
        match &it.thread {
            None => channels.push(channel(world, it, bot)),
            Some(thread) if !thread.archived && permissions::sees(world, it.id, bot) => {
                threads.push(channel(world, it, bot));
            }
            Some(_) => {}
        }
    }
    let joined = of.members.get(&bot).map_or(0, |member| member.joined_ms);
    // Large guilds come without their members, except the bot itself.
    let listed = of.members.iter().filter(|(id, _)| of.members.len() <= 50 || **id == bot);
    let members: Vec<Value> = listed.map(|(id, it)| member(world, *id, it)).collect();
    let more = json!({
        "channels": channels, "threads": threads, "members": members, "presences": [], "voice_states": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        "member_count": of.members.len(), "large": of.members.len() > 50, "joined_at": iso(joined),
        "unavailable": false,
    });
    merge(&mut out, more);
    out
}

/// Moves every key of `more` into `into`.
pub fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// The application as it sees itself.
pub fn application(world: &World) -> Value {
    let bot = user_by_id(world, world.bot);
    let flags = application_flags(world);
    let owner = world.guilds.values().next().map_or(world.bot, |guild| guild.owner);
    json!({
        "id": world.bot.to_string(), "name": bot["username"], "icon": null, "description": "", "type": null,
        "verify_key": "0".repeat(64), "flags": flags, "flags_new": flags.to_string(), "redirect_uris": [],
        "interactions_endpoint_url": null, "role_connections_verification_url": null,
        "owner": user_by_id(world, owner), "approximate_guild_count": world.guilds.len(),
        "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0, "team": null, "eligible_oauth2_scopes": [], "bot": bot, "bot_public": true,
        "bot_require_code_grant": false, "summary": "", "rpc_origins": [], "hook": true,
    })
}

/// The application as READY brings it.
pub fn ready_application(world: &World) -> Value {
    let flags = application_flags(world);
    json!({"id": world.bot.to_string(), "flags": flags, "flags_new": flags.to_string()})
}

/// A message as `viewer` gets it over REST: with reactions.
pub fn message(message: &Message, viewer: u64) -> Value {
    let mut out = message.body.clone();
    if !message.reactions.is_empty() {
        let all = message.reactions.iter().map(|it| {
            json!({
                "emoji": emoji(&it.emoji), "count": it.users.len(), "me": it.users.contains(&viewer),
                "count_details": {"burst": 0, "normal": it.users.len()}, "burst_colors": [], "me_burst": false,
                "burst_me": false, "burst_count": 0,
            })
        });
        out["reactions"] = all.collect();
    }
    out
}

/// An emoji from its form in paths: the character itself, or `name:id`.
pub fn emoji(text: &str) -> Value {
    match text.rsplit_once(':') {
        Some((name, id)) if id.parse::<u64>().is_ok() => json!({"id": id, "name": name.trim_start_matches("a:")}),
        _ => json!({"id": null, "name": text}),
    }
}

/// Permission bits as Discord writes them.
pub fn bits(bits: Bits) -> Value {
    json!(bits.to_string())
}

/// An empty object to fill.
pub fn object() -> Value {
    Value::Object(Map::new())
}
