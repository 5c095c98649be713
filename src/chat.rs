//! PORT: what Ruhepol needs of a chat platform, in words of its own.
//!
//! `discord::rest` implements it for Discord. Nothing here names a platform's library, and whoever sends decides by the
//! three kinds of [`ChatError`]: try again, look what happened, or give up loudly.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};

/// A message to show: rendered text and parts, ready to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Plain text with the platform's markdown, at most 2,000 characters.
    pub content: String,
    /// Boxes below the text.
    pub embeds: Vec<Embed>,
    /// Rows of buttons or one select each, at most five.
    pub rows: Vec<Row>,
    /// Files beside the text; only answers to interactions carry them.
    pub files: Vec<File>,
    /// Who may be pinged. Everybody not named here is not, whatever the text says.
    pub mentions: Mentions,
}

/// A file to take along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name with its ending.
    pub name: String,
    /// What is in it; Discord takes 10 MiB.
    pub bytes: Vec<u8>,
}

/// The only people and roles a message may ping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// People.
    pub users: Vec<UserId>,
    /// Roles.
    pub roles: Vec<RoleId>,
}

/// A box with a coloured edge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Embed {
    /// At most 256 characters; empty for none.
    pub title: String,
    /// At most 4,096 characters; empty for none.
    pub description: String,
    /// 0xRRGGBB.
    pub colour: u32,
    /// At most 25.
    pub fields: Vec<Field>,
    /// At most 2,048 characters; empty for none.
    pub footer: String,
}

/// A labelled value in an [`Embed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// At most 256 characters.
    pub name: String,
    /// At most 1,024 characters.
    pub value: String,
    /// Beside its neighbours instead of below.
    pub inline: bool,
}

/// One row of controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// At most five.
    Buttons(Vec<Button>),
    /// One list to choose from.
    Select(Select),
    /// A list of people to choose one from.
    People(People),
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// At most 80 characters.
    pub label: String,
    /// How much it asks for attention.
    pub look: Look,
    /// What pressing does.
    pub does: Does,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The likely next step.
    Primary,
    /// One of several.
    Secondary,
    /// A good end.
    Success,
    /// Think first.
    Danger,
}

/// What pressing a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// Comes back to us with this `custom_id`, at most 100 characters.
    Act(String),
    /// Opens an address.
    Open(String),
}

/// A list to choose one entry from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// Comes back with the choice, at most 100 characters.
    pub custom_id: String,
    /// Shown while nothing is chosen.
    pub placeholder: String,
    /// At most 25.
    pub options: Vec<Choice>,
}

/// A list of everybody in the channel to choose one person from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// Comes back with the choice, at most 100 characters.
    pub custom_id: String,
    /// Shown while nobody is chosen.
    pub placeholder: String,
}

/// One entry of a [`Select`] or of an autocomplete list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// At most 100 characters.
    pub label: String,
    /// At most 100 characters.
    pub value: String,
}

/// A form. Must be the first answer to what somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modal {
    /// At most 100 characters.
    pub custom_id: String,
    /// At most 45 characters.
    pub title: String,
    /// At most five.
    pub inputs: Vec<Input>,
}

/// One text field of a [`Modal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Which field, within the form.
    pub id: &'static str,
    /// At most 45 characters.
    pub label: String,
    /// Many lines instead of one.
    pub long: bool,
    /// May not be left empty.
    pub required: bool,
    /// Filled in beforehand, at most 4,000 characters.
    pub value: String,
    /// Most characters that may be typed.
    pub max: u16,
    /// Grey hint while empty, at most 100 characters.
    pub placeholder: String,
}

/// A message found in a channel: while looking for one of ours, or while reading on after a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// Written by a program.
    pub bot: bool,
    /// What it says, as far as the bot may read it.
    pub text: String,
    /// Written by this bot.
    pub mine: bool,
    /// The `custom_id`s on it; a delivery's marker is one of them.
    pub custom_ids: Vec<String>,
}

/// A thread found while looking for one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenThread {
    /// Its id; also tells when it was made.
    pub id: ChannelId,
    /// The channel it hangs on.
    pub parent: ChannelId,
    /// Its name as given.
    pub name: String,
    /// Made by this bot.
    pub mine: bool,
}

/// What kind of channel something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// A place for messages.
    Text,
    /// A place for posts.
    Forum,
    /// A thread or a forum's post.
    Thread,
    /// Between the bot and one person.
    Direct,
    /// Voice, category and whatever else cannot hold cases.
    Other,
}

/// A right the bot may lack in a channel. The order is that of the list in `/setup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// See the channel.
    View,
    /// Write in it.
    Send,
    /// Write in its threads.
    SendInThreads,
    /// Make private threads.
    CreatePrivateThreads,
    /// Read what it wrote before; needed to find out whether a message arrived.
    ReadHistory,
    /// Show boxes.
    EmbedLinks,
    /// Unarchive threads and see private ones.
    ManageThreads,
}

/// Who sees a channel, as far as single roles and exceptions for people say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// Everybody in the guild.
    pub everybody: bool,
    /// Whoever has one of these roles.
    pub roles: Vec<RoleId>,
    /// These people, whatever their roles.
    pub let_in: Vec<UserId>,
    /// Not these, whatever their roles.
    pub shut_out: Vec<UserId>,
}

impl Audience {
    /// Whether somebody with these roles is among them.
    pub fn includes(&self, user: UserId, roles: &[RoleId]) -> bool {
        let by_role = self.everybody || roles.iter().any(|role| self.roles.contains(role));
        self.let_in.contains(&user) || (by_role && !self.shut_out.contains(&user))
    }
}

/// What is known of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Its id.
    pub id: ChannelId,
    /// The guild it belongs to; none for direct messages.
    pub guild: Option<GuildId>,
    /// What it is.
    pub kind: ChannelKind,
    /// The channel a thread hangs on.
    pub parent: Option<ChannelId>,
    /// Everybody in the guild, customers too, can read it.
    pub public: bool,
    /// Rights the bot lacks there of those the kind needs.
    pub missing: Vec<Right>,
    /// Roles whose people see every private thread there (they may manage threads).
    pub thread_managers: Vec<RoleId>,
    /// Roles whose people a mention by the bot would not notify there.
    pub silent: Vec<RoleId>,
    /// Who sees it; of a thread, who sees the channel it hangs on.
    pub audience: Audience,
}

/// Somebody in a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As people there know them.
    pub name: String,
    /// A program, not a person.
    pub bot: bool,
    /// Their roles.
    pub roles: Vec<RoleId>,
}

/// How to open a place for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThreadKind {
    /// A private thread; its first message is sent separately.
    Private,
    /// A forum post with its first message.
    Post(Message),
}

/// Why a request did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Transient: nothing left this machine, or it was surely not accepted (no connection).
    #[error("no connection")]
    NotSent,
    /// Transient: asked to wait (429). Not an attempt.
    #[error("asked to wait {0:?}")]
    Limited(Duration),
    /// Transient and unknown: it may have been accepted (5xx, timeout, reset).
    #[error("no answer that can be trusted ({0})")]
    Unknown(String),
    /// Gone: the channel, message or person is not there (404, unknown 100xx).
    #[error("not there any more (code {0})")]
    Gone(u64),
    /// Refused: 400 or 403, with the platform's code (50001 access, 50007 closed DMs, 50013 rights, 50083 archived …).
    #[error("refused (code {0})")]
    Refused(u64),
}

/// Discord: the thread is archived.
pub const CODE_ARCHIVED: u64 = 50083;
/// Discord: the person takes no direct messages.
pub const CODE_DM_CLOSED: u64 = 50007;
/// Discord: the token is not valid. It says nothing about the place; answers with status 401 are told with this code.
pub const CODE_UNAUTHORIZED: u64 = 40001;

/// What a call gives back, boxed so that the port can be held as `dyn Chat`.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ChatError>> + Send + 'a>>;

/// The port. Every call ends within 8 s of real time, below the lease of a delivery; what has not left by then never
/// leaves.
pub trait Chat: Send + Sync {
    /// The platform's own clock, Unix ms, as far as it has told: ids and the memory for nonces go by it, not by ours.
    fn now_ms(&self) -> Option<i64> {
        None
    }
    /// So many processes speak for this bot; they share what the platform allows it.
    fn share(&self, _among: usize) {}
    /// Asks something small, so that [`Chat::now_ms`] is known where the platform tells it.
    fn greet(&self) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
    /// Sends a message. The same `nonce` (at most 25 characters) within a few minutes gives the same message back.
    fn create_message<'a>(&'a self, channel: ChannelId, message: &'a Message, nonce: &'a str) -> Answer<'a, MessageId>;
    /// Replaces a message of ours. Idempotent.
    fn edit_message<'a>(&'a self, channel: ChannelId, id: MessageId, message: &'a Message) -> Answer<'a, ()>;
    /// Deletes a message of ours.
    fn delete_message(&self, channel: ChannelId, id: MessageId) -> Answer<'_, ()>;
    /// Messages after `after`, oldest first, at most 100.
    fn messages_after(&self, channel: ChannelId, after: MessageId) -> Answer<'_, Vec<Seen>>;
    /// Makes a thread or post; gives its id, and the first message's where it came with one. Takes no nonce: after
    /// [`ChatError::Unknown`] look with [`Chat::threads`] first.
    fn open_thread<'a>(
        &'a self,
        parent: ChannelId,
        name: &'a str,
        kind: &'a ThreadKind,
    ) -> Answer<'a, (ChannelId, Option<MessageId>)>;
    /// Threads below `parent` that are active, newest first.
    fn threads(&self, guild: GuildId, parent: ChannelId) -> Answer<'_, Vec<SeenThread>>;
    /// Lets somebody into a private thread. Idempotent.
    fn add_to_thread(&self, thread: ChannelId, user: UserId) -> Answer<'_, ()>;
    /// Takes a thread out of the archive. Idempotent.
    fn unarchive(&self, thread: ChannelId) -> Answer<'_, ()>;
    /// The channel for direct messages with somebody. Idempotent.
    fn direct_channel(&self, user: UserId) -> Answer<'_, ChannelId>;
    /// Somebody's roles in a guild; [`ChatError::Gone`]: they are not in it.
    fn member(&self, guild: GuildId, user: UserId) -> Answer<'_, Vec<RoleId>>;
    /// The same with the name the guild knows them by.
    fn named(&self, guild: GuildId, user: UserId) -> Answer<'_, Named> {
        Box::pin(async move {
            let roles = self.member(guild, user).await?;
            Ok(Named { name: user.to_string(), bot: false, roles })
        })
    }
    /// What a channel is and what we may do there.
    fn channel(&self, id: ChannelId) -> Answer<'_, ChannelInfo>;
}
