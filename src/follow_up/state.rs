//! PURE. A promise: what, who, due when, for which case; and what may still happen to it.

use crate::case::CaseNumber;
use crate::case::named;
use crate::id::{ChannelId, GuildId, UserId};

named! {
    /// Where a follow-up stands.
    State {
        /// Still owed.
        Open = "open",
        /// Kept.
        Done = "done",
        /// Taken back.
        Cancelled = "cancelled",
    }
}

/// The number of a follow-up, unique over all guilds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FollowUpId(pub i64);

/// A promise to come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Which.
    pub id: FollowUpId,
    /// The team it belongs to.
    pub guild: GuildId,
    /// The case it is about, if any.
    pub case: Option<CaseNumber>,
    /// What was promised.
    pub what: String,
    /// Who wrote it down.
    pub creator: UserId,
    /// Who owes it; reminders mention this person.
    pub assignee: UserId,
    /// Due, as civil time `2026-12-24T12:00:00` in `zone`: what the person meant.
    pub civil: String,
    /// IANA zone of `civil`.
    pub zone: String,
    /// Due, as the instant `civil` resolved to, Unix ms.
    pub due_at: i64,
    /// Where it was written down.
    pub channel: ChannelId,
    /// Where it stands.
    pub state: State,
    /// When it was written down, Unix ms.
    pub created_at: i64,
    /// When it was ended, Unix ms.
    pub ended_at: Option<i64>,
    /// Grows with every move of the due time; a reminder is for one version only.
    pub version: i64,
}
