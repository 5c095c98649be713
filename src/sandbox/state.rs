//! The one lock's content: the world and everything that lives only as long as the process.
//! Invariant: whoever changes the world here tells the gateway and the pages in the same breath, so nobody sees half a change.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::clock::{Stopwatch, VirtualClock};

use super::events::{Audience, Pages};
use super::faults::Faults;
use super::file::Keeper;
use super::gateway::Sessions;
use super::interactions::Pending;
use super::log::Log;
use super::permissions;
use super::rates::Rates;
use super::rest::File;
use super::shape;
use super::snowflake::{iso, made_at_ms};
use super::world::{Message, StoredFile, World};

/// Nonces are kept this long, real time ("a few minutes", documentation of `enforce_nonce`).
const NONCE_SECONDS: u64 = 300;
/// Virtual milliseconds between two looks for threads that fall asleep.
const SWEEP_MS: i64 = 30_000;
/// A step of the clock this much larger than real time counts as moved by hand.
const JUMP_MS: i64 = 2_000;

/// A nonce that was used.
#[derive(Debug)]
struct Nonce {
    channel: u64,
    message: u64,
    at_ms: i64,
    since: Stopwatch,
}

impl Nonce {
    fn is_fresh(&self, now_ms: i64) -> bool {
        self.since.elapsed().as_secs() < NONCE_SECONDS && now_ms - self.at_ms < NONCE_SECONDS as i64 * 1_000
    }
}

/// Nonces that are remembered over a restart: what the messages of the bot carry.
fn nonces_of(world: &World) -> HashMap<(u64, String), Nonce> {
    let own = world.messages.iter().filter(|message| message.author == world.bot);
    let carried = own.filter_map(|message| {
        let nonce = match &message.body["nonce"] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let (channel, at_ms) = (message.channel, made_at_ms(message.id));
        Some(((message.author, nonce), Nonce { channel, message: message.id, at_ms, since: Stopwatch::start() }))
    });
    carried.collect()
}

/// Everything behind the lock.
pub struct State {
    /// What is kept.
    pub world: World,
    /// Moves by hand.
    pub clock: Arc<VirtualClock>,
    /// Gateway sessions of the bot.
    pub sessions: Sessions,
    /// Open pages.
    pub pages: Pages,
    /// Interactions under way, by id.
    pub pending: HashMap<u64, Pending>,
    /// Modals shown, by user and `custom_id`.
    pub modals: HashMap<(u64, String), Value>,
    /// What is armed.
    pub faults: Faults,
    /// What the bot asked.
    pub log: Log,
    /// Buckets.
    pub rates: Rates,
    /// `http://127.0.0.1:PORT`, for the URLs handed out.
    pub base_url: String,
    /// Writes down what changes; none keeps everything in memory.
    pub keeper: Option<Keeper>,
    /// The clock was moved, or a setting, since the last line.
    pub moved: bool,
    /// The world is another one than before.
    pub replaced: bool,
    nonces: HashMap<(u64, String), Nonce>,
    swept_ms: i64,
    last_tick: (i64, Stopwatch),
}

impl State {
    /// A server with `world` and nobody connected.
    pub fn new(world: World, clock: Arc<VirtualClock>, validate: bool) -> Self {
        let now = clock.now_ms();
        let nonces = nonces_of(&world);
        Self {
            world,
            clock,
            sessions: Sessions::new(validate),
            pages: Pages::default(),
            pending: HashMap::new(),
            modals: HashMap::new(),
            faults: Faults::default(),
            log: Log::new(validate),
            rates: Rates::default(),
            base_url: String::new(),
            keeper: None,
            moved: false,
            replaced: false,
            nonces,
            swept_ms: now,
            last_tick: (now, Stopwatch::start()),
        }
    }

    /// Writes down what changed, then lets the bot hear of it: what it acts on is still there after any end of this
    /// process.
    pub fn keep(&mut self) {
        if self.moved || self.replaced || self.world.is_changed() {
            let now = self.now();
            let kept = match &mut self.keeper {
                Some(keeper) if self.replaced => keeper.keep_whole(&mut self.world, now),
                Some(keeper) => keeper.keep(&mut self.world, now),
                None => {
                    self.world.forget_changes();
                    Ok(())
                }
            };
            if let Err(error) = kept {
                tracing::error!(%error, "sandbox.save");
            }
            (self.moved, self.replaced) = (false, false);
        }
        self.sessions.deliver();
    }

    /// Virtual now, Unix milliseconds.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// The next id.
    pub fn id(&mut self) -> u64 {
        let now = self.now();
        self.world.ids.next(now)
    }

    /// Tells the gateway; `private` events need no intent.
    pub fn dispatch(&mut self, name: &str, guild: Option<u64>, data: &Value) {
        self.sessions.dispatch(&self.world, name, guild, data);
    }

    /// Tells the pages.
    pub fn tell(&mut self, audience: Audience, name: &str, data: &Value) {
        self.pages.tell(&self.world, audience, name, |_| data.clone());
    }

    /// Tells both of something in a channel, the bot only if it sees the channel.
    pub fn announce(&mut self, channel: u64, name: &str, data: &Value) {
        let guild = self.world.channels.get(&channel).and_then(|it| it.guild);
        if permissions::sees(&self.world, channel, self.world.bot) {
            self.dispatch(name, guild, data);
        }
        self.tell(Audience::Channel(channel), name, data);
    }

    /// Tells both of a channel or thread as it is now: `verb` is CREATE or UPDATE.
    pub fn announce_channel(&mut self, id: u64, verb: &str) {
        let Some(channel) = self.world.channels.get(&id) else {
            return;
        };
        let name = format!("{}_{verb}", if channel.thread.is_some() { "THREAD" } else { "CHANNEL" });
        let guild = channel.guild;
        if permissions::sees(&self.world, id, self.world.bot) {
            let mut data = shape::channel(&self.world, channel, self.world.bot);
            if verb == "CREATE" && channel.thread.is_some() {
                data["newly_created"] = json!(true);
            }
            self.dispatch(&name, guild, &data);
        }
        self.pages.tell(&self.world, Audience::Channel(id), &name, |user| {
            self.world.channels.get(&id).map_or(Value::Null, |channel| shape::channel(&self.world, channel, user))
        });
    }

    /// Tells both of a new or changed message.
    pub fn announce_message(&mut self, message: &Message, name: &str) {
        if let Some(user) = message.only_for {
            if !message.loading {
                let data = shape::message(message, user);
                self.tell(Audience::User(user), &name.replace("MESSAGE", "EPHEMERAL"), &data);
            }
            return;
        }
        let channel = message.channel;
        if permissions::sees(&self.world, channel, self.world.bot) {
            let data = self.gateway_message(message);
            let guild = self.world.channels.get(&channel).and_then(|it| it.guild);
            self.dispatch(name, guild, &data);
        }
        // People see a deferred answer when it is there; until then the page shows that it is awaited.
        if !message.loading {
            self.pages.tell(&self.world, Audience::Channel(channel), name, |user| shape::message(message, user));
        }
    }

    /// A message as the gateway sends it: with guild and member.
    pub fn gateway_message(&self, message: &Message) -> Value {
        let mut data = message.body.clone();
        if let Some(guild) = self.world.guild_of(message.channel) {
            data["guild_id"] = json!(guild.id.to_string());
            if let Some(member) = guild.members.get(&message.author) {
                data["member"] = shape::partial_member(member);
            }
        }
        let kind = self.world.channels.get(&message.channel).map_or(0, |channel| channel.kind);
        data["channel_type"] = json!(kind);
        data
    }

    /// Keeps an uploaded file.
    pub fn keep_file(&mut self, id: u64, file: &File) {
        let base64 = base64::engine::general_purpose::STANDARD.encode(&file.bytes);
        let stored = StoredFile { name: file.name.clone(), content_type: file.content_type.clone(), base64 };
        self.world.files.insert(id, stored);
    }

    /// Channel and message of whoever used this nonce lately, if `enforce_nonce` should return it.
    pub fn by_nonce(&self, author: u64, nonce: &str) -> Option<(u64, u64)> {
        let found = self.nonces.get(&(author, nonce.to_owned())).filter(|it| it.is_fresh(self.now()))?;
        Some((found.channel, found.message))
    }

    /// Remembers a nonce.
    pub fn remember_nonce(&mut self, author: u64, nonce: &str, channel: u64, message: u64) {
        let (at_ms, since) = (self.now(), Stopwatch::start());
        self.nonces.insert((author, nonce.to_owned()), Nonce { channel, message, at_ms, since });
    }

    /// Lets time do its work: idle threads fall asleep, pages hear of a moved clock, dead interactions go.
    pub fn tick(&mut self) {
        let now = self.now();
        let (before, since) = &self.last_tick;
        let passed = since.elapsed().as_millis() as i64;
        if now - before - passed > JUMP_MS || now < *before {
            self.moved = true;
            self.tell(Audience::All, "CLOCK", &json!({"now": iso(now)}));
        }
        self.last_tick = (now, Stopwatch::start());
        if (now - self.swept_ms).abs() < SWEEP_MS {
            return;
        }
        self.swept_ms = now;
        // A clock that was moved ahead does not fall back far when the process dies.
        self.moved = true;
        self.pending.retain(|_, pending| !pending.is_dead(now));
        self.nonces.retain(|_, nonce| nonce.is_fresh(now));
        let asleep = |thread: &super::world::Thread| {
            !thread.archived && now - thread.active_ms >= i64::from(thread.auto_archive) * 60_000
        };
        let idle = self.world.channels.values().filter(|it| it.thread.as_ref().is_some_and(asleep));
        let idle: Vec<u64> = idle.map(|it| it.id).collect();
        for id in idle {
            if let Some(thread) = self.world.channels.get_mut(id).and_then(|it| it.thread.as_mut()) {
                thread.archived = true;
                thread.archive_ms = now;
            }
            self.announce_channel(id, "UPDATE");
        }
    }

    /// Removes a channel with its threads and messages and tells everybody who saw it.
    pub fn delete_channel(&mut self, id: u64) {
        let threads: Vec<u64> = self.world.threads_of(id).iter().map(|it| it.id).collect();
        for thread in threads {
            self.delete_channel(thread);
        }
        let Some(channel) = self.world.channels.get(&id).cloned() else {
            return;
        };
        let data = if channel.thread.is_some() {
            json!({
                "id": id.to_string(), "guild_id": channel.guild.map(|id| id.to_string()),
                "parent_id": channel.parent.map(|id| id.to_string()), "type": channel.kind,
            })
        } else {
            shape::channel(&self.world, &channel, self.world.bot)
        };
        self.announce(id, if channel.thread.is_some() { "THREAD_DELETE" } else { "CHANNEL_DELETE" }, &data);
        self.world.channels.remove(id);
        self.world.messages.remove_channel(id);
        if let Some(guild) = channel.guild.and_then(|guild| self.world.guilds.get_mut(guild)) {
            guild.channels.retain(|it| *it != id);
        }
    }
}
