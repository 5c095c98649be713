//! Promises: written down, changed by compare-and-set, listed soonest first.

use super::conn::{Conn, sql};
use super::error::StoreError;
use super::{delivery, digest, retire};
use crate::case::CaseNumber;
use crate::follow_up::{Every, FollowUp, FollowUpId, GRACE_MS, Kind, Series, State, Terms, Wake};
use crate::id::{ChannelId, GuildId, MessageId, UserId};

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
    /// Whatever makes it more than a plain promise.
    pub terms: Terms,
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
    kind: String,
    repeat: Option<String>,
    repeat_from: Option<String>,
    escalate_after: Option<i64>,
    wake: Option<String>,
    waited_from: Option<i64>,
    lapses_at: Option<i64>,
    outcome: Option<String>,
    ended_by: Option<i64>,
}

/// `select` of a whole follow-up, with what comes after `where`. `once`: of the open ones as people see them. The clock until
/// the first answer is nobody's promise; and what repeats is one matter, so that the occurrence to come stands behind the one
/// that is still open before it.
macro_rules! select {
    (once $rest:literal) => {
        concat!(
            select!(
                "state = 'open' and kind <> 'first_response' and not exists (select 1 from follow_up earlier
                    where earlier.id = follow_up.previous and earlier.state = 'open') and "
            ),
            $rest
        )
    };
    ($rest:literal) => {
        concat!(
            "select id, guild_id, case_number, what, creator, assignee, civil, zone, due_at, channel, state, created_at,
                ended_at, version, kind, repeat, repeat_from, escalate_after, wake, waited_from, lapses_at, outcome, ended_by
                from follow_up where guild_id = $1 and ",
            $rest
        )
    };
}

/// Writes a promise down.
pub async fn insert(c: &mut Conn, new: &NewFollowUp) -> Result<FollowUpId, StoreError> {
    write(c, new, None).await?.ok_or_else(|| StoreError::unreadable("follow_up.id", "none"))
}

/// Writes the next occurrence of `previous` down; none: it has one already.
pub async fn insert_after(
    c: &mut Conn,
    new: &NewFollowUp,
    previous: FollowUpId,
) -> Result<Option<FollowUpId>, StoreError> {
    write(c, new, Some(previous)).await
}

async fn write(
    c: &mut Conn,
    new: &NewFollowUp,
    previous: Option<FollowUpId>,
) -> Result<Option<FollowUpId>, StoreError> {
    const TEAM: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do nothing";
    const TEXT: &str = "insert into follow_up (guild_id, case_number, what, creator, assignee, civil, zone, due_at,
            channel, state, created_at, version, kind, repeat, repeat_from, escalate_after, wake, waited_from,
            previous, lapses_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, 1, $11, $12, $13, $14, $15, $16, $17, $18)
        on conflict (previous) where previous is not null do nothing returning id";
    sql!(execute, c, TEAM, new.guild.db())?;
    let terms = &new.terms;
    let made = sql!(
        fetch_optional(i64,),
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
        terms.kind.name(),
        terms.repeat.as_ref().map(|series| series.every.stored()),
        terms.repeat.as_ref().map(civil),
        terms.escalate_after,
        terms.wake.map(Wake::name),
        terms.waited_from,
        previous.map(|id| id.0),
        terms.lapses_at,
    )?;
    Ok(made.map(|(id,)| FollowUpId(id)))
}

/// Writes a promise down and wants its reminder: all a caller needs that makes one inside a transaction of its own. The
/// entry on its case, if any, is the caller's.
pub async fn create(c: &mut Conn, new: &NewFollowUp) -> Result<FollowUp, StoreError> {
    let id = insert(c, new).await?;
    schedule(c, new.guild, id, 1, new.due_at, new.terms.escalate_after, new.case).await?;
    digest::expect(c, new.guild, Some(new.assignee), new.created_at).await?;
    get(c, new.guild, id).await?.ok_or_else(|| StoreError::unreadable("follow_up.id", id.0.to_string()))
}

/// Wants what an open promise of this version needs: its reminder, and the word to the lead should nobody keep it.
pub async fn schedule(
    c: &mut Conn,
    guild: GuildId,
    id: FollowUpId,
    version: i64,
    due_at: i64,
    escalate_after: Option<i64>,
    case: Option<CaseNumber>,
) -> Result<(), StoreError> {
    delivery::want_reminder(c, guild, id, version, due_at, case).await?;
    if let Some(after) = escalate_after {
        delivery::want_escalation(c, guild, id, version, due_at.saturating_add(after), case).await?;
    }
    Ok(())
}

/// The promise with this number, if it is the team's.
pub async fn get(c: &mut Conn, guild: GuildId, id: FollowUpId) -> Result<Option<FollowUp>, StoreError> {
    const TEXT: &str = select!("id = $2");
    sql!(fetch_optional FollowUpRow, c, TEXT, guild.db(), id.0)?.map(read).transpose()
}

/// Stores what may change of a promise (everything but who wrote it down, when and for which case) if it is still open and still has
/// `expected_version`; false: somebody else was first. What has ended stays ended. What was sent for a version that is left is
/// edited to say so.
pub async fn save(c: &mut Conn, follow_up: &FollowUp, expected_version: i64) -> Result<bool, StoreError> {
    save_shown(c, follow_up, expected_version, None).await
}

/// The same, where whoever makes the change sees it at once on the message they pressed: that one is left alone.
pub async fn save_shown(
    c: &mut Conn,
    follow_up: &FollowUp,
    expected_version: i64,
    pressed: Option<MessageId>,
) -> Result<bool, StoreError> {
    const TEXT: &str = "update follow_up set what = $4, assignee = $5, civil = $6, zone = $7, due_at = $8, state = $9,
            ended_at = $10, version = $11, repeat = $12, repeat_from = $13, escalate_after = $14, wake = $15,
            waited_from = $16, outcome = $17, ended_by = $18, lapses_at = $19
        where guild_id = $1 and id = $2 and version = $3 and state = 'open'";
    let terms = &follow_up.terms;
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
        terms.repeat.as_ref().map(|series| series.every.stored()),
        terms.repeat.as_ref().map(civil),
        terms.escalate_after,
        terms.wake.map(Wake::name),
        terms.waited_from,
        follow_up.outcome.as_deref(),
        follow_up.ended_by.map(UserId::db),
        terms.lapses_at,
    )?;
    if changed == 1 && follow_up.version != expected_version {
        retire::want(c, follow_up.guild, follow_up.id, expected_version, pressed).await?;
    }
    Ok(changed == 1)
}

/// Ends a promise that is open, and takes back what was still to be sent for it; none: somebody else was first.
pub async fn end(
    c: &mut Conn,
    promise: &FollowUp,
    state: State,
    by: Option<UserId>,
    at_ms: i64,
) -> Result<Option<FollowUp>, StoreError> {
    let ended = promise.ended(state, by, at_ms);
    if !save(c, &ended, promise.version).await? {
        return Ok(None);
    }
    delivery::cancel_reminder(c, ended.guild, ended.id).await?;
    Ok(Some(ended))
}

/// Open promises, soonest first; of one person, of one case, or both, where given. The clock until the first answer is
/// nobody's promise and not among them: see [`clock`]. What repeats is there once: as the occurrence that is due, else as the
/// next.
pub async fn list(
    c: &mut Conn,
    guild: GuildId,
    who: Option<UserId>,
    case: Option<CaseNumber>,
    limit: u32,
) -> Result<Vec<FollowUp>, StoreError> {
    const ALL: &str = select!(once "1 = 1 order by due_at, id limit $2");
    const WHO: &str = select!(once "assignee = $3 order by due_at, id limit $2");
    const CASE: &str = select!(once "case_number = $3 order by due_at, id limit $2");
    const BOTH: &str = select!(once "case_number = $3 and assignee = $4 order by due_at, id limit $2");
    let (guild, limit) = (guild.db(), i64::from(limit));
    let rows = match (who, case) {
        (None, None) => sql!(fetch_all FollowUpRow, c, ALL, guild, limit),
        (Some(who), None) => sql!(fetch_all FollowUpRow, c, WHO, guild, limit, who.db()),
        (None, Some(case)) => sql!(fetch_all FollowUpRow, c, CASE, guild, limit, case.0),
        (Some(who), Some(case)) => sql!(fetch_all FollowUpRow, c, BOTH, guild, limit, case.0, who.db()),
    }?;
    rows.into_iter().map(read).collect()
}

/// Every open promise of a case, each occurrence of what repeats for itself, but not the clock until the first answer.
pub async fn every_of_case(c: &mut Conn, guild: GuildId, case: CaseNumber) -> Result<Vec<FollowUp>, StoreError> {
    const TEXT: &str = select!("state = 'open' and kind <> 'first_response' and case_number = $2 order by due_at, id");
    let rows = sql!(fetch_all FollowUpRow, c, TEXT, guild.db(), case.0)?;
    rows.into_iter().map(read).collect()
}

/// Open promises somebody owes or wrote down, soonest first; what repeats once, as in [`list`].
pub async fn of_person(c: &mut Conn, guild: GuildId, who: UserId, limit: u32) -> Result<Vec<FollowUp>, StoreError> {
    const TEXT: &str = select!(once "(assignee = $3 or creator = $3) order by due_at, id limit $2");
    let rows = sql!(fetch_all FollowUpRow, c, TEXT, guild.db(), i64::from(limit), who.db())?;
    rows.into_iter().map(read).collect()
}

/// Open promises of a case that come due when its customer replies.
pub async fn waiting_for_customer(c: &mut Conn, guild: GuildId, case: CaseNumber) -> Result<Vec<FollowUp>, StoreError> {
    const TEXT: &str = select!("state = 'open' and wake = 'customer' and case_number = $2 order by due_at, id");
    let rows = sql!(fetch_all FollowUpRow, c, TEXT, guild.db(), case.0)?;
    rows.into_iter().map(read).collect()
}

/// Which open promises to list; what is not set does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Owed by this person.
    pub who: Option<UserId>,
    /// Of this case.
    pub case: Option<CaseNumber>,
    /// Overdue at this moment, Unix ms.
    pub overdue_at: Option<i64>,
    /// Only those whose reminder reached nobody.
    pub undelivered: bool,
}

/// A promise in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The promise.
    pub follow_up: FollowUp,
    /// Its reminder reached nobody: why, as delivery noted it.
    pub undelivered: Option<String>,
}

/// A page of a list of promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Soonest first.
    pub lines: Vec<Line>,
    /// There are later ones.
    pub more: bool,
}

/// Promises of one page: with their select list they fit one message.
pub const PAGE: u32 = 10;

/// A page of open promises, soonest first, what repeats once; pages count from 0. What was not delivered is there in any case.
pub async fn page(c: &mut Conn, guild: GuildId, filter: Filter, page: u32) -> Result<Lines, StoreError> {
    const TEXT: &str = select!(
        "state = 'open' and kind <> 'first_response' and ($2 = 0 or assignee = $2) and ($3 = 0 or case_number = $3)
            and ($4 = 0 or (due_at < $4 and coalesce(lapses_at, due_at + $8) < $4))
            and ($5 = 1 or not exists (select 1 from follow_up earlier
                where earlier.id = follow_up.previous and earlier.state = 'open'))
            and ($5 = 0 or exists (select 1 from delivery where delivery.follow_up_id = follow_up.id
                and delivery.follow_up_version = follow_up.version and delivery.kind = 'reminder'
                and delivery.state = 'undeliverable'))
            order by due_at, id limit $6 offset $7"
    );
    let rows = sql!(
        fetch_all FollowUpRow,
        c,
        TEXT,
        guild.db(),
        filter.who.map_or(0, UserId::db),
        filter.case.map_or(0, |case| case.0),
        filter.overdue_at.unwrap_or(0),
        i64::from(filter.undelivered),
        i64::from(PAGE) + 1,
        i64::from(page) * i64::from(PAGE),
        GRACE_MS,
    )?;
    let more = rows.len() > PAGE as usize;
    let mut lines = Vec::new();
    for row in rows.into_iter().take(PAGE as usize) {
        let follow_up = read(row)?;
        let undelivered = undelivered(c, guild, follow_up.id, follow_up.version).await?;
        lines.push(Line { follow_up, undelivered });
    }
    Ok(Lines { lines, more })
}

/// Why the reminder of this version reached nobody, as delivery noted it; none where it did, or still may.
pub async fn undelivered(
    c: &mut Conn,
    guild: GuildId,
    id: FollowUpId,
    version: i64,
) -> Result<Option<String>, StoreError> {
    const TEXT: &str = "select reason from delivery where guild_id = $1 and follow_up_id = $2
        and follow_up_version = $3 and kind = 'reminder' and state = 'undeliverable'";
    Ok(sql!(fetch_optional(String,), c, TEXT, guild.db(), id.0, version)?.map(|(reason,)| reason))
}

/// A case's open promises whose reminder reached nobody, soonest first; as many as a page has.
pub async fn undelivered_of(c: &mut Conn, guild: GuildId, case: CaseNumber) -> Result<Vec<Line>, StoreError> {
    let filter = Filter { case: Some(case), undelivered: true, ..Filter::default() };
    Ok(page(c, guild, filter, 0).await?.lines)
}

/// Who had to do with cases and promises of late, whoever it was last first; without `but`. Whether they still are of the team
/// only the chat platform knows.
pub async fn colleagues(c: &mut Conn, guild: GuildId, but: UserId, limit: u32) -> Result<Vec<UserId>, StoreError> {
    const TEXT: &str = "select who from (
            select * from (select assignee as who, created_at as at from follow_up where guild_id = $1
                order by id desc limit 500) as owing
            union all select * from (select creator as who, created_at as at from follow_up where guild_id = $1
                order by id desc limit 500) as asking
            union all select * from (select owner as who, updated_at as at from case_file
                where guild_id = $1 and owner is not null order by number desc limit 500) as answerable
        ) as seen where who <> $2 and who > 0 group by who order by max(at) desc, who limit $3";
    let rows = sql!(fetch_all(i64,), c, TEXT, guild.db(), but.db(), i64::from(limit))?;
    Ok(rows.into_iter().map(|(who,)| UserId::from_db(who)).collect())
}

/// Whether a reminder of something still open on this case was sent.
pub async fn reminded_of(c: &mut Conn, guild: GuildId, case: CaseNumber) -> Result<bool, StoreError> {
    const TEXT: &str = "select d.id from follow_up f join delivery d on d.follow_up_id = f.id
        where f.guild_id = $1 and f.case_number = $2 and f.state = 'open'
            and d.guild_id = $1 and d.kind = 'reminder' and d.state = 'sent' limit 1";
    Ok(sql!(fetch_optional(i64,), c, TEXT, guild.db(), case.0)?.is_some())
}

/// The case's open clock of this kind, of which there is at most one.
pub async fn clock(c: &mut Conn, guild: GuildId, case: CaseNumber, kind: Kind) -> Result<Option<FollowUp>, StoreError> {
    const TEXT: &str = select!("case_number = $2 and kind = $3 and state = 'open'");
    sql!(fetch_optional FollowUpRow, c, TEXT, guild.db(), case.0, kind.name())?.map(read).transpose()
}

/// The case's open promise that is due first.
pub async fn next_due(c: &mut Conn, guild: GuildId, case: CaseNumber) -> Result<Option<FollowUp>, StoreError> {
    Ok(list(c, guild, None, Some(case), 1).await?.pop())
}

/// As civil due times are kept everywhere.
fn civil(series: &Series) -> String {
    series.from.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn read(row: FollowUpRow) -> Result<FollowUp, StoreError> {
    let unreadable = |place: &'static str| move |found: String| StoreError::unreadable(place, found);
    let repeat = match (row.repeat, row.repeat_from) {
        (Some(every), Some(from)) => Some(Series {
            every: Every::from_stored(&every).ok_or(every).map_err(unreadable("follow_up.repeat"))?,
            from: from.parse().map_err(|_| from).map_err(unreadable("follow_up.repeat_from"))?,
        }),
        _ => None,
    };
    let wake = row.wake.map(|wake| Wake::from_name(&wake).ok_or(wake).map_err(unreadable("follow_up.wake")));
    let terms = Terms {
        kind: Kind::from_name(&row.kind).ok_or(row.kind).map_err(unreadable("follow_up.kind"))?,
        repeat,
        escalate_after: row.escalate_after,
        wake: wake.transpose()?,
        waited_from: row.waited_from,
        lapses_at: row.lapses_at,
    };
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
        ended_by: row.ended_by.map(UserId::from_db),
        outcome: row.outcome,
        terms,
        version: row.version,
    })
}
