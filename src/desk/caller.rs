//! Who wants something and from where, and how people and cases are named in a wish.
//!
//! Invariant: all of it is what somebody sent; nothing of it is believed before it was checked where it takes effect.

use crate::case::CaseNumber;
use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::locale::Lang;

/// Who wants something, and where they are.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// The team; none in direct messages.
    pub guild: Option<GuildId>,
    /// Their roles in it.
    pub roles: Vec<RoleId>,
    /// May manage the server.
    pub manages: bool,
    /// Where they are; a thread is its own channel.
    pub channel: ChannelId,
    /// The channel the thread hangs on, if they are in one.
    pub parent: Option<ChannelId>,
    /// The language they read.
    pub lang: Lang,
    /// The message on which they pressed something and which shows what comes of it.
    pub pressed: Option<MessageId>,
}

/// Somebody named in a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// A program, not a person.
    pub bot: bool,
    /// Their roles here; none when they are not a member of the guild.
    pub roles: Option<Vec<RoleId>>,
    /// May manage the server.
    pub manages: bool,
}

/// How a case was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseRef {
    /// Not at all: the one whose thread this is.
    Here,
    /// `1042`, `#1042` or words of its title, as typed.
    Typed(String),
    /// By a button's number.
    Number(CaseNumber),
}
