//! Promises: written down, changed by compare-and-set, listed soonest first.

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::case::CaseNumber;
use crate::follow_up::{FollowUp, FollowUpId, State};
use crate::id::{ChannelId, GuildId, UserId};

/// A promise about to be written down. It starts open, with version 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFollowUp {
    /// The team.
    pub guild: GuildId,
    /// The case it is about, if any.
    pub case: Option<CaseNumber>,
    /// What is promised.
    pub what: String,
    /// Who writes it down.
    pub creator: UserId,
    /// Who owes it.
    pub assignee: UserId,
    /// Due, as civil time in `zone`.
    pub civil: String,
    /// IANA zone of `civil`.
    pub zone: String,
    /// Due, as the instant `civil` resolved to, Unix ms.
    pub due_at: i64,
    /// Where it is written down.
    pub channel: ChannelId,
    /// When, Unix ms.
    pub created_at: i64,
}

#[derive(sqlx::FromRow)]
struct FollowUpRow {
    id: i64,
    guild_id: i64,
    case_number: Option<i64>,
    what: String,
    creator: i64,
    assignee: i64,
    civil: String,
    zone: String,
    due_at: i64,
    channel: i64,
    state: String,
    created_at: i64,
    ended_at: Option<i64>,
    version: i64,
}

/// `select` of a whole follow-up, with what comes after `where`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, guild_id, case_number, what, creator, assignee, civil, zone, due_at, channel, state, created_at,
                ended_at, version from follow_up where guild_id = $1 and ",
            $rest
        )
    };
}

/// Writes a promise down.
pub async fn insert(c: &mut Conn, new: &NewFollowUp) -> Result<FollowUpId, StoreError> {
    const TEAM: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do nothing";
    const TEXT: &str = "insert into follow_up (guild_id, case_number, what, creator, assignee, civil, zone, due_at,
            channel, state, created_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, 1) returning id";
    sql!(execute, c, TEAM, new.guild.db())?;
    let (id,) = sql!(
        fetch_one(i64,),
        c,
        TEXT,
        new.guild.db(),
        new.case.map(|number| number.0),
        new.what.as_str(),
        new.creator.db(),
        new.assignee.db(),
        new.civil.as_str(),
        new.zone.as_str(),
        new.due_at,
        new.channel.db(),
        new.created_at,
    )?;
    Ok(FollowUpId(id))
}

/// The promise with this number, if it is the team's.
pub async fn get(c: &mut Conn, guild: GuildId, id: FollowUpId) -> Result<Option<FollowUp>, StoreError> {
    const TEXT: &str = select!("id = $2");
    sql!(fetch_optional FollowUpRow, c, TEXT, guild.db(), id.0)?.map(read).transpose()
}

/// Stores what may change of a promise (text, assignee, due time, state) if it is still open and still has
/// `expected_version`; false: somebody else was first. What has ended stays ended.
pub async fn save(c: &mut Conn, follow_up: &FollowUp, expected_version: i64) -> Result<bool, StoreError> {
    const TEXT: &str = "update follow_up set what = $4, assignee = $5, civil = $6, zone = $7, due_at = $8, state = $9,
            ended_at = $10, version = $11
        where guild_id = $1 and id = $2 and version = $3 and state = 'open'";
    let changed = sql!(
        execute,
        c,
        TEXT,
        follow_up.guild.db(),
        follow_up.id.0,
        expected_version,
        follow_up.what.as_str(),
        follow_up.assignee.db(),
        follow_up.civil.as_str(),
        follow_up.zone.as_str(),
        follow_up.due_at,
        follow_up.state.name(),
        follow_up.ended_at,
        follow_up.version,
    )?;
    Ok(changed == 1)
}

/// Open promises, soonest first; of one person, of one case, or both, where given.
pub async fn list(
    c: &mut Conn,
    guild: GuildId,
    who: Option<UserId>,
    case: Option<CaseNumber>,
    limit: u32,
) -> Result<Vec<FollowUp>, StoreError> {
    const ALL: &str = select!("state = 'open' order by due_at, id limit $2");
    const WHO: &str = select!("state = 'open' and assignee = $3 order by due_at, id limit $2");
    const CASE: &str = select!("state = 'open' and case_number = $3 order by due_at, id limit $2");
    const BOTH: &str = select!("state = 'open' and case_number = $3 and assignee = $4 order by due_at, id limit $2");
    let (guild, limit) = (guild.db(), i64::from(limit));
    let rows = match (who, case) {
        (None, None) => sql!(fetch_all FollowUpRow, c, ALL, guild, limit),
        (Some(who), None) => sql!(fetch_all FollowUpRow, c, WHO, guild, limit, who.db()),
        (None, Some(case)) => sql!(fetch_all FollowUpRow, c, CASE, guild, limit, case.0),
        (Some(who), Some(case)) => sql!(fetch_all FollowUpRow, c, BOTH, guild, limit, case.0, who.db()),
    }?;
    rows.into_iter().map(read).collect()
}

/// The case's open promise that is due first.
pub async fn next_due(c: &mut Conn, guild: GuildId, case: CaseNumber) -> Result<Option<FollowUp>, StoreError> {
    Ok(list(c, guild, None, Some(case), 1).await?.pop())
}

fn read(row: FollowUpRow) -> Result<FollowUp, StoreError> {
    Ok(FollowUp {
        id: FollowUpId(row.id),
        guild: GuildId::from_db(row.guild_id),
        case: row.case_number.map(CaseNumber),
        what: row.what,
        creator: UserId::from_db(row.creator),
        assignee: UserId::from_db(row.assignee),
        civil: row.civil,
        zone: row.zone,
        due_at: row.due_at,
        channel: ChannelId::from_db(row.channel),
        state: State::from_name(&row.state).ok_or_else(|| StoreError::unreadable("follow_up.state", row.state))?,
        created_at: row.created_at,
        ended_at: row.ended_at,
        version: row.version,
    })
}
