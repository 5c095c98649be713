//! What the bot may do in a channel, worked out from roles and overwrites as Discord documents it. Pure.

use serde::Deserialize;
use serenity::model::permissions::Permissions;

use crate::chat::{Audience, ChannelKind, ChatError, Right};
use crate::id::{RoleId, UserId};

/// A channel as `GET /channels/{id}` gives it, as far as we care.
#[derive(Debug, Deserialize)]
pub struct RawChannel {
    /// Its id.
    pub id: String,
    /// Discord's number of the kind.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Absent for direct messages.
    #[serde(default)]
    pub guild_id: Option<String>,
    /// The channel of a thread, the category of a channel.
    #[serde(default)]
    pub parent_id: Option<String>,
    /// A thread's name.
    #[serde(default)]
    pub name: Option<String>,
    /// Who made a thread.
    #[serde(default)]
    pub owner_id: Option<String>,
    /// Exceptions from the roles' rights.
    #[serde(default)]
    pub permission_overwrites: Vec<Overwrite>,
    /// A forum post's first message, in the answer to making one.
    #[serde(default)]
    pub message: Option<RawId>,
}

/// Anything of which only the id matters.
#[derive(Debug, Deserialize)]
pub struct RawId {
    /// Its id.
    pub id: String,
}

/// An exception for one role (0) or member (1).
#[derive(Debug, Deserialize)]
pub struct Overwrite {
    /// Of whom.
    pub id: String,
    /// 0 a role, 1 a member.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Bits given, as a decimal text.
    pub allow: String,
    /// Bits taken.
    pub deny: String,
}

/// A role as `GET /guilds/{id}/roles` gives it.
#[derive(Debug, Deserialize)]
pub struct RawRole {
    /// Its id; that of `@everyone` is the guild's.
    pub id: String,
    /// Bits, as a decimal text.
    pub permissions: String,
    /// Everybody may mention it.
    #[serde(default)]
    pub mentionable: bool,
}

/// What Discord's channel type number means to us. Announcement channels (5) take no private threads, and media channels
/// (16) are not forums: neither can hold cases.
pub const fn kind_of(number: u8) -> ChannelKind {
    match number {
        0 => ChannelKind::Text,
        1 | 3 => ChannelKind::Direct,
        10..=12 => ChannelKind::Thread,
        15 => ChannelKind::Forum,
        _ => ChannelKind::Other,
    }
}

/// The rights somebody with `held` roles has in a channel with these `overwrites`; `member` none asks for `@everyone`.
pub fn rights(
    guild: &str,
    roles: &[RawRole],
    overwrites: &[Overwrite],
    held: &[String],
    member: Option<&str>,
) -> Permissions {
    let holds = |id: &str| id == guild || held.iter().any(|one| one == id);
    let mut bits =
        roles.iter().filter(|role| holds(&role.id)).map(|role| read(&role.permissions)).fold(0, |a, b| a | b);
    if Permissions::from_bits_truncate(bits).administrator() {
        return Permissions::all();
    }
    let mut apply = |of: &dyn Fn(&Overwrite) -> bool| {
        let (mut allow, mut deny) = (0, 0);
        for one in overwrites.iter().filter(|one| of(one)) {
            allow |= read(&one.allow);
            deny |= read(&one.deny);
        }
        bits = (bits & !deny) | allow;
    };
    apply(&|one| one.kind == 0 && one.id == guild);
    apply(&|one| one.kind == 0 && one.id != guild && holds(&one.id));
    apply(&|one| one.kind == 1 && Some(one.id.as_str()) == member);
    Permissions::from_bits_truncate(bits)
}

/// Those of the rights a channel of this kind needs that are not among `have`, in the order of [`Right`].
pub fn missing(kind: ChannelKind, have: Permissions) -> Vec<Right> {
    use Right::{CreatePrivateThreads, EmbedLinks, ManageThreads, ReadHistory, Send, SendInThreads, View};
    let needed: &[Right] = match kind {
        ChannelKind::Text => &[View, Send, SendInThreads, CreatePrivateThreads, ReadHistory, EmbedLinks, ManageThreads],
        // In a forum, Send is what makes posts.
        ChannelKind::Forum => &[View, Send, SendInThreads, ReadHistory, EmbedLinks, ManageThreads],
        ChannelKind::Thread => &[View, SendInThreads, ReadHistory, EmbedLinks, ManageThreads],
        ChannelKind::Direct | ChannelKind::Other => &[],
    };
    needed.iter().copied().filter(|right| !have.contains(bit(*right))).collect()
}

const fn bit(right: Right) -> Permissions {
    match right {
        Right::View => Permissions::VIEW_CHANNEL,
        Right::Send => Permissions::SEND_MESSAGES,
        Right::SendInThreads => Permissions::SEND_MESSAGES_IN_THREADS,
        Right::CreatePrivateThreads => Permissions::CREATE_PRIVATE_THREADS,
        Right::ReadHistory => Permissions::READ_MESSAGE_HISTORY,
        Right::EmbedLinks => Permissions::EMBED_LINKS,
        Right::ManageThreads => Permissions::MANAGE_THREADS,
    }
}

/// The roles that see all private threads of a channel.
pub fn thread_managers(guild: &str, roles: &[RawRole], overwrites: &[Overwrite]) -> Result<Vec<RoleId>, ChatError> {
    let manages = |role: &&RawRole| {
        let held = [role.id.clone()];
        rights(guild, roles, overwrites, &held, None).contains(Permissions::VIEW_CHANNEL | Permissions::MANAGE_THREADS)
    };
    roles.iter().filter(manages).map(|role| Ok(RoleId(id(&role.id)?))).collect()
}

/// The roles that somebody with these rights mentions without notifying anybody.
pub fn silent(roles: &[RawRole], mine: Permissions) -> Result<Vec<RoleId>, ChatError> {
    let heard = |role: &&RawRole| role.mentionable || mine.contains(Permissions::MENTION_EVERYONE);
    roles.iter().filter(|role| !heard(role)).map(|role| Ok(RoleId(id(&role.id)?))).collect()
}

/// Who sees a channel with these overwrites.
pub fn audience(guild: &str, roles: &[RawRole], overwrites: &[Overwrite]) -> Result<Audience, ChatError> {
    let sees = |held: &[String]| rights(guild, roles, overwrites, held, None).contains(Permissions::VIEW_CHANNEL);
    let mut audience = Audience { everybody: sees(&[]), ..Audience::default() };
    for role in roles.iter().filter(|role| role.id != guild) {
        if sees(std::slice::from_ref(&role.id)) {
            audience.roles.push(RoleId(id(&role.id)?));
        }
    }
    for one in overwrites.iter().filter(|one| one.kind == 1) {
        let has =
            |bits: &str| Permissions::from_bits_truncate(bits.parse().unwrap_or(0)).contains(Permissions::VIEW_CHANNEL);
        let user = UserId(id(&one.id)?);
        if has(&one.allow) {
            audience.let_in.push(user);
        } else if has(&one.deny) {
            audience.shut_out.push(user);
        }
    }
    Ok(audience)
}

fn id(text: &str) -> Result<u64, ChatError> {
    text.parse().map_err(|_| ChatError::Unknown("unreadable answer".to_owned()))
}

fn read(bits: &str) -> u64 {
    bits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(id: &str, bits: Permissions) -> RawRole {
        RawRole { id: id.into(), permissions: bits.bits().to_string(), mentionable: false }
    }

    fn overwrite(id: &str, kind: u8, allow: Permissions, deny: Permissions) -> Overwrite {
        Overwrite { id: id.into(), kind, allow: allow.bits().to_string(), deny: deny.bits().to_string() }
    }

    #[test]
    fn a_channel_closed_to_everyone_is_open_to_the_role_let_in() {
        let roles =
            [role("1", Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES), role("2", Permissions::empty())];
        let closed = [
            overwrite("1", 0, Permissions::empty(), Permissions::VIEW_CHANNEL),
            overwrite("2", 0, Permissions::VIEW_CHANNEL, Permissions::empty()),
            overwrite("9", 1, Permissions::empty(), Permissions::SEND_MESSAGES),
        ];
        assert!(!rights("1", &roles, &closed, &[], None).contains(Permissions::VIEW_CHANNEL));
        let bot = rights("1", &roles, &closed, &["2".into()], Some("9"));
        assert!(bot.contains(Permissions::VIEW_CHANNEL));
        assert_eq!(missing(ChannelKind::Text, bot)[0], Right::Send, "the member's own overwrite comes last");
    }

    #[test]
    fn announcements_and_media_are_no_places_for_cases() {
        use ChannelKind::{Direct, Forum, Other, Text, Thread};
        let kinds = [0, 1, 2, 5, 11, 12, 15, 16].map(kind_of);
        assert_eq!(kinds, [Text, Direct, Other, Other, Thread, Thread, Forum, Other]);
    }

    #[test]
    fn an_administrator_lacks_nothing() {
        let roles = [role("1", Permissions::empty()), role("2", Permissions::ADMINISTRATOR)];
        let deny = [overwrite("1", 0, Permissions::empty(), Permissions::all())];
        let bot = rights("1", &roles, &deny, &["2".into()], Some("9"));
        assert!(missing(ChannelKind::Text, bot).is_empty());
    }
}
