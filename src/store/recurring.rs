//! The next occurrence of a promise that repeats, written in the transaction that ends or sends this one.
//!
//! Invariants: a promise has one successor (a unique index, not a look, says so); missed occurrences are passed over, so
//! that never more than two are open: the one that is due and the one to come.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::conn::{Conn, sql};
use super::error::StoreError;
use super::follow_up::{self, NewFollowUp};
use super::{case, delivery, entry, profile};
use crate::case::{Change, Entry, Priority, Status};
use crate::follow_up::recurrence::Region;
use crate::follow_up::{FollowUp, FollowUpId, State, Terms, Wake};
use crate::id::GuildId;

/// Writes the next occurrence of a promise down, if it repeats and has none yet. Call it when the promise is kept.
pub async fn follow_on(
    c: &mut Conn,
    guild: GuildId,
    promise: &FollowUp,
    now_ms: i64,
) -> Result<Option<FollowUp>, StoreError> {
    let Some(series) = &promise.terms.repeat else { return Ok(None) };
    let urgent = match promise.case {
        None => false,
        Some(number) => match case::lock(c, guild, number).await? {
            Some(case) if case.status == Status::Closed => return Ok(None),
            found => found.is_some_and(|case| case.priority == Priority::Urgent),
        },
    };
    let theirs = profile::calendar(c, guild, promise.assignee).await?;
    let zone = TimeZone::get(&promise.zone).unwrap_or(TimeZone::UTC);
    let at = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX).to_zoned(zone.clone());
    let region = Region { land: theirs.land, municipal: theirs.municipal };
    let Some(next) = series.next(&zone, &at(now_ms), at(promise.due_at).date(), region) else { return Ok(None) };
    let computed = theirs.computed(next.timestamp().as_millisecond(), urgent);
    let new = NewFollowUp {
        guild,
        case: promise.case,
        what: promise.what.clone(),
        creator: promise.creator,
        assignee: promise.assignee,
        civil: at(computed.due_at).datetime().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        zone: promise.zone.clone(),
        due_at: computed.due_at,
        channel: promise.channel,
        created_at: now_ms,
        terms: Terms {
            waited_from: computed.waited_from,
            wake: promise.terms.wake.map(|_| Wake::Customer),
            ..promise.terms.clone()
        },
    };
    let Some(id) = follow_up::insert_after(c, &new, promise.id).await? else { return Ok(None) };
    follow_up::schedule(c, guild, id, 1, new.due_at, new.terms.escalate_after, new.case).await?;
    if let Some(number) = new.case {
        let what =
            Change::FollowUpAdded { follow_up: id.0, what: new.what.clone(), due: new.due_at, assignee: new.assignee };
        entry::append(c, guild, number, &Entry { at: now_ms, actor: None, what }).await?;
        delivery::want_card(c, guild, number, now_ms).await?;
    }
    follow_up::get(c, guild, id).await
}

/// A reminder of this version was sent: what repeats goes on, and the occurrence before, if nobody kept it, gives way.
/// One whose lead is still to hear of it stays open until then.
pub async fn reminded(
    c: &mut Conn,
    guild: GuildId,
    id: FollowUpId,
    version: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let Some(promise) = follow_up::get(c, guild, id).await? else { return Ok(()) };
    if promise.terms.repeat.is_none() || promise.state != State::Open || promise.version != version {
        return Ok(());
    }
    follow_on(c, guild, &promise, now_ms).await?;
    let Some(mut before) = predecessor(c, guild, id).await? else { return Ok(()) };
    let to_escalate = before.terms.escalate_after.is_some_and(|after| before.due_at.saturating_add(after) > now_ms);
    if before.state != State::Open || to_escalate {
        return Ok(());
    }
    let seen = before.version;
    before.state = State::Cancelled;
    before.ended_at = Some(now_ms);
    before.version += 1;
    if follow_up::save(c, &before, seen).await? {
        delivery::cancel_reminder(c, guild, before.id).await?;
        if let Some(number) = before.case {
            let what = Change::FollowUpLapsed { follow_up: before.id.0, what: before.what };
            entry::append(c, guild, number, &Entry { at: now_ms, actor: None, what }).await?;
            delivery::want_card(c, guild, number, now_ms).await?;
        }
    }
    Ok(())
}

/// The other open occurrences beside this one: taking a series back takes them too.
pub async fn neighbours(c: &mut Conn, guild: GuildId, id: FollowUpId) -> Result<Vec<FollowUp>, StoreError> {
    const TEXT: &str = "select id from follow_up where guild_id = $1 and state = 'open'
        and (previous = $2 or id = (select previous from follow_up where guild_id = $1 and id = $2)) order by id";
    let mut found = Vec::new();
    for (id,) in sql!(fetch_all(i64,), c, TEXT, guild.db(), id.0)? {
        found.extend(follow_up::get(c, guild, FollowUpId(id)).await?);
    }
    Ok(found)
}

async fn predecessor(c: &mut Conn, guild: GuildId, id: FollowUpId) -> Result<Option<FollowUp>, StoreError> {
    const TEXT: &str = "select previous from follow_up where guild_id = $1 and id = $2 and previous is not null";
    match sql!(fetch_optional(i64,), c, TEXT, guild.db(), id.0)? {
        Some((previous,)) => follow_up::get(c, guild, FollowUpId(previous)).await,
        None => Ok(None),
    }
}
