//! The next occurrence of a promise that repeats, written in the transaction that ends or sends this one.
//!
//! Invariants: a promise has one successor (a unique index, not a look, says so); missed occurrences are passed over, so
//! that never more than two are open: the one that is due and the one to come, which always lies on a later day. (One that
//! the lead is still to hear of is a third.) To people the two are one matter: see [`others`].

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

/// A promise was kept: when it comes again, written down now if it was not before. Earlier occurrences nobody kept give way.
pub async fn kept(
    c: &mut Conn,
    guild: GuildId,
    promise: &FollowUp,
    now_ms: i64,
) -> Result<Option<FollowUp>, StoreError> {
    for before in earlier(c, guild, promise.id).await? {
        lapse(c, &before, now_ms).await?;
    }
    match later(c, guild, promise.id).await?.into_iter().next() {
        Some(next) => Ok(Some(next)),
        None => follow_on(c, guild, promise, now_ms).await,
    }
}

/// A reminder of this version was sent: what repeats goes on, and the occurrences before, if nobody kept them, give way.
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
    for before in earlier(c, guild, id).await? {
        let to_escalate = before.terms.escalate_after.is_some_and(|after| before.due_at.saturating_add(after) > now_ms);
        if !to_escalate {
            lapse(c, &before, now_ms).await?;
        }
    }
    Ok(())
}

/// Nobody kept this occurrence, and another is due.
async fn lapse(c: &mut Conn, before: &FollowUp, now_ms: i64) -> Result<(), StoreError> {
    let Some(lapsed) = follow_up::end(c, before, State::Cancelled, None, now_ms).await? else { return Ok(()) };
    let Some(number) = lapsed.case else { return Ok(()) };
    let what = Change::FollowUpLapsed { follow_up: lapsed.id.0, what: lapsed.what };
    entry::append(c, lapsed.guild, number, &Entry { at: now_ms, actor: None, what }).await?;
    delivery::want_card(c, lapsed.guild, number, now_ms).await
}

/// An occurrence was put off as far as the next one's day, or beyond: it takes that one with it, as if it had been moved
/// before the next was written down. Gives the last one taken.
pub async fn absorb(
    c: &mut Conn,
    guild: GuildId,
    moved: &FollowUp,
    now_ms: i64,
) -> Result<Option<FollowUp>, StoreError> {
    // Whoever is taken is nobody's next any more, so that `moved` can have one again.
    const UNLINK: &str = "update follow_up set previous = null where guild_id = $1 and id = $2";
    const RELINK: &str = "update follow_up set previous = $3 where guild_id = $1 and id = $2";
    let zone = TimeZone::get(&moved.zone).unwrap_or(TimeZone::UTC);
    let day = |ms: i64| {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
        at.to_zoned(zone.clone()).date()
    };
    let mut taken = None;
    for next in later(c, guild, moved.id).await? {
        if day(next.due_at) > day(moved.due_at) {
            if taken.is_some() {
                sql!(execute, c, RELINK, guild.db(), next.id.0, moved.id.0)?;
            }
            break;
        }
        let ended = follow_up::end(c, &next, State::Cancelled, None, now_ms).await?;
        sql!(execute, c, UNLINK, guild.db(), next.id.0)?;
        taken = ended.or(Some(next));
    }
    Ok(taken)
}

/// The other open occurrences of the series, first to last: to people it is one matter, so whoever takes it back or gives it
/// away means these too.
pub async fn others(c: &mut Conn, guild: GuildId, id: FollowUpId) -> Result<Vec<FollowUp>, StoreError> {
    let mut found = earlier(c, guild, id).await?;
    found.reverse();
    found.extend(later(c, guild, id).await?);
    Ok(found)
}

/// The open occurrences before this one, as far as they stand in a row, last to first.
async fn earlier(c: &mut Conn, guild: GuildId, id: FollowUpId) -> Result<Vec<FollowUp>, StoreError> {
    const TEXT: &str = "select previous from follow_up where guild_id = $1 and id = $2 and previous is not null";
    row(c, guild, id, TEXT).await
}

/// The open occurrences after this one, as far as they stand in a row, first to last.
async fn later(c: &mut Conn, guild: GuildId, id: FollowUpId) -> Result<Vec<FollowUp>, StoreError> {
    const TEXT: &str = "select id from follow_up where guild_id = $1 and previous = $2";
    row(c, guild, id, TEXT).await
}

async fn row(c: &mut Conn, guild: GuildId, id: FollowUpId, step: &'static str) -> Result<Vec<FollowUp>, StoreError> {
    let (mut at, mut found) = (id.0, Vec::new());
    while let Some((next,)) = sql!(fetch_optional(i64,), c, step, guild.db(), at)? {
        match follow_up::get(c, guild, FollowUpId(next)).await? {
            Some(one) if one.state == State::Open => found.push(one),
            _ => break,
        }
        at = next;
    }
    Ok(found)
}
