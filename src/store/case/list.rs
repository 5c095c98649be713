//! The lists of `/case list`: newest number first, a page at a time, each view on an index of its own.

use super::super::conn::{Conn, sql};
use super::super::error::StoreError;
use crate::case::{CaseNumber, Priority, Status, View};
use crate::follow_up::GRACE_MS;
use crate::id::{GuildId, UserId};

/// Cases on one page.
pub const PAGE: usize = 10;

/// What a list shows of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLine {
    /// Its number.
    pub number: CaseNumber,
    /// The concern.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// How soon it matters.
    pub priority: Priority,
    /// Who is answerable.
    pub owner: Option<UserId>,
    /// How heated, 0–3.
    pub mood: u8,
    /// Who it is about.
    pub customer: Option<String>,
    /// Last change, Unix ms.
    pub updated_at: i64,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most [`PAGE`] cases.
    pub cases: Vec<CaseLine>,
    /// There is another page after this one.
    pub more: bool,
}

#[derive(sqlx::FromRow)]
pub(super) struct LineRow {
    number: i64,
    title: String,
    status: String,
    priority: String,
    owner: Option<i64>,
    mood: i64,
    customer: Option<String>,
    updated_at: i64,
}

impl LineRow {
    pub(super) fn read(self) -> Result<CaseLine, StoreError> {
        Ok(CaseLine {
            number: CaseNumber(self.number),
            title: self.title,
            status: super::named(Status::from_name, "case_file.status", &self.status)?,
            priority: super::named(Priority::from_name, "case_file.priority", &self.priority)?,
            owner: self.owner.map(UserId::from_db),
            mood: super::read_mood(self.mood)?,
            customer: self.customer,
            updated_at: self.updated_at,
        })
    }
}

/// `select` of lines, with what comes after the table `case_file c`.
macro_rules! lines {
    ($rest:literal) => {
        concat!("select c.number, c.title, c.status, c.priority, c.owner, c.mood, c.customer, c.updated_at ", $rest)
    };
}
pub(super) use lines;

/// One page (counted from 0) of a view, newest number first. `me` matters for [`View::Mine`], `now_ms` for
/// [`View::Overdue`].
pub async fn list(
    c: &mut Conn,
    guild: GuildId,
    view: View,
    me: UserId,
    now_ms: i64,
    page: u32,
) -> Result<Page, StoreError> {
    // The conditions repeat those of the partial indexes word for word; both engines need that to use them.
    const MINE: &str = lines!(
        "from case_file c where c.guild_id = $1 and c.active = 1 and c.owner = $4
         order by c.number desc limit $2 offset $3"
    );
    const UNASSIGNED: &str = lines!(
        "from case_file c where c.guild_id = $1 and c.active = 1 and c.owner is null
         order by c.number desc limit $2 offset $3"
    );
    const OVERDUE: &str = lines!(
        "from case_file c where c.guild_id = $1 and c.active = 1 and c.number in
            (select f.case_number from follow_up f where f.guild_id = $1 and f.state = 'open' and f.due_at <= $4
                and coalesce(f.lapses_at, f.due_at + $5) <= $4)
         order by c.number desc limit $2 offset $3"
    );
    const HOT: &str = lines!(
        "from case_file c where c.guild_id = $1 and c.active = 1 and c.mood >= 2
         order by c.number desc limit $2 offset $3"
    );
    const WAITING: &str = lines!(
        "from case_file c where c.guild_id = $1 and c.status in ('waiting_customer', 'waiting_internal')
         order by c.number desc limit $2 offset $3"
    );
    const ALL: &str = lines!("from case_file c where c.guild_id = $1 order by c.number desc limit $2 offset $3");
    let (guild, one_more, skip) = (guild.db(), PAGE as i64 + 1, i64::from(page) * PAGE as i64);
    let mut rows = match view {
        View::Mine => sql!(fetch_all LineRow, c, MINE, guild, one_more, skip, me.db()),
        View::Unassigned => sql!(fetch_all LineRow, c, UNASSIGNED, guild, one_more, skip),
        View::Overdue => sql!(fetch_all LineRow, c, OVERDUE, guild, one_more, skip, now_ms, GRACE_MS),
        View::Hot => sql!(fetch_all LineRow, c, HOT, guild, one_more, skip),
        View::Waiting => sql!(fetch_all LineRow, c, WAITING, guild, one_more, skip),
        View::All => sql!(fetch_all LineRow, c, ALL, guild, one_more, skip),
    }?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    Ok(Page { cases: rows.into_iter().map(LineRow::read).collect::<Result<_, _>>()?, more })
}
