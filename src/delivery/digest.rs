//! Mornings' overviews: to a person directly, to the team where customers do not read.
//!
//! Invariants: the next one is written before this one can end; one whose day is over is not sent any more, nor one that says
//! nothing.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::{Also, Facts};
use crate::chat::ChannelKind;
use crate::id::ChannelId;
use crate::view;

/// Sends a morning's overview, if there is one.
pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    let Some(morning) = facts.morning.clone() else { return attempt.cancel().await };
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let now = attempt.shared.clock.now_ms();
    let calendar = &morning.calendar;
    // After an outage it goes on with today: what was not said on the days before would be of no use now.
    let yesterday = calendar.at(now).date().yesterday().unwrap_or(morning.day);
    let after = calendar.end_of_day(morning.day).max(calendar.end_of_day(yesterday)) - 1;
    attempt.keep(Also::NextMorning { user: morning.user, after }).await?;
    let Some((start, end)) = calendar.workday(morning.day) else { return attempt.cancel().await };
    if now < start {
        // They begin later than when this was written.
        attempt.job.due_at = start;
        return attempt.later(0, false).await;
    }
    let says = view::digest_says(&morning.sheet, morning.user.is_some());
    if now >= end || !morning.wanted || !says {
        return attempt.cancel().await;
    }
    let (id, guild) = (attempt.job.id, attempt.job.guild);
    let lang = morning.lang.unwrap_or(facts.settings.lang);
    let hour = morning.calendar.at(now).hour();
    let texts = Arc::clone(&attempt.shared.texts);
    let mark = attempt.mark();
    let refused = if let Some(user) = morning.user {
        let message = view::digest(&texts, lang, (guild, id), hour, &morning.sheet);
        attempt.tell_directly(user, &message, Some(&mark), Also::Nothing).await?
    } else {
        let Some(channel) = room(attempt, &facts).await? else { return Ok(()) };
        let message = view::team_digest(&texts, facts.settings.lang, id, hour, &morning.sheet);
        attempt.tell(channel, &message, Some(&mark), Also::Nothing).await?
    };
    let Some(code) = refused else { return Ok(()) };
    // An overview is no promise: where it cannot be read it is left, with a line in the log.
    attempt.note("digest", code);
    tracing::info!(delivery.id = id, guild.id = %guild, code, "digest.unread");
    attempt.cancel().await
}

/// Where the team's goes; none: nowhere, and the row was put down.
async fn room(attempt: &mut Attempt, facts: &Facts) -> Result<Option<ChannelId>, Abort> {
    let chat = attempt.chat();
    for channel in [facts.settings.case_channel, facts.settings.alert_channel].into_iter().flatten() {
        match attempt.ask(chat.channel(channel)).await? {
            Ok(info) if !info.public && info.kind == ChannelKind::Text => return Ok(Some(channel)),
            Ok(_) => {}
            Err(error) => match attempt.barred(&error).await? {
                Some(code) => attempt.note("channel", code),
                None => return Ok(None),
            },
        }
    }
    attempt.cancel().await.map(|()| None)
}
