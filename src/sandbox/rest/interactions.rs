//! The bot's first answer to an interaction.
//! Invariant: one first answer, within 3 s of real time, of a kind that fits the interaction.

use serde_json::{Value, json};

use super::super::errors::{ALREADY_ACKNOWLEDGED, ApiError, UNKNOWN_INTERACTION, invalid};
use super::super::events::Audience;
use super::super::interactions::{AUTOCOMPLETE, Answer, AnswerKind, COMPONENT, DEADLINE, MODAL};
use super::super::limits;
use super::super::message::{self, Draft, EPHEMERAL, LOADING};
use super::super::shape;
use super::super::snowflake::{iso, made_at_ms};
use super::super::state::State;
use super::super::world::Message;
use super::{Call, Outcome, Reply, threads, within_limits};

/// What a first answer needs to know of its interaction.
pub struct Context {
    /// Id.
    pub id: u64,
    /// Who acted.
    pub user: u64,
    /// Where.
    pub channel: u64,
    /// Message of the component.
    pub message: Option<u64>,
    /// What answers say about it.
    pub about: Value,
    /// Message type of an answer.
    pub kind: u8,
}

/// `POST interactions/{id}/{token}/callback`.
pub fn callback(state: &mut State, id: u64, token: &str, call: &Call) -> Outcome {
    let now = state.now();
    let pending =
        state.pending.get(&id).filter(|it| it.token == token && !it.is_dead(now)).ok_or(UNKNOWN_INTERACTION)?;
    let ack = pending.since.elapsed();
    state.log.ack = Some(ack);
    if pending.answered {
        return Err(ALREADY_ACKNOWLEDGED);
    }
    if pending.missed || ack > DEADLINE {
        return Err(UNKNOWN_INTERACTION);
    }
    let on_message = pending.kind == COMPONENT || pending.kind == MODAL && pending.message.is_some();
    let fits = match call.body["type"].as_u64() {
        Some(4 | 5) => pending.kind != AUTOCOMPLETE,
        Some(6 | 7) => on_message,
        Some(8) => pending.kind == AUTOCOMPLETE,
        Some(9) => pending.kind != AUTOCOMPLETE && pending.kind != MODAL,
        _ => false,
    };
    if !fits {
        return Err(invalid("type", "BASE_TYPE_CHOICES", "This kind of answer does not fit the interaction."));
    }
    let context = Context {
        id,
        user: pending.user,
        channel: pending.channel,
        message: pending.message,
        about: pending.about.clone(),
        kind: pending.answer_kind,
    };
    let interaction_kind = pending.kind;
    let (answer, original) = answer(state, &context, call)?;
    let resource = answer.message.clone();
    let kind = answer.kind;
    if let Some(pending) = state.pending.get_mut(&id) {
        pending.original = original;
        pending.awaits = matches!(kind, AnswerKind::Deferred | AnswerKind::DeferredUpdate);
        pending.settle(answer);
    }
    if !call.asks("with_response") {
        return Ok(Reply::empty());
    }
    let mut about = json!({"id": id.to_string(), "type": interaction_kind});
    let shown = resource.or_else(|| {
        let original = original.filter(|_| matches!(kind, AnswerKind::Deferred | AnswerKind::DeferredUpdate))?;
        message::find(&state.world, context.channel, original).map(|it| it.body.clone())
    });
    let mut out = json!({});
    if let Some(message) = &shown {
        about["response_message_id"] = message["id"].clone();
        let flags = message["flags"].as_u64().unwrap_or(0);
        about["response_message_ephemeral"] = json!(flags & EPHEMERAL != 0);
        about["response_message_loading"] = json!(flags & LOADING != 0);
    }
    if let Some(message) = shown {
        // Discord's description knows only "a message was made" and "a message was changed" here.
        let change = matches!(kind, AnswerKind::Update | AnswerKind::DeferredUpdate);
        out["resource"] = json!({"type": if change { 7 } else { 4 }, "message": message});
    }
    out["interaction"] = about;
    Ok(Reply::json(out))
}

fn answer(state: &mut State, context: &Context, call: &Call) -> Result<(Answer, Option<u64>), ApiError> {
    let data = &call.body["data"];
    match call.body["type"].as_u64() {
        Some(4) => {
            let written = say(state, context, data, &call.files)?;
            let body = written.body;
            let answer = Answer { message: Some(body), ..Answer::bare(context.id, AnswerKind::Message) };
            Ok((answer, Some(written.id)))
        }
        Some(5) => {
            let original = defer(state, context, data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0);
            Ok((Answer::bare(context.id, AnswerKind::Deferred), Some(original)))
        }
        Some(6) => Ok((Answer::bare(context.id, AnswerKind::DeferredUpdate), context.message)),
        Some(7) => {
            check_message(state, data, call)?;
            let target = context.message.unwrap_or_default();
            let changed = message::edit(state, context.channel, target, data, &call.files)?;
            let answer = Answer { message: Some(changed.body), ..Answer::bare(context.id, AnswerKind::Update) };
            Ok((answer, context.message))
        }
        Some(8) => {
            within_limits(state, |check| limits::choices(&mut check.at("data"), data))?;
            let choices = data["choices"].as_array().cloned().unwrap_or_default();
            Ok((Answer { choices, ..Answer::bare(context.id, AnswerKind::Choices) }, None))
        }
        _ => {
            within_limits(state, |check| limits::modal(&mut check.at("data"), data))?;
            let mut modal = json!({
                "interaction_id": context.id.to_string(), "custom_id": data["custom_id"], "title": data["title"],
                "components": message::numbered(&data["components"]), "opened_by": context.about,
            });
            if let Some(message) = context.message {
                modal["message_id"] = json!(message.to_string());
            }
            let custom_id = data["custom_id"].as_str().unwrap_or_default().to_owned();
            state.modals.insert((context.user, custom_id), modal.clone());
            state.tell(Audience::User(context.user), "MODAL", &modal);
            Ok((Answer { modal: Some(modal), ..Answer::bare(context.id, AnswerKind::Modal) }, None))
        }
    }
}

fn check_message(state: &State, data: &Value, call: &Call) -> Result<(), ApiError> {
    within_limits(state, |check| {
        limits::message(&mut check.at("data"), data);
        limits::files(check, call.files.iter().map(|file| file.bytes.len()));
    })
}

fn say(state: &mut State, context: &Context, data: &Value, files: &[super::File]) -> Result<Message, ApiError> {
    within_limits(state, |check| limits::message(&mut check.at("data"), data))?;
    write(state, context, data, files, context.kind)
}

/// Writes an answer or follow-up; ephemeral if its flags say so.
pub fn write(
    state: &mut State,
    context: &Context,
    data: &Value,
    files: &[super::File],
    kind: u8,
) -> Result<Message, ApiError> {
    let only_for = (data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0).then_some(context.user);
    let bot = state.world.bot;
    let archived =
        state.world.channels.get(&context.channel).and_then(|it| it.thread.as_ref()).is_some_and(|it| it.archived);
    if archived && only_for.is_none() {
        threads::set_archived(state, context.channel, false);
    }
    let draft = Draft {
        channel: context.channel,
        author: bot,
        kind,
        id: None,
        body: data,
        files,
        only_for,
        interaction: Some((context.id, context.about.clone())),
    };
    message::post(state, draft)
}

/// "… is thinking": a message without content that the bot fills later.
fn defer(state: &mut State, context: &Context, ephemeral: bool) -> u64 {
    let id = state.id();
    let bot = state.world.bot;
    let flags = LOADING | if ephemeral { EPHEMERAL } else { 0 };
    let body = json!({
        "id": id.to_string(), "channel_id": context.channel.to_string(), "author": shape::user_by_id(&state.world, bot),
        "content": "", "timestamp": iso(made_at_ms(id)), "edited_timestamp": null, "tts": false, "pinned": false,
        "type": context.kind, "flags": flags, "embeds": [], "components": [], "attachments": [], "mentions": [],
        "mention_roles": [], "mention_everyone": false, "webhook_id": bot.to_string(), "application_id": bot.to_string(),
        "interaction_metadata": context.about,
    });
    let message = Message {
        id,
        channel: context.channel,
        author: bot,
        body,
        loading: true,
        only_for: ephemeral.then_some(context.user),
        interaction: Some(context.id),
        reactions: Vec::new(),
    };
    message::store(state, message.clone());
    state.announce_message(&message, "MESSAGE_CREATE");
    id
}
