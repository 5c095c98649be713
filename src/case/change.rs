//! One line of a case's timeline: who, when, what changed. Entries are only ever appended.

use serde::{Deserialize, Serialize};

use super::fields::{Cause, CustomerType, Priority, Status, Via};
use crate::id::UserId;

/// What changed. Stored as JSON; a variant's name is its stable name in the table, so names are never reused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "a change's fields say from what, to what, and what was typed")]
pub enum Change {
    /// The case began.
    Opened { title: String },
    /// A new concern line.
    Title { from: String, to: String },
    /// A move of status, not by closing or reopening.
    Status { from: Status, to: Status },
    /// Another priority.
    Priority { from: Priority, to: Priority },
    /// Another owner; none means nobody.
    Owner { from: Option<UserId>, to: Option<UserId> },
    /// Another mood, 0–3.
    Mood { from: u8, to: u8 },
    /// Another customer type.
    CustomerType { from: Option<CustomerType>, to: Option<CustomerType> },
    /// Another cause.
    Cause { from: Option<Cause>, to: Option<Cause> },
    /// Another way the customer came to us.
    Via { from: Option<Via>, to: Option<Via> },
    /// A label put on.
    Tagged { tag: String },
    /// A label taken off.
    Untagged { tag: String },
    /// An internal note.
    Note { text: String },
    /// Whether the solution held, as somebody found out later.
    Checked { satisfied: bool },
    /// Closed, with how it was solved.
    Closed { from: Status, resolution: Option<String> },
    /// Opened again.
    Reopened { from: Status },
    /// The customer wrote, and what waited for it is open again.
    CustomerSpoke { from: Status },
    /// A promise was made.
    FollowUpAdded { follow_up: i64, what: String, due: i64, assignee: UserId },
    /// A promise was kept.
    FollowUpDone {
        follow_up: i64,
        what: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// A promise was moved, Unix ms.
    FollowUpMoved { follow_up: i64, what: String, due: i64 },
    /// A promise was taken back.
    FollowUpCancelled {
        follow_up: i64,
        what: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Another assignee.
    FollowUpHandedOver { follow_up: i64, what: String, from: UserId, to: UserId },
    /// Its text or time was corrected; the time is the one that holds now, Unix ms.
    FollowUpEdited { follow_up: i64, from: String, to: String, due: i64 },
    /// Nobody kept this occurrence of what repeats, and the next one came due.
    FollowUpLapsed { follow_up: i64, what: String },
    /// What stood here was erased.
    Erased {},
    /// Something could not be delivered to the case's thread.
    Undeliverable { what: String, reason: String },
}

impl Change {
    /// The stable name, as the table's `kind` column keeps it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Title { .. } => "title",
            Self::Status { .. } => "status",
            Self::Priority { .. } => "priority",
            Self::Owner { .. } => "owner",
            Self::Mood { .. } => "mood",
            Self::CustomerType { .. } => "customer_type",
            Self::Cause { .. } => "cause",
            Self::Via { .. } => "via",
            Self::Tagged { .. } => "tagged",
            Self::Untagged { .. } => "untagged",
            Self::Note { .. } => "note",
            Self::Checked { .. } => "checked",
            Self::Closed { .. } => "closed",
            Self::Reopened { .. } => "reopened",
            Self::CustomerSpoke { .. } => "customer_spoke",
            Self::FollowUpAdded { .. } => "follow_up_added",
            Self::FollowUpDone { .. } => "follow_up_done",
            Self::FollowUpMoved { .. } => "follow_up_moved",
            Self::FollowUpCancelled { .. } => "follow_up_cancelled",
            Self::FollowUpHandedOver { .. } => "follow_up_handed_over",
            Self::FollowUpEdited { .. } => "follow_up_edited",
            Self::FollowUpLapsed { .. } => "follow_up_lapsed",
            Self::Erased {} => "erased",
            Self::Undeliverable { .. } => "undeliverable",
        }
    }
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, Unix ms.
    pub at: i64,
    /// Who; none is the bot itself.
    pub actor: Option<UserId>,
    /// What.
    pub what: Change,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_column_says_what_the_json_says() {
        let change = Change::Note { text: "x".into() };
        let json = serde_json::to_value(&change).unwrap();
        assert_eq!(json["kind"], change.kind());
    }
}
