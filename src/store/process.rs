//! Who else works on this database, where several may: processes share one bot's limit of requests, so each must know how
//! many there are.
//!
//! Invariant: only a count comes of it. What belongs to whom is decided by leases alone.

use super::conn::{Conn, sql};
use super::error::StoreError;

/// Who has given no sign of life for so long is gone, ms.
const GONE: i64 = 12_000;

/// A sign of life of the process `name`; gives how many are alive, itself included.
pub async fn beat(c: &mut Conn, name: &str) -> Result<usize, StoreError> {
    const BEAT: &str =
        "insert into process (name, seen_at) values ($1, (extract(epoch from clock_timestamp()) * 1000)::bigint)
        on conflict (name) do update set seen_at = excluded.seen_at returning seen_at";
    const FORGET: &str = "delete from process where seen_at <= $1";
    const COUNT: &str = "select count(*) from process where seen_at > $1";
    let (now,) = sql!(fetch_one(i64,), c, BEAT, name)?;
    // Long after it counts no more, so that two who tidy up at once have nothing to quarrel about.
    sql!(execute, c, FORGET, now - 10 * GONE)?;
    let (alive,) = sql!(fetch_one(i64,), c, COUNT, now - GONE)?;
    Ok(usize::try_from(alive).unwrap_or(1).max(1))
}

/// The process `name` has ended: the others need not wait until it is silent.
pub async fn leave(c: &mut Conn, name: &str) -> Result<(), StoreError> {
    const TEXT: &str = "delete from process where name = $1";
    sql!(execute, c, TEXT, name).map(drop)
}
