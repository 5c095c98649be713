//! A word to whoever must hear what became of a promise: its creator when somebody else ended it, its new assignee when
//! it was handed over.
//!
//! Invariants: it goes the same way as a reminder, from the case's thread to a direct message to the alert channel, and
//! is never lost; it says nothing that no longer holds; the text is read only where a reminder's would be.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::chain;
use crate::follow_up::{FollowUp, State};
use crate::id::UserId;
use crate::view;

/// Who must hear it, if it still holds.
fn reader(follow_up: &FollowUp, version: i64) -> Option<UserId> {
    match follow_up.state {
        _ if follow_up.version != version => None,
        State::Open => Some(follow_up.assignee),
        State::Done | State::Cancelled => Some(follow_up.creator),
    }
}

pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    let Some(follow_up) = facts.follow_up.clone() else { return attempt.cancel().await };
    let Some(reader) = reader(&follow_up, attempt.job.version) else { return attempt.cancel().await };
    attempt.what.clone_from(&follow_up.what);
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let (id, texts) = (attempt.job.id, Arc::clone(&attempt.shared.texts));
    let message = |place| view::word(&texts, facts.settings.lang, id, &follow_up, reader, place);
    chain::say(attempt, &facts, &follow_up, Some(reader), Also::Nothing, message).await
}
