//! A promise nobody kept for as long as its maker allowed: said to the lead, in the case's thread or where alerts go.
//!
//! Invariants: never before the set time, never for what has ended, moved or been closed meanwhile; the text is read only
//! where a reminder's would be.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::chain::{self, stands};
use crate::follow_up::FollowUp;
use crate::view;

pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    let (version, case) = (attempt.job.version, facts.case.as_ref());
    let holds = |one: &FollowUp| stands(one, version, case);
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
    let (id, texts) = (attempt.job.id, Arc::clone(&attempt.shared.texts));
    let (lang, lead) = (facts.settings.lang, facts.settings.lead_role);
    let message = |place| view::escalation(&texts, lang, id, &follow_up, lead, place);
    chain::say(attempt, &facts, &follow_up, None, Also::Nothing, message).await
}
