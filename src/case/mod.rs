//! PURE. What a case is: its fields, its status machine, its timeline.
//!
//! Every function takes values and gives values back; nothing here knows a database, a clock or Discord.

mod change;
mod decide;
mod fields;
mod title;

pub use change::{Change, Entry};
pub use decide::{
    Changes, Decision, NewCase, UpdateRefused, assign, claim, close, customer_spoke, note, open, reopen, update,
};
pub(crate) use fields::named;
pub use fields::{Cause, CustomerType, Priority, Status, Via, View};
pub use title::{MAX_TEXT, MAX_TITLE, TitleRefused, clean_text, clean_title, clip, thread_name};

use crate::id::{ChannelId, GuildId, MessageId, UserId};

/// The number of a case within its guild, shown as `#1042`. Counted per guild from 1, without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CaseNumber(pub i64);

impl std::fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A message a case was opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Where it stands.
    pub channel: ChannelId,
    /// Which it is.
    pub message: MessageId,
}

/// A customer matter. Its timeline is kept apart, as [`Entry`]s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The team it belongs to.
    pub guild: GuildId,
    /// Its number within the guild.
    pub number: CaseNumber,
    /// The concern in one line (P13, P37): what the matter is.
    pub title: String,
    /// Who it is about, in the agent's words.
    pub customer: Option<String>,
    /// The customer's account on Discord, where one is known: their words in watched channels are about this case.
    pub customer_user: Option<UserId>,
    /// Where it stands.
    pub status: Status,
    /// How soon it matters.
    pub priority: Priority,
    /// The one agent answerable for it (P24).
    pub owner: Option<UserId>,
    /// Who opened it.
    pub opener: UserId,
    /// How heated it is, 0 calm to 3 (P13): apart from what it is about.
    pub mood: u8,
    /// What kind of conversation partner, if somebody said (P1–P11, P12: settable later).
    pub customer_type: Option<CustomerType>,
    /// What lies behind it (P15–P17).
    pub cause: Option<Cause>,
    /// How the customer came to us (P27).
    pub via: Option<Via>,
    /// Short labels, lower case, sorted.
    pub tags: Vec<String>,
    /// How it was solved, once it is.
    pub resolution: Option<String>,
    /// The message it was opened from.
    pub source: Option<Source>,
    /// The channel it was opened for: where its thread goes.
    pub home: ChannelId,
    /// Its thread or forum post, once made.
    pub thread: Option<ChannelId>,
    /// Its card, once posted.
    pub card: Option<MessageId>,
    /// When it was opened, Unix ms.
    pub opened_at: i64,
    /// When anything of it last changed, Unix ms.
    pub updated_at: i64,
    /// When it was closed, Unix ms.
    pub closed_at: Option<i64>,
    /// Grows by one with every change; the card shows the newest.
    pub version: i64,
}

impl Case {
    /// The same after something happened to it that its own fields do not tell, at this moment, Unix ms.
    #[must_use]
    pub fn touched(&self, now_ms: i64) -> Self {
        Self { updated_at: now_ms, version: self.version + 1, ..self.clone() }
    }
}
