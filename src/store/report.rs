//! The numbers of a report, counted in the database. No statement here groups or filters by a person.

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::case::Cause;
use crate::id::GuildId;
use crate::report::{IN_TIME_MS, Numbers};

#[derive(sqlx::FromRow)]
struct Volume {
    opened: i64,
    closed: i64,
    active: i64,
    unassigned: i64,
    hot: i64,
}

#[derive(sqlx::FromRow)]
struct Promises {
    kept: i64,
    late: i64,
    overdue: i64,
    cancelled: i64,
}

/// Counts for a team from `from` (inclusive) to `now` (exclusive), Unix ms.
pub async fn numbers(c: &mut Conn, guild: GuildId, from: i64, now: i64) -> Result<Numbers, StoreError> {
    const VOLUME: &str = "select
            (select count(*) from case_file where guild_id = $1 and opened_at >= $2 and opened_at < $3) as opened,
            (select count(*) from case_file where guild_id = $1 and status = 'closed'
                and closed_at >= $2 and closed_at < $3) as closed,
            (select count(*) from case_file where guild_id = $1 and active = 1) as active,
            (select count(*) from case_file where guild_id = $1 and active = 1 and owner is null) as unassigned,
            (select count(*) from case_file where guild_id = $1 and active = 1 and mood >= 2) as hot";
    const CAUSES: &str = "select cause, count(*) from case_file
        where guild_id = $1 and opened_at >= $2 and opened_at < $3 group by cause order by count(*) desc, cause";
    const AGE: &str = "select opened_at from case_file where guild_id = $1 and active = 1
        order by opened_at, number limit 1 offset $2";
    // What people promised: not what the bot watches over by itself, nor an occurrence that another took along before its time.
    const PROMISES: &str = "select
            count(case when state = 'done' then 1 end) as kept,
            count(case when state = 'done' and ended_at > due_at + $4 then 1 end) as late,
            count(case when state = 'open' then 1 end) as overdue,
            count(case when state = 'cancelled' then 1 end) as cancelled
        from follow_up where guild_id = $1 and due_at >= $2 and due_at < $3 and kind = 'promise'
            and not (state = 'cancelled' and ended_by is null and ended_at < due_at)";
    let volume = sql!(fetch_one Volume, c, VOLUME, guild.db(), from, now)?;
    let causes = sql!(fetch_all(Option<String>, i64), c, CAUSES, guild.db(), from, now)?;
    let promises = sql!(fetch_one Promises, c, PROMISES, guild.db(), from, now, IN_TIME_MS)?;
    let oldest = sql!(fetch_optional(i64,), c, AGE, guild.db(), 0_i64)?;
    let median = sql!(fetch_optional(i64,), c, AGE, guild.db(), volume.active / 2)?;
    let causes = causes.into_iter().map(|(cause, count)| Ok((cause.map(named).transpose()?, count)));
    Ok(Numbers {
        opened: volume.opened,
        closed: volume.closed,
        active: volume.active,
        unassigned: volume.unassigned,
        hot: volume.hot,
        oldest: oldest.map(|(at,)| at),
        median: median.map(|(at,)| at),
        causes: causes.collect::<Result<_, StoreError>>()?,
        kept: promises.kept,
        kept_late: promises.late,
        overdue: promises.overdue,
        cancelled: promises.cancelled,
    })
}

fn named(name: String) -> Result<Cause, StoreError> {
    Cause::from_name(&name).ok_or_else(|| StoreError::unreadable("case_file.cause", name))
}
