//! Identifiers, one type per kind, so that a channel can never be passed for a guild.
//!
//! Discord's ids are snowflakes: 64 bits, unique across kinds, ordered by creation time.

use std::fmt;

macro_rules! snowflake {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// As the store keeps it; snowflakes use 63 bits until the year 2084.
            pub const fn db(self) -> i64 {
                self.0 as i64
            }

            /// Back from the store.
            pub const fn from_db(raw: i64) -> Self {
                Self(raw as u64)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

snowflake! {
    /// One Discord server: one team, one tenant. Every stored row belongs to exactly one.
    GuildId,
    /// A person (or bot) on Discord.
    UserId,
    /// A channel or thread.
    ChannelId,
    /// A role of a guild.
    RoleId,
    /// A message in a channel.
    MessageId,
}

/// Discord's epoch, 2015-01-01T00:00:00Z, in Unix milliseconds.
pub const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

impl MessageId {
    /// The smallest id a message sent at `unix_ms` could have; for `GET messages?after=`.
    pub const fn at_ms(unix_ms: i64) -> Self {
        let since = unix_ms - DISCORD_EPOCH_MS;
        Self(if since < 0 { 0 } else { (since as u64) << 22 })
    }

    /// When a message with this id was sent, Unix milliseconds.
    pub const fn sent_ms(self) -> i64 {
        (self.0 >> 22) as i64 + DISCORD_EPOCH_MS
    }
}
