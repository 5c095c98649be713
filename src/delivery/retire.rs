//! What was sent about a promise that has changed since is edited to say so, and loses its buttons.
//!
//! Invariants: nothing new is said and nobody is pinged; the text is read only where it was read before. A message that is
//! gone, or that cannot be edited any more, is left.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::card;
use super::post::Posted;
use crate::view;

/// Pause while something of it is still on its way, ms.
const ON_ITS_WAY: i64 = 3_000;

pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    let Some(follow_up) = facts.follow_up.filter(|one| one.version != attempt.job.version) else {
        return attempt.cancel().await;
    };
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    if facts.posts.more {
        return attempt.later(ON_ITS_WAY, false).await;
    }
    let texts = Arc::clone(&attempt.shared.texts);
    let mut last = None;
    for post in facts.posts.sent {
        let message = view::retired(&texts, facts.settings.lang, &follow_up, post.says_what);
        match card::edit(attempt, post.channel, post.message, &message).await? {
            None => return Ok(()),
            Some(Posted::At(id)) => last = Some(id),
            Some(Posted::Gone(code) | Posted::Refused(code)) => {
                tracing::info!(delivery.id = attempt.job.id, guild.id = %attempt.job.guild, code, "delivery.not_retired");
            }
        }
    }
    match last {
        Some(id) => attempt.sent(id, Also::Nothing).await,
        None => attempt.cancel().await,
    }
}
