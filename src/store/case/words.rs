//! Keeps the index of words in step with each case.
//!
//! Invariant: a case's rows in `case_word` are exactly the words in its `words` column.

use std::collections::BTreeSet;

use super::super::conn::{Conn, Db, sql};
use super::super::error::StoreError;
use crate::case::CaseNumber;
use crate::id::GuildId;

/// The column of a case without words.
pub(super) const NONE: &str = " ";

/// The column: the number and each word between two spaces, so that `like '% word %'` finds whole words and `'% wor%'`
/// beginnings.
pub(super) fn joined(words: &[String], number: CaseNumber) -> String {
    // Whoever searches for a number means the case.
    let mut joined = format!(" {} ", number.0);
    for word in words {
        joined.push_str(word);
        joined.push(' ');
    }
    joined
}

/// Brings the index from the words in `before` to those in `after`, both as [`joined`].
pub(super) async fn replace(
    c: &mut Conn,
    guild: GuildId,
    number: CaseNumber,
    before: &str,
    after: &str,
) -> Result<(), StoreError> {
    const REMOVE: &str = "delete from case_word where guild_id = $1 and word = $2 and case_number = $3";
    let old: BTreeSet<&str> = before.split_whitespace().collect();
    let new: BTreeSet<&str> = after.split_whitespace().collect();
    for gone in old.difference(&new) {
        sql!(execute, c, REMOVE, guild.db(), *gone, number.0)?;
    }
    let added: Vec<&str> = new.difference(&old).copied().collect();
    if added.is_empty() {
        return Ok(());
    }
    insert(c, guild, number, &serde_json::json!(added).to_string()).await
}

/// All in one statement; the engines open a JSON array each in its own way.
async fn insert(c: &mut Conn, guild: GuildId, number: CaseNumber, array: &str) -> Result<(), StoreError> {
    const SQLITE: &str = "insert into case_word (guild_id, word, case_number)
        select $1, value, $2 from json_each($3)";
    const POSTGRES: &str = "insert into case_word (guild_id, word, case_number)
        select $1, value, $2 from json_array_elements_text($3::json)";
    match &mut c.0 {
        Db::Sqlite(db) => {
            sqlx::query(SQLITE).bind(guild.db()).bind(number.0).bind(array).execute(&mut **db).await?;
        }
        Db::Postgres(db) => {
            sqlx::query(POSTGRES).bind(guild.db()).bind(number.0).bind(array).execute(&mut **db).await?;
        }
    }
    Ok(())
}
