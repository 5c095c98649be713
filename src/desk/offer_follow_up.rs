//! Who says in a case's thread that they will see to something is offered a reminder of it (P69). Nothing said is stored.
//!
//! Invariant: only agents are offered anything, only in the thread of an active case, where only the team reads; at most once
//! an hour for each person and case.

use super::hear::Heard;
use super::rights::{Rank, rank};
use super::{Caller, Desk, DeskError, Refused};
use crate::follow_up::{phrase, promise_words};
use crate::id::GuildId;
use crate::store::offer::{self, Offer};
use crate::store::{Conn, case as cases, guild, profile};

impl Desk {
    /// Offers the writer a reminder, if what they wrote promises something.
    pub(super) async fn promise_heard(&self, heard: &Heard) -> Result<(), DeskError> {
        let (Some(said), Some(roles)) = (promise_words::promised(&heard.text), heard.roles.clone()) else {
            return Ok(());
        };
        let (id, channel, user, message) = (heard.guild, heard.channel, heard.author, heard.message);
        let found = self
            .store
            .read(move |c| {
                Box::pin(async move {
                    let Some(case) = cases::by_thread(c, id, channel).await? else {
                        return Ok::<_, DeskError>(None);
                    };
                    let settings = guild::settings(c, id).await?;
                    let agent = rank(&settings, &roles, false) > Rank::Stranger;
                    let profile = profile::get(c, id, user).await?;
                    let lang = profile.lang.unwrap_or(settings.lang);
                    let own = (profile.calendar(&settings), lang);
                    Ok((agent && case.status.is_active()).then_some((case.number, own)))
                })
            })
            .await?;
        let Some((case, (calendar, lang))) = found else { return Ok(()) };
        let (now, now_ms) = (self.clock.now(), self.clock.now_ms());
        let meant = phrase::find(said, &calendar.context(now, lang)).map(|(_, reading)| reading.due.timestamp());
        let meant = meant.map(jiff::Timestamp::as_millisecond).filter(|due| *due > now_ms);
        let Some(due_at) = meant.or_else(|| Some(calendar.next_workday(now_ms)?.1)) else { return Ok(()) };
        let offered = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    Ok::<_, DeskError>(offer::make(c, id, Offer { case, user, due_at, at: now_ms }, message).await?)
                })
            })
            .await?;
        if offered {
            (self.wake)();
        }
        Ok(())
    }
}

/// Refuses an offer that is somebody else's, was taken, or gave way to a later one.
pub(super) async fn theirs(c: &mut Conn, guild: GuildId, caller: &Caller, delivery: i64) -> Result<(), DeskError> {
    match offer::whose(c, guild, delivery).await? {
        None => Err(Refused::OfferGone.into()),
        Some((user, _)) if user != caller.user => Err(Refused::OfferOf(user).into()),
        Some((_, true)) => Err(Refused::OfferTaken.into()),
        Some((_, false)) => Ok(()),
    }
}
