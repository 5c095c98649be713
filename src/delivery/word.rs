//! A word to whoever must hear what became of a promise: its creator when somebody else ended it, its new assignee when
//! it was handed over.
//!
//! Invariants: it goes the same way as a reminder, from the case's thread to a direct message to the alert channel, and
//! is never lost; it says nothing that no longer holds; the text is read only where a reminder's would be.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::post::Posted;
use super::reminder::{Way, way};
use crate::follow_up::{FollowUp, State};
use crate::id::UserId;
use crate::view;
use crate::view::custom_id::delivery_of;

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
    let id = attempt.job.id;
    let mark = move |custom_id: &str| delivery_of(custom_id) == Some(id);
    let texts = Arc::clone(&attempt.shared.texts);
    loop {
        let code = match way(attempt, &facts, &follow_up, reader).await? {
            Way::PutDown => return Ok(()),
            Way::Skip(code) => code,
            Way::To(channel, place) => {
                let message = view::word(&texts, facts.settings.lang, id, &follow_up, reader, place);
                match attempt.post(channel, &message, Some(&mark)).await? {
                    None => return Ok(()),
                    Some(Posted::At(message)) => return attempt.sent(message, Also::Nothing).await,
                    Some(Posted::Gone(code) | Posted::Refused(code)) => Some(code),
                }
            }
        };
        if let Some(code) = code {
            attempt.note(attempt.job.hop.name(), code);
        }
        let Some(next) = attempt.job.hop.next() else {
            return attempt.fail().await;
        };
        attempt.job.hop = next;
        attempt.elsewhere();
    }
}
