//! PURE. A promise: what, who, due when, for which case; and what may still happen to it.

use jiff::tz::TimeZone;

use crate::case::CaseNumber;
use crate::case::named;
use crate::follow_up::calendar::Calendar;
use crate::follow_up::recurrence::Series;
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

named! {
    /// What kind of promise it is: most are made by a person, some the bot proposes or writes down itself.
    Kind {
        /// Somebody said they would come back.
        Promise = "promise",
        /// Whether a solved matter stayed solved (P97).
        SuccessCheck = "success_check",
        /// The first answer to a new case (P103).
        FirstResponse = "first_response",
        /// The customer was told when they would next hear from us (P25).
        Update = "update",
    }
}

named! {
    /// Whether a promise comes due early when the customer replies.
    Wake {
        /// It will.
        Customer = "customer",
        /// It did.
        Replied = "replied",
    }
}

/// The number of a follow-up, unique over all guilds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FollowUpId(pub i64);

/// What a promise may have beyond text, person and time. The default is a plain promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What kind it is.
    pub kind: Kind,
    /// How it repeats, if it does.
    pub repeat: Option<Series>,
    /// How long after its due time an open promise is told to the lead, ms.
    pub escalate_after: Option<i64>,
    /// Whether it comes due when the customer replies.
    pub wake: Option<Wake>,
    /// The bot computed the due time, and it would have been this one, Unix ms, had it not waited for working hours.
    pub waited_from: Option<i64>,
    /// When what the reminder warns of is broken, Unix ms; the reminder comes before.
    pub lapses_at: Option<i64>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { kind: Kind::Promise, repeat: None, escalate_after: None, wake: None, waited_from: None, lapses_at: None }
    }
}

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
    /// Who ended it.
    pub ended_by: Option<UserId>,
    /// What came of it, if somebody said.
    pub outcome: Option<String>,
    /// Everything it may have beyond that.
    pub terms: Terms,
    /// Grows with every move of the due time; a reminder is for one version only.
    pub version: i64,
}

impl FollowUp {
    /// The same, ended by somebody (by nobody: by the bot) at this moment, Unix ms.
    #[must_use]
    pub fn ended(&self, state: State, by: Option<UserId>, at_ms: i64) -> Self {
        Self { state, ended_at: Some(at_ms), ended_by: by, version: self.version + 1, ..self.clone() }
    }

    /// Sets another due time, Unix ms, as meant on the clock of `calendar`. What repeats stays on its own clock, by which
    /// the next times are counted.
    pub fn move_to(&mut self, due_at: i64, calendar: &Calendar) {
        let own = self.terms.repeat.as_ref().and_then(|_| TimeZone::get(&self.zone).ok());
        let zone = own.unwrap_or_else(|| calendar.zone.clone());
        let at = calendar.at(due_at).with_time_zone(zone);
        self.due_at = due_at;
        self.civil = at.datetime().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        at.time_zone().iana_name().unwrap_or("UTC").clone_into(&mut self.zone);
    }
}

/// Who owes these, each person once, in this order.
pub fn assignees<'a>(of: impl IntoIterator<Item = &'a FollowUp>) -> Vec<UserId> {
    let mut people = Vec::new();
    for one in of {
        if !people.contains(&one.assignee) {
            people.push(one.assignee);
        }
    }
    people
}
