//! Reminders, from the case's thread to a direct message to the alert channel, and the notice that one, or a card, did not arrive.
//!
//! Invariants: never early, never for a promise that has ended or moved; what was promised is read only by the team's
//! thread and by whoever owes it: in a channel others read there is a mention and a button, never the text.

use std::sync::Arc;

use super::attempt::{Abort, Attempt};
use super::book::{Also, Facts};
use super::chain::{self, stands};
use super::lane::Presence;
use super::protocol::Hop;
use crate::case::{Case, Status};
use crate::chat::{ChannelKind, ChatError};
use crate::follow_up::{FollowUp, Kind};
use crate::id::{ChannelId, UserId};
use crate::view;

/// Discord: nobody of that id is in the guild.
const UNKNOWN_MEMBER: u64 = 10_007;
/// Pause between looks whether the case's thread is there yet, ms.
const THREAD_PAUSE: i64 = 500;

/// Where a hop leads.
pub(super) enum Way {
    /// There.
    To(ChannelId, view::Place),
    /// Nowhere; what is noted, if it says something.
    Skip(Option<u64>),
    /// The row was put down.
    PutDown,
}

/// Reminds, at the first place of the chain that takes it.
pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    let (version, case) = (attempt.job.version, facts.case.as_ref());
    let holds = |one: &FollowUp| stands(one, version, case);
    let Some(follow_up) = facts.follow_up.clone().filter(holds) else {
        let job = &attempt.job;
        tracing::info!(delivery.id = job.id, guild.id = %job.guild, case.number = ?job.case.map(|number| number.0),
            follow_up.id = ?job.follow_up.map(|id| id.0),
            case.closed = case.is_some_and(|case| case.status == Status::Closed), "delivery.no_longer_holds");
        return attempt.cancel().await;
    };
    attempt.what.clone_from(&follow_up.what);
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let now = attempt.shared.clock.now_ms();
    if now < follow_up.due_at {
        attempt.job.due_at = follow_up.due_at;
        return attempt.later(0, false).await;
    }
    if !nobodys(&facts, &follow_up) && attempt.has_left(follow_up.assignee).await? {
        attempt.note("left", UNKNOWN_MEMBER);
        return attempt.fail().await;
    }
    let late = now - follow_up.due_at > attempt.shared.timing.late;
    let (id, texts) = (attempt.job.id, Arc::clone(&attempt.shared.texts));
    let first = !facts.reminded_of;
    let message = |place| {
        let own = facts.own_lang.filter(|_| place == view::Place::Direct);
        let lang = own.unwrap_or(facts.settings.lang);
        match case.filter(|_| place == view::Place::Lead) {
            Some(case) => view::unowned(&texts, lang, id, &follow_up, case, facts.settings.lead_role),
            None => view::reminder(&texts, lang, id, &follow_up, case, view::How { place, late, first }),
        }
    };
    chain::say(attempt, &facts, &follow_up, Some(follow_up.assignee), Also::Reminded(now), message).await
}

/// Finds the channel of the present hop, for a message to `reader`; none: to a role, which takes no direct messages.
pub(super) async fn way(
    attempt: &mut Attempt,
    facts: &Facts,
    follow_up: &FollowUp,
    reader: Option<UserId>,
) -> Result<Way, Abort> {
    let settings = &facts.settings;
    Ok(match attempt.job.hop {
        Hop::Thread if nobodys(facts, follow_up) => {
            settings.alert_channel.map_or(Way::Skip(None), |id| Way::To(id, view::Place::Lead))
        }
        Hop::Thread => match &facts.case {
            None => Way::Skip(None),
            Some(Case { thread: Some(thread), .. }) => Way::To(*thread, view::Place::Thread),
            Some(_) => {
                let now = attempt.shared.real.now_ms();
                let since = *attempt.job.waiting_since.get_or_insert(now);
                if now - since < attempt.shared.timing.thread_wait {
                    attempt.later(THREAD_PAUSE, false).await?;
                    return Ok(Way::PutDown);
                }
                Way::Skip(Some(0))
            }
        },
        Hop::Direct => match reader {
            None => Way::Skip(None),
            Some(reader) => match attempt.direct(reader).await? {
                Ok(channel) => Way::To(channel, view::Place::Direct),
                Err(error) => barred(attempt, &error).await?,
            },
        },
        Hop::Alert => match settings.alert_channel {
            None => Way::Skip(None),
            Some(id) => seen(attempt, id, reader).await?,
        },
        // A team that has an alert channel looks there; what did not get there is said in the timeline.
        Hop::Team | Hop::Home if settings.alert_channel.is_some() => Way::Skip(None),
        Hop::Team => match settings.case_channel {
            Some(id) => shared(attempt, id).await?,
            None => Way::Skip(None),
        },
        // Asked just before.
        Hop::Home if settings.case_channel == Some(follow_up.channel) => Way::Skip(None),
        Hop::Home => shared(attempt, follow_up.channel).await?,
    })
}

/// A case that had no answer yet and is nobody's is told to the lead, where there is a channel for that.
fn nobodys(facts: &Facts, follow_up: &FollowUp) -> bool {
    let unowned = facts.case.as_ref().is_some_and(|case| case.owner.is_none());
    follow_up.terms.kind == Kind::FirstResponse && unowned && facts.settings.alert_channel.is_some()
}

/// The way into the alert channel, if whom it is for sees it: there the lead may be alone.
async fn seen(attempt: &mut Attempt, id: ChannelId, reader: Option<UserId>) -> Result<Way, Abort> {
    let Some(reader) = reader else { return Ok(Way::To(id, view::Place::Alert)) };
    let chat = attempt.chat();
    let info = match attempt.ask(chat.channel(id)).await? {
        Ok(info) => info,
        Err(error) => return barred(attempt, &error).await,
    };
    let sees = match attempt.presence(reader).await? {
        Presence::Here(roles) => info.audience.includes(reader, &roles),
        Presence::Left => false,
    };
    Ok(if sees { Way::To(id, view::Place::Alert) } else { Way::Skip(Some(view::UNSEEN)) })
}

/// The way into a channel nobody chose for alerts: only where customers do not read, and where a plain message can stand
/// (in a forum it cannot).
async fn shared(attempt: &mut Attempt, channel: ChannelId) -> Result<Way, Abort> {
    let chat = attempt.chat();
    match attempt.ask(chat.channel(channel)).await? {
        Ok(info) if info.public || info.kind != ChannelKind::Text => Ok(Way::Skip(None)),
        Ok(_) => Ok(Way::To(channel, view::Place::Alert)),
        Err(error) => barred(attempt, &error).await,
    }
}

/// No way there after a failed look-up, or none yet.
async fn barred(attempt: &mut Attempt, error: &ChatError) -> Result<Way, Abort> {
    Ok(attempt.barred(error).await?.map_or(Way::PutDown, |code| Way::Skip(Some(code))))
}

/// Says that a reminder or a card reached nobody: where alerts go, else directly to who asked for the reminder. It carries no
/// mark to be found by, so if its own fate stays unknown it is given up rather than said twice.
pub(super) async fn notify(attempt: &mut Attempt) -> Result<(), Abort> {
    let facts = attempt.facts().await?;
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let (texts, id) = (Arc::clone(&attempt.shared.texts), attempt.job.id);
    let (lang, lead) = (facts.settings.lang, facts.settings.lead_role);
    let message = match (attempt.job.follow_up, &facts.follow_up, &facts.case) {
        (_, Some(follow_up), case) => {
            let left = attempt.has_left(follow_up.assignee).await?;
            view::undeliverable(&texts, lang, id, follow_up, case.as_ref(), lead, left)
        }
        (None, None, Some(case)) => view::undeliverable_card(&texts, lang, case),
        (_, None, _) => return attempt.cancel().await,
    };
    // Whom it did not reach before it would not reach now.
    let asker = facts.follow_up.as_ref().filter(|one| one.creator != one.assignee).map(|one| one.creator);
    if attempt.job.hop == Hop::Thread {
        if let Some(channel) = facts.settings.alert_channel {
            match attempt.tell(channel, &message, None, Also::Nothing).await? {
                None => return Ok(()),
                Some(code) => attempt.note(Hop::Alert.name(), code),
            }
        } else if asker.is_none() {
            return attempt.cancel().await;
        }
        attempt.job.hop = Hop::Direct;
        attempt.elsewhere();
    }
    let Some(asker) = asker else { return attempt.fail().await };
    let refused = attempt.tell_directly(asker, &message, None, Also::Nothing).await?;
    let Some(code) = refused else { return Ok(()) };
    attempt.note(Hop::Direct.name(), code);
    attempt.fail().await
}
