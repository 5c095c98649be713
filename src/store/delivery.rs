//! The outbox: rows that say what must be shown, written in the transaction of the change that caused them.
//!
//! Invariants: every step of a row is compare-and-set on its id, state and lease token, so that a worker that lost its
//! lease changes nothing; what is unique is so by constraint; nothing here deletes a row.

mod row;

use super::conn::{Conn, Db, sql};
use super::error::StoreError;
use crate::case::CaseNumber;
use crate::delivery::protocol::{Hop, stored};
use crate::follow_up::FollowUpId;
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use row::{JobRow, known, read};

stored! {
    /// What a row shows.
    Kind {
        /// A case's card, in the case's thread, which is made first.
        Card = "card",
        /// A promise that comes due.
        Reminder = "reminder",
        /// That a reminder or a card reached nobody.
        Notice = "notice",
        /// What one person missed, in one message; its members are frozen.
        Bundle = "bundle",
        /// To somebody who must hear what became of a promise: that it was ended, or handed to them.
        Word = "word",
        /// To the lead: a promise is open long after it was due.
        Escalation = "escalation",
        /// That somebody's pause is over.
        Pause = "pause",
        /// That a case's customer has grown more heated.
        Mood = "mood",
        /// A morning's overview: the table `digest` says whose.
        Digest = "digest",
        /// An offer to remind somebody: the table `offer` says of what.
        Offer = "offer",
        /// What was sent for a version of a promise that is no more: it is edited.
        Retire = "retire",
    }
}

stored! {
    /// Where a row stands.
    State {
        /// Waits for its time.
        Scheduled = "scheduled",
        /// Held by a worker; nothing of it is on its way.
        Claimed = "claimed",
        /// Held by a worker; a request may be on its way.
        Sending = "sending",
        /// A request was made whose outcome nobody knows; waits for the next try.
        Unknown = "unknown",
        /// A reminder that is a bundle's member: the bundle's row says how it goes on.
        Bundled = "bundled",
        /// Shown.
        Sent = "sent",
        /// Given up, with a reason.
        Undeliverable = "undeliverable",
        /// No longer wanted.
        Cancelled = "cancelled",
    }
}

stored! {
    /// What a request makes.
    Part {
        /// A thread or forum post.
        Thread = "thread",
        /// A message.
        Message = "message",
    }
}

/// A row as the worker that holds it knows it. Times are real Unix ms, except `due_at`, `created_at`, `look_from` and
/// `sent_at`, which are the bot's clock's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: i64,
    /// The team it belongs to.
    pub guild: GuildId,
    /// What it shows.
    pub kind: Kind,
    /// The case it belongs to, if any.
    pub case: Option<CaseNumber>,
    /// The promise it reminds of, if any.
    pub follow_up: Option<FollowUpId>,
    /// The version of the promise it is for.
    pub version: i64,
    /// Whom a bundle is for.
    pub user: Option<UserId>,
    /// Where it stands.
    pub state: State,
    /// Not before.
    pub due_at: i64,
    /// When it was written.
    pub created_at: i64,
    /// The content version that was wanted when it was claimed.
    pub wanted: i64,
    /// The worker's token.
    pub token: i64,
    /// The lease's end.
    pub lease_until: i64,
    /// Tries so far.
    pub attempts: i64,
    /// When the first of them was.
    pub trying_since: Option<i64>,
    /// Since when it waits for its case's thread.
    pub waiting_since: Option<i64>,
    /// How far along the chain. A card's stands still until the alert channel is told that it cannot be shown.
    pub hop: Hop,
    /// The request whose outcome is unknown.
    pub in_flight: Option<Part>,
    /// Where that went.
    pub channel: Option<ChannelId>,
    /// Which of the row's nonces is in use.
    pub sequence: i64,
    /// When that nonce was first used.
    pub first_sent: Option<i64>,
    /// When it was last used.
    pub last_sent: Option<i64>,
    /// When the first try at this place was, whatever its nonce: where looking for it begins.
    pub look_from: Option<i64>,
    /// A fresh nonce took over from one in doubt: look once more after sending.
    pub doubted: bool,
    /// The name given to the thread in flight.
    pub thread_name: Option<String>,
    /// A new thread was opened because the old one was gone.
    pub reopened: bool,
    /// Who was let into the thread.
    pub guests: Vec<UserId>,
    /// The message, once sent.
    pub message: Option<MessageId>,
    /// What went wrong so far, for people: places and codes.
    pub reason: String,
}

/// How a worker leaves a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The state to leave it in.
    pub state: State,
    /// Not again before, real Unix ms.
    pub not_before: i64,
    /// The content version shown.
    pub made: Option<i64>,
    /// When it was shown, by the bot's clock.
    pub sent_at: Option<i64>,
}

/// Wants the card of a case to show what the case is now. Call it in the transaction of every change of the case.
pub async fn want_card(c: &mut Conn, guild: GuildId, case: CaseNumber, now_ms: i64) -> Result<(), StoreError> {
    // A row held by a worker keeps its state: the worker sees the greater `wanted` when it finishes.
    const TEXT: &str = "insert into delivery (guild_id, kind, lane, case_number, state, due_at, created_at)
        values ($1, 'card', $2, $3, 'scheduled', $4, $4)
        on conflict (guild_id, case_number) where kind = 'card' do update set
            wanted = delivery.wanted + 1,
            due_at = excluded.due_at,
            not_before = case when delivery.state in ('sent', 'undeliverable', 'cancelled') then 0
                else delivery.not_before end,
            attempts = case when delivery.state in ('sent', 'undeliverable', 'cancelled') then 0
                else delivery.attempts end,
            trying_since = case when delivery.state in ('sent', 'undeliverable', 'cancelled') then null
                else delivery.trying_since end,
            reopened = case when delivery.state in ('sent', 'undeliverable', 'cancelled') then 0
                else delivery.reopened end,
            reason = case when delivery.state in ('sent', 'undeliverable', 'cancelled') then ''
                else delivery.reason end,
            state = case when delivery.state in ('claimed', 'sending', 'unknown') then delivery.state
                else 'scheduled' end";
    sql!(execute, c, TEXT, guild.db(), case_lane(guild, case), case.0, now_ms).map(drop)
}

/// Wants a reminder of version `version` of a promise at `due_at_ms`, and none of earlier versions. Wanting it twice is
/// wanting it once.
pub async fn want_reminder(
    c: &mut Conn,
    guild: GuildId,
    follow_up: FollowUpId,
    version: i64,
    due_at_ms: i64,
    case: Option<CaseNumber>,
) -> Result<(), StoreError> {
    const OLDER: &str = "update delivery set state = 'cancelled'
        where guild_id = $1 and follow_up_id = $2 and kind in ('reminder', 'escalation') and follow_up_version < $3
            and state = 'scheduled'";
    sql!(execute, c, OLDER, guild.db(), follow_up.0, version)?;
    insert(c, Kind::Reminder, guild, Some((follow_up, version)), due_at_ms, case).await
}

/// Wants it said in the alert channel that this reminder or card reached nobody. For a reminder, wanting it twice is
/// wanting it once; for a card, call it only in the transaction that moves the card's hop to the alert channel.
pub async fn want_notice(c: &mut Conn, job: &Job, now_ms: i64) -> Result<(), StoreError> {
    insert(c, Kind::Notice, job.guild, job.follow_up.map(|id| (id, job.version)), now_ms, job.case).await
}

async fn insert(
    c: &mut Conn,
    kind: Kind,
    guild: GuildId,
    promise: Option<(FollowUpId, i64)>,
    due_at_ms: i64,
    case: Option<CaseNumber>,
) -> Result<(), StoreError> {
    const TEXT: &str = "insert into delivery
            (guild_id, kind, lane, case_number, follow_up_id, follow_up_version, state, due_at, created_at)
        values ($1, $2, $3, $4, $5, $6, 'scheduled', $7, $7)
        on conflict (follow_up_id, follow_up_version, kind) where follow_up_id is not null do nothing";
    let lane = match (case, promise) {
        (Some(number), _) => case_lane(guild, number),
        (None, Some((id, _))) => format!("follow_up:{}", id.0),
        // About nothing there would be nothing to say.
        (None, None) => return Ok(()),
    };
    let (number, id, version) = (case.map(|number| number.0), promise.map(|(id, _)| id.0), promise.map(|(_, n)| n));
    sql!(execute, c, TEXT, guild.db(), kind.name(), lane, number, id, version, due_at_ms).map(drop)
}

/// Wants it said to whoever must hear of this version of a promise. Wanting it twice is wanting it once.
pub async fn want_word(
    c: &mut Conn,
    guild: GuildId,
    follow_up: FollowUpId,
    version: i64,
    now_ms: i64,
    case: Option<CaseNumber>,
) -> Result<(), StoreError> {
    insert(c, Kind::Word, guild, Some((follow_up, version)), now_ms, case).await
}

/// Wants it said to the lead at `at_ms` that this version of a promise is still open. Wanting it twice is wanting it once.
pub async fn want_escalation(
    c: &mut Conn,
    guild: GuildId,
    follow_up: FollowUpId,
    version: i64,
    at_ms: i64,
    case: Option<CaseNumber>,
) -> Result<(), StoreError> {
    insert(c, Kind::Escalation, guild, Some((follow_up, version)), at_ms, case).await
}

/// Wants a message that another table tells about, and gives its row. `lane`: rows of one lane are sent one after the other.
pub(super) async fn want_post(
    c: &mut Conn,
    kind: Kind,
    guild: GuildId,
    lane: &str,
    case: Option<CaseNumber>,
    due_at_ms: i64,
) -> Result<i64, StoreError> {
    const TEXT: &str = "insert into delivery (guild_id, kind, lane, case_number, state, due_at, created_at)
        values ($1, $2, $3, $4, 'scheduled', $5, $5) returning id";
    let number = case.map(|number| number.0);
    let (id,) = sql!(fetch_one(i64,), c, TEXT, guild.db(), kind.name(), lane, number, due_at_ms)?;
    Ok(id)
}

/// Takes such a row back, as long as it is not on its way.
pub(super) async fn drop_post(c: &mut Conn, guild: GuildId, id: i64) -> Result<(), StoreError> {
    const TEXT: &str =
        "update delivery set state = 'cancelled' where guild_id = $1 and id = $2 and state = 'scheduled'";
    sql!(execute, c, TEXT, guild.db(), id).map(drop)
}

/// Takes back what is to be sent for a promise and is not on its way yet. Those on their way are re-checked by the worker.
pub async fn cancel_reminder(c: &mut Conn, guild: GuildId, follow_up: FollowUpId) -> Result<(), StoreError> {
    const TEXT: &str = "update delivery set state = 'cancelled'
        where guild_id = $1 and follow_up_id = $2 and kind in ('reminder', 'escalation') and state = 'scheduled'";
    sql!(execute, c, TEXT, guild.db(), follow_up.0).map(drop)
}

/// A row that comes due, as somebody sees it who has not claimed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// Which.
    pub id: i64,
    /// The team it belongs to.
    pub guild: GuildId,
    /// Rows of one lane go one after the other.
    pub lane: String,
    /// Not before, by the bot's clock.
    pub due_at: i64,
    /// Not before, by the lease clock: it rests, or somebody may still hold it.
    pub free_at: i64,
    /// Somebody is or was at it.
    pub held: bool,
    /// Whose reminder it is, if it was never tried and may be put into a bundle.
    pub loose: Option<UserId>,
    /// The case it belongs to.
    pub case: Option<CaseNumber>,
}

/// Rows looked at, oldest first, before teams take turns: a bound for what one look costs after a long outage.
const LOOKED_AT: i64 = 20_000;
/// Rows of one team in one look.
const OF_ONE_TEAM: i64 = 64;
/// Rows of one look.
const OF_ONE_LOOK: i64 = 2_000;

/// Rows that come due until `until` by the bot's clock and may be tried until `real` by the lease clock; each team's first,
/// then each team's second …
pub async fn coming(c: &mut Conn, until: i64, real: i64) -> Result<Vec<Coming>, StoreError> {
    type Row = (i64, i64, String, i64, i64, i64, String, Option<i64>, Option<i64>);
    const TEXT: &str = "select ranked.id, ranked.guild_id, ranked.lane, ranked.due_at, ranked.not_before,
            ranked.lease_until, ranked.state, f.assignee, ranked.case_number
        from (
            select near.*, row_number() over (partition by guild_id order by due_at, id) as turn from (
                select id, guild_id, lane, due_at, not_before, lease_until, state, kind, attempts, sequence, alone, hop,
                    in_flight, follow_up_id, case_number
                from delivery
                where state in ('scheduled', 'claimed', 'sending', 'unknown') and due_at <= $1 and not_before <= $2
                order by due_at limit $3
            ) as near
        ) as ranked
        left join follow_up f on f.id = ranked.follow_up_id and ranked.kind = 'reminder' and ranked.state = 'scheduled'
            and ranked.attempts = 0 and ranked.sequence = 0 and ranked.alone = 0 and ranked.hop = 'thread'
            and ranked.in_flight is null and f.kind <> 'first_response'
        where turn <= $4 order by turn, ranked.due_at, ranked.id limit $5";
    let rows = sql!(
        fetch_all(i64, i64, String, i64, i64, i64, String, Option<i64>, Option<i64>),
        c,
        TEXT,
        until,
        real,
        LOOKED_AT,
        OF_ONE_TEAM,
        OF_ONE_LOOK
    )?;
    let read = |(id, guild, lane, due_at, not_before, lease_until, state, assignee, case): Row| {
        let held = state == State::Claimed.name() || state == State::Sending.name();
        let free_at = if held { lease_until } else { not_before };
        let (loose, case) = (assignee.map(UserId::from_db), case.map(CaseNumber));
        Coming { id, guild: GuildId::from_db(guild), lane, due_at, free_at, held, loose, case }
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The claim with what stands around its condition.
macro_rules! claim_text {
    ($before:literal, $after:literal) => {
        concat!(
            "update delivery set state = 'claimed', lease_token = lease_token + 1, lease_until = $4, worker = $5 where ",
            $before,
            "state in ('scheduled', 'claimed', 'sending', 'unknown')
                and due_at <= $2 and not_before <= $3 and lease_until <= $3
                and not exists (select 1 from delivery as other
                    where other.lane = delivery.lane and other.id <> delivery.id
                        and other.state in ('claimed', 'sending') and other.lease_until > $3)",
            $after,
            " returning id, guild_id, kind, case_number, follow_up_id, coalesce(follow_up_version, 0) as version, user_id,
                state, due_at, created_at, wanted, lease_token, lease_until, attempts, trying_since, waiting_since, hop,
                in_flight, channel_id, sequence, first_sent, last_sent, look_from, doubted, thread_name, reopened,
                guests, message_id, reason"
        )
    };
}

/// Claims those of `ids` that are still to be had and whose lane nobody is in.
pub async fn claim(
    c: &mut Conn,
    ids: &[i64],
    now: i64,
    real: i64,
    lease_until: i64,
    worker: &str,
) -> Result<Vec<Job>, StoreError> {
    // The two differ in one thing: PostgreSQL passes over rows that another process is claiming at this moment, instead
    // of waiting for it. SQLite has one writer.
    const SQLITE: &str = claim_text!("id = $1 and ", "");
    const POSTGRES: &str = claim_text!("id = (select id from delivery where id = $1 and ", " for update skip locked)");
    let text = match c.0 {
        Db::Sqlite(_) => SQLITE,
        Db::Postgres(_) => POSTGRES,
    };
    let mut claimed = Vec::new();
    for id in ids {
        if let Some(row) = sql!(fetch_optional JobRow, c, text, *id, now, real, lease_until, worker)? {
            claimed.push(read(row)?);
        }
    }
    Ok(claimed)
}

/// Makes the lease last until `until`; false: it is no longer ours.
pub async fn renew(c: &mut Conn, id: i64, token: i64, until: i64) -> Result<bool, StoreError> {
    const TEXT: &str = "update delivery set lease_until = $3
        where id = $1 and lease_token = $2 and state in ('claimed', 'sending')";
    Ok(sql!(execute, c, TEXT, id, token, until)? == 1)
}

/// Stores what the worker learnt, if the row is still in state `from` and still ours; false: it is not, and nothing was
/// stored. A card, an offer or a bundle of which something changed meanwhile goes back to `scheduled` instead of `sent`.
pub async fn save(c: &mut Conn, job: &Job, from: State, settled: Settled) -> Result<bool, StoreError> {
    const TEXT: &str = "update delivery set
            state = case when $4 = 'sent' and kind in ('card', 'offer', 'bundle') and wanted > $23 then 'scheduled' else $4 end,
            lease_until = $5, not_before = $6, attempts = $7, trying_since = $8, waiting_since = $9, hop = $10,
            in_flight = $11, channel_id = $12, sequence = $13, first_sent = $14, last_sent = $15, look_from = $16,
            doubted = $17, thread_name = $18, reopened = $19, guests = $20, message_id = $21, reason = $22,
            made = coalesce($23, made), sent_at = coalesce($24, sent_at), due_at = $25
        where id = $1 and state = $2 and lease_token = $3";
    let held = matches!(settled.state, State::Claimed | State::Sending);
    let guests: Vec<String> = job.guests.iter().map(ToString::to_string).collect();
    let changed = sql!(
        execute,
        c,
        TEXT,
        job.id,
        from.name(),
        job.token,
        settled.state.name(),
        if held { job.lease_until } else { 0 },
        settled.not_before,
        job.attempts,
        job.trying_since,
        job.waiting_since,
        job.hop.name(),
        job.in_flight.map(Part::name),
        job.channel.map(ChannelId::db),
        job.sequence,
        job.first_sent,
        job.last_sent,
        job.look_from,
        i64::from(job.doubted),
        job.thread_name.as_deref(),
        i64::from(job.reopened),
        guests.join(","),
        job.message.map(MessageId::db),
        job.reason.as_str(),
        settled.made,
        settled.sent_at,
        job.due_at,
    )?;
    Ok(changed == 1)
}

/// Frees what earlier processes held, where that is certain: a `SQLite` file belongs to one process at a time, so at its
/// start every lease is a dead one's. On a server, leases run out by themselves. Gives the number of rows.
pub async fn free_abandoned(c: &mut Conn) -> Result<u64, StoreError> {
    const TEXT: &str = "update delivery set lease_until = 0
        where state in ('claimed', 'sending') and lease_until > 0";
    match c.0 {
        Db::Sqlite(_) => sql!(execute, c, TEXT),
        Db::Postgres(_) => Ok(0),
    }
}

/// The latest moment of the lease clock that an open row has written down; 0 if there is none.
pub async fn latest(c: &mut Conn) -> Result<i64, StoreError> {
    const TEXT: &str = "select coalesce(max(last_sent), 0) from delivery
        where state in ('scheduled', 'claimed', 'sending', 'unknown')";
    Ok(sql!(fetch_one(i64,), c, TEXT)?.0)
}

/// The server's clock, Unix ms: what processes on one `PostgreSQL` agree on. A file belongs to one process: none.
pub async fn server_time(c: &mut Conn) -> Result<Option<i64>, StoreError> {
    const TEXT: &str = "select (extract(epoch from clock_timestamp()) * 1000)::bigint";
    match c.0 {
        Db::Sqlite(_) => Ok(None),
        Db::Postgres(_) => Ok(Some(sql!(fetch_one(i64,), c, TEXT)?.0)),
    }
}

/// Where a row stands, and the message it was last sent as.
pub async fn outcome(c: &mut Conn, id: i64) -> Result<Option<(State, Option<MessageId>)>, StoreError> {
    const TEXT: &str = "select state, message_id from delivery where id = $1";
    let row = sql!(fetch_optional(String, Option<i64>), c, TEXT, id)?;
    row.map(|(state, message)| {
        Ok((known(State::from_name(&state), "delivery.state", &state)?, message.map(MessageId::from_db)))
    })
    .transpose()
}

/// How many rows are in each state, for metrics and tests.
pub async fn count(c: &mut Conn) -> Result<Vec<(State, i64)>, StoreError> {
    const TEXT: &str = "select state, count(*) from delivery group by state order by state";
    let rows = sql!(fetch_all(String, i64), c, TEXT)?;
    rows.into_iter().map(|(state, n)| Ok((known(State::from_name(&state), "delivery.state", &state)?, n))).collect()
}

pub(crate) fn case_lane(guild: GuildId, case: CaseNumber) -> String {
    format!("case:{guild}:{}", case.0)
}
