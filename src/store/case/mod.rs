//! Cases: opened with a gapless number, changed by compare-and-set, listed and found through indexes.
//!
//! Invariant: every change of what people see goes through [`save`], which refuses a version that is no longer the
//! newest. Where the thread and the card are ([`set_place`]) is not part of that: it changes nothing people decided.

mod find;
mod list;
mod unplaced;
mod words;

pub use find::{find, suggest};
pub use list::{CaseLine, PAGE, Page, list};
pub use unplaced::unplaced;

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::case::{Case, CaseNumber, Cause, CustomerType, Priority, Source, Status, Via};
use crate::id::{ChannelId, GuildId, MessageId, UserId};

#[derive(sqlx::FromRow)]
struct CaseRow {
    guild_id: i64,
    number: i64,
    title: String,
    customer: Option<String>,
    customer_user: Option<i64>,
    status: String,
    priority: String,
    owner: Option<i64>,
    opener: i64,
    mood: i64,
    customer_type: Option<String>,
    cause: Option<String>,
    via: Option<String>,
    tags: String,
    resolution: Option<String>,
    source_channel: Option<i64>,
    source_message: Option<i64>,
    home: i64,
    thread: Option<i64>,
    card: Option<i64>,
    opened_at: i64,
    updated_at: i64,
    closed_at: Option<i64>,
    version: i64,
}

/// `select` of a whole case, with what comes after `where guild_id = $1 and`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select guild_id, number, title, customer, customer_user, status, priority, owner, opener, mood,
                customer_type, cause, via, tags, resolution, source_channel, source_message, home, thread, card, opened_at, updated_at, closed_at,
                version from case_file where guild_id = $1 and ",
            $rest
        )
    };
}

/// Gives out the team's next number. It counts only if the transaction commits: whoever asks meanwhile waits, so that
/// there are neither gaps nor doubles.
pub async fn next_number(c: &mut Conn, guild: GuildId) -> Result<CaseNumber, StoreError> {
    const TEXT: &str = "insert into guild (guild_id, last_number) values ($1, 1)
        on conflict (guild_id) do update set last_number = guild.last_number + 1
        returning last_number";
    let (number,) = sql!(fetch_one(i64,), c, TEXT, guild.db())?;
    Ok(CaseNumber(number))
}

/// Stores a new case, to be found by `words` (from [`search::words`](super::search::words)).
pub async fn insert(c: &mut Conn, case: &Case, words: &[String]) -> Result<(), StoreError> {
    const TEXT: &str =
        "insert into case_file (guild_id, number, title, customer, status, priority, owner, opener, mood,
            customer_type, cause, via, tags, resolution, source_channel, source_message, home, thread, card, opened_at,
            updated_at, closed_at, version, active, words, customer_user)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26)";
    let kept = words::joined(words, case.number);
    sql!(
        execute,
        c,
        TEXT,
        case.guild.db(),
        case.number.0,
        case.title.as_str(),
        case.customer.as_deref(),
        case.status.name(),
        case.priority.name(),
        case.owner.map(UserId::db),
        case.opener.db(),
        i64::from(case.mood),
        case.customer_type.map(CustomerType::name),
        case.cause.map(Cause::name),
        case.via.map(Via::name),
        tags_to_json(&case.tags).as_str(),
        case.resolution.as_deref(),
        case.source.map(|source| source.channel.db()),
        case.source.map(|source| source.message.db()),
        case.home.db(),
        case.thread.map(ChannelId::db),
        case.card.map(MessageId::db),
        case.opened_at,
        case.updated_at,
        case.closed_at,
        case.version,
        i64::from(case.status.is_active()),
        kept.as_str(),
        case.customer_user.map(UserId::db),
    )?;
    words::replace(c, case.guild, case.number, words::NONE, &kept).await
}

/// The team's case with this number.
pub async fn get(c: &mut Conn, guild: GuildId, number: CaseNumber) -> Result<Option<Case>, StoreError> {
    const TEXT: &str = select!("number = $2");
    sql!(fetch_optional CaseRow, c, TEXT, guild.db(), number.0)?.map(read).transpose()
}

/// The same as [`get`], and nobody else changes it until the transaction ends.
pub async fn lock(c: &mut Conn, guild: GuildId, number: CaseNumber) -> Result<Option<Case>, StoreError> {
    const LOCKED: &str = select!("number = $2 for update");
    if c.is_sqlite() {
        // The one writer is the lock.
        return get(c, guild, number).await;
    }
    sql!(fetch_optional CaseRow, c, LOCKED, guild.db(), number.0)?.map(read).transpose()
}

/// The case whose thread or post this is.
pub async fn by_thread(c: &mut Conn, guild: GuildId, thread: ChannelId) -> Result<Option<Case>, StoreError> {
    const TEXT: &str = select!("thread = $2");
    sql!(fetch_optional CaseRow, c, TEXT, guild.db(), thread.db())?.map(read).transpose()
}

/// The team's newest cases about this customer that are not closed, at most `limit`.
pub async fn of_customer(
    c: &mut Conn,
    guild: GuildId,
    customer: UserId,
    limit: u32,
) -> Result<Vec<CaseNumber>, StoreError> {
    const TEXT: &str = "select number from case_file where guild_id = $1 and customer_user = $2 and status <> 'closed'
        order by number desc limit $3";
    let rows = sql!(fetch_all(i64,), c, TEXT, guild.db(), customer.db(), i64::from(limit))?;
    Ok(rows.into_iter().map(|(number,)| CaseNumber(number)).collect())
}

/// Stores what may change of a case if it still has `expected_version`; false: somebody else was first, nothing was
/// changed. `case.version` becomes its version. Source, the customer's account, home, opener, opening time and place are left as they are.
pub async fn save(c: &mut Conn, case: &Case, expected_version: i64, words: &[String]) -> Result<bool, StoreError> {
    const WORDS: &str = "select words from case_file where guild_id = $1 and number = $2 and version = $3";
    const TEXT: &str = "update case_file set title = $4, customer = $5, status = $6, priority = $7, owner = $8,
            mood = $9, customer_type = $10, cause = $11, via = $12, tags = $13, resolution = $14, updated_at = $15,
            closed_at = $16, version = $17, active = $18, words = $19
        where guild_id = $1 and number = $2 and version = $3";
    let Some((before,)) = sql!(fetch_optional(String,), c, WORDS, case.guild.db(), case.number.0, expected_version)?
    else {
        return Ok(false);
    };
    let kept = words::joined(words, case.number);
    let changed = sql!(
        execute,
        c,
        TEXT,
        case.guild.db(),
        case.number.0,
        expected_version,
        case.title.as_str(),
        case.customer.as_deref(),
        case.status.name(),
        case.priority.name(),
        case.owner.map(UserId::db),
        i64::from(case.mood),
        case.customer_type.map(CustomerType::name),
        case.cause.map(Cause::name),
        case.via.map(Via::name),
        tags_to_json(&case.tags).as_str(),
        case.resolution.as_deref(),
        case.updated_at,
        case.closed_at,
        case.version,
        i64::from(case.status.is_active()),
        kept.as_str(),
    )?;
    if changed != 1 {
        return Ok(false);
    }
    // The version was still the expected one, so `before` is what the index holds.
    words::replace(c, case.guild, case.number, &before, &kept).await?;
    Ok(true)
}

/// Records where the case's thread and card are, both as given (none: there is none). Not a change of the case itself.
pub async fn set_place(
    c: &mut Conn,
    guild: GuildId,
    number: CaseNumber,
    thread: Option<ChannelId>,
    card: Option<MessageId>,
) -> Result<(), StoreError> {
    const TEXT: &str = "update case_file set thread = $3, card = $4 where guild_id = $1 and number = $2";
    sql!(execute, c, TEXT, guild.db(), number.0, thread.map(ChannelId::db), card.map(MessageId::db))?;
    Ok(())
}

fn tags_to_json(tags: &[String]) -> String {
    serde_json::json!(tags).to_string()
}

fn read(row: CaseRow) -> Result<Case, StoreError> {
    Ok(Case {
        guild: GuildId::from_db(row.guild_id),
        number: CaseNumber(row.number),
        title: row.title,
        customer: row.customer,
        customer_user: row.customer_user.map(UserId::from_db),
        status: named(Status::from_name, "case_file.status", &row.status)?,
        priority: named(Priority::from_name, "case_file.priority", &row.priority)?,
        owner: row.owner.map(UserId::from_db),
        opener: UserId::from_db(row.opener),
        mood: read_mood(row.mood)?,
        customer_type: maybe_named(CustomerType::from_name, "case_file.customer_type", row.customer_type)?,
        cause: maybe_named(Cause::from_name, "case_file.cause", row.cause)?,
        via: maybe_named(Via::from_name, "case_file.via", row.via)?,
        // The tags themselves stay out of the error, as errors are logged.
        tags: serde_json::from_str(&row.tags)
            .map_err(|_| StoreError::unreadable("case_file.tags", format!("case {}", row.number)))?,
        resolution: row.resolution,
        source: row.source_channel.zip(row.source_message).map(|(channel, message)| Source {
            channel: ChannelId::from_db(channel),
            message: MessageId::from_db(message),
        }),
        home: ChannelId::from_db(row.home),
        thread: row.thread.map(ChannelId::from_db),
        card: row.card.map(MessageId::from_db),
        opened_at: row.opened_at,
        updated_at: row.updated_at,
        closed_at: row.closed_at,
        version: row.version,
    })
}

fn read_mood(mood: i64) -> Result<u8, StoreError> {
    u8::try_from(mood).map_err(|_| StoreError::unreadable("case_file.mood", mood.to_string()))
}

fn named<T>(from_name: fn(&str) -> Option<T>, place: &'static str, name: &str) -> Result<T, StoreError> {
    from_name(name).ok_or_else(|| StoreError::unreadable(place, name))
}

fn maybe_named<T>(
    from_name: fn(&str) -> Option<T>,
    place: &'static str,
    name: Option<String>,
) -> Result<Option<T>, StoreError> {
    name.map(|name| named(from_name, place, &name)).transpose()
}
