//! Questions every route asks: does it exist, may the bot see it, may it do this there.
//! Invariant: refused in Discord's order: unknown, then missing access, then missing permissions.

use super::super::errors::{ApiError, MISSING_ACCESS, MISSING_PERMISSIONS, UNKNOWN_CHANNEL, UNKNOWN_GUILD};
use super::super::permissions::{self, Bits, VIEW_CHANNEL};
use super::super::state::State;
use super::super::world::{Channel, Guild};
use super::id;

/// A channel the bot may see.
pub fn channel<'s>(state: &'s State, text: &str) -> Result<&'s Channel, ApiError> {
    let channel = state.world.channels.get(&id(text)?).ok_or(UNKNOWN_CHANNEL)?;
    if permissions::in_channel(&state.world, channel, state.world.bot) & VIEW_CHANNEL == 0 {
        return Err(MISSING_ACCESS);
    }
    Ok(channel)
}

/// A channel the bot may see and where it may do `bits`.
pub fn channel_with<'s>(state: &'s State, text: &str, bits: Bits) -> Result<&'s Channel, ApiError> {
    let channel = channel(state, text)?;
    need(state, channel, bits)?;
    Ok(channel)
}

/// Refuses unless the bot may do all of `bits` in `channel`.
pub fn need(state: &State, channel: &Channel, bits: Bits) -> Result<(), ApiError> {
    let has = permissions::in_channel(&state.world, channel, state.world.bot);
    if has & bits == bits { Ok(()) } else { Err(MISSING_PERMISSIONS) }
}

/// Whether the bot may do all of `bits` in `channel`.
pub fn may(state: &State, channel: &Channel, bits: Bits) -> bool {
    need(state, channel, bits).is_ok()
}

/// A guild the bot is in.
pub fn guild<'s>(state: &'s State, text: &str) -> Result<&'s Guild, ApiError> {
    let guild = state.world.guilds.get(&id(text)?).ok_or(UNKNOWN_GUILD)?;
    if guild.members.contains_key(&state.world.bot) { Ok(guild) } else { Err(MISSING_ACCESS) }
}

/// A guild where the bot has `bits`.
pub fn guild_with<'s>(state: &'s State, text: &str, bits: Bits) -> Result<&'s Guild, ApiError> {
    let guild = guild(state, text)?;
    let has = permissions::in_guild(guild, state.world.bot);
    if has & bits == bits { Ok(guild) } else { Err(MISSING_PERMISSIONS) }
}
