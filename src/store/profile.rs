//! What somebody set for themselves in a team, and the working calendar that follows from it.

use jiff::tz::TimeZone;

use super::conn::{Conn, sql};
use super::error::StoreError;
use super::guild::{self, Settings};
use crate::follow_up::working_hours::Hours;
use crate::follow_up::{Calendar, Land, Municipal};
use crate::id::{GuildId, UserId};
use crate::locale::Lang;

/// What somebody set for themselves; what is `None` is as the team has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// IANA time zone.
    pub zone: Option<String>,
    /// When they work.
    pub hours: Option<Hours>,
    /// The language of what the bot says to them; `None` is that of their client.
    pub lang: Option<Lang>,
    /// Holidays that their municipality keeps beside the Land's.
    pub municipal: Municipal,
    /// Whether they want the morning digest.
    pub digest: bool,
}

impl Default for Profile {
    fn default() -> Self {
        Self { zone: None, hours: None, lang: None, municipal: Municipal::default(), digest: true }
    }
}

impl Profile {
    /// When this person is at work in a team with these settings: Monday to Friday, 9:00 to 17:00, unless they said otherwise.
    pub fn calendar(&self, settings: &Settings) -> Calendar {
        let zone = self.zone.as_deref().unwrap_or(&settings.zone);
        let land = settings.land.as_deref().and_then(Land::from_code);
        Calendar {
            zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
            hours: self.hours.clone().unwrap_or_default(),
            land,
            municipal: if self.municipal.fits(land) { self.municipal } else { Municipal::default() },
        }
    }
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    zone: Option<String>,
    hours: Option<String>,
    lang: Option<String>,
    municipal: String,
    digest: i64,
}

/// What they set; the default for somebody who set nothing.
pub async fn get(c: &mut Conn, guild: GuildId, user: UserId) -> Result<Profile, StoreError> {
    const TEXT: &str = "select zone, hours, lang, municipal, digest from profile where guild_id = $1 and user_id = $2";
    let Some(row) = sql!(fetch_optional ProfileRow, c, TEXT, guild.db(), user.db())? else {
        return Ok(Profile::default());
    };
    let unreadable = |place: &'static str| move |found: String| StoreError::unreadable(place, found);
    let hours = row.hours.map(|text| Hours::from_stored(&text).ok_or(text).map_err(unreadable("profile.hours")));
    let lang = row.lang.map(|code| Lang::from_code(&code).ok_or(code).map_err(unreadable("profile.lang")));
    Ok(Profile {
        zone: row.zone,
        hours: hours.transpose()?,
        lang: lang.transpose()?,
        municipal: Municipal::from_name(&row.municipal)
            .ok_or(row.municipal)
            .map_err(unreadable("profile.municipal"))?,
        digest: row.digest != 0,
    })
}

/// Stores all of it.
pub async fn save(c: &mut Conn, guild: GuildId, user: UserId, profile: &Profile) -> Result<(), StoreError> {
    const TEAM: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do nothing";
    const TEXT: &str = "insert into profile (guild_id, user_id, zone, hours, lang, municipal, digest)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (guild_id, user_id) do update set zone = excluded.zone, hours = excluded.hours,
            lang = excluded.lang, municipal = excluded.municipal, digest = excluded.digest";
    sql!(execute, c, TEAM, guild.db())?;
    sql!(
        execute,
        c,
        TEXT,
        guild.db(),
        user.db(),
        profile.zone.as_deref(),
        profile.hours.as_ref().map(Hours::stored),
        profile.lang.map(Lang::code),
        profile.municipal.name(),
        i64::from(profile.digest),
    )
    .map(drop)
}

/// When somebody is at work.
pub async fn calendar(c: &mut Conn, guild: GuildId, user: UserId) -> Result<Calendar, StoreError> {
    let settings = guild::settings(c, guild).await?;
    Ok(get(c, guild, user).await?.calendar(&settings))
}
