//! Offers to remind somebody of what they said in a case's thread: one short line there, which pings nobody.
//!
//! Invariants: an offer is for the moment; one that comes late, or whose thread does not take it, is left. One that was taken is
//! edited to say so.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::card;
use super::post::Posted;
use crate::view;

/// After this long nobody remembers what it answers, ms.
const FRESH_MS: i64 = 10 * 60 * 1000;

pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    if let (Some(message), Some(channel), Some(promise)) =
        (attempt.job.message, attempt.job.channel, facts.follow_up.clone())
    {
        let taken = view::offer_taken(&attempt.shared.texts, facts.settings.lang, &promise);
        return match card::edit(attempt, channel, message, &taken).await? {
            None => Ok(()),
            Some(Posted::At(id)) => attempt.sent(id, Also::Nothing).await,
            Some(Posted::Gone(_) | Posted::Refused(_)) => attempt.cancel().await,
        };
    }
    let now = attempt.shared.clock.now_ms();
    let fresh = facts.offer.filter(|offer| facts.present && now - offer.at < FRESH_MS);
    let active = facts.case.as_ref().filter(|case| case.status.is_active());
    let (Some(offer), Some(thread)) = (fresh, active.and_then(|case| case.thread)) else {
        return attempt.cancel().await;
    };
    let id = attempt.job.id;
    let texts = Arc::clone(&attempt.shared.texts);
    let message = view::offer(&texts, facts.settings.lang, id, &offer);
    let mark = attempt.mark();
    match attempt.tell(thread, &message, Some(&mark), Also::Nothing).await? {
        None => Ok(()),
        Some(_) => attempt.cancel().await,
    }
}
