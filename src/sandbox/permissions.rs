//! Who may do what where: roles, overwrites, owner, administrator, threads.
//! Invariant: pure; follows the order of Discord's documentation ("Permission Hierarchy"), deny before allow, member last.

use super::world::{Channel, DM, Guild, PRIVATE_THREAD, World};

/// A set of permission bits.
pub type Bits = u64;

/// Add reactions.
pub const ADD_REACTIONS: Bits = 1 << 6;
/// Everything.
pub const ADMINISTRATOR: Bits = 1 << 3;
/// Edit channels.
pub const MANAGE_CHANNELS: Bits = 1 << 4;
/// "Manage Server".
pub const MANAGE_GUILD: Bits = 1 << 5;
/// See a channel.
pub const VIEW_CHANNEL: Bits = 1 << 10;
/// Write in a channel.
pub const SEND_MESSAGES: Bits = 1 << 11;
/// Delete and pin others' messages.
pub const MANAGE_MESSAGES: Bits = 1 << 13;
/// Embeds are shown.
pub const EMBED_LINKS: Bits = 1 << 14;
/// Files.
pub const ATTACH_FILES: Bits = 1 << 15;
/// Older messages.
pub const READ_MESSAGE_HISTORY: Bits = 1 << 16;
/// `@everyone` and every role.
pub const MENTION_EVERYONE: Bits = 1 << 17;
/// Change the own nickname.
pub const CHANGE_NICKNAME: Bits = 1 << 26;
/// Change others' nicknames.
pub const MANAGE_NICKNAMES: Bits = 1 << 27;
/// Edit roles.
pub const MANAGE_ROLES: Bits = 1 << 28;
/// Use slash commands.
pub const USE_APPLICATION_COMMANDS: Bits = 1 << 31;
/// See all private threads, archive and lock.
pub const MANAGE_THREADS: Bits = 1 << 34;
/// Make public threads.
pub const CREATE_PUBLIC_THREADS: Bits = 1 << 35;
/// Make private threads.
pub const CREATE_PRIVATE_THREADS: Bits = 1 << 36;
/// Write in threads.
pub const SEND_MESSAGES_IN_THREADS: Bits = 1 << 38;
/// Every bit Discord documents (August 2026: up to bit 52).
pub const ALL: Bits = (1 << 53) - 1;

/// What `@everyone` may usually do.
pub const EVERYONE: Bits = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | CHANGE_NICKNAME
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | SEND_MESSAGES_IN_THREADS;

/// What a helpful bot is usually invited with: write, threads of both kinds, manage threads.
pub const BOT: Bits = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | SEND_MESSAGES_IN_THREADS
    | MANAGE_THREADS
    | USE_APPLICATION_COMMANDS;

const DIRECT: Bits = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | USE_APPLICATION_COMMANDS;

const NAMES: [(&str, Bits); 16] = [
    ("VIEW_CHANNEL", VIEW_CHANNEL),
    ("SEND_MESSAGES", SEND_MESSAGES),
    ("EMBED_LINKS", EMBED_LINKS),
    ("ATTACH_FILES", ATTACH_FILES),
    ("READ_MESSAGE_HISTORY", READ_MESSAGE_HISTORY),
    ("ADD_REACTIONS", ADD_REACTIONS),
    ("MENTION_EVERYONE", MENTION_EVERYONE),
    ("MANAGE_CHANNELS", MANAGE_CHANNELS),
    ("MANAGE_GUILD", MANAGE_GUILD),
    ("MANAGE_MESSAGES", MANAGE_MESSAGES),
    ("MANAGE_ROLES", MANAGE_ROLES),
    ("MANAGE_THREADS", MANAGE_THREADS),
    ("CREATE_PUBLIC_THREADS", CREATE_PUBLIC_THREADS),
    ("CREATE_PRIVATE_THREADS", CREATE_PRIVATE_THREADS),
    ("SEND_MESSAGES_IN_THREADS", SEND_MESSAGES_IN_THREADS),
    ("ADMINISTRATOR", ADMINISTRATOR),
];

/// Bits of a documented name (`SEND_MESSAGES`) or a decimal number.
pub fn by_name(name: &str) -> Option<Bits> {
    let found = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, bits)| *bits);
    found.or_else(|| name.parse().ok())
}

/// What `user` may do in `guild` before channels have their say; nothing if no member.
pub fn in_guild(guild: &Guild, user: u64) -> Bits {
    let Some(member) = guild.members.get(&user) else {
        return 0;
    };
    if guild.owner == user {
        return ALL;
    }
    let everyone = guild.roles.get(&guild.id).map_or(0, |role| role.permissions);
    let roles = member.roles.iter().filter_map(|id| guild.roles.get(id));
    let bits = roles.fold(everyone, |bits, role| bits | role.permissions);
    if bits & ADMINISTRATOR != 0 { ALL } else { bits }
}

fn with_overwrites(base: Bits, guild: &Guild, channel: &Channel, user: u64) -> Bits {
    if base & ADMINISTRATOR != 0 {
        return ALL;
    }
    let mut bits = base;
    if let Some(everyone) = channel.overwrites.iter().find(|overwrite| overwrite.id == guild.id) {
        bits = bits & !everyone.deny | everyone.allow;
    }
    let roles = guild.members.get(&user).map_or(&[][..], |member| &member.roles);
    let mine = channel.overwrites.iter().filter(|overwrite| overwrite.kind == 0 && roles.contains(&overwrite.id));
    let (allow, deny) = mine.fold((0, 0), |(allow, deny), it| (allow | it.allow, deny | it.deny));
    bits = bits & !deny | allow;
    if let Some(own) = channel.overwrites.iter().find(|overwrite| overwrite.kind == 1 && overwrite.id == user) {
        bits = bits & !own.deny | own.allow;
    }
    bits
}

/// What `user` may do in `channel`; 0 if it cannot be seen.
pub fn in_channel(world: &World, channel: &Channel, user: u64) -> Bits {
    if channel.kind == DM {
        return if channel.recipients.contains(&user) { DIRECT } else { 0 };
    }
    let Some(guild) = channel.guild.and_then(|id| world.guilds.get(&id)) else {
        return 0;
    };
    let place = match &channel.thread {
        Some(_) => channel.parent.and_then(|id| world.channels.get(&id)).unwrap_or(channel),
        None => channel,
    };
    let mut bits = with_overwrites(in_guild(guild, user), guild, place, user);
    if bits & VIEW_CHANNEL == 0 {
        return 0;
    }
    if let Some(thread) = &channel.thread {
        let may_see = thread.members.contains_key(&user) || bits & MANAGE_THREADS != 0;
        if channel.kind == PRIVATE_THREAD && !may_see {
            return 0;
        }
        // In threads the one permission stands for the other.
        if bits & SEND_MESSAGES_IN_THREADS == 0 {
            bits &= !SEND_MESSAGES;
        } else {
            bits |= SEND_MESSAGES;
        }
    }
    bits
}

/// Whether `user` may see `channel`.
pub fn sees(world: &World, channel: u64, user: u64) -> bool {
    world.channels.get(&channel).is_some_and(|channel| in_channel(world, channel, user) & VIEW_CHANNEL != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::demo;

    fn may(user: &str, channel: &str) -> Bits {
        let world = demo::world();
        let view = super::super::WorldView::of(&world);
        in_channel(&world, &world.channels[&view.channel(channel)], view.user(user))
    }

    #[test]
    fn customers_see_only_the_open_channels() {
        assert_ne!(may("Kim", "allgemein") & SEND_MESSAGES, 0);
        assert_eq!(may("Kim", "fälle"), 0);
        assert_eq!(may("Kim", "leitung"), 0);
        assert_eq!(may("Kim", "fall-forum"), 0);
    }

    #[test]
    fn the_team_works_where_it_belongs_and_the_owner_everywhere() {
        assert_ne!(may("Anna", "fälle") & SEND_MESSAGES, 0);
        assert_eq!(may("Anna", "leitung"), 0);
        assert_ne!(may("Clara", "leitung") & VIEW_CHANNEL, 0);
        assert_eq!(may("Admin", "leitung"), ALL);
        assert_eq!(may("Dora", "allgemein"), 0);
    }
}
