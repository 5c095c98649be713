//! Users, the application, and direct messages.
//! Invariant: a direct-message channel can always be opened; whether it may be written to is asked when writing.

use serde_json::{Value, json};

use super::super::errors::{NOT_FOUND, UNKNOWN_APPLICATION, UNKNOWN_USER};
use super::super::events::Audience;
use super::super::permissions;
use super::super::shape;
use super::super::state::State;
use super::{Call, Outcome, Reply, id};

/// Routes of `users`, `applications/@me` and `oauth2`.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    let bot = state.world.bot;
    match (method, parts) {
        ("GET", ["users", "@me"]) => Ok(Reply::json(shape::me(&state.world))),
        ("PATCH", ["users", "@me"]) => {
            if let (Some(name), Some(user)) = (call.body["username"].as_str(), state.world.users.get_mut(bot)) {
                name.clone_into(&mut user.username);
            }
            Ok(Reply::json(shape::me(&state.world)))
        }
        ("GET", ["users", "@me", "guilds"]) => {
            let mine = state.world.guilds.values().filter(|guild| guild.members.contains_key(&bot));
            let after = call.number("after").unwrap_or(0);
            let mine = mine.filter(|guild| guild.id > after).take(call.number("limit").unwrap_or(200) as usize);
            let shown = mine.map(|guild| {
                json!({
                    "id": guild.id.to_string(), "name": guild.name, "icon": null, "banner": null, "owner": guild.owner == bot,
                    "permissions": permissions::in_guild(guild, bot).to_string(), "features": [],
                })
            });
            Ok(Reply::json(shown.collect()))
        }
        ("GET", ["users", "@me", "channels"]) => Ok(Reply::json(json!([]))),
        ("POST", ["users", "@me", "channels"]) => {
            let user = super::id_in(&call.body, "recipient_id")?;
            if !state.world.users.contains_key(&user) || user == bot {
                return Err(UNKNOWN_USER);
            }
            Ok(Reply::json(open_dm(state, user)))
        }
        ("GET", ["users", user]) => {
            let user = state.world.users.get(&id(user)?).ok_or(UNKNOWN_USER)?;
            Ok(Reply::json(shape::user(&state.world, user)))
        }
        ("GET" | "PATCH", ["applications", "@me"]) | ("GET", ["oauth2", "applications", "@me"]) => {
            Ok(Reply::json(shape::application(&state.world)))
        }
        ("GET", ["applications", which]) if id(which)? == bot => Ok(Reply::json(shape::application(&state.world))),
        ("GET", ["applications", which, "emojis"]) if id(which)? == bot => Ok(Reply::json(json!({"items": []}))),
        (_, ["applications", ..]) => Err(UNKNOWN_APPLICATION),
        ("GET", ["oauth2", "@me"]) => Ok(Reply::json(json!({
            "application": shape::application(&state.world), "scopes": ["bot"],
            "expires": super::super::snowflake::iso(state.now() + 86_400_000), "user": shape::user_by_id(&state.world, bot),
        }))),
        _ => Err(NOT_FOUND),
    }
}

/// The direct-message channel with `user`; made and announced if it is new.
pub fn open_dm(state: &mut State, user: u64) -> Value {
    let now = state.now();
    let before = state.world.channels.len();
    let channel = state.world.dm_with(user, now);
    let shown = state.world.channels.get(&channel).map(|it| shape::channel(&state.world, it, state.world.bot));
    let shown = shown.unwrap_or_default();
    if state.world.channels.len() > before {
        let seen =
            state.world.channels.get(&channel).map(|it| shape::channel(&state.world, it, user)).unwrap_or_default();
        state.tell(Audience::User(user), "CHANNEL_CREATE", &seen);
    }
    shown
}
