//! Messages in: lanes keyed by channel, each message once, and reading on where a gap was.
//!
//! serenity runs one task per event, unbounded and unordered. Here a channel always takes the same lane, and a channel counts as
//! read up to a message only while no gap is being filled. Lanes have no end: a task that waited for room would keep far more than
//! the few words that wait here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serenity::all::Message;
use tokio::sync::mpsc;

use super::recent::Recent;
use crate::chat::{ChatError, Seen};
use crate::desk::{Desk, Heard, TakenIn, Watched, Whisper, Word};
use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::locale::Texts;
use crate::view;

/// Lanes.
const LANES: usize = 4;
/// How many messages are remembered, so that one replayed is taken once.
const REMEMBERED: usize = 4096;
/// How often it is written down how far the channels were read.
const NOTE_EVERY: Duration = Duration::from_secs(2);
/// Most messages of a channel read after a gap, and how many come at once.
const GAP_AT_MOST: usize = 1_000;
const PAGE: usize = 100;
/// Pause before something that failed is tried again, and how often that is done.
const AGAIN: Duration = Duration::from_secs(3);
const TRIES: usize = 5;

/// Takes messages to the desk.
pub(super) struct Listener {
    desk: Desk,
    texts: Arc<Texts>,
    lanes: Vec<mpsc::UnboundedSender<Heard>>,
    recent: Recent,
    newest: Mutex<Newest>,
    /// A gap is being filled: what is heard meanwhile does not count as all that was said before.
    behind: AtomicBool,
}

/// Watched channels' newest message since it was last noted.
type Newest = HashMap<(GuildId, ChannelId), MessageId>;

impl Listener {
    /// Starts the lanes; they end when the listener does.
    pub fn start(desk: &Desk, texts: &Arc<Texts>) -> Arc<Self> {
        let (lanes, ends): (Vec<_>, Vec<_>) = (0..LANES).map(|_| mpsc::unbounded_channel()).unzip();
        let listener = Arc::new(Self {
            desk: desk.clone(),
            texts: Arc::clone(texts),
            lanes,
            recent: Recent::new(REMEMBERED),
            newest: Mutex::default(),
            behind: AtomicBool::new(true),
        });
        for end in ends {
            tokio::spawn(work(Arc::downgrade(&listener), end));
        }
        tokio::spawn(note(Arc::downgrade(&listener)));
        listener
    }

    /// A message as it comes.
    pub fn message(&self, message: &Message) {
        let Some(guild) = message.guild_id else { return };
        if message.author.bot || message.webhook_id.is_some() {
            return;
        }
        let roles = message.member.as_ref().map(|member| member.roles.iter().map(|role| RoleId(role.get())).collect());
        self.take(Heard {
            guild: GuildId(guild.get()),
            channel: ChannelId(message.channel_id.get()),
            message: MessageId(message.id.get()),
            author: UserId(message.author.id.get()),
            roles,
            text: message.content.clone(),
        });
    }

    fn take(&self, heard: Heard) {
        if self.recent.first_time(heard.message.0) {
            let lane = usize::try_from(heard.channel.0 % LANES as u64).expect("less than the number of lanes");
            // Only ends with the program.
            let _ = self.lanes[lane].send(heard);
        }
    }

    /// From now on until [`Self::catch_up`] is done, there may be a gap.
    pub fn fell_behind(&self) {
        self.behind.store(true, Ordering::SeqCst);
    }

    /// Reads on in every watched channel, as a new session brings nothing of what was said before it.
    pub async fn catch_up(&self) {
        let watched = loop {
            match self.desk.watched().await {
                Ok(watched) => break watched,
                // Until then nothing is noted as read.
                Err(error) => tracing::error!(%error, "the watched channels could not be read on; trying again"),
            }
            tokio::time::sleep(AGAIN).await;
        };
        for channel in watched {
            let mut after = channel.last_seen;
            for _ in 0..GAP_AT_MOST / PAGE {
                let Some(page) = self.page(channel, after).await else { break };
                let (count, last) = (page.len(), page.last().map(|seen| seen.id));
                for seen in page.into_iter().filter(|seen| !seen.bot) {
                    let (guild, channel) = (channel.guild, channel.channel);
                    let (message, author, text) = (seen.id, seen.author, seen.text);
                    self.take(Heard { guild, channel, message, author, roles: None, text });
                }
                after = last.unwrap_or(after);
                if count < PAGE {
                    break;
                }
            }
        }
        self.behind.store(false, Ordering::SeqCst);
    }

    /// What was said after `after`; none where that cannot be read, now or ever.
    async fn page(&self, channel: Watched, after: MessageId) -> Option<Vec<Seen>> {
        for _ in 0..TRIES {
            match self.desk.chat.messages_after(channel.channel, after).await {
                Ok(page) => return Some(page),
                Err(error) => {
                    tracing::warn!(guild.id = %channel.guild, channel.id = %channel.channel, %error, "a watched channel could not be read on");
                    if matches!(error, ChatError::Gone(_) | ChatError::Refused(_)) {
                        return None;
                    }
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
        None
    }

    /// Notes that a watched channel was read up to a message.
    fn taken(&self, watched: bool, guild: GuildId, channel: ChannelId, message: MessageId) {
        if watched {
            let mut newest = self.newest();
            let at = newest.entry((guild, channel)).or_insert(message);
            *at = message.max(*at);
        }
    }

    /// Says a private word, in the language the message was written in.
    async fn whisper(&self, word: &Word) {
        let message = view::whisper(self.texts.voice(word.assessment.lang), word);
        for _ in 0..TRIES {
            let pause = match self.desk.whisper(word, &message).await {
                Ok(Whisper::Settled) => return,
                Ok(Whisper::Again(pause)) => pause,
                Err(error) => {
                    tracing::warn!(guild.id = %word.guild, %error, "a word could not be settled; trying again");
                    AGAIN
                }
            };
            tokio::time::sleep(pause).await;
        }
        tracing::error!(guild.id = %word.guild, "word.given_up");
    }

    fn newest(&self) -> std::sync::MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn work(listener: std::sync::Weak<Listener>, mut lane: mpsc::UnboundedReceiver<Heard>) {
    while let Some(heard) = lane.recv().await {
        let Some(listener) = listener.upgrade() else { return };
        let (guild, channel, message) = (heard.guild, heard.channel, heard.message);
        match listener.desk.hear(heard).await {
            Ok(TakenIn { watched, word: None }) => listener.taken(watched, guild, channel, message),
            // The lane goes on meanwhile; the message counts as taken in once the word is said.
            Ok(TakenIn { watched, word: Some(word) }) => {
                tokio::spawn(async move {
                    listener.whisper(&word).await;
                    listener.taken(watched, guild, channel, message);
                });
            }
            Err(error) => {
                tracing::error!(guild.id = %guild, channel.id = %channel, %error, "a message could not be taken in");
            }
        }
    }
}

async fn note(listener: std::sync::Weak<Listener>) {
    loop {
        tokio::time::sleep(NOTE_EVERY).await;
        let Some(listener) = listener.upgrade() else { return };
        if listener.behind.load(Ordering::SeqCst) {
            continue;
        }
        let newest = std::mem::take(&mut *listener.newest());
        for ((guild, channel), message) in newest {
            if let Err(error) = listener.desk.read_up_to(guild, channel, message).await {
                tracing::error!(guild.id = %guild, channel.id = %channel, %error, "how far a channel was read could not be noted");
            }
        }
    }
}
