//! `/profile`: one's own zone, hours, language and holidays, and whether the morning digest comes.

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, rights};
use crate::follow_up::timetable::{self, TimetableRefusal};
use crate::follow_up::working_hours::HoursRefusal;
use crate::follow_up::{Calendar, Land, Municipal, zones};
use crate::locale::Lang;
use crate::store::digest;
use crate::store::profile::{self, Profile};

/// Typed for zone or hours, it takes them back to what the team has.
const AS_THE_TEAM: [&str; 3] = ["team", "standard", "default"];

/// What `/profile` may change; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileWish {
    /// IANA zone, as typed.
    pub zone: Option<String>,
    /// Working hours, as typed.
    pub hours: Option<String>,
    /// Working days, as typed.
    pub days: Option<String>,
    /// The language; `Some(None)` is again that of the client.
    pub lang: Option<Option<Lang>>,
    /// Holidays of the municipality.
    pub municipal: Option<Municipal>,
    /// Whether the morning digest comes.
    pub digest: Option<bool>,
}

/// What somebody set and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileReport {
    /// What they set.
    pub profile: Profile,
    /// When they are at work.
    pub calendar: Calendar,
    /// Something was changed just now.
    pub changed: bool,
}

pub(super) async fn profile(desk: &Desk, caller: &Caller, wish: ProfileWish) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                let before = profile::get(c, standing.guild, caller.user).await?;
                let land = standing.settings.land.as_deref().and_then(Land::from_code);
                let after = apply(before.clone(), wish, land)?;
                let changed = before != after;
                if changed {
                    profile::save(c, standing.guild, caller.user, &after).await?;
                    digest::expect(c, standing.guild, Some(caller.user), now_ms).await?;
                }
                let calendar = after.calendar(&standing.settings);
                Ok::<_, DeskError>(Reply::Profile(ProfileReport { profile: after, calendar, changed }))
            })
        })
        .await
}

fn apply(mut profile: Profile, wish: ProfileWish, land: Option<Land>) -> Result<Profile, Refused> {
    let as_the_team = |typed: &str| AS_THE_TEAM.contains(&typed.trim().to_lowercase().as_str());
    if let Some(typed) = wish.zone {
        profile.zone =
            if as_the_team(&typed) { None } else { Some(zones::find(&typed).ok_or(Refused::BadZone(typed))?) };
    }
    if let Some(typed) = wish.hours {
        let now = profile.hours.clone().unwrap_or_default();
        let read = || {
            timetable::hours(&typed, &now).map_err(|refusal| match refusal {
                TimetableRefusal::Hours(HoursRefusal::Backwards) => Refused::HoursOverMidnight(typed.clone()),
                _ => Refused::BadHours(typed.clone()),
            })
        };
        profile.hours = if as_the_team(&typed) { None } else { Some(read()?) };
    }
    if let Some(typed) = wish.days {
        let now = profile.hours.clone().unwrap_or_default();
        profile.hours = Some(timetable::days(&typed, &now).map_err(|_| Refused::BadDays(typed.clone()))?);
    }
    if let Some(municipal) = wish.municipal {
        if !municipal.fits(land) {
            return Err(Refused::NoSuchHoliday(land));
        }
        profile.municipal = municipal;
    }
    profile.lang = wish.lang.unwrap_or(profile.lang);
    profile.digest = wish.digest.unwrap_or(profile.digest);
    Ok(profile)
}

impl Desk {
    /// The language to answer somebody in: what they set, else that of their client. Never fails: an answer in the
    /// other language is better than none.
    pub async fn language(&self, caller: &Caller) -> Lang {
        let Some(guild) = caller.guild else { return caller.lang };
        let user = caller.user;
        let set = self.store.read(move |c| Box::pin(async move { profile::get(c, guild, user).await })).await;
        set.ok().and_then(|profile: Profile| profile.lang).unwrap_or(caller.lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_and_team_takes_it_back() {
        let set = ProfileWish {
            zone: Some("europe/lisbon".into()),
            hours: Some("8-16".into()),
            days: Some("Mo-Do".into()),
            lang: Some(Some(Lang::En)),
            municipal: None,
            digest: Some(false),
        };
        let profile = apply(Profile::default(), set, None).unwrap();
        assert_eq!(profile.zone.as_deref(), Some("Europe/Lisbon"));
        assert_eq!(profile.hours.as_ref().unwrap().stored(), "480-960;480-960;480-960;480-960;;;");
        assert_eq!(apply(profile.clone(), ProfileWish::default(), None).unwrap(), profile);
        let back = ProfileWish {
            zone: Some("Team".into()),
            hours: Some("standard".into()),
            lang: Some(None),
            digest: Some(true),
            ..ProfileWish::default()
        };
        assert_eq!(apply(profile, back, None).unwrap(), Profile::default());
    }

    #[test]
    fn a_night_shift_is_no_typo() {
        let hours = |typed: &str| ProfileWish { hours: Some(typed.to_owned()), ..ProfileWish::default() };
        let night = apply(Profile::default(), hours("22-6"), None);
        assert_eq!(night, Err(Refused::HoursOverMidnight("22-6".to_owned())));
        assert_eq!(apply(Profile::default(), hours("nie"), None), Err(Refused::BadHours("nie".to_owned())));
        assert!(apply(Profile::default(), hours("0-6, 22-24"), None).is_ok(), "what the sentence advises");
    }

    #[test]
    fn municipal_holidays_are_those_of_the_teams_land() {
        let wish = |name| ProfileWish { municipal: Municipal::from_name(name), ..ProfileWish::default() };
        assert!(apply(Profile::default(), wish("augsburg"), Some(Land::BY)).is_ok());
        assert!(apply(Profile::default(), wish("corpus_christi"), Some(Land::TH)).is_ok());
        for (name, land) in [("augsburg", Some(Land::NW)), ("corpus_christi", Some(Land::BY)), ("assumption", None)] {
            let refused = apply(Profile::default(), wish(name), land).unwrap_err();
            assert_eq!(refused, Refused::NoSuchHoliday(land), "{name}");
        }
    }
}
