//! Messages about a promise that has changed since: their buttons stand for what no longer holds, so they are edited to say so.
//!
//! Invariant: wanted in the transaction that changes the promise, once for each version that was left; a row of the outbox
//! like any other, so that an edit is not lost. Making it twice does no harm. A bundle is one message for many promises, so its
//! own row is wanted again, as a card's is.

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::follow_up::FollowUpId;
use crate::id::{ChannelId, GuildId, MessageId};

/// A message that was sent for a version of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// Where it is.
    pub channel: ChannelId,
    /// Which.
    pub message: MessageId,
    /// It is read by the team or by whoever owes the promise, and says what it is about.
    pub says_what: bool,
}

/// Everything that was sent for a version of a promise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posts {
    /// What is there.
    pub sent: Vec<Post>,
    /// More may still be on its way.
    pub more: bool,
}

/// The rows of the outbox that are about `$2` in version `$3` and have buttons of their own: there, or on their way.
macro_rules! posts {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " from delivery where guild_id = $1 and follow_up_id = $2 and follow_up_version = $3
                and kind in ('reminder', 'word', 'escalation', 'notice') and bundle_id is null
                and (state in ('claimed', 'sending', 'unknown') or (state = 'sent' and message_id is not null))",
            $after
        )
    };
}

/// Wants everything edited that was sent for this version of a promise. `shown`: the message on which whoever changed the
/// promise sees the outcome at once; if it is the only one there is nothing to do.
pub async fn want(
    c: &mut Conn,
    guild: GuildId,
    id: FollowUpId,
    version: i64,
    shown: Option<MessageId>,
) -> Result<(), StoreError> {
    const TEXT: &str = posts!(
        "insert into delivery
            (guild_id, kind, lane, case_number, follow_up_id, follow_up_version, state, due_at, created_at)
        select guild_id, 'retire', min(lane), min(case_number), follow_up_id, follow_up_version, 'scheduled',
            max(due_at), max(due_at)",
        " group by guild_id, follow_up_id, follow_up_version
            having count(case when state <> 'sent' or message_id <> $4 then 1 end) > 0
        on conflict (follow_up_id, follow_up_version, kind) where follow_up_id is not null do nothing"
    );
    sql!(execute, c, TEXT, guild.db(), id.0, version, shown.map_or(0, MessageId::db))?;
    want_bundle(c, guild, id, version).await
}

/// Wants the bundle edited in which this version of a promise was shown, or is about to be.
async fn want_bundle(c: &mut Conn, guild: GuildId, id: FollowUpId, version: i64) -> Result<(), StoreError> {
    // A row held by a worker keeps its state: the worker sees the greater `wanted` when it finishes.
    const TEXT: &str = "update delivery set wanted = wanted + 1,
            not_before = case when state in ('sent', 'undeliverable') then 0 else not_before end,
            attempts = case when state in ('sent', 'undeliverable') then 0 else attempts end,
            trying_since = case when state in ('sent', 'undeliverable') then null else trying_since end,
            reason = case when state in ('sent', 'undeliverable') then '' else reason end,
            state = case when state in ('sent', 'undeliverable') then 'scheduled' else state end
        where guild_id = $1 and kind = 'bundle' and state <> 'cancelled'
            and (message_id is not null or state <> 'undeliverable')
            and id in (select bundle_id from delivery where guild_id = $1 and follow_up_id = $2
                and follow_up_version = $3 and kind = 'reminder' and state in ('bundled', 'sent'))";
    sql!(execute, c, TEXT, guild.db(), id.0, version).map(drop)
}

/// What was sent for this version of a promise.
pub async fn posts(c: &mut Conn, guild: GuildId, id: FollowUpId, version: i64) -> Result<Posts, StoreError> {
    const TEXT: &str = posts!("select state, channel_id, message_id, hop, kind", " order by id");
    let rows = sql!(fetch_all(String, Option<i64>, Option<i64>, String, String), c, TEXT, guild.db(), id.0, version)?;
    let mut found = Posts::default();
    for (state, channel, message, hop, kind) in rows {
        match (channel, message) {
            (Some(channel), Some(message)) if state == "sent" => found.sent.push(Post {
                channel: ChannelId::from_db(channel),
                message: MessageId::from_db(message),
                // A notice never does.
                says_what: kind != "notice" && (hop == "thread" || hop == "direct"),
            }),
            _ => found.more = true,
        }
    }
    Ok(found)
}
