//! Cases whose card never found a place, so that it can be tried again once rights or channel have changed.

use super::super::conn::{Conn, sql};
use super::super::error::StoreError;
use crate::case::CaseNumber;
use crate::id::GuildId;

#[derive(sqlx::FromRow)]
struct Number {
    number: i64,
}

/// The newest cases of a team that are not closed and have no card, at most `limit`.
pub async fn unplaced(c: &mut Conn, guild: GuildId, limit: u32) -> Result<Vec<CaseNumber>, StoreError> {
    const TEXT: &str = "select number from case_file where guild_id = $1 and card is null and status <> 'closed'
        order by number desc limit $2";
    let rows = sql!(fetch_all Number, c, TEXT, guild.db(), i64::from(limit))?;
    Ok(rows.into_iter().map(|row| CaseNumber(row.number)).collect())
}
