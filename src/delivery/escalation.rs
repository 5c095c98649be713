//! A promise nobody kept for as long as its maker allowed: said to the lead, in the case's thread or where alerts go.
//!
//! Invariants: never before the set time, never for what has ended, moved or been closed meanwhile; the text is read only
//! where a reminder's would be.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::post::Posted;
use super::protocol::Hop;
use super::reminder::{Way, way};
use crate::case::Status;
use crate::follow_up::{FollowUp, State};
use crate::view;
use crate::view::custom_id::delivery_of;

pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    let version = attempt.job.version;
    let closed = facts.case.as_ref().is_some_and(|case| case.status == Status::Closed);
    let holds = |one: &FollowUp| one.state == State::Open && one.version == version && !closed;
    let Some(follow_up) = facts.follow_up.clone().filter(holds) else { return attempt.cancel().await };
    let Some(after) = follow_up.terms.escalate_after else { return attempt.cancel().await };
    attempt.what.clone_from(&follow_up.what);
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let at = follow_up.due_at.saturating_add(after);
    if attempt.shared.clock.now_ms() < at {
        attempt.job.due_at = at;
        return attempt.later(0, false).await;
    }
    let id = attempt.job.id;
    let mark = move |custom_id: &str| delivery_of(custom_id) == Some(id);
    let texts = Arc::clone(&attempt.shared.texts);
    loop {
        // A role takes no direct messages.
        let found = match attempt.job.hop {
            Hop::Direct => Way::Skip(None),
            _ => way(attempt, &facts, &follow_up, follow_up.assignee).await?,
        };
        let code = match found {
            Way::PutDown => return Ok(()),
            Way::Skip(code) => code,
            Way::To(channel, place) => {
                let lead = facts.settings.lead_role;
                let message = view::escalation(&texts, facts.settings.lang, id, &follow_up, lead, place);
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
