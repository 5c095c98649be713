//! Sessions: what was sent, what may be resumed, which intents filter what.
//! Invariant: `seq` grows by one per dispatch of a session; everything since the client's last `seq` is replayed, or the
//! session is gone.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::clock::Stopwatch;

use super::super::world::World;

/// Dispatches kept for RESUME.
const REPLAY: usize = 10_000;
/// Dispatches kept for whoever looks afterwards at what was sent.
const TOLD: usize = 2_000;
/// Real seconds a session may be resumed after its socket broke.
const RESUMABLE_SECONDS: u64 = 180;

const GUILDS: u64 = 1;
const GUILD_MEMBERS: u64 = 1 << 1;
const GUILD_MESSAGES: u64 = 1 << 9;
const GUILD_REACTIONS: u64 = 1 << 10;
const GUILD_TYPING: u64 = 1 << 11;
const DIRECT_MESSAGES: u64 = 1 << 12;
const DIRECT_REACTIONS: u64 = 1 << 13;
const DIRECT_TYPING: u64 = 1 << 14;
const MESSAGE_CONTENT: u64 = 1 << 15;

/// What goes to a connection.
#[derive(Debug, Clone)]
pub enum Frame {
    /// A payload.
    Text(Arc<str>),
    /// A close frame.
    Close(u16, &'static str),
    /// The end without a word.
    Drop,
}

/// Why RESUME is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// No such session, or too much was missed.
    Unknown,
    /// A sequence number from the future.
    Sequence,
}

/// One identified client.
#[derive(Debug)]
pub struct Session {
    id: String,
    shard: (u64, u64),
    intents: u64,
    seq: u64,
    /// The last one handed to the connection.
    delivered: u64,
    sent: VecDeque<(u64, Arc<str>)>,
    wire: Option<mpsc::UnboundedSender<Frame>>,
    since: Stopwatch,
}

impl Session {
    /// A fresh one.
    pub fn new(id: String, shard: (u64, u64), intents: u64, wire: mpsc::UnboundedSender<Frame>) -> Self {
        let (sent, since) = (VecDeque::new(), Stopwatch::start());
        Self { id, shard, intents, seq: 0, delivered: 0, sent, wire: Some(wire), since }
    }

    fn wants(&self, name: &str, guild: Option<u64>) -> bool {
        let dm = guild.is_none();
        let either = |in_guild: u64, direct: u64| self.intents & (if dm { direct } else { in_guild }) != 0;
        match name {
            "READY" | "RESUMED" | "INTERACTION_CREATE" | "GUILD_MEMBERS_CHUNK" | "THREAD_MEMBERS_UPDATE" => true,
            "TYPING_START" => either(GUILD_TYPING, DIRECT_TYPING),
            _ if name.starts_with("MESSAGE_REACTION") => either(GUILD_REACTIONS, DIRECT_REACTIONS),
            _ if name.starts_with("MESSAGE_") => either(GUILD_MESSAGES, DIRECT_MESSAGES),
            _ if name.starts_with("GUILD_MEMBER_") => self.intents & GUILD_MEMBERS != 0,
            _ => self.intents & GUILDS != 0,
        }
    }

    fn push(&mut self, name: &str, data: &str) -> Arc<str> {
        self.seq += 1;
        let text: Arc<str> = format!(r#"{{"op":0,"s":{},"t":"{name}","d":{data}}}"#, self.seq).into();
        if self.sent.len() == REPLAY {
            self.sent.pop_front();
        }
        self.sent.push_back((self.seq, Arc::clone(&text)));
        text
    }

    fn deliver(&mut self) {
        let Some(wire) = self.wire.as_ref().filter(|_| self.delivered < self.seq) else { return };
        let oldest = self.sent.front().map_or(0, |(seq, _)| *seq);
        let from = (self.delivered + 1).saturating_sub(oldest) as usize;
        for (_, text) in self.sent.iter().skip(from) {
            // A connection that just ended misses it; the buffer keeps it.
            let _ = wire.send(Frame::Text(Arc::clone(text)));
        }
        self.delivered = self.seq;
    }

    /// Sends the last events again, the oldest of them first.
    fn repeat(&mut self, count: usize) {
        let from = self.sent.len().saturating_sub(count);
        let last: Vec<Arc<str>> = self.sent.iter().skip(from).map(|(_, text)| Arc::clone(text)).collect();
        for text in last {
            let Ok(event) = serde_json::from_str::<Value>(&text) else { continue };
            self.push(event["t"].as_str().unwrap_or_default(), &event["d"].to_string());
        }
    }

    fn serves(&self, guild: Option<u64>) -> bool {
        guild.map_or(self.shard.0 == 0, |guild| (guild >> 22) % self.shard.1 == self.shard.0)
    }
}

/// All sessions of the bot.
#[derive(Debug, Default)]
pub struct Sessions {
    all: Vec<Session>,
    told: Told,
}

/// What was sent, where it is kept.
#[derive(Debug, Default)]
struct Told {
    on: bool,
    kept: VecDeque<Arc<str>>,
}

impl Told {
    fn note(&mut self, text: Arc<str>) {
        if !self.on {
            return;
        }
        if self.kept.len() == TOLD {
            self.kept.pop_front();
        }
        self.kept.push_back(text);
    }
}

impl Sessions {
    /// None yet; `keep` what is sent for [`Sessions::told`].
    pub fn new(keep: bool) -> Self {
        Self { all: Vec::new(), told: Told { on: keep, kept: VecDeque::new() } }
    }

    /// What was sent lately, oldest first.
    pub fn told(&self) -> impl Iterator<Item = &str> {
        self.told.kept.iter().map(AsRef::as_ref)
    }

    /// Opens one; an older one of the same shard is replaced and its socket closed.
    pub fn open(&mut self, session: Session) {
        self.all.retain(|old| {
            let same = old.shard == session.shard;
            if let (true, Some(wire)) = (same, &old.wire) {
                let _ = wire.send(Frame::Drop);
            }
            !same
        });
        self.all.push(session);
    }

    /// The socket of a session ended; `clean` ends the session too.
    pub fn detach(&mut self, id: &str, wire: &mpsc::UnboundedSender<Frame>, clean: bool) {
        let Some(index) = self.all.iter().position(|session| session.id == id) else {
            return;
        };
        // A RESUME on another socket may have been faster than the end of this one.
        if self.all[index].wire.as_ref().is_some_and(|own| !own.same_channel(wire)) {
            return;
        }
        if clean {
            self.all.remove(index);
        } else {
            self.all[index].wire = None;
            self.all[index].since = Stopwatch::start();
        }
    }

    /// Takes a session over to a new socket, which is then sent what it missed.
    pub fn resume(&mut self, id: &str, seq: u64, wire: &mpsc::UnboundedSender<Frame>) -> Result<(), Refused> {
        let gone = |it: &Session| it.wire.is_none() && it.since.elapsed().as_secs() > RESUMABLE_SECONDS;
        self.all.retain(|session| !gone(session));
        let session = self.all.iter_mut().find(|session| session.id == id).ok_or(Refused::Unknown)?;
        if seq > session.seq {
            return Err(Refused::Sequence);
        }
        if session.sent.front().is_some_and(|(oldest, _)| *oldest > seq + 1) {
            self.all.retain(|session| session.id != id);
            return Err(Refused::Unknown);
        }
        if let Some(old) = session.wire.replace(wire.clone()) {
            let _ = old.send(Frame::Drop);
        }
        session.delivered = seq;
        Ok(())
    }

    /// Hands over what waits for connections.
    pub fn deliver(&mut self) {
        for session in &mut self.all {
            session.deliver();
        }
    }

    /// Sends the last events again to all.
    pub fn repeat(&mut self, count: usize) {
        for session in &mut self.all {
            session.repeat(count);
        }
    }

    /// Sends to every session that serves the guild and wants the event.
    pub fn dispatch(&mut self, world: &World, name: &str, guild: Option<u64>, data: &Value) {
        let mut plain: Option<String> = None;
        for session in &mut self.all {
            if !session.serves(guild) || !session.wants(name, guild) {
                continue;
            }
            let blank = session.intents & MESSAGE_CONTENT == 0 && is_private(world, name, guild, data);
            self.told.note(if blank {
                session.push(name, &blanked(data).to_string())
            } else {
                session.push(name, plain.get_or_insert_with(|| data.to_string()))
            });
        }
    }

    /// Sends to one session.
    pub fn dispatch_to(&mut self, world: &World, id: &str, name: &str, guild: Option<u64>, data: &Value) {
        if let Some(session) = self.all.iter_mut().find(|session| session.id == id)
            && session.wants(name, guild)
        {
            let blank = session.intents & MESSAGE_CONTENT == 0 && is_private(world, name, guild, data);
            self.told.note(session.push(name, &(if blank { blanked(data) } else { data.clone() }).to_string()));
        }
    }

    /// Whether there is such a session.
    pub fn knows(&self, id: &str) -> bool {
        self.all.iter().any(|session| session.id == id)
    }

    /// Whether a client is connected.
    pub fn online(&self) -> bool {
        self.all.iter().any(|session| session.wire.as_ref().is_some_and(|wire| !wire.is_closed()))
    }

    /// Whether a client is connected or may come back to its session.
    pub fn expected(&self) -> bool {
        let back = |it: &Session| it.wire.is_some() || it.since.elapsed().as_secs() < RESUMABLE_SECONDS;
        self.all.iter().any(back)
    }

    /// Sends a bare frame to all connected; says whether there were any.
    pub fn strike(&mut self, frame: &Frame) -> bool {
        let wires = self.all.iter().filter_map(|session| session.wire.as_ref());
        wires.filter(|wire| wire.send(frame.clone()).is_ok()).count() > 0
    }

    /// Forgets all sessions; sockets stay open.
    pub fn forget(&mut self) {
        self.all.clear();
    }
}

/// Whether Message Content decides over this event: not for direct messages, mentions of the bot, and its own messages.
fn is_private(world: &World, name: &str, guild: Option<u64>, data: &Value) -> bool {
    if !matches!(name, "MESSAGE_CREATE" | "MESSAGE_UPDATE") || guild.is_none() {
        return false;
    }
    let bot = world.bot.to_string();
    let mentioned = data["mentions"].as_array().is_some_and(|all| all.iter().any(|user| user["id"] == *bot));
    data["author"]["id"] != *bot && !mentioned
}

fn blanked(data: &Value) -> Value {
    let mut data = data.clone();
    data["content"] = json!("");
    for list in ["embeds", "attachments", "components"] {
        data[list] = json!([]);
    }
    if data["referenced_message"].is_object() {
        data["referenced_message"] = blanked(&data["referenced_message"]);
    }
    data
}
