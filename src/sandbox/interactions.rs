//! The person's side of an interaction: what is sent to the bot, how long it may take, what came of it.
//! Invariant: an interaction has one first answer or fails after 3 s of real time; its token dies after 15 minutes.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::clock::Stopwatch;

use super::permissions;
use super::shape;
use super::state::State;
use super::world::DM;

/// Real time until the first answer is too late (documentation, "Responding to an Interaction").
pub const DEADLINE: Duration = Duration::from_secs(3);
/// Life of a token, real and virtual.
const TOKEN_LIFE: Duration = Duration::from_mins(15);

/// Slash command or menu.
pub const COMMAND: u8 = 2;
/// Button or select.
pub const COMPONENT: u8 = 3;
/// Autocomplete.
pub const AUTOCOMPLETE: u8 = 4;
/// Modal sent.
pub const MODAL: u8 = 5;

/// What the bot's first answer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// A new message.
    Message,
    /// "… is thinking"; the message follows.
    Deferred,
    /// The message the component is on was changed.
    Update,
    /// It will be changed, or stay.
    DeferredUpdate,
    /// A modal.
    Modal,
    /// Choices of an autocomplete.
    Choices,
    /// Nothing within 3 s, or the person could not do this at all; see `reason`.
    Failed,
}

/// What came of an interaction within 3 s.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Id of the interaction; 0 if it was never sent.
    pub interaction: u64,
    /// What kind of answer.
    pub kind: AnswerKind,
    /// For [`AnswerKind::Message`] and [`AnswerKind::Update`].
    pub message: Option<Value>,
    /// For [`AnswerKind::Modal`]: `custom_id`, `title`, `components`, and `message_id` if a component opened it.
    pub modal: Option<Value>,
    /// For [`AnswerKind::Choices`].
    pub choices: Vec<Value>,
    /// Real time from sending to the answer.
    pub ack: Duration,
    /// For [`AnswerKind::Failed`].
    pub reason: Option<String>,
}

impl Answer {
    /// An answer of `kind` with nothing in it.
    pub(super) fn bare(interaction: u64, kind: AnswerKind) -> Self {
        let choices = Vec::new();
        Self { interaction, kind, message: None, modal: None, choices, ack: Duration::ZERO, reason: None }
    }

    /// A failure.
    pub(super) fn failed(interaction: u64, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::bare(interaction, AnswerKind::Failed) }
    }
}

/// An interaction the bot may still answer.
#[derive(Debug)]
pub struct Pending {
    /// Its secret.
    pub token: String,
    /// One of the constants of this file.
    pub kind: u8,
    /// Who acted.
    pub user: u64,
    /// Where.
    pub channel: u64,
    /// The message a component or modal belongs to.
    pub message: Option<u64>,
    /// What its answers say about it.
    pub about: Value,
    /// Message type of its answer: 20 slash, 23 menu, 19 or 0 otherwise.
    pub answer_kind: u8,
    /// Real time since it was sent.
    pub since: Stopwatch,
    /// Virtual Unix milliseconds of sending.
    pub sent_ms: i64,
    /// The first answer came.
    pub answered: bool,
    /// Too late for a first answer.
    pub missed: bool,
    /// A deferral whose message or change has not come yet.
    pub awaits: bool,
    /// What `@original` means.
    pub original: Option<u64>,
    /// Who waits for the first answer.
    pub waiter: Option<oneshot::Sender<Answer>>,
}

impl Pending {
    /// Whether its token is dead at `now_ms`.
    pub fn is_dead(&self, now_ms: i64) -> bool {
        self.since.elapsed() > TOKEN_LIFE || now_ms - self.sent_ms > TOKEN_LIFE.as_millis() as i64
    }

    /// Hands the first answer to whoever waits.
    pub fn settle(&mut self, mut answer: Answer) {
        answer.ack = self.since.elapsed();
        self.answered = true;
        if let Some(waiter) = self.waiter.take() {
            // Nobody may wait any more; the answer stands all the same.
            let _ = waiter.send(answer);
        }
    }
}

/// An interaction about to be sent.
pub struct Spec {
    /// One of the constants of this file.
    pub kind: u8,
    /// Who acts.
    pub user: u64,
    /// The client's language.
    pub locale: String,
    /// Where.
    pub channel: u64,
    /// Discord's `data`.
    pub data: Value,
    /// The message a component or modal belongs to.
    pub message: Option<u64>,
    /// Message type of an answer.
    pub answer_kind: u8,
    /// For a modal: what is said about the interaction that opened it.
    pub opened_by: Option<Value>,
    /// Sent by a changed client, from a channel its user need not see.
    pub forged: bool,
}

fn token(id: u64) -> String {
    // Unpredictable enough for a secret that lives 15 minutes on loopback.
    let random = || RandomState::new().build_hasher().finish();
    let text = format!("interaction:{id}:{:016x}{:016x}{:016x}", random(), random(), random());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// The interaction a token belongs to, read from the token itself.
pub fn id_of(token: &str) -> Option<u64> {
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).ok()?;
    String::from_utf8(bytes).ok()?.split(':').nth(1)?.parse().ok()
}

/// A command's name with its group and subcommand, as Discord shows who used what.
fn full_name(data: &Value) -> String {
    let mut name = data["name"].as_str().unwrap_or_default().to_owned();
    let mut inner = &data["options"][0];
    while matches!(inner["type"].as_u64(), Some(1 | 2)) {
        name = format!("{name} {}", inner["name"].as_str().unwrap_or_default());
        inner = &inner["options"][0];
    }
    name
}

/// Sends an interaction to the bot; the receiver gets the first answer.
pub fn begin(state: &mut State, spec: &Spec) -> Result<(u64, oneshot::Receiver<Answer>), String> {
    if !state.sessions.expected() {
        return Err("the bot is not connected".to_owned());
    }
    let id = state.id();
    let token = token(id);
    let world = &state.world;
    let channel = world.channels.get(&spec.channel).ok_or("there is no such channel")?;
    let bits = permissions::in_channel(world, channel, spec.user);
    if bits & permissions::VIEW_CHANNEL == 0 && !spec.forged {
        return Err("this user does not see the channel".to_owned());
    }
    let bot_bits = permissions::in_channel(world, channel, world.bot);
    let guild = channel.guild.and_then(|id| world.guilds.get(&id));
    let owners = match guild {
        Some(guild) => json!({"0": guild.id.to_string()}),
        None => json!({"0": "0"}),
    };
    let mut data = json!({
        "id": id.to_string(), "application_id": world.bot.to_string(), "type": spec.kind, "token": token, "version": 1,
        "channel_id": spec.channel.to_string(),
        "channel": shape::interaction_channel(world, channel, spec.user), "locale": spec.locale,
        "entitlements": [], "entitlement_sku_ids": [], "attachment_size_limit": 10_485_760, "data": spec.data,
        "app_permissions": shape::bits(bot_bits), "authorizing_integration_owners": owners,
        "context": u8::from(channel.kind == DM),
    });
    if let Some(guild) = guild {
        data["guild_id"] = json!(guild.id.to_string());
        data["guild_locale"] = json!(guild.locale);
        data["guild"] = json!({"id": guild.id.to_string(), "locale": guild.locale, "features": []});
        if let Some(member) = guild.members.get(&spec.user) {
            let mut member = shape::member(world, spec.user, member);
            member["permissions"] = shape::bits(bits);
            data["member"] = member;
        }
    } else {
        data["user"] = shape::user_by_id(world, spec.user);
    }
    if let Some(message) = spec.message.and_then(|id| super::message::find(world, spec.channel, id)) {
        data["message"] = shape::message(message, world.bot);
    }
    let mut about = json!({
        "id": id.to_string(), "type": spec.kind, "user": shape::user_by_id(world, spec.user),
        "authorizing_integration_owners": data["authorizing_integration_owners"],
    });
    if spec.kind == COMPONENT
        && let Some(message) = spec.message
    {
        about["interacted_message_id"] = json!(message.to_string());
    }
    if let Some(opened_by) = &spec.opened_by {
        about["triggering_interaction_metadata"] = opened_by.clone();
    }
    if spec.kind == COMMAND {
        about["name"] = json!(full_name(&data["data"]));
    }
    let (waiter, receiver) = oneshot::channel();
    let pending = Pending {
        token,
        kind: spec.kind,
        user: spec.user,
        channel: spec.channel,
        message: spec.message,
        about,
        answer_kind: spec.answer_kind,
        since: Stopwatch::start(),
        sent_ms: state.now(),
        answered: false,
        missed: false,
        awaits: false,
        original: None,
        waiter: Some(waiter),
    };
    let guild = guild.map(|guild| guild.id);
    state.pending.insert(id, pending);
    state.sessions.dispatch(&state.world, "INTERACTION_CREATE", guild, &data);
    Ok((id, receiver))
}

/// Nothing came in time.
pub fn miss(state: &mut State, id: u64) -> Answer {
    let reason = "the bot did not answer within 3 s";
    if let Some(pending) = state.pending.get_mut(&id) {
        pending.missed = true;
        pending.waiter = None;
        let (user, autocomplete) = (pending.user, pending.kind == AUTOCOMPLETE);
        if !autocomplete {
            let data = json!({"interaction_id": id.to_string(), "reason": reason});
            state.tell(super::events::Audience::User(user), "INTERACTION_FAILED", &data);
        }
    }
    Answer { ack: DEADLINE, ..Answer::failed(id, reason) }
}
