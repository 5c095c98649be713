//! What is kept about a person, and erasing it. Erasing overwrites text and names and keeps the rows, so that numbers,
//! times and statuses of the team's work stay true; `secure_delete` lets nothing of it linger in a `SQLite` file.

use super::conn::{Conn, sql};
use super::error::StoreError;
use super::{case, delivery, search, tone};
use crate::case::{Case, CaseNumber, Change};
use crate::id::{GuildId, UserId};

/// Most cases of one customer that are named.
const NAMED: u32 = 1_000;

/// What a team's data says about one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Cases in which they are the customer, newest first.
    pub customer_of: Vec<CaseNumber>,
    /// Cases they own.
    pub owner_of: i64,
    /// Entries they wrote in timelines.
    pub entries: i64,
    /// Promises they owe.
    pub promises_open: i64,
    /// Promises they wrote down or owed, that are over.
    pub promises_ended: i64,
    /// Whether they set something for themselves (zone, hours, language …).
    pub profile: bool,
}

#[derive(sqlx::FromRow)]
struct Counts {
    owner_of: i64,
    entries: i64,
    promises_open: i64,
    promises_ended: i64,
    profile: i64,
}

/// Counts what is kept about a person.
pub async fn holdings(c: &mut Conn, guild: GuildId, user: UserId) -> Result<Holdings, StoreError> {
    const TEXT: &str = "select
            (select count(*) from case_file where guild_id = $1 and owner = $2) as owner_of,
            (select count(*) from entry where guild_id = $1 and actor = $2) as entries,
            (select count(*) from follow_up where guild_id = $1 and assignee = $2 and state = 'open') as promises_open,
            (select count(*) from follow_up where guild_id = $1 and (assignee = $2 or creator = $2)
                and state <> 'open') as promises_ended,
            (select count(*) from profile where guild_id = $1 and user_id = $2) as profile";
    let counts = sql!(fetch_one Counts, c, TEXT, guild.db(), user.db())?;
    Ok(Holdings {
        customer_of: customer_of(c, guild, user).await?,
        owner_of: counts.owner_of,
        entries: counts.entries,
        promises_open: counts.promises_open,
        promises_ended: counts.promises_ended,
        profile: counts.profile > 0,
    })
}

async fn customer_of(c: &mut Conn, guild: GuildId, user: UserId) -> Result<Vec<CaseNumber>, StoreError> {
    const TEXT: &str = "select number from case_file where guild_id = $1 and customer_user = $2
        order by number desc limit $3";
    let rows = sql!(fetch_all(i64,), c, TEXT, guild.db(), user.db(), i64::from(NAMED))?;
    Ok(rows.into_iter().map(|(number,)| CaseNumber(number)).collect())
}

/// One line a person wrote, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// In which case.
    pub case_number: i64,
    /// When, Unix ms.
    pub at: i64,
    /// What, as JSON.
    pub body: String,
}

/// The newest lines a person wrote in timelines, at most `limit`.
pub async fn lines(c: &mut Conn, guild: GuildId, user: UserId, limit: u32) -> Result<Vec<Line>, StoreError> {
    const TEXT: &str = "select case_number, at, body from entry where guild_id = $1 and actor = $2
        order by at desc, case_number, seq limit $3";
    sql!(fetch_all Line, c, TEXT, guild.db(), user.db(), i64::from(limit))
}

/// Erases a person: their lines lose name and text, cases lose them as customer, ended promises lose text and names, their
/// profile goes.
/// What the team still needs stays: cases they own and promises they owe.
pub async fn erase_person(c: &mut Conn, guild: GuildId, user: UserId, now_ms: i64) -> Result<(), StoreError> {
    const TYPED: &str = "update entry set actor = null, body = $3 where guild_id = $1 and actor = $2
        and kind not in ('status', 'priority', 'owner', 'mood', 'customer_type', 'cause', 'via', 'reopened')";
    const CHOSEN: &str = "update entry set actor = null where guild_id = $1 and actor = $2";
    const PROMISES: &str = "update follow_up set what = '', outcome = null, creator = 0, assignee = 0
        where guild_id = $1 and (creator = $2 or assignee = $2) and state <> 'open'";
    const ENDED: &str = "update follow_up set ended_by = null where guild_id = $1 and ended_by = $2";
    const ACCOUNT: &str = "update case_file set customer_user = null where guild_id = $1 and customer_user = $2";
    const PROFILE: &str = "delete from profile where guild_id = $1 and user_id = $2";
    const MORNINGS: &str = "delete from digest where guild_id = $1 and user_id = $2";
    const OFFERS: &str = "delete from offer where guild_id = $1 and user_id = $2";
    for number in customer_of(c, guild, user).await? {
        if let Some(mut case) = case::lock(c, guild, number).await? {
            case.customer = None;
            rewrite(c, case, now_ms).await?;
        }
    }
    sql!(execute, c, ACCOUNT, guild.db(), user.db())?;
    sql!(execute, c, TYPED, guild.db(), user.db(), erased().as_str())?;
    sql!(execute, c, CHOSEN, guild.db(), user.db())?;
    sql!(execute, c, PROMISES, guild.db(), user.db())?;
    sql!(execute, c, ENDED, guild.db(), user.db())?;
    sql!(execute, c, PROFILE, guild.db(), user.db())?;
    sql!(execute, c, MORNINGS, guild.db(), user.db())?;
    sql!(execute, c, OFFERS, guild.db(), user.db())?;
    tone::forget(c, guild, user).await
}

/// Erases what a case says: title, customer, tags, resolution and every typed word of its timeline and promises.
/// `placeholder` becomes its title. Who worked on it and when, stays.
pub async fn erase_case(c: &mut Conn, case: &Case, placeholder: &str, now_ms: i64) -> Result<(), StoreError> {
    const TYPED: &str = "update entry set body = $3 where guild_id = $1 and case_number = $2
        and kind not in ('status', 'priority', 'owner', 'mood', 'customer_type', 'cause', 'via', 'reopened')";
    const SPOKE: &str = "update entry set actor = null where guild_id = $1 and case_number = $2
        and kind = 'customer_spoke'";
    const PROMISES: &str = "update follow_up set what = '', outcome = null where guild_id = $1 and case_number = $2";
    const ACCOUNT: &str = "update case_file set customer_user = null where guild_id = $1 and number = $2";
    let mut blank = case.clone();
    placeholder.clone_into(&mut blank.title);
    blank.customer = None;
    blank.resolution = None;
    blank.tags.clear();
    rewrite(c, blank, now_ms).await?;
    sql!(execute, c, TYPED, case.guild.db(), case.number.0, erased().as_str())?;
    sql!(execute, c, SPOKE, case.guild.db(), case.number.0)?;
    sql!(execute, c, PROMISES, case.guild.db(), case.number.0)?;
    sql!(execute, c, ACCOUNT, case.guild.db(), case.number.0)?;
    Ok(())
}

/// Saves a case that lost words, and lets its card show that.
async fn rewrite(c: &mut Conn, mut case: Case, now_ms: i64) -> Result<(), StoreError> {
    let version = case.version;
    case.version += 1;
    case::save(c, &case, version, &search::of_case(&case)).await?;
    delivery::want_card(c, case.guild, case.number, now_ms).await
}

fn erased() -> String {
    serde_json::to_string(&Change::Erased {}).expect("a change without fields is JSON")
}
