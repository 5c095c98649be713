//! A case's timeline: added to, read, never rewritten. The tables' triggers refuse anything else.

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::case::{CaseNumber, Change, Entry};
use crate::id::{GuildId, UserId};

#[derive(sqlx::FromRow)]
struct EntryRow {
    seq: i64,
    at: i64,
    actor: Option<i64>,
    kind: String,
    body: String,
}

/// Adds one entry. The case must exist.
pub async fn append(c: &mut Conn, guild: GuildId, number: CaseNumber, entry: &Entry) -> Result<(), StoreError> {
    // Counting on the case's row gives two entries written at once their own places.
    const PLACE: &str = "update case_file set entries = entries + 1 where guild_id = $1 and number = $2
        returning entries";
    const TEXT: &str = "insert into entry (guild_id, case_number, seq, at, actor, kind, body)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let (seq,) = sql!(fetch_one(i64,), c, PLACE, guild.db(), number.0)?;
    let body = serde_json::to_string(&entry.what)
        .map_err(|_| StoreError::unreadable("entry.body", place(number, seq, entry.what.kind())))?;
    sql!(
        execute,
        c,
        TEXT,
        guild.db(),
        number.0,
        seq,
        entry.at,
        entry.actor.map(UserId::db),
        entry.what.kind(),
        body.as_str(),
    )?;
    Ok(())
}

/// The newest entries, newest first.
pub async fn newest(c: &mut Conn, guild: GuildId, number: CaseNumber, limit: u32) -> Result<Vec<Entry>, StoreError> {
    const TEXT: &str = "select seq, at, actor, kind, body from entry where guild_id = $1 and case_number = $2
        order by seq desc limit $3";
    let rows = sql!(fetch_all EntryRow, c, TEXT, guild.db(), number.0, i64::from(limit))?;
    rows.into_iter()
        .map(|row| {
            let what: Change = serde_json::from_str(&row.body)
                .map_err(|_| StoreError::unreadable("entry.body", place(number, row.seq, &row.kind)))?;
            Ok(Entry { at: row.at, actor: row.actor.map(UserId::from_db), what })
        })
        .collect()
}

/// Which entry it is. What it says never goes into an error, as errors are logged.
fn place(number: CaseNumber, seq: i64, kind: &str) -> String {
    format!("case {number}, entry {seq} ({kind})")
}
