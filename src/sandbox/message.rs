//! Writing and changing messages: from a request's body to Discord's message object.
//! Invariant: what is stored is what Discord would send back; who is notified is worked out here and nowhere else.

use serde_json::{Value, json};

use super::errors::{ApiError, EMPTY_MESSAGE, invalid};
use super::log::Pings;
use super::permissions::{self, MENTION_EVERYONE};
use super::rest::File;
use super::shape;
use super::snowflake::{self, iso, made_at_ms};
use super::state::State;
use super::world::{Message, World};

/// Message flag: only one user sees it.
pub const EPHEMERAL: u64 = 1 << 6;
/// Message flag: "… is thinking".
pub const LOADING: u64 = 1 << 7;
/// Message flag: a thread was started from it.
pub const HAS_THREAD: u64 = 1 << 5;
/// Flags a sender may set: suppress embeds, ephemeral, suppress notifications, components of the second kind.
const SETTABLE: u64 = (1 << 2) | EPHEMERAL | (1 << 12) | (1 << 15);

/// A message about to be written.
pub struct Draft<'a> {
    /// Where.
    pub channel: u64,
    /// By whom.
    pub author: u64,
    /// Discord's message type: 0 plain, 19 reply, 20 slash answer, 23 menu answer …
    pub kind: u8,
    /// Set for the first message of a forum post, which shares the thread's id.
    pub id: Option<u64>,
    /// The request's body.
    pub body: &'a Value,
    /// Uploaded files.
    pub files: &'a [File],
    /// The only user who sees it.
    pub only_for: Option<u64>,
    /// Id of the interaction it answers, and what the message says about it.
    pub interaction: Option<(u64, Value)>,
}

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().into_iter().flatten().filter_map(snowflake::read).collect()
}

/// Ids written as `<open ID>` in `text`, each once, in order.
fn mentioned(text: &str, open: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for rest in text.split(open).skip(1) {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let closed = rest[digits.len()..].starts_with('>');
        if let (true, Ok(id)) = (closed, digits.parse::<u64>())
            && !found.contains(&id)
        {
            found.push(id);
        }
    }
    found
}

/// Who a text really notifies: `allowed_mentions` (absent: everything), then permissions.
pub fn pings(world: &World, channel: u64, author: u64, text: &str, allowed: &Value, replied: Option<u64>) -> Pings {
    let Some(place) = world.channels.get(&channel) else {
        return Pings::default();
    };
    let may_all = permissions::in_channel(world, place, author) & MENTION_EVERYONE != 0;
    let parse = |what: &str| match &allowed["parse"] {
        Value::Array(list) => list.iter().any(|it| it == what),
        _ => allowed.is_null(),
    };
    let users = mentioned(text, "<@").into_iter().chain(mentioned(text, "<@!"));
    let listed = ids(&allowed["users"]);
    let mut users: Vec<u64> = users.filter(|id| parse("users") || listed.contains(id)).collect();
    if let Some(id) = replied
        && (allowed.is_null() || allowed["replied_user"] == true)
        && !users.contains(&id)
    {
        users.push(id);
    }
    users.retain(|id| world.users.contains_key(id));
    let listed = ids(&allowed["roles"]);
    let guild = world.guild_of(channel);
    let may = |id: &u64| guild.and_then(|it| it.roles.get(id)).is_some_and(|role| may_all || role.mentionable);
    let roles = mentioned(text, "<@&").into_iter().filter(|id| (parse("roles") || listed.contains(id)) && may(id));
    let everyone = (text.contains("@everyone") || text.contains("@here")) && parse("everyone") && may_all;
    Pings {
        everyone,
        users: users.iter().map(ToString::to_string).collect(),
        roles: roles.map(|id| id.to_string()).collect(),
    }
}

/// Numbers components as Discord does.
pub fn numbered(components: &Value) -> Value {
    fn walk(value: &mut Value, next: &mut u64) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|it| walk(it, next)),
            Value::Object(map) if map.contains_key("type") => {
                if map.get("id").and_then(Value::as_u64).unwrap_or(0) == 0 {
                    map.insert("id".to_owned(), json!(*next));
                }
                *next += 1;
                if matches!(map.get("type").and_then(Value::as_u64), Some(3 | 5..=8)) {
                    map.entry("min_values").or_insert_with(|| json!(1));
                    map.entry("max_values").or_insert_with(|| json!(1));
                }
                for key in ["components", "component", "accessory"] {
                    if let Some(inner) = map.get_mut(key) {
                        walk(inner, next);
                    }
                }
            }
            _ => {}
        }
    }
    let mut out = components.clone();
    if !out.is_array() {
        return json!([]);
    }
    walk(&mut out, &mut 1);
    out
}

/// Embeds as they come back: typed, nulls gone, `inline` filled in.
fn embeds(list: &Value) -> Value {
    let each = list.as_array().into_iter().flatten().map(|embed| {
        let mut embed = embed.clone();
        if let Value::Object(map) = &mut embed {
            map.retain(|_, value| !value.is_null());
            map.insert("type".to_owned(), json!("rich"));
            if let Some(Value::Array(fields)) = map.get_mut("fields") {
                for field in fields.iter_mut().filter_map(Value::as_object_mut) {
                    field.entry("inline").or_insert(json!(false));
                }
            }
        }
        embed
    });
    each.collect()
}

fn attachments(state: &mut State, channel: u64, body: &Value, files: &[File], kept: &Value) -> Value {
    let listed = body["attachments"].as_array();
    let mut out: Vec<Value> = match listed {
        // Named by id: those stay, in this order; others go.
        Some(list) => {
            let old = kept.as_array().into_iter().flatten();
            old.filter(|it| list.iter().any(|named| named["id"] == it["id"])).cloned().collect()
        }
        None => kept.as_array().cloned().unwrap_or_default(),
    };
    for file in files {
        let id = state.id();
        let mut named = listed.into_iter().flatten();
        let description = named.find(|it| it["id"].to_string().trim_matches('"') == file.index.to_string());
        let url = format!("{}/attachments/{channel}/{id}/{}", state.base_url, file.name);
        let mut attachment = json!({
            "id": id.to_string(), "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url,
            "content_type": file.content_type,
        });
        if let Some(text) = description.and_then(|it| it.get("description")).filter(|it| it.is_string()) {
            attachment["description"] = text.clone();
        }
        out.push(attachment);
        state.keep_file(id, file);
    }
    Value::Array(out)
}

fn mention_fields(world: &World, pings: &Pings, body: &mut Value) {
    let users = pings.users.iter().filter_map(|id| id.parse().ok());
    body["mentions"] = users.map(|id| shape::user_by_id(world, id)).collect();
    body["mention_roles"] = json!(pings.roles);
    body["mention_everyone"] = json!(pings.everyone);
}

fn is_empty(body: &Value) -> bool {
    let none = |list: &str| body[list].as_array().is_none_or(Vec::is_empty);
    body["content"].as_str().unwrap_or_default().trim().is_empty()
        && none("embeds")
        && none("attachments")
        && none("components")
        && none("sticker_items")
}

/// Writes a message, stores it and tells everybody who sees the channel.
pub fn post(state: &mut State, draft: Draft<'_>) -> Result<Message, ApiError> {
    let text = draft.body["content"].as_str().unwrap_or_default();
    let reference = &draft.body["message_reference"];
    let replied: Option<u64> = snowflake::read(&reference["message_id"]);
    let target = replied.and_then(|id| state.world.message(draft.channel, id)).cloned();
    if replied.is_some() && target.is_none() && reference["fail_if_not_exists"] != false {
        let text = "Unknown message";
        return Err(invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", text));
    }
    let author_of = target.as_ref().map(|it| it.author).filter(|it| *it != draft.author);
    let allowed = &draft.body["allowed_mentions"];
    let who = pings(&state.world, draft.channel, draft.author, text, allowed, author_of);
    let id = draft.id.unwrap_or_else(|| state.id());
    let flags = draft.body["flags"].as_u64().unwrap_or(0) & SETTABLE;
    let mut body = json!({
        "id": id.to_string(), "channel_id": draft.channel.to_string(),
        "author": shape::user_by_id(&state.world, draft.author), "content": text.trim(),
        "timestamp": iso(made_at_ms(id)), "edited_timestamp": null, "tts": false, "pinned": false,
        "type": if target.is_some() { 19 } else { draft.kind },
        "flags": if draft.only_for.is_some() { flags | EPHEMERAL } else { flags & !EPHEMERAL },
        "embeds": embeds(&draft.body["embeds"]), "components": numbered(&draft.body["components"]),
    });
    body["attachments"] = attachments(state, draft.channel, draft.body, draft.files, &Value::Null);
    mention_fields(&state.world, &who, &mut body);
    state.log.pings = who;
    if let Some(target) = &target {
        body["message_reference"] =
            json!({"type": 0, "channel_id": target.channel.to_string(), "message_id": target.id.to_string()});
        if let Some(guild) = state.world.guild_of(target.channel) {
            body["message_reference"]["guild_id"] = json!(guild.id.to_string());
        }
        let mut shown = target.body.clone();
        if let Value::Object(map) = &mut shown {
            map.remove("referenced_message");
        }
        body["referenced_message"] = shown;
    }
    if let Some(nonce) = draft.body.get("nonce").filter(|nonce| !nonce.is_null()) {
        body["nonce"] = nonce.clone();
    }
    if let Some((_, about)) = &draft.interaction {
        body["webhook_id"] = json!(state.world.bot.to_string());
        body["application_id"] = json!(state.world.bot.to_string());
        body["interaction_metadata"] = about.clone();
    }
    if is_empty(&body) {
        return Err(EMPTY_MESSAGE);
    }
    let message = Message {
        id,
        channel: draft.channel,
        author: draft.author,
        body,
        loading: false,
        only_for: draft.only_for,
        interaction: draft.interaction.map(|(id, _)| id),
        reactions: Vec::new(),
    };
    store(state, message.clone());
    state.announce_message(&message, "MESSAGE_CREATE");
    Ok(message)
}

/// Puts a message where it belongs and counts it.
pub fn store(state: &mut State, message: Message) {
    /// Ephemerals kept; in Discord they are gone when the client restarts.
    const EPHEMERALS: usize = 1_000;
    if message.only_for.is_some() {
        state.world.ephemerals.insert(message.id, message);
        while state.world.ephemerals.len() > EPHEMERALS {
            state.world.ephemerals.pop_first();
        }
        return;
    }
    let now = state.now();
    if let Some(channel) = state.world.channels.get_mut(message.channel) {
        channel.last_message = Some(message.id);
        if let Some(thread) = &mut channel.thread {
            thread.message_count += 1;
            thread.total_sent += 1;
            thread.active_ms = now;
        }
    }
    state.world.messages.insert(message);
}

/// Finds a message, ephemeral or not.
pub fn find(world: &World, channel: u64, id: u64) -> Option<&Message> {
    world.message(channel, id).or_else(|| world.ephemerals.get(&id))
}

/// Changes a message as PATCH does; only keys that are there. A deferred answer is filled, not edited.
pub fn edit(state: &mut State, channel: u64, id: u64, patch: &Value, files: &[File]) -> Result<Message, ApiError> {
    let Some(mut message) = find(&state.world, channel, id).cloned() else {
        return Err(super::errors::UNKNOWN_MESSAGE);
    };
    let body = &mut message.body;
    if let Some(content) = patch.get("content") {
        body["content"] = json!(content.as_str().unwrap_or_default().trim());
    }
    if let Some(list) = patch.get("embeds") {
        body["embeds"] = embeds(list);
    }
    if let Some(list) = patch.get("components") {
        body["components"] = numbered(list);
    }
    if patch.get("attachments").is_some() || !files.is_empty() {
        let kept = body["attachments"].take();
        body["attachments"] = attachments(state, message.channel, patch, files, &kept);
    }
    if let Some(flags) = patch["flags"].as_u64() {
        let old = body["flags"].as_u64().unwrap_or(0);
        let mine = SETTABLE & !EPHEMERAL;
        body["flags"] = json!((old & !mine) | (flags & mine));
    }
    let was_loading = message.loading;
    let text = body["content"].as_str().unwrap_or_default();
    let allowed = &patch["allowed_mentions"];
    let who = pings(&state.world, message.channel, message.author, text, allowed, None);
    mention_fields(&state.world, &who, body);
    // An edit shows mentions but notifies nobody.
    state.log.pings = if was_loading { who } else { Pings::default() };
    if is_empty(body) {
        return Err(EMPTY_MESSAGE);
    }
    if was_loading {
        message.loading = false;
        body["flags"] = json!(body["flags"].as_u64().unwrap_or(0) & !LOADING);
    } else {
        body["edited_timestamp"] = json!(iso(state.now()));
    }
    replace(state, message.clone());
    if was_loading {
        // The gateway saw it as "thinking" and hears of an update; people see it for the first time.
        let audience = match message.only_for {
            Some(user) => super::events::Audience::User(user),
            None => super::events::Audience::Channel(message.channel),
        };
        let name = if message.only_for.is_some() { "EPHEMERAL_CREATE" } else { "MESSAGE_CREATE" };
        let data = state.gateway_message(&message);
        if message.only_for.is_none() {
            let guild = state.world.channels.get(&message.channel).and_then(|it| it.guild);
            state.dispatch("MESSAGE_UPDATE", guild, &data);
        }
        state.tell(audience, name, &message.body);
    } else {
        state.announce_message(&message, "MESSAGE_UPDATE");
    }
    Ok(message)
}

/// Puts a changed message back.
pub fn replace(state: &mut State, message: Message) {
    if message.only_for.is_some() {
        state.world.ephemerals.insert(message.id, message);
    } else {
        state.world.messages.insert(message);
    }
}

/// Removes a message and tells everybody who saw it.
pub fn delete(state: &mut State, channel: u64, id: u64) -> Result<Message, ApiError> {
    if let Some(message) = state.world.ephemerals.remove(id) {
        let data = json!({"id": id.to_string(), "channel_id": message.channel.to_string()});
        if let Some(user) = message.only_for {
            state.tell(super::events::Audience::User(user), "EPHEMERAL_DELETE", &data);
        }
        return Ok(message);
    }
    let removed = state.world.messages.remove(channel, id);
    let message = removed.ok_or(super::errors::UNKNOWN_MESSAGE)?;
    let mut data = json!({"id": id.to_string(), "channel_id": channel.to_string()});
    if let Some(place) = state.world.channels.get_mut(channel) {
        if let Some(guild) = place.guild {
            data["guild_id"] = json!(guild.to_string());
        }
        if let Some(thread) = &mut place.thread {
            thread.message_count = thread.message_count.saturating_sub(1);
        }
    }
    for attachment in message.body["attachments"].as_array().into_iter().flatten() {
        if let Some(id) = attachment["id"].as_str().and_then(|id| id.parse().ok()) {
            state.world.files.remove(id);
        }
    }
    state.announce(channel, "MESSAGE_DELETE", &data);
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{WorldView, demo};

    #[test]
    fn nobody_is_notified_when_allowed_mentions_are_empty() {
        let world = demo::world();
        let view = WorldView::of(&world);
        let (kim, channel) = (view.user("Kim"), view.channel("allgemein"));
        let text = format!("@everyone <@{kim}>");
        let none = pings(&world, channel, world.bot, &text, &json!({"parse": []}), None);
        assert_eq!(none, Pings::default());
        let all = pings(&world, channel, world.bot, &text, &Value::Null, None);
        assert_eq!(all.users, [kim.to_string()]);
        // The bot has no right to notify everybody.
        assert!(!all.everyone);
        let owner = pings(&world, channel, view.user("Admin"), &text, &Value::Null, None);
        assert!(owner.everyone);
    }
}
