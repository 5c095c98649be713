//! Mornings: that somebody gets an overview when their working day begins, and what stands in it.
//!
//! Invariant: one for each person and day, and one for the team, by the table's key; whoever delivers one has written the
//! next before, so the row of mornings never ends.

use jiff::civil::Date;

use super::conn::{Conn, sql};
use super::error::StoreError;
use super::profile::Profile;
use super::{delivery, follow_up, guild, profile};
use crate::case::CaseNumber;
use crate::follow_up::{Calendar, FollowUpId};
use crate::id::{ChannelId, GuildId, UserId};
use crate::locale::Lang;
use crate::store::delivery::Kind;

/// Stands for the team; no account has this id.
const TEAM: UserId = UserId(0);
/// Lines of one group; the count says how many there are.
const LINES: i64 = 8;
/// Of those whose reminder reached nobody, as each says why.
const LOST: i64 = 4;

/// One line of an overview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The case, if it is about one.
    pub case: Option<CaseNumber>,
    /// Its thread.
    pub thread: Option<ChannelId>,
    /// What is due, for the one who owes it; empty in the team's overview and for whole cases.
    pub what: String,
    /// When it is due, Unix ms; 0 for whole cases.
    pub due_at: i64,
    /// Its reminder reached nobody: the promise with its version, and why, as delivery noted it.
    pub undelivered: Option<(FollowUpId, i64, String)>,
}

/// Lines that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// How many there are; not all of them need be among the lines.
    pub count: i64,
    /// The first of them.
    pub lines: Vec<Line>,
}

/// What stands in an overview.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Their reminder reached nobody; in no other group.
    pub undelivered: Group,
    /// Due before the day began.
    pub overdue: Group,
    /// Due on the day.
    pub today: Group,
    /// Active cases of nobody (P24).
    pub unassigned: Group,
    /// Active heated cases; a person's own.
    pub hot: Group,
}

/// One morning's overview, as it is now.
#[derive(Debug, Clone)]
pub struct Morning {
    /// Whose it is; none is the team's.
    pub user: Option<UserId>,
    /// The day it is for, in their zone.
    pub day: Date,
    /// When they work.
    pub calendar: Calendar,
    /// Whether they want it.
    pub wanted: bool,
    /// The language they set.
    pub lang: Option<Lang>,
    /// What it says.
    pub sheet: Sheet,
}

/// Makes sure that the next overview after this instant is on its way. Cheap to call again: there is one for each day.
pub async fn expect(c: &mut Conn, guild: GuildId, user: Option<UserId>, after_ms: i64) -> Result<(), StoreError> {
    const KNOWN: &str = "select guild_id from digest where guild_id = $1 and user_id = $2 and day = $3";
    const TEXT: &str = "insert into digest (guild_id, user_id, day, delivery_id) values ($1, $2, $3, $4)
        on conflict (guild_id, user_id, day) do nothing";
    let (calendar, _) = theirs(c, guild, user).await?;
    let Some((day, start)) = calendar.next_workday(after_ms) else { return Ok(()) };
    let (who, day) = (user.unwrap_or(TEAM), day.to_string());
    if sql!(fetch_optional(i64,), c, KNOWN, guild.db(), who.db(), day.as_str())?.is_some() {
        return Ok(());
    }
    let row = delivery::want_post(c, Kind::Digest, guild, &format!("digest:{guild}:{who}"), None, start).await?;
    if sql!(execute, c, TEXT, guild.db(), who.db(), day.as_str(), row)? == 0 {
        // Somebody wrote the same at the same time.
        delivery::drop_post(c, guild, row).await?;
    }
    Ok(())
}

/// Whether this person was ever to get an overview of this team.
pub async fn known(c: &mut Conn, guild: GuildId, user: UserId) -> Result<bool, StoreError> {
    const TEXT: &str = "select guild_id from digest where guild_id = $1 and user_id = $2 limit 1";
    Ok(sql!(fetch_optional(i64,), c, TEXT, guild.db(), user.db())?.is_some())
}

/// The overview that this row of the outbox brings.
pub async fn of(c: &mut Conn, guild: GuildId, delivery: i64) -> Result<Option<Morning>, StoreError> {
    const TEXT: &str = "select user_id, day from digest where guild_id = $1 and delivery_id = $2";
    let Some((user, day)) = sql!(fetch_optional(i64, String), c, TEXT, guild.db(), delivery)? else {
        return Ok(None);
    };
    let day: Date = day.parse().map_err(|_| StoreError::unreadable("digest.day", day))?;
    let user = Some(UserId::from_db(user)).filter(|user| *user != TEAM);
    let (calendar, profile) = theirs(c, guild, user).await?;
    let wanted = if user.is_some() { profile.digest } else { guild::settings(c, guild).await?.digest };
    let sheet = match calendar.workday(day) {
        Some((start, _)) if wanted => sheet(c, guild, user, (start, calendar.end_of_day(day))).await?,
        _ => Sheet::default(),
    };
    Ok(Some(Morning { user, day, calendar, wanted, lang: profile.lang, sheet }))
}

async fn theirs(c: &mut Conn, guild: GuildId, user: Option<UserId>) -> Result<(Calendar, Profile), StoreError> {
    let settings = guild::settings(c, guild).await?;
    let profile = match user {
        Some(user) => profile::get(c, guild, user).await?,
        None => Profile::default(),
    };
    Ok((profile.calendar(&settings), profile))
}

/// `day` is the start of work and the end of the day, Unix ms.
async fn sheet(c: &mut Conn, guild: GuildId, user: Option<UserId>, day: (i64, i64)) -> Result<Sheet, StoreError> {
    Ok(Sheet {
        undelivered: undelivered(c, guild, user).await?,
        overdue: promises(c, guild, user, (0, day.0)).await?,
        today: promises(c, guild, user, day).await?,
        unassigned: cases(c, guild, Which::Unassigned).await?,
        hot: cases(c, guild, user.map_or(Which::Hot, Which::HotOf)).await?,
    })
}

/// Among the rows of `follow_up f`: its reminder reached nobody. The clock until the first answer is nobody's promise.
macro_rules! reached_nobody {
    () => {
        "f.kind <> 'first_response' and exists (select 1 from delivery d where d.guild_id = f.guild_id
            and d.follow_up_id = f.id and d.follow_up_version = f.version and d.kind = 'reminder'
            and d.state = 'undeliverable')"
    };
}

type LostRow = (Option<i64>, Option<i64>, String, i64, i64, i64);

/// Open promises whose reminder reached nobody; a person's own, or everybody's without their words.
async fn undelivered(c: &mut Conn, guild: GuildId, user: Option<UserId>) -> Result<Group, StoreError> {
    const TEXT: &str = concat!(
        "select f.case_number, c.thread, f.what, coalesce(f.lapses_at, f.due_at), f.id, f.version from follow_up f
        left join case_file c on c.guild_id = f.guild_id and c.number = f.case_number
        where f.guild_id = $1 and f.state = 'open' and ($2 = 0 or f.assignee = $2) and ",
        reached_nobody!(),
        " order by coalesce(f.lapses_at, f.due_at), f.id limit $3"
    );
    const COUNT: &str = concat!(
        "select count(*) from follow_up f where f.guild_id = $1 and f.state = 'open' and ($2 = 0 or f.assignee = $2) and ",
        reached_nobody!()
    );
    let who = user.map_or(0, UserId::db);
    let (count,) = sql!(fetch_one(i64,), c, COUNT, guild.db(), who)?;
    let mut lines = Vec::new();
    for (case, thread, what, due_at, id, version) in sql!(fetch_all LostRow, c, TEXT, guild.db(), who, LOST)? {
        let id = FollowUpId(id);
        let reason = follow_up::undelivered(c, guild, id, version).await?.unwrap_or_default();
        let what = if user.is_some() { what } else { String::new() };
        lines.push(Line { undelivered: Some((id, version, reason)), ..read((case, thread, what, due_at)) });
    }
    Ok(Group { count, lines })
}

type LineRow = (Option<i64>, Option<i64>, String, i64);

/// Open promises due from the first of `span` until before its second, but those of [`undelivered`]; a person's own, or
/// everybody's without their words. Of what repeats only the first that is open.
async fn promises(c: &mut Conn, guild: GuildId, user: Option<UserId>, span: (i64, i64)) -> Result<Group, StoreError> {
    macro_rules! due {
        ($condition:literal) => {
            concat!(
                "from follow_up f left join case_file c on c.guild_id = f.guild_id and c.number = f.case_number
                where f.guild_id = $1 and f.state = 'open'
                    and coalesce(f.lapses_at, f.due_at) >= $2 and coalesce(f.lapses_at, f.due_at) < $3
                    and not exists (select 1 from follow_up earlier
                        where earlier.id = f.previous and earlier.state = 'open') and not (",
                reached_nobody!(),
                ")",
                $condition
            )
        };
    }
    macro_rules! lines {
        ($what:literal, $condition:literal) => {
            concat!(
                "select f.case_number, c.thread, ",
                $what,
                " as what, coalesce(f.lapses_at, f.due_at) as due ",
                due!($condition),
                " order by due, f.id limit $4"
            )
        };
    }
    const OWN: &str = lines!("f.what", " and f.assignee = $5 and f.kind <> 'first_response'");
    const OWN_COUNT: &str = concat!("select count(*) ", due!(" and f.assignee = $4 and f.kind <> 'first_response'"));
    const ALL: &str = lines!("''", "");
    const ALL_COUNT: &str = concat!("select count(*) ", due!(""));
    let (guild, (from, until)) = (guild.db(), span);
    let (rows, (count,)) = match user {
        Some(user) => (
            sql!(fetch_all LineRow, c, OWN, guild, from, until, LINES, user.db())?,
            sql!(fetch_one(i64,), c, OWN_COUNT, guild, from, until, user.db())?,
        ),
        None => (
            sql!(fetch_all LineRow, c, ALL, guild, from, until, LINES)?,
            sql!(fetch_one(i64,), c, ALL_COUNT, guild, from, until)?,
        ),
    };
    Ok(Group { count, lines: rows.into_iter().map(read).collect() })
}

/// Active cases that need somebody.
enum Which {
    /// They are nobody's.
    Unassigned,
    /// They are heated.
    Hot,
    /// They are heated, and this person's.
    HotOf(UserId),
}

async fn cases(c: &mut Conn, guild: GuildId, which: Which) -> Result<Group, StoreError> {
    macro_rules! lines {
        ($condition:literal) => {
            concat!(
                "select number, thread from case_file where guild_id = $1 and active = 1 and ",
                $condition,
                " order by number limit $2"
            )
        };
    }
    macro_rules! count {
        ($condition:literal) => {
            concat!("select count(*) from case_file where guild_id = $1 and active = 1 and ", $condition)
        };
    }
    let guild = guild.db();
    let (rows, (count,)) = match which {
        Which::Unassigned => (
            sql!(fetch_all CaseRow, c, lines!("owner is null"), guild, LINES)?,
            sql!(fetch_one(i64,), c, count!("owner is null"), guild)?,
        ),
        Which::Hot => (
            sql!(fetch_all CaseRow, c, lines!("mood >= 2"), guild, LINES)?,
            sql!(fetch_one(i64,), c, count!("mood >= 2"), guild)?,
        ),
        Which::HotOf(user) => (
            sql!(fetch_all CaseRow, c, lines!("mood >= 2 and owner = $3"), guild, LINES, user.db())?,
            sql!(fetch_one(i64,), c, count!("mood >= 2 and owner = $2"), guild, user.db())?,
        ),
    };
    let lines = rows.into_iter().map(|(number, thread)| read((Some(number), thread, String::new(), 0)));
    Ok(Group { count, lines: lines.collect() })
}

type CaseRow = (i64, Option<i64>);

fn read((case, thread, what, due_at): LineRow) -> Line {
    Line { case: case.map(CaseNumber), thread: thread.map(ChannelId::from_db), what, due_at, undelivered: None }
}
