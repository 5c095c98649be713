//! Along the chain of places, from a case's thread to a direct message to the alert channel, until one takes the message.
//!
//! Invariant: whatever is said of a promise goes this one way; a place that refused is noted, and a chain that ended says so.

use super::attempt::{Abort, Attempt};
use super::book::{Also, Facts};
use super::reminder::{Way, way};
use crate::case::{Case, Status};
use crate::chat::Message;
use crate::follow_up::{FollowUp, Kind, State};
use crate::id::UserId;
use crate::view;

/// Whether a promise is still owed as it was when the row about it was written. Whoever closes a case takes its promises back;
/// this is for one that was on its way meanwhile. The check after closing is for what is closed.
pub(super) fn stands(follow_up: &FollowUp, version: i64, case: Option<&Case>) -> bool {
    let closed = case.is_some_and(|case| case.status == Status::Closed);
    let over = closed && follow_up.terms.kind != Kind::SuccessCheck;
    follow_up.state == State::Open && follow_up.version == version && !over
}

/// Says something of a promise at the first place that takes it. `reader`: who gets it where it goes to one person; none is a
/// role, which takes no direct messages. `also` is committed with its having been sent.
pub(super) async fn say(
    attempt: &mut Attempt,
    facts: &Facts,
    follow_up: &FollowUp,
    reader: Option<UserId>,
    also: Also,
    message: impl Fn(view::Place) -> Message + Send + Sync,
) -> Result<(), Abort> {
    let mark = attempt.mark();
    loop {
        let code = match way(attempt, facts, follow_up, reader).await? {
            Way::PutDown => return Ok(()),
            Way::Skip(code) => code,
            Way::To(channel, place) => match attempt.tell(channel, &message(place), Some(&mark), also.clone()).await? {
                None => return Ok(()),
                code => code,
            },
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
