//! `/setup`: what is set, what is missing, and which rights the bot lacks where.

use jiff::tz::TimeZone;

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply};
use crate::chat::{ChannelInfo, ChannelKind, Right};
use crate::follow_up::Land;
use crate::id::{ChannelId, RoleId};
use crate::locale::Lang;
use crate::store::guild::{self, Settings};
use crate::store::{case, delivery, digest};

/// Cases without a card that one `/setup` tries again.
const UNPLACED: u32 = 100;

/// What `/setup` may change; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetupWish {
    /// Who works on cases.
    pub agent_role: Option<RoleId>,
    /// Who leads.
    pub lead_role: Option<RoleId>,
    /// Where cases go: text or forum.
    pub case_channel: Option<ChannelId>,
    /// Where it is said that something could not be delivered.
    pub alert_channel: Option<ChannelId>,
    /// The language of posts.
    pub lang: Option<Lang>,
    /// IANA zone, as typed.
    pub zone: Option<String>,
    /// Land for public holidays, as chosen.
    pub land: Option<String>,
    /// Hours until a first answer; 0 counts none.
    pub first_response: Option<u16>,
    /// Days until the check after closing; 0 asks nobody.
    pub success_check: Option<u16>,
    /// Whether the team wants an overview in the morning.
    pub digest: Option<bool>,
}

/// What is known after `/setup`.
#[derive(Debug, Clone)]
pub struct SetupReport {
    /// What is set now.
    pub settings: Settings,
    /// Whether this call changed something.
    pub changed: bool,
    /// What was found at the channels that are set.
    pub channels: Vec<ChannelReport>,
}

/// What was found at a channel.
#[derive(Debug, Clone)]
pub struct ChannelReport {
    /// Which.
    pub channel: ChannelId,
    /// `None`: it cannot be reached at all.
    pub info: Option<ChannelInfo>,
}

impl ChannelReport {
    /// Rights the bot lacks there.
    pub fn missing(&self) -> &[Right] {
        self.info.as_ref().map_or(&[Right::View], |info| &info.missing)
    }
}

pub(super) async fn setup(desk: &Desk, caller: &Caller, wish: SetupWish) -> Outcome {
    let id = caller.guild.ok_or(Refused::NotInGuild)?;
    if !caller.manages {
        return Err(Refused::NotManager.into());
    }
    for role in [wish.agent_role, wish.lead_role].into_iter().flatten() {
        // The role of everybody has the guild's own id.
        if role.0 == id.0 {
            return Err(Refused::BadRole.into());
        }
    }
    let wish = validated(wish)?;
    for (channel, forum) in [(wish.case_channel, true), (wish.alert_channel, false)] {
        if let Some(channel) = channel {
            check_kind(desk, caller, channel, forum).await?;
        }
    }
    let now_ms = desk.clock.now_ms();
    let (settings, changed) = desk
        .store
        .write(move |c| {
            Box::pin(async move {
                let before = guild::settings_locked(c, id).await?;
                let after = apply(before.clone(), wish);
                let changed = before != after;
                if changed {
                    guild::save_settings(c, id, &after).await?;
                    digest::expect(c, id, None, now_ms).await?;
                }
                // Cases whose card found no place get another try: channel or rights may have been put right just now.
                for number in case::unplaced(c, id, UNPLACED).await? {
                    delivery::want_card(c, id, number, now_ms).await?;
                }
                Ok::<_, DeskError>((after, changed))
            })
        })
        .await?;
    let mut channels = Vec::new();
    let alerts = settings.alert_channel.filter(|alerts| settings.case_channel != Some(*alerts));
    for channel in [settings.case_channel, alerts].into_iter().flatten() {
        let mut info = desk.chat.channel(channel).await.ok();
        if let Some(info) = info.as_mut().filter(|_| settings.case_channel != Some(channel)) {
            // Alerts need no threads.
            info.missing.retain(|right| matches!(right, Right::View | Right::Send | Right::ReadHistory));
        }
        channels.push(ChannelReport { channel, info });
    }
    Ok(Reply::Setup(SetupReport { settings, changed, channels }))
}

/// Zone and Land as the product spells them, or why not.
fn validated(mut wish: SetupWish) -> Result<SetupWish, Refused> {
    if let Some(typed) = wish.zone.take() {
        let zone = TimeZone::get(typed.trim()).map_err(|_| Refused::BadZone(typed.clone()))?;
        wish.zone = Some(zone.iana_name().ok_or(Refused::BadZone(typed))?.to_owned());
    }
    if let Some(typed) = wish.land.take() {
        let land = Land::from_code(typed.trim()).ok_or(Refused::BadLand(typed))?;
        wish.land = Some(land.code().to_owned());
    }
    Ok(wish)
}

fn apply(before: Settings, wish: SetupWish) -> Settings {
    Settings {
        agent_role: wish.agent_role.or(before.agent_role),
        lead_role: wish.lead_role.or(before.lead_role),
        case_channel: wish.case_channel.or(before.case_channel),
        alert_channel: wish.alert_channel.or(before.alert_channel),
        lang: wish.lang.unwrap_or(before.lang),
        zone: wish.zone.unwrap_or(before.zone),
        land: wish.land.or(before.land),
        first_response: wish.first_response.unwrap_or(before.first_response),
        success_check: wish.success_check.unwrap_or(before.success_check),
        digest: wish.digest.unwrap_or(before.digest),
    }
}

async fn check_kind(desk: &Desk, caller: &Caller, channel: ChannelId, forum: bool) -> Result<(), DeskError> {
    // A channel that cannot be looked at may still be set: the report says which rights are missing there.
    let Ok(info) = desk.chat.channel(channel).await else { return Ok(()) };
    let fits = info.kind == ChannelKind::Text || (forum && info.kind == ChannelKind::Forum);
    if fits && info.guild == caller.guild { Ok(()) } else { Err(Refused::BadChannel(channel).into()) }
}
