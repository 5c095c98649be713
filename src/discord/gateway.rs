//! The connection: events in, wishes on, and a clear end.
//!
//! Everything is built before connecting, so that the first event already meets a bot that works.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serenity::all::{
    ClientBuilder, Context, Event, EventHandler, GatewayIntents, Guild, Interaction, Message, RawEventHandler, Ready,
    UnavailableGuild,
};
use serenity::async_trait;
use serenity::gateway::{GatewayError, ShardManager};
use serenity::http::{Http, HttpBuilder};
use tokio::sync::watch;

use super::answer::{Answers, Ask};
use super::listen::Listener;
use super::road::Road;
use super::{commands, focus, translate};
use crate::clock::Stopwatch;
use crate::desk::{Caller, Desk, Refused, Wish};
use crate::id::{GuildId, MessageId};
use crate::locale::Texts;
use crate::view::custom_id::Action;

/// Deadline of one request for an answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(8);
/// Pauses between attempts to connect: Discord resets a token after 1,000 identifications a day.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_mins(1),
    Duration::from_mins(2),
];
/// How long answers in hand may take at the end, and the close frame after them.
const DRAIN: Duration = Duration::from_secs(4);
const CLOSE: Duration = Duration::from_secs(1);
/// A session that held this long was a good one: the next trouble starts with short pauses again.
const HELD: Duration = Duration::from_mins(5);

/// What is needed to connect.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The bot's token.
    pub token: SecretString,
    /// Base URL of a Discord-compatible endpoint; none is Discord.
    pub proxy: Option<String>,
    /// Ask for the privileged message content intent.
    pub message_content: bool,
    /// How requests get there.
    pub road: Road,
}

/// Why the connection is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Somebody asked for it.
    Stopped,
    /// Discord does not accept the token (4004).
    BadToken,
    /// An intent is asked for that is not enabled (4014).
    IntentNotEnabled,
}

/// A connection that is kept until it is told to stop or cannot go on.
pub struct Connection {
    settings: Settings,
    answers: Arc<Answers>,
    listener: Arc<Listener>,
    stop: watch::Receiver<bool>,
}

/// Builds everything for a connection, inside a runtime; nothing is sent yet.
pub fn connect(
    settings: Settings,
    desk: Desk,
    texts: Arc<Texts>,
    stop: watch::Receiver<bool>,
) -> Result<Connection, reqwest::Error> {
    let http = Arc::new(http(&settings)?);
    let listener = Listener::start(&desk, &texts);
    Ok(Connection { settings, answers: Arc::new(Answers::new(http, desk, texts)), listener, stop })
}

/// The one place that builds serenity's client: with a proxy its rate limiter must be off, else it would ignore the
/// proxy and send the token to the real host.
fn http(settings: &Settings) -> Result<Http, reqwest::Error> {
    let mut client = settings.road.client().timeout(REQUEST_TIMEOUT);
    if settings.proxy.is_some() {
        client = client.no_proxy();
    }
    let builder = HttpBuilder::new(settings.token.expose_secret()).client(client.build()?);
    Ok(match &settings.proxy {
        Some(proxy) => builder.proxy(proxy.trim_end_matches('/')).ratelimiter_disabled(true).build(),
        None => builder.build(),
    })
}

impl Connection {
    /// Runs until stopped or refused; whatever else happens is tried again with growing pauses.
    pub async fn run(mut self) -> Ended {
        let mut failures = 0;
        loop {
            let since = Stopwatch::start();
            let ended = self.session().await;
            if since.elapsed() > HELD {
                failures = 0;
            }
            match ended {
                Ok(ended) => return ended,
                Err(reason) => {
                    let pause = PAUSES[failures.min(PAUSES.len() - 1)];
                    tracing::warn!(reason, pause.s = pause.as_secs(), "not connected to Discord; trying again");
                    failures += 1;
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        _ = self.stop.wait_for(|stop| *stop) => return Ended::Stopped,
                    }
                }
            }
        }
    }

    async fn session(&mut self) -> Result<Ended, String> {
        // Asked here first: serenity falls back to the real gateway when this fails.
        let gateway = tokio::select! {
            gateway = self.answers.http.get_gateway() => gateway.map_err(|_| "the gateway's address cannot be asked".to_owned())?,
            _ = self.stop.wait_for(|stop| *stop) => return Ok(Ended::Stopped),
        };
        let http = http(&self.settings).map_err(|error| error.to_string())?;
        let handler = Handler { answers: Arc::clone(&self.answers), listener: Arc::clone(&self.listener) };
        self.listener.fell_behind();
        let mut client = ClientBuilder::new_with_http(http, intents(self.settings.message_content))
            .event_handler(handler)
            .raw_event_handler(Unknown)
            .await
            .map_err(|error| error.to_string())?;
        // And compared: had serenity's own question failed, the token would now be on its way to the real gateway.
        if *client.ws_url.lock().await != gateway.url {
            return Err("the gateway's address was not answered twice alike".to_owned());
        }
        let shards = Arc::clone(&client.shard_manager);
        let started = tokio::select! {
            started = client.start() => Some(started),
            _ = self.stop.wait_for(|stop| *stop) => None,
        };
        let Some(started) = started else {
            self.close(&shards).await;
            return Ok(Ended::Stopped);
        };
        match started {
            Ok(()) => Err("the gateway closed".to_owned()),
            Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication | GatewayError::NoAuthentication)) => {
                Ok(Ended::BadToken)
            }
            Err(serenity::Error::Gateway(
                GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents,
            )) => Ok(Ended::IntentNotEnabled),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn close(&self, shards: &ShardManager) {
        if tokio::time::timeout(DRAIN, self.answers.drained()).await.is_err() {
            tracing::warn!("some answers were still being worked on at the end");
        }
        // May wait for a shard that is not connected.
        let _ = tokio::time::timeout(CLOSE, shards.shutdown_all()).await;
    }
}

/// Only what is used: guilds come and go, and somebody wrote something. What they wrote is asked for where that is
/// switched on.
fn intents(message_content: bool) -> GatewayIntents {
    let mut intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES;
    if message_content {
        intents |= GatewayIntents::DIRECT_MESSAGES | GatewayIntents::MESSAGE_CONTENT;
    }
    intents
}

struct Handler {
    answers: Arc<Answers>,
    listener: Arc<Listener>,
}

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, ready: Ready) {
        self.listener.fell_behind();
        self.answers.http.set_application_id(ready.application.id);
        // Discord names every guild here, those in an outage too.
        let here: Vec<GuildId> = ready.guilds.iter().map(|guild| GuildId(guild.id.get())).collect();
        if !here.is_empty()
            && let Err(error) = self.answers.desk.guilds_left(here).await
        {
            tracing::error!(%error, "the guilds could not be compared");
        }
        let read_on = Arc::clone(&self.listener);
        tokio::spawn(async move { read_on.catch_up().await });
        let mut failures = 0;
        while let Err(reason) = self.register().await {
            let pause = PAUSES[failures.min(PAUSES.len() - 1)];
            tracing::error!(reason, pause.s = pause.as_secs(), "the commands could not be registered; trying again");
            failures += 1;
            tokio::time::sleep(pause).await;
        }
        tracing::info!(application.id = %ready.application.id, guilds = ready.guilds.len(), "gateway.ready");
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.present(guild.id.get(), true).await;
    }

    async fn guild_delete(&self, _: Context, guild: UnavailableGuild, _: Option<Guild>) {
        // An outage comes as a deletion with `unavailable`: nothing is given up for it.
        if !guild.unavailable {
            self.present(guild.id.get(), false).await;
        }
    }

    async fn message(&self, _: Context, message: Message) {
        self.listener.message(&message);
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        match interaction {
            Interaction::Command(i) => {
                let ask = ask(i.id, i.token.clone(), translate::caller_of_command(&i), false);
                self.answers.respond(&ask, translate::command(&i.data)).await;
            }
            Interaction::Autocomplete(i) => {
                let ask = ask(i.id, i.token.clone(), translate::caller_of_command(&i), false);
                self.answers.suggest(&ask, focus::focus(&i.data)).await;
            }
            Interaction::Component(i) => {
                let wish = translate::component(&i);
                let in_place = shows_result_itself(&i.data.custom_id, &wish);
                let pressed = in_place.then(|| MessageId(i.message.id.get()));
                let caller = Caller { pressed, ..translate::caller_of_component(&i) };
                let ask =
                    Ask { shared: in_place && !private(&i.message), ..ask(i.id, i.token.clone(), caller, in_place) };
                self.answers.respond(&ask, wish).await;
            }
            Interaction::Modal(i) => {
                // A form that a control opened may answer on the message of that control.
                let in_place = i.message.is_some()
                    && matches!(Action::decode(&i.data.custom_id), Some(Action::SetTime(_) | Action::Edit(_)));
                let pressed = i.message.as_ref().filter(|_| in_place).map(|message| MessageId(message.id.get()));
                let caller = Caller { pressed, ..translate::caller_of_modal(&i) };
                let shared = in_place && i.message.as_deref().is_some_and(|message| !private(message));
                let ask = Ask { shared, ..ask(i.id, i.token.clone(), caller, in_place) };
                self.answers.respond(&ask, translate::modal(&i)).await;
            }
            _ => {}
        }
    }
}

fn ask(id: serenity::all::InteractionId, token: String, caller: Caller, in_place: bool) -> Ask {
    Ask { id, token, caller, in_place, shared: false }
}

/// Only whoever presses sees it.
fn private(message: &serenity::model::channel::Message) -> bool {
    message.flags.is_some_and(|flags| flags.contains(serenity::model::channel::MessageFlags::EPHEMERAL))
}

/// Lists turn their page and reminders end where they stand; everything else answers privately beside the message.
fn shows_result_itself(custom_id: &str, wish: &Result<Wish, Refused>) -> bool {
    wish.is_ok()
        && matches!(
            Action::decode(custom_id),
            Some(
                Action::Page(..)
                    | Action::TakeReading(..)
                    | Action::MoveTo(_)
                    | Action::EditTo(_)
                    | Action::UpdateTo(_)
                    | Action::SetStatus(_)
                    | Action::Done(_)
                    | Action::Later(_)
                    | Action::Tomorrow(_)
                    | Action::NextMonday(_)
                    | Action::HandOver(_)
                    | Action::Undo(_)
                    | Action::Retry(_)
                    | Action::Promises(_)
                    | Action::Rules(..)
                    | Action::ChooseRules(_)
                    | Action::Allow(..)
                    | Action::Mornings(_)
                    | Action::Satisfied(_)
                    | Action::Unsatisfied(_)
            )
        )
}

impl Handler {
    async fn present(&self, id: u64, present: bool) {
        if let Err(error) = self.answers.desk.guild_present(GuildId(id), present).await {
            tracing::error!(guild.id = id, %error, "a guild's coming or going could not be noted");
        }
    }

    /// Tells Discord the commands where it does not know them yet; 200 creations a day are allowed.
    async fn register(&self) -> Result<(), String> {
        let Answers { http, desk, texts, .. } = &*self.answers;
        let definitions = commands::definitions(texts);
        let count = definitions.as_array().map_or(0, Vec::len);
        let hash = fingerprint(&definitions, http.application_id().map_or(0, serenity::all::ApplicationId::get));
        let known = desk.registered_commands().await.map_err(|error| error.to_string())?;
        if known.as_deref() == Some(&hash) {
            let there = http.get_global_commands().await.map_err(|error| error.to_string())?;
            if there.len() == count {
                return Ok(());
            }
        }
        http.create_global_commands(&definitions).await.map_err(|error| error.to_string())?;
        desk.set_registered_commands(hash).await.map_err(|error| error.to_string())
    }
}

/// Tells one set of definitions from another; never leaves this program and its database.
fn fingerprint(definitions: &Value, application: u64) -> String {
    let mut hasher = DefaultHasher::new();
    (definitions.to_string(), application, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Events serenity cannot read would vanish without a word.
struct Unknown;

#[async_trait]
impl RawEventHandler for Unknown {
    async fn raw_event(&self, _: Context, event: Event) {
        if let Event::Unknown(unknown) = event {
            tracing::debug!(event = unknown.kind, "an event this version does not know");
        }
    }
}
