//! A row of the outbox as the table keeps it, and back into what a worker knows.
//!
//! Invariant: a name this version does not know is an error that says which, never a guess.

use super::{Job, Kind, Part, State};
use crate::case::CaseNumber;
use crate::delivery::protocol::Hop;
use crate::follow_up::FollowUpId;
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use crate::store::StoreError;

#[derive(sqlx::FromRow)]
pub(super) struct JobRow {
    id: i64,
    guild_id: i64,
    kind: String,
    case_number: Option<i64>,
    follow_up_id: Option<i64>,
    version: i64,
    user_id: Option<i64>,
    state: String,
    due_at: i64,
    created_at: i64,
    wanted: i64,
    lease_token: i64,
    lease_until: i64,
    attempts: i64,
    trying_since: Option<i64>,
    waiting_since: Option<i64>,
    hop: String,
    in_flight: Option<String>,
    channel_id: Option<i64>,
    sequence: i64,
    first_sent: Option<i64>,
    last_sent: Option<i64>,
    look_from: Option<i64>,
    doubted: i64,
    thread_name: Option<String>,
    reopened: i64,
    guests: String,
    message_id: Option<i64>,
    reason: String,
}

/// The row as its worker knows it.
pub(super) fn read(row: JobRow) -> Result<Job, StoreError> {
    let in_flight = row.in_flight.as_deref().map(|part| known(Part::from_name(part), "delivery.in_flight", part));
    Ok(Job {
        id: row.id,
        guild: GuildId::from_db(row.guild_id),
        kind: known(Kind::from_name(&row.kind), "delivery.kind", &row.kind)?,
        case: row.case_number.map(CaseNumber),
        follow_up: row.follow_up_id.map(FollowUpId),
        version: row.version,
        user: row.user_id.map(UserId::from_db),
        state: known(State::from_name(&row.state), "delivery.state", &row.state)?,
        due_at: row.due_at,
        created_at: row.created_at,
        wanted: row.wanted,
        token: row.lease_token,
        lease_until: row.lease_until,
        attempts: row.attempts,
        trying_since: row.trying_since,
        waiting_since: row.waiting_since,
        hop: known(Hop::from_name(&row.hop), "delivery.hop", &row.hop)?,
        in_flight: in_flight.transpose()?,
        channel: row.channel_id.map(ChannelId::from_db),
        sequence: row.sequence,
        first_sent: row.first_sent,
        last_sent: row.last_sent,
        look_from: row.look_from,
        doubted: row.doubted != 0,
        thread_name: row.thread_name,
        reopened: row.reopened != 0,
        guests: row.guests.split(',').filter_map(|id| id.parse().ok()).map(UserId).collect(),
        message: row.message_id.map(MessageId::from_db),
        reason: row.reason,
    })
}

/// A name of the table, or which one it was that nobody knows.
pub(super) fn known<T>(value: Option<T>, place: &'static str, found: &str) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::unreadable(place, found))
}
