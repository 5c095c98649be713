//! All that is kept for tone: who wished for a private word and when the next may come, what was deliberately allowed,
//! counters per rule, and a case's warmth. Never a text, never who wrote what.

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::case::CaseNumber;
use crate::id::{GuildId, UserId};
use crate::locale::Lang;

/// A rule by its language and name, as people and rows name it: `de:insult.name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleName {
    /// The language it reads.
    pub lang: Lang,
    /// Its name within the language.
    pub id: String,
}

impl RuleName {
    /// Reads `de:insult.name`.
    pub fn parse(text: &str) -> Option<Self> {
        let (lang, id) = text.split_once(':')?;
        Some(Self { lang: Lang::from_code(lang)?, id: id.to_owned() }).filter(|name| !name.id.is_empty())
    }
}

impl std::fmt::Display for RuleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.lang.code(), self.id)
    }
}

/// Somebody who wished for a private word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    /// No word before this, Unix ms.
    pub next_at: i64,
    /// It ended because their direct messages are closed.
    pub closed: bool,
}

/// Something allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Which rule.
    pub rule: RuleName,
    /// For the whole team, not only for who asked.
    pub team: bool,
}

/// Stands for the whole team where a person could stand; no snowflake is 0.
const TEAM: i64 = 0;

/// Somebody's wish for a private word, if they have one or had one that was ended for them.
pub async fn me(c: &mut Conn, guild: GuildId, user: UserId) -> Result<Option<Me>, StoreError> {
    const TEXT: &str = "select next_at, closed from tone_person where guild_id = $1 and user_id = $2";
    let row = sql!(fetch_optional(i64, i64), c, TEXT, guild.db(), user.db())?;
    Ok(row.map(|(next_at, closed)| Me { next_at, closed: closed != 0 }))
}

/// Begins private words; who has them already keeps the time of the next.
pub async fn begin(c: &mut Conn, guild: GuildId, user: UserId, now_ms: i64) -> Result<(), StoreError> {
    const TEXT: &str = "insert into tone_person (guild_id, user_id, next_at) values ($1, $2, $3)
        on conflict (guild_id, user_id) do update set closed = 0";
    sql!(execute, c, TEXT, guild.db(), user.db(), now_ms).map(drop)
}

/// Ends them, and keeps nothing.
pub async fn end(c: &mut Conn, guild: GuildId, user: UserId) -> Result<(), StoreError> {
    const TEXT: &str = "delete from tone_person where guild_id = $1 and user_id = $2";
    sql!(execute, c, TEXT, guild.db(), user.db()).map(drop)
}

/// Ends them because they do not arrive.
pub async fn close(c: &mut Conn, guild: GuildId, user: UserId) -> Result<(), StoreError> {
    const TEXT: &str = "update tone_person set closed = 1 where guild_id = $1 and user_id = $2";
    sql!(execute, c, TEXT, guild.db(), user.db()).map(drop)
}

/// No word before `until`; a later time already kept stays. False: they did not wish for words.
pub async fn rest(c: &mut Conn, guild: GuildId, user: UserId, until: i64) -> Result<bool, StoreError> {
    const TEXT: &str = "update tone_person set next_at = case when next_at > $3 then next_at else $3 end
        where guild_id = $1 and user_id = $2 and closed = 0";
    Ok(sql!(execute, c, TEXT, guild.db(), user.db(), until)? == 1)
}

/// How many of a team wish for private words.
pub async fn wishing(c: &mut Conn, guild: GuildId) -> Result<i64, StoreError> {
    const TEXT: &str = "select count(*) from tone_person where guild_id = $1 and closed = 0";
    Ok(sql!(fetch_one(i64,), c, TEXT, guild.db())?.0)
}

/// Allows a rule for one person, or with none for the team; allowing it twice is allowing it once.
pub async fn allow(c: &mut Conn, guild: GuildId, who: Option<UserId>, rule: &RuleName) -> Result<(), StoreError> {
    const TEXT: &str = "insert into tone_allowed (guild_id, user_id, lang, rule) values ($1, $2, $3, $4)
        on conflict (guild_id, user_id, lang, rule) do nothing";
    let user = who.map_or(TEAM, UserId::db);
    sql!(execute, c, TEXT, guild.db(), user, rule.lang.code(), rule.id.as_str()).map(drop)
}

/// Takes that back; false: it was not allowed.
pub async fn disallow(c: &mut Conn, guild: GuildId, who: Option<UserId>, rule: &RuleName) -> Result<bool, StoreError> {
    const TEXT: &str = "delete from tone_allowed where guild_id = $1 and user_id = $2 and lang = $3 and rule = $4";
    let user = who.map_or(TEAM, UserId::db);
    Ok(sql!(execute, c, TEXT, guild.db(), user, rule.lang.code(), rule.id.as_str())? == 1)
}

/// What holds for somebody: their own allowances and the team's.
pub async fn allowed(c: &mut Conn, guild: GuildId, user: UserId) -> Result<Vec<Allowed>, StoreError> {
    const TEXT: &str = "select user_id, lang, rule from tone_allowed where guild_id = $1 and user_id in (0, $2)
        order by lang, rule, user_id";
    let rows = sql!(fetch_all(i64, String, String), c, TEXT, guild.db(), user.db())?;
    rows.into_iter().map(|(who, lang, id)| Ok(Allowed { rule: name(&lang, id)?, team: who == TEAM })).collect()
}

/// Counts one find of each rule.
pub async fn count(c: &mut Conn, guild: GuildId, rules: &[RuleName]) -> Result<(), StoreError> {
    const TEXT: &str = "insert into tone_count (guild_id, lang, rule, n) values ($1, $2, $3, 1)
        on conflict (guild_id, lang, rule) do update set n = tone_count.n + 1";
    for rule in rules {
        sql!(execute, c, TEXT, guild.db(), rule.lang.code(), rule.id.as_str())?;
    }
    Ok(())
}

/// How often each rule found something in a team, where that was at least `least` times.
pub async fn counts(c: &mut Conn, guild: GuildId, least: i64) -> Result<Vec<(RuleName, i64)>, StoreError> {
    const TEXT: &str = "select lang, rule, n from tone_count where guild_id = $1 and n >= $2 order by lang, rule";
    let rows = sql!(fetch_all(String, String, i64), c, TEXT, guild.db(), least)?;
    rows.into_iter().map(|(lang, id, n)| Ok((name(&lang, id)?, n))).collect()
}

/// A case's warmth in thousandths, and when it stood there, Unix ms.
pub async fn heat(c: &mut Conn, guild: GuildId, case: CaseNumber) -> Result<Option<(i64, i64)>, StoreError> {
    const TEXT: &str = "select heat, at from case_heat where guild_id = $1 and case_number = $2";
    sql!(fetch_optional(i64, i64), c, TEXT, guild.db(), case.0)
}

/// Keeps a case's warmth.
pub async fn set_heat(c: &mut Conn, guild: GuildId, case: CaseNumber, heat: i64, at: i64) -> Result<(), StoreError> {
    const TEXT: &str = "insert into case_heat (guild_id, case_number, heat, at) values ($1, $2, $3, $4)
        on conflict (guild_id, case_number) do update set heat = excluded.heat, at = excluded.at";
    sql!(execute, c, TEXT, guild.db(), case.0, heat, at).map(drop)
}

/// Forgets all that is kept of a person: their wish, their allowances, their pauses. What a lead allowed for the team stays the team's.
pub async fn forget(c: &mut Conn, guild: GuildId, user: UserId) -> Result<(), StoreError> {
    const ALLOWED: &str = "delete from tone_allowed where guild_id = $1 and user_id = $2";
    end(c, guild, user).await?;
    super::aside::forget_pauses(c, guild, user).await?;
    sql!(execute, c, ALLOWED, guild.db(), user.db()).map(drop)
}

fn name(lang: &str, id: String) -> Result<RuleName, StoreError> {
    let lang = Lang::from_code(lang).ok_or_else(|| StoreError::unreadable("tone.lang", lang))?;
    Ok(RuleName { lang, id })
}
