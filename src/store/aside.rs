//! Two kinds of rows of the outbox that belong to no promise: that somebody's pause is over, and that a case's customer has
//! grown more heated.

use super::conn::{Conn, sql};
use super::delivery;
use super::error::StoreError;
use crate::case::CaseNumber;
use crate::id::{GuildId, UserId};

/// Wants somebody told at `until` that their pause is over, unless one of theirs runs already. Gives when it ends.
pub async fn want_pause(
    c: &mut Conn,
    guild: GuildId,
    user: UserId,
    until: i64,
    now_ms: i64,
) -> Result<i64, StoreError> {
    const RUNNING: &str = "select due_at from delivery where guild_id = $1 and kind = 'pause' and user_id = $2
        and state in ('scheduled', 'claimed', 'sending', 'unknown') and due_at > $3";
    const TEXT: &str = "insert into delivery (guild_id, kind, lane, user_id, state, due_at, created_at, hop)
        values ($1, 'pause', $2, $3, 'scheduled', $4, $5, 'direct')";
    if let Some((until,)) = sql!(fetch_optional(i64,), c, RUNNING, guild.db(), user.db(), now_ms)? {
        return Ok(until);
    }
    sql!(execute, c, TEXT, guild.db(), format!("pause:{guild}:{user}"), user.db(), until, now_ms)?;
    Ok(until)
}

/// Takes back somebody's pauses and forgets whose those before were.
pub async fn forget_pauses(c: &mut Conn, guild: GuildId, user: UserId) -> Result<(), StoreError> {
    const TEXT: &str = "update delivery set user_id = null,
            state = case when state in ('scheduled', 'unknown') then 'cancelled' else state end
        where guild_id = $1 and kind = 'pause' and user_id = $2";
    sql!(execute, c, TEXT, guild.db(), user.db()).map(drop)
}

/// Wants a case's owner told how its mood stands now. Call it once a rise, in the transaction of the rise.
pub async fn want_mood(c: &mut Conn, guild: GuildId, case: CaseNumber, now_ms: i64) -> Result<(), StoreError> {
    // The lane of the case's card and reminders: what is said of one case is said in order.
    let lane = delivery::case_lane(guild, case);
    delivery::want_post(c, delivery::Kind::Mood, guild, &lane, Some(case), now_ms).await.map(drop)
}
