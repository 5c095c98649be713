//! Bundles: reminders that go together in one message, whose members are frozen when it is made: what one person missed, and
//! what comes due at once in one channel.
//!
//! Invariants: a reminder is in at most one bundle; it leaves it only with the bundle's own compare-and-set, in the same
//! transaction; what goes out of a bundle unsent goes its own way and into no other.

use super::conn::{Conn, Db, sql};
use super::delivery::{Job, State, case_lane};
use super::error::StoreError;
use crate::case::CaseNumber;
use crate::delivery::protocol::Hop;
use crate::follow_up::FollowUpId;
use crate::id::{GuildId, UserId};

/// Discord: entries of one list.
pub const MOST: usize = 25;
/// Reminders bundled in one transaction.
const AT_ONCE: i64 = 250;

/// Which reminders go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Crowd {
    /// What one person missed, whatever it belongs to.
    Missed(UserId),
    /// One person's that belong to no case: all would go to their direct messages.
    Direct(UserId),
    /// A case's: all would go to its thread.
    Case(CaseNumber),
}

impl Crowd {
    /// So many are a crowd. Two at once are better read one by one, each with its buttons.
    pub const fn least(self) -> usize {
        match self {
            Self::Missed(_) => 2,
            Self::Direct(_) | Self::Case(_) => 3,
        }
    }
}

/// Puts the reminders of a crowd (open, due before `before`, never tried) into bundles of at most 25. Gives the bundles' ids;
/// none if there are fewer to be had than make a crowd.
pub async fn gather(
    c: &mut Conn,
    guild: GuildId,
    crowd: Crowd,
    before: i64,
    now: i64,
    real: i64,
) -> Result<Vec<i64>, StoreError> {
    macro_rules! find {
        ($after:literal) => {
            concat!(
                "select d.id, d.due_at from delivery d join follow_up f on f.id = d.follow_up_id
                where d.guild_id = $1 and f.guild_id = $1 and d.kind = 'reminder'
                    and (f.assignee = $2 or f.case_number = $6) and ($7 = 0 or f.case_number is null)
                    and d.state = 'scheduled' and d.due_at < $3 and d.not_before <= $4 and d.attempts = 0
                    and d.sequence = 0 and d.alone = 0 and d.hop = 'thread' and d.in_flight is null
                    and f.state = 'open' and f.version = d.follow_up_version and f.kind <> 'first_response'
                order by d.due_at, d.id limit $5",
                $after
            )
        };
    }
    const BUNDLE: &str =
        "insert into delivery (guild_id, kind, lane, user_id, case_number, state, due_at, created_at, hop)
        values ($1, 'bundle', $2, $3, $4, 'scheduled', $5, $6, $7) returning id";
    const MEMBER: &str = "update delivery set state = 'bundled', bundle_id = $2 where id = $1 and state = 'scheduled'";
    let text = match c.0 {
        Db::Sqlite(_) => find!(""),
        Db::Postgres(_) => find!(" for update of d skip locked"),
    };
    let (whose, number, lane, hop) = match crowd {
        Crowd::Missed(user) | Crowd::Direct(user) => {
            (Some(user.db()), None, format!("person:{guild}:{user}"), Hop::Direct)
        }
        Crowd::Case(number) => (None, Some(number.0), case_lane(guild, number), Hop::Thread),
    };
    let no_case = i64::from(matches!(crowd, Crowd::Direct(_)));
    let found = sql!(fetch_all(i64, i64), c, text, guild.db(), whose, before, real, AT_ONCE, number, no_case)?;
    let mut bundles = Vec::new();
    if found.len() < crowd.least() {
        return Ok(bundles);
    }
    // As even as can be, so that none is left with one.
    let each = found.len().div_ceil(found.len().div_ceil(MOST));
    for members in found.chunks(each) {
        let due_at = members[0].1;
        let (id,) =
            sql!(fetch_one(i64,), c, BUNDLE, guild.db(), lane.as_str(), whose, number, due_at, now, hop.name())?;
        for (member, _) in members {
            sql!(execute, c, MEMBER, *member, id)?;
        }
        bundles.push(id);
    }
    Ok(bundles)
}

/// A bundle's members, oldest first: row, promise and its version.
pub async fn members(c: &mut Conn, guild: GuildId, bundle: i64) -> Result<Vec<(i64, FollowUpId, i64)>, StoreError> {
    members_in(c, guild, bundle, State::Bundled).await
}

/// Those that were shown with it, in the same order.
pub async fn shown(c: &mut Conn, guild: GuildId, bundle: i64) -> Result<Vec<(i64, FollowUpId, i64)>, StoreError> {
    members_in(c, guild, bundle, State::Sent).await
}

async fn members_in(
    c: &mut Conn,
    guild: GuildId,
    bundle: i64,
    state: State,
) -> Result<Vec<(i64, FollowUpId, i64)>, StoreError> {
    const TEXT: &str = "select id, follow_up_id, follow_up_version from delivery
        where guild_id = $1 and bundle_id = $2 and state = $3 order by due_at, id";
    let rows = sql!(fetch_all(i64, i64, i64), c, TEXT, guild.db(), bundle, state.name())?;
    Ok(rows.into_iter().map(|(id, promise, version)| (id, FollowUpId(promise), version)).collect())
}

/// The bundle was shown: those of `shown` with it, the others are no longer wanted.
pub async fn sent(c: &mut Conn, bundle: &Job, shown: &[i64], at: Option<i64>) -> Result<(), StoreError> {
    const ONE: &str = "update delivery set state = 'sent', sent_at = $3, message_id = $4
        where id = $1 and bundle_id = $2 and state = 'bundled'";
    const REST: &str = "update delivery set state = 'cancelled' where bundle_id = $1 and state = 'bundled'";
    for id in shown {
        sql!(execute, c, ONE, *id, bundle.id, at, bundle.message.map(crate::id::MessageId::db))?;
    }
    sql!(execute, c, REST, bundle.id).map(drop)
}

/// The bundle cannot be shown: each member goes its own way.
pub async fn released(c: &mut Conn, bundle: &Job) -> Result<(), StoreError> {
    const TEXT: &str = "update delivery set state = 'scheduled', alone = 1, bundle_id = null
        where bundle_id = $1 and state = 'bundled'";
    sql!(execute, c, TEXT, bundle.id).map(drop)
}

/// The bundle was given up without knowing whether it was seen.
pub async fn failed(c: &mut Conn, bundle: &Job) -> Result<(), StoreError> {
    const TEXT: &str = "update delivery set state = 'undeliverable', reason = $2
        where bundle_id = $1 and state = 'bundled'";
    sql!(execute, c, TEXT, bundle.id, bundle.reason.as_str()).map(drop)
}
