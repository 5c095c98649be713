//! Offers to remind somebody of what they said in a case's thread: one short line there, which pings nobody.
//!
//! Invariant: an offer is for the moment; one that comes late, or whose thread does not take it, is left.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::post::Posted;
use crate::view;

/// After this long nobody remembers what it answers, ms.
const FRESH_MS: i64 = 10 * 60 * 1000;

pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
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
    match attempt.post(thread, &message, Some(&mark)).await? {
        None => Ok(()),
        Some(Posted::At(message)) => attempt.sent(message, Also::Nothing).await,
        Some(Posted::Gone(_) | Posted::Refused(_)) => attempt.cancel().await,
    }
}
