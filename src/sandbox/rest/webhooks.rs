//! What the bot may still say with an interaction's token: follow-ups, and changes to its answers, ephemerals included.
//! Invariant: only messages of this very interaction can be reached with its token, and only for 15 minutes.

use serde_json::Value;

use super::super::errors::{
    ApiError, INVALID_WEBHOOK_TOKEN, METHOD_NOT_ALLOWED, NOT_FOUND, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK,
};
use super::super::interactions::id_of;
use super::super::limits;
use super::super::message;
use super::super::shape;
use super::super::state::State;
use super::super::world::Message;
use super::interactions::{Context, write};
use super::{Call, Outcome, Reply, id, within_limits};

/// Routes of `webhooks/{application}/{token}`.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    let [_, application, token, rest @ ..] = parts else {
        return Err(NOT_FOUND);
    };
    if id(application)? != state.world.bot {
        return Err(UNKNOWN_WEBHOOK);
    }
    let now = state.now();
    let interaction = id_of(token).ok_or(INVALID_WEBHOOK_TOKEN)?;
    let alive = state.pending.get(&interaction).filter(|it| it.token == *token && !it.is_dead(now));
    let found = alive.ok_or(INVALID_WEBHOOK_TOKEN)?;
    // Before the first answer there is nothing to follow up on.
    if !found.answered {
        return Err(UNKNOWN_WEBHOOK);
    }
    let original = found.original;
    let context = Context {
        id: interaction,
        user: found.user,
        channel: found.channel,
        message: found.message,
        about: found.about.clone(),
        kind: 0,
    };
    match (method, rest) {
        ("POST", []) => {
            within(state, call)?;
            let filling =
                original.filter(|id| message::find(&state.world, context.channel, *id).is_some_and(|it| it.loading));
            // The first follow-up to a deferred answer is that answer.
            let written = match filling {
                Some(original) => message::edit(state, context.channel, original, &call.body, &call.files)?,
                None => write(state, &context, &call.body, &call.files, 0)?,
            };
            arrived(state, context.id);
            Ok(Reply::json(written.body))
        }
        (_, ["messages", which]) => {
            let which = if *which == "@original" { original.ok_or(UNKNOWN_MESSAGE)? } else { id(which)? };
            let mine = |it: &&Message| it.interaction == Some(context.id) || Some(it.id) == original;
            let found = message::find(&state.world, context.channel, which).filter(mine).ok_or(UNKNOWN_MESSAGE)?;
            match method {
                "GET" => Ok(Reply::json(shape::message(found, state.world.bot))),
                "PATCH" => {
                    within(state, call)?;
                    let changed = message::edit(state, context.channel, which, &call.body, &call.files)?;
                    arrived(state, context.id);
                    Ok(Reply::json(shape::message(&changed, state.world.bot)))
                }
                "DELETE" => {
                    message::delete(state, context.channel, which)?;
                    Ok(Reply::empty())
                }
                _ => Err(METHOD_NOT_ALLOWED),
            }
        }
        _ => Err(NOT_FOUND),
    }
}

/// What a deferral promised is here.
fn arrived(state: &mut State, interaction: u64) {
    if let Some(pending) = state.pending.get_mut(&interaction) {
        pending.awaits = false;
    }
}

fn within(state: &State, call: &Call) -> Result<(), ApiError> {
    let body: &Value = &call.body;
    within_limits(state, |check| {
        limits::message(check, body);
        limits::files(check, call.files.iter().map(|file| file.bytes.len()));
    })
}
