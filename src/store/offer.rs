//! Offers to remind somebody of what they said they would do. What they said is not kept, only when and in answer to which message.
//!
//! Invariants: at most one for each person and case in an hour, and one for a message, by the table's key; an offer is taken at
//! most once, by compare-and-set on its row of the outbox, which from then on says which promise came of it.

use super::conn::{Conn, sql};
use super::delivery;
use super::error::StoreError;
use crate::case::CaseNumber;
use crate::follow_up::FollowUp;
use crate::id::{GuildId, MessageId, UserId};
use crate::store::delivery::Kind;

/// Nobody is offered something in the same case again before, ms.
const PAUSE_MS: i64 = 60 * 60 * 1000;

/// An offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// In whose thread.
    pub case: CaseNumber,
    /// To whom.
    pub user: UserId,
    /// The time it proposes, Unix ms.
    pub due_at: i64,
    /// When it was made, Unix ms.
    pub at: i64,
}

/// Makes an offer in answer to a message; false: there was one a short while ago, or for this message.
pub async fn make(c: &mut Conn, guild: GuildId, offer: Offer, message: MessageId) -> Result<bool, StoreError> {
    const TEXT: &str = "insert into offer (guild_id, case_number, user_id, message_id, at, due_at, delivery_id)
        values ($1, $2, $3, $4, $5, $6, 0)
        on conflict (guild_id, case_number, user_id) do update set message_id = excluded.message_id, at = excluded.at,
            due_at = excluded.due_at, delivery_id = 0
        where offer.at <= excluded.at - $7 and offer.message_id < excluded.message_id";
    const ROW: &str = "update offer set delivery_id = $4 where guild_id = $1 and case_number = $2 and user_id = $3";
    let (number, user) = (offer.case.0, offer.user.db());
    let args = (message.db(), offer.at, offer.due_at);
    if sql!(execute, c, TEXT, guild.db(), number, user, args.0, args.1, args.2, PAUSE_MS)? == 0 {
        return Ok(false);
    }
    let lane = delivery::case_lane(guild, offer.case);
    let row = delivery::want_post(c, Kind::Offer, guild, &lane, Some(offer.case), offer.at).await?;
    sql!(execute, c, ROW, guild.db(), number, user, row)?;
    Ok(true)
}

/// The offer that this row of the outbox brings; none where a later one took its place.
pub async fn of(c: &mut Conn, guild: GuildId, delivery: i64) -> Result<Option<Offer>, StoreError> {
    const TEXT: &str = "select case_number, user_id, due_at, at from offer where guild_id = $1 and delivery_id = $2";
    let row = sql!(fetch_optional(i64, i64, i64, i64), c, TEXT, guild.db(), delivery)?;
    Ok(row.map(|(case, user, due_at, at)| Offer { case: CaseNumber(case), user: UserId::from_db(user), due_at, at }))
}

/// Whose offer this row of the outbox brought, and whether it was taken; none where a later one took its place.
pub async fn whose(c: &mut Conn, guild: GuildId, delivery: i64) -> Result<Option<(UserId, bool)>, StoreError> {
    const TEXT: &str = "select o.user_id, d.follow_up_id from offer o
        join delivery d on d.id = o.delivery_id and d.guild_id = o.guild_id
        where o.guild_id = $1 and o.delivery_id = $2 and d.kind = 'offer'";
    let row = sql!(fetch_optional(i64, Option<i64>), c, TEXT, guild.db(), delivery)?;
    Ok(row.map(|(user, promise)| (UserId::from_db(user), promise.is_some())))
}

/// The offer was taken, with this promise; its message is to say so. False: it was taken before.
pub async fn take(c: &mut Conn, promise: &FollowUp, delivery: i64, now_ms: i64) -> Result<bool, StoreError> {
    // A row held by a worker keeps its state: the worker sees the greater `wanted` when it finishes.
    const TEXT: &str = "update delivery set follow_up_id = $3, follow_up_version = $4, wanted = wanted + 1,
            due_at = $5, not_before = 0, attempts = 0, trying_since = null,
            state = case when state = 'sent' then 'scheduled' else state end
        where guild_id = $1 and id = $2 and kind = 'offer' and follow_up_id is null";
    let changed = sql!(execute, c, TEXT, promise.guild.db(), delivery, promise.id.0, promise.version, now_ms)?;
    Ok(changed == 1)
}
