//! Reminders in one message: what one person missed during an outage, in a direct message, and what comes due at once in one
//! channel.
//!
//! Invariant: a member leaves its bundle only in the transaction that settles the bundle: shown with it, or, where the
//! message certainly reached nobody, to go its own way alone. Once it is there, its row is wanted again whenever one of its
//! promises ends or moves: the message is then edited to say so and offers what is left.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::{Also, Facts, Fate, Member};
use super::card;
use super::chain::stands;
use super::post::Posted;
use crate::chat::{Mentions, Message};
use crate::id::{ChannelId, MessageId};
use crate::store::delivery::{Settled, State};
use crate::view;

/// Shows the bundle where it belongs: a case's in its thread, a person's directly.
pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    if let (Some(message), Some(channel)) = (attempt.job.message, attempt.job.channel) {
        return edit(attempt, &facts, channel, message).await;
    }
    let members: Vec<&Member> = facts.members.iter().filter(|member| holds(member)).collect();
    if members.is_empty() {
        return end(attempt, Fate::Sent(Vec::new())).await;
    }
    // The clock was moved back since they were gathered.
    let now = attempt.shared.clock.now_ms();
    if let Some(due) = members.iter().map(|member| member.follow_up.due_at).max().filter(|due| *due > now) {
        attempt.job.due_at = due;
        return attempt.later(0, false).await;
    }
    if attempt.job.user.is_none() {
        for member in &members {
            if attempt.has_left(member.follow_up.assignee).await? {
                // Who has left is told of by their own reminder.
                return end(attempt, Fate::Released).await;
            }
        }
    }
    let id = attempt.job.id;
    let mark = attempt.mark();
    let late = members.iter().any(|member| now - member.follow_up.due_at > attempt.shared.timing.late);
    let reminders = members.iter().map(|member| (&member.follow_up, true));
    let texts = Arc::clone(&attempt.shared.texts);
    let lang = facts.own_lang.unwrap_or(facts.settings.lang);
    let message = view::bundle(&texts, lang, (attempt.job.guild, id), late, reminders);
    let shown = Also::Members(Fate::Sent(members.iter().map(|member| member.id).collect()));
    let refused = match (attempt.job.user, facts.case.as_ref().and_then(|case| case.thread)) {
        (Some(user), _) => attempt.tell_directly(user, &message, Some(&mark), shown).await?,
        (None, Some(thread)) => attempt.tell(thread, &message, Some(&mark), shown).await?,
        // Each waits for the thread by itself.
        (None, None) => return end(attempt, Fate::Released).await,
    };
    let Some(code) = refused else { return Ok(()) };
    attempt.note(attempt.job.hop.name(), code);
    end(attempt, Fate::Released).await
}

/// Shows what became of its promises since; where it cannot be edited any more it is left.
async fn edit(attempt: &mut Attempt, facts: &Facts, channel: ChannelId, id: MessageId) -> Result<(), Abort> {
    // Its first member is its oldest, and Discord's id tells when it came.
    let late = id.sent_ms() - attempt.job.due_at > attempt.shared.timing.late;
    let reminders = facts.members.iter().map(|member| (&member.follow_up, holds(member)));
    let texts = Arc::clone(&attempt.shared.texts);
    let lang = facts.own_lang.unwrap_or(facts.settings.lang);
    let message = view::bundle(&texts, lang, (attempt.job.guild, attempt.job.id), late, reminders);
    // Who was called has been called.
    let message = Message { mentions: Mentions::default(), ..message };
    match card::edit(attempt, channel, id, &message).await? {
        None => return Ok(()),
        Some(Posted::At(_)) => {}
        Some(Posted::Gone(code) | Posted::Refused(code)) => {
            tracing::info!(delivery.id = attempt.job.id, guild.id = %attempt.job.guild, code, "delivery.not_retired");
        }
    }
    attempt.sent(id, Also::Nothing).await
}

/// Whether it is still owed as it was when the reminder was written.
fn holds(member: &Member) -> bool {
    stands(&member.follow_up, member.version, member.case.as_ref())
}

async fn end(attempt: &mut Attempt, fate: Fate) -> Result<(), Abort> {
    tracing::info!(delivery.id = attempt.job.id, guild.id = %attempt.job.guild, ?fate, "delivery.bundle_dissolved");
    let settled = Settled { state: State::Cancelled, not_before: 0, made: None, sent_at: None };
    attempt.commit(settled, Also::Members(fate)).await
}
