//! A team's settings, its counter of case numbers, and small facts about the bot itself.

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::id::{ChannelId, GuildId, RoleId};
use crate::locale::Lang;

/// What a team has set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who may work on cases; until set, only members with Manage Server may.
    pub agent_role: Option<RoleId>,
    /// Who leads.
    pub lead_role: Option<RoleId>,
    /// Where cases get their thread or post.
    pub case_channel: Option<ChannelId>,
    /// Where it is said that something could not be delivered.
    pub alert_channel: Option<ChannelId>,
    /// The language of what everybody sees.
    pub lang: Lang,
    /// IANA time zone.
    pub zone: String,
    /// Bundesland (such as `NW`) whose holidays count.
    pub land: Option<String>,
    /// Hours until a new case should have its first answer (P103); 0: nobody counts.
    pub first_response: u16,
    /// Days after closing when somebody asks whether the solution held (P97); 0: nobody does.
    pub success_check: u16,
    /// Whether the team gets an overview in the morning.
    pub digest: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            agent_role: None,
            lead_role: None,
            case_channel: None,
            alert_channel: None,
            lang: Lang::De,
            zone: "Europe/Berlin".to_owned(),
            land: None,
            first_response: 24,
            success_check: 7,
            digest: true,
        }
    }
}

#[derive(sqlx::FromRow)]
struct SettingsRow {
    agent_role: Option<i64>,
    lead_role: Option<i64>,
    case_channel: Option<i64>,
    alert_channel: Option<i64>,
    lang: String,
    zone: String,
    land: Option<String>,
    first_response: i64,
    success_check: i64,
    digest: i64,
}

/// `select` of the settings, with what comes after `where guild_id = $1`.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select agent_role, lead_role, case_channel, alert_channel, lang, zone, land,
                first_response, success_check, digest from guild
                where guild_id = $1",
            $rest
        )
    };
}

/// The team's settings; the defaults for one that has set nothing.
pub async fn settings(c: &mut Conn, guild: GuildId) -> Result<Settings, StoreError> {
    const TEXT: &str = select!("");
    sql!(fetch_optional SettingsRow, c, TEXT, guild.db())?.map_or_else(|| Ok(Settings::default()), read)
}

/// The same as [`settings`], and nobody else changes them until the transaction ends. Writes: a team that has set nothing
/// gets its row first, as there is nothing to lock without.
pub async fn settings_locked(c: &mut Conn, guild: GuildId) -> Result<Settings, StoreError> {
    const TEAM: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do nothing";
    const LOCKED: &str = select!(" for update");
    if c.is_sqlite() {
        // The one writer is the lock.
        return settings(c, guild).await;
    }
    sql!(execute, c, TEAM, guild.db())?;
    read(sql!(fetch_one SettingsRow, c, LOCKED, guild.db())?)
}

fn read(row: SettingsRow) -> Result<Settings, StoreError> {
    Ok(Settings {
        agent_role: row.agent_role.map(RoleId::from_db),
        lead_role: row.lead_role.map(RoleId::from_db),
        case_channel: row.case_channel.map(ChannelId::from_db),
        alert_channel: row.alert_channel.map(ChannelId::from_db),
        lang: Lang::from_code(&row.lang).ok_or_else(|| StoreError::unreadable("guild.lang", row.lang))?,
        zone: row.zone,
        land: row.land,
        first_response: small(row.first_response, "guild.first_response")?,
        success_check: small(row.success_check, "guild.success_check")?,
        digest: row.digest != 0,
    })
}

fn small(found: i64, place: &'static str) -> Result<u16, StoreError> {
    u16::try_from(found).map_err(|_| StoreError::unreadable(place, found.to_string()))
}

/// Stores all settings of a team.
pub async fn save_settings(c: &mut Conn, guild: GuildId, settings: &Settings) -> Result<(), StoreError> {
    const TEXT: &str = "insert into guild
            (guild_id, agent_role, lead_role, case_channel, alert_channel, lang, zone, land,
                first_response, success_check, digest)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (guild_id) do update set
            agent_role = excluded.agent_role, lead_role = excluded.lead_role,
            case_channel = excluded.case_channel, alert_channel = excluded.alert_channel,
            lang = excluded.lang, zone = excluded.zone, land = excluded.land,
            first_response = excluded.first_response, success_check = excluded.success_check,
            digest = excluded.digest";
    sql!(
        execute,
        c,
        TEXT,
        guild.db(),
        settings.agent_role.map(RoleId::db),
        settings.lead_role.map(RoleId::db),
        settings.case_channel.map(ChannelId::db),
        settings.alert_channel.map(ChannelId::db),
        settings.lang.code(),
        settings.zone.as_str(),
        settings.land.as_deref(),
        i64::from(settings.first_response),
        i64::from(settings.success_check),
        i64::from(settings.digest),
    )?;
    Ok(())
}

/// Whether the bot is still in the team, as last recorded; a team nobody recorded counts as present.
pub async fn present(c: &mut Conn, guild: GuildId) -> Result<bool, StoreError> {
    const TEXT: &str = "select present from guild where guild_id = $1";
    let row = sql!(fetch_optional(i64,), c, TEXT, guild.db())?;
    Ok(row.is_none_or(|(present,)| present == 1))
}

/// Records that the bot came to or left the team. Nothing is deleted by leaving.
pub async fn set_present(c: &mut Conn, guild: GuildId, present: bool) -> Result<(), StoreError> {
    const TEXT: &str = "insert into guild (guild_id, present) values ($1, $2)
        on conflict (guild_id) do update set present = excluded.present";
    sql!(execute, c, TEXT, guild.db(), i64::from(present))?;
    Ok(())
}

/// The teams the bot is recorded to be in, by id.
pub async fn present_guilds(c: &mut Conn) -> Result<Vec<GuildId>, StoreError> {
    const TEXT: &str = "select guild_id from guild where present = 1 order by guild_id";
    let rows = sql!(fetch_all(i64,), c, TEXT)?;
    Ok(rows.into_iter().map(|(id,)| GuildId::from_db(id)).collect())
}

/// Records that the bot is in none of the recorded teams any more but `here`, and gives those that this is news about.
/// `here` must be everything Discord names after connecting, with what is unavailable for the moment.
pub async fn mark_absent_except(c: &mut Conn, here: &[GuildId]) -> Result<Vec<GuildId>, StoreError> {
    let mut gone = present_guilds(c).await?;
    gone.retain(|guild| !here.contains(guild));
    for guild in &gone {
        set_present(c, *guild, false).await?;
    }
    Ok(gone)
}

/// A small fact about the bot itself.
pub async fn meta_get(c: &mut Conn, key: &str) -> Result<Option<String>, StoreError> {
    const TEXT: &str = "select value from meta where key = $1";
    Ok(sql!(fetch_optional(String,), c, TEXT, key)?.map(|(value,)| value))
}

/// Records a small fact about the bot itself.
pub async fn meta_set(c: &mut Conn, key: &str, value: &str) -> Result<(), StoreError> {
    const TEXT: &str = "insert into meta (key, value) values ($1, $2)
        on conflict (key) do update set value = excluded.value";
    sql!(execute, c, TEXT, key, value)?;
    Ok(())
}
