//! A private word to somebody who wished for it, when something they just wrote may land sharper than it was meant (P31), or
//! when their answers come so soon that they may land like an interruption (P36).
//!
//! Invariant: only about the writer's own words, at most one an hour, never in public, and nothing of it is kept but when
//! the next may come. The word itself only ever exists in memory: after a crash in the moment of sending, the message is
//! read again and sent under the same nonce.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::rights::Rank;
use super::wording::rules_of;
use super::{Desk, DeskError};
use crate::chat::{CODE_DM_CLOSED, ChatError, Message};
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use crate::store::tone::{self as kept, Me};
use crate::tone::Assessment;

/// From this heat on: heated, not merely sharp.
const ALERT: u8 = 2;
/// Pause between two words to one person, ms.
const BUDGET_MS: i64 = 60 * 60 * 1000;
/// A message older than this is no longer worth a word, ms. Discord also remembers a nonce for about that long, so a word
/// sent again after a restart is not said twice.
const FRESH_MS: i64 = 60_000;
/// Pause before a word is tried again.
const AGAIN: Duration = Duration::from_secs(3);

/// What a word is decided by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// The writer's wish, if they have one.
    pub me: Option<Me>,
    /// What the writer is; unknown for a message read after a gap.
    pub rank: Option<Rank>,
    /// A watched channel or a case's thread.
    pub listens: bool,
    /// How heated the writer's own words are, without what is allowed.
    pub heat: u8,
    /// How old the message is, ms.
    pub age: i64,
    /// Now, Unix ms.
    pub now: i64,
}

/// Whether a word would be welcome before the text is even read.
pub(super) fn welcome(facts: &Facts) -> bool {
    let wished = facts.me.is_some_and(|me| !me.closed && me.next_at <= facts.now);
    wished && facts.listens && facts.age < FRESH_MS && facts.rank.is_none_or(|rank| rank > Rank::Stranger)
}

/// Whether a word is due.
pub(super) fn due(facts: &Facts) -> bool {
    welcome(facts) && facts.heat >= ALERT
}

/// Who is being told something right now: two messages at once are not two words.
#[derive(Debug, Default)]
pub struct Whispering(Mutex<HashSet<(GuildId, UserId)>>);

/// Somebody's turn to be told something; ends when it is dropped.
#[derive(Debug)]
struct Turn(Arc<Whispering>, (GuildId, UserId));

impl Turn {
    fn begin(all: &Arc<Whispering>, who: (GuildId, UserId)) -> Option<Self> {
        let fresh = all.0.lock().unwrap_or_else(PoisonError::into_inner).insert(who);
        fresh.then(|| Self(Arc::clone(all), who))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// What a word is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Wording that may land sharper than it was meant (P31).
    Wording,
    /// Answers that came within seconds, one after the other (P36).
    Haste,
}

/// A word to be said.
#[derive(Debug)]
pub struct Word {
    /// The team the message was written in.
    pub guild: GuildId,
    /// Where it stands.
    pub channel: ChannelId,
    /// Which it is.
    pub message: MessageId,
    /// What it says. Never stored, never logged.
    pub text: String,
    /// What was found in it; nothing where the word is not about how it is written.
    pub assessment: Assessment,
    /// What the word is about.
    pub about: About,
    to: UserId,
    _turn: Turn,
}

/// What came of saying a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whisper {
    /// It was said, or is not wanted any more, or can never arrive.
    Settled,
    /// Try again after this pause.
    Again(Duration),
}

impl Word {
    /// A word about a message, unless its writer is being told something already.
    pub(super) fn begin(
        desk: &Desk,
        to: UserId,
        (guild, channel, message): (GuildId, ChannelId, MessageId),
        text: String,
        assessment: Assessment,
    ) -> Option<Self> {
        let turn = Turn::begin(&desk.whispering, (guild, to))?;
        Some(Self { guild, channel, message, text, assessment, about: About::Wording, to, _turn: turn })
    }

    /// The same about answers that came at once: what the message says plays no part but for its language.
    pub(super) fn of_haste(self) -> Self {
        let assessment = Assessment { heat: 0, score: 0.0, findings: Vec::new(), ..self.assessment };
        Self { assessment, about: About::Haste, text: String::new(), ..self }
    }

    /// The same for every try, another for every message; at most 25 characters.
    fn nonce(&self) -> String {
        format!("w{}", self.message)
    }
}

impl Desk {
    /// Says a word, as `message`, if it is still wished for.
    pub async fn whisper(&self, word: &Word, message: &Message) -> Result<Whisper, DeskError> {
        let (guild, to, now) = (word.guild, word.to, self.clock.now_ms());
        let me = self
            .store
            .read(move |c| Box::pin(async move { Ok::<_, DeskError>(kept::me(c, guild, to).await?) }))
            .await?;
        if !me.is_some_and(|me| !me.closed && me.next_at <= now) {
            return Ok(Whisper::Settled);
        }
        let sent = match self.chat.direct_channel(to).await {
            Ok(direct) => self.chat.create_message(direct, message, &word.nonce()).await,
            Err(error) => Err(error),
        };
        let rules = rules_of(&word.assessment);
        let names: Vec<String> = rules.iter().map(ToString::to_string).collect();
        match sent {
            Ok(_) => {
                self.store
                    .write(move |c| {
                        Box::pin(async move {
                            kept::rest(c, guild, to, now + BUDGET_MS).await?;
                            Ok::<_, DeskError>(kept::count(c, guild, &rules).await?)
                        })
                    })
                    .await?;
                tracing::info!(guild.id = %guild, rules = names.join(","), "word.said");
                Ok(Whisper::Settled)
            }
            Err(ChatError::Refused(CODE_DM_CLOSED)) => {
                self.store
                    .write(move |c| Box::pin(async move { Ok::<_, DeskError>(kept::close(c, guild, to).await?) }))
                    .await?;
                tracing::info!(guild.id = %guild, "word.closed");
                Ok(Whisper::Settled)
            }
            Err(ChatError::Limited(pause)) => Ok(Whisper::Again(pause.max(AGAIN))),
            Err(ChatError::NotSent | ChatError::Unknown(_)) => Ok(Whisper::Again(AGAIN)),
            Err(error @ (ChatError::Gone(_) | ChatError::Refused(_))) => {
                tracing::warn!(guild.id = %guild, rules = names.join(","), %error, "word.not_said");
                Ok(Whisper::Settled)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts {
        me: Some(Me { next_at: 1_000, closed: false }),
        rank: Some(Rank::Agent),
        listens: true,
        heat: 2,
        age: 0,
        now: 1_000,
    };

    #[test]
    fn a_word_needs_the_wish_the_place_the_heat_and_the_budget() {
        assert!(due(&FACTS));
        assert!(due(&Facts { rank: None, ..FACTS }), "read after a gap");
        for (facts, why) in [
            (Facts { me: None, ..FACTS }, "never wished for"),
            (Facts { me: Some(Me { next_at: 1_001, closed: false }), ..FACTS }, "too soon after the last"),
            (Facts { me: Some(Me { next_at: 0, closed: true }), ..FACTS }, "direct messages closed"),
            (Facts { rank: Some(Rank::Stranger), ..FACTS }, "no longer of the team"),
            (Facts { listens: false, ..FACTS }, "not a watched place"),
            (Facts { heat: 1, ..FACTS }, "merely sharp"),
            (Facts { age: FRESH_MS, ..FACTS }, "long said"),
        ] {
            assert!(!due(&facts), "{why}");
        }
    }

    #[test]
    fn two_messages_at_once_are_one_word() {
        let all = Arc::new(Whispering::default());
        let who = (GuildId(1), UserId(2));
        let turn = Turn::begin(&all, who);
        assert!(turn.is_some() && Turn::begin(&all, who).is_none());
        assert!(Turn::begin(&all, (GuildId(2), UserId(2))).is_some());
        drop(turn);
        assert!(Turn::begin(&all, who).is_some());
    }
}
