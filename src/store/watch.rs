//! Channels a team has watched, and how far each was read. What is said in them is never stored.

use super::conn::{Conn, sql};
use super::error::StoreError;
use crate::id::{ChannelId, GuildId, MessageId};

/// A watched channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// The team.
    pub guild: GuildId,
    /// The channel.
    pub channel: ChannelId,
    /// The newest message taken in.
    pub last_seen: MessageId,
}

/// Begins to watch a channel, from `since` on; one already watched goes on where it was.
pub async fn begin(c: &mut Conn, guild: GuildId, channel: ChannelId, since: MessageId) -> Result<(), StoreError> {
    const TEAM: &str = "insert into guild (guild_id) values ($1) on conflict (guild_id) do nothing";
    const TEXT: &str = "insert into watch (guild_id, channel_id, last_seen) values ($1, $2, $3)
        on conflict (guild_id, channel_id) do nothing";
    sql!(execute, c, TEAM, guild.db())?;
    sql!(execute, c, TEXT, guild.db(), channel.db(), since.db())?;
    Ok(())
}

/// Ends it; false if the channel was not watched.
pub async fn end(c: &mut Conn, guild: GuildId, channel: ChannelId) -> Result<bool, StoreError> {
    const TEXT: &str = "delete from watch where guild_id = $1 and channel_id = $2";
    Ok(sql!(execute, c, TEXT, guild.db(), channel.db())? == 1)
}

/// Whether a channel is watched.
pub async fn is_watched(c: &mut Conn, guild: GuildId, channel: ChannelId) -> Result<bool, StoreError> {
    const TEXT: &str = "select channel_id from watch where guild_id = $1 and channel_id = $2";
    Ok(sql!(fetch_optional(i64,), c, TEXT, guild.db(), channel.db())?.is_some())
}

/// The team's watched channels, by id.
pub async fn list(c: &mut Conn, guild: GuildId) -> Result<Vec<ChannelId>, StoreError> {
    const TEXT: &str = "select channel_id from watch where guild_id = $1 order by channel_id";
    let rows = sql!(fetch_all(i64,), c, TEXT, guild.db())?;
    Ok(rows.into_iter().map(|(channel,)| ChannelId::from_db(channel)).collect())
}

/// Every watched channel of the teams the bot is in: for reading on after a gap.
pub async fn all(c: &mut Conn) -> Result<Vec<Watched>, StoreError> {
    const TEXT: &str = "select w.guild_id, w.channel_id, w.last_seen from watch w
        join guild g on g.guild_id = w.guild_id where g.present = 1 order by w.guild_id, w.channel_id";
    let rows = sql!(fetch_all(i64, i64, i64), c, TEXT)?;
    let watched = |(guild, channel, seen)| Watched {
        guild: GuildId::from_db(guild),
        channel: ChannelId::from_db(channel),
        last_seen: MessageId::from_db(seen),
    };
    Ok(rows.into_iter().map(watched).collect())
}

/// Records that everything up to `message` was taken in. Never goes back; a channel not watched any more stays so.
pub async fn advance(c: &mut Conn, guild: GuildId, channel: ChannelId, message: MessageId) -> Result<(), StoreError> {
    const TEXT: &str = "update watch set last_seen = $3 where guild_id = $1 and channel_id = $2 and last_seen < $3";
    sql!(execute, c, TEXT, guild.db(), channel.db(), message.db())?;
    Ok(())
}
