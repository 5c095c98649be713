//! Two lines beside cases and reminders: that somebody's pause is over, told to that person alone; and that a case's
//! customer has grown more heated, told to the case's owner in its thread.
//!
//! Invariant: a pause is never mentioned to anybody else, whatever becomes of the message.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::protocol::Hop;
use crate::view;

/// Tells somebody directly that their pause is over; where that cannot arrive, only the log learns of it, without a name.
pub(super) async fn pause(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    let Some(user) = attempt.job.user else { return attempt.cancel().await };
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let id = attempt.job.id;
    let mark = attempt.mark();
    let texts = Arc::clone(&attempt.shared.texts);
    let message = view::pause_over(&texts, facts.own_lang.unwrap_or(facts.settings.lang), id);
    let refused = attempt.tell_directly(user, &message, Some(&mark), Also::Nothing).await?;
    let Some(code) = refused else { return Ok(()) };
    attempt.note(Hop::Direct.name(), code);
    attempt.fail().await
}

/// Tells a case's owner in its thread how its customer's mood stands. It carries no mark to be found by, so if its own fate stays
/// unknown it is given up rather than said twice; the card shows the mood all the same.
pub(super) async fn mood(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let case = facts.case.filter(|case| case.status.is_active() && case.mood > 0);
    let told = case.and_then(|case| Some((case.thread?, case.owner?, case.mood)));
    let Some((thread, owner, mood)) = told else { return attempt.cancel().await };
    let texts = Arc::clone(&attempt.shared.texts);
    let message = view::warmer(&texts, facts.settings.lang, owner, mood);
    let Some(code) = attempt.tell(thread, &message, None, Also::Nothing).await? else { return Ok(()) };
    attempt.note(Hop::Thread.name(), code);
    attempt.fail().await
}
