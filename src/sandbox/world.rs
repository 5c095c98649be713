//! What the loopback Discord remembers: users, guilds, roles, channels, members, messages, commands.
//! Invariant: plain data that can be written to a file and read back; whoever changes it tells the listeners (`state`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::permissions::Bits;
use super::snowflake::Snowflakes;
use super::table::{Messages, Table};

/// Guild text channel.
pub const TEXT: u8 = 0;
/// Direct message.
pub const DM: u8 = 1;
/// Category.
pub const CATEGORY: u8 = 4;
/// Public thread.
pub const PUBLIC_THREAD: u8 = 11;
/// Private thread.
pub const PRIVATE_THREAD: u8 = 12;
/// Forum; every post in it is a public thread.
pub const FORUM: u8 = 15;

/// A person or the bot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    /// Snowflake.
    pub id: u64,
    /// Lower-case account name.
    pub username: String,
    /// Name shown.
    pub name: String,
    /// `agent`, `lead`, `customer`, `admin` or `bot`: only for the page's user switcher.
    pub kind: String,
    /// Discord locale such as `de` or `en-US`.
    pub locale: String,
    /// Refuses direct messages (50007).
    #[serde(default)]
    pub dm_closed: bool,
}

/// A role of a guild.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    /// Snowflake; equal to the guild's id for `@everyone`.
    pub id: u64,
    /// Name shown.
    pub name: String,
    /// 24-bit RGB.
    pub color: u32,
    /// What it grants.
    pub permissions: Bits,
    /// Belongs to an application.
    pub managed: bool,
    /// Anybody may mention it.
    pub mentionable: bool,
    /// Order in the list.
    pub position: u32,
}

/// A user in a guild.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Member {
    /// Name in this guild.
    pub nick: Option<String>,
    /// Ids of the roles besides `@everyone`.
    pub roles: Vec<u64>,
    /// Unix milliseconds.
    pub joined_ms: i64,
}

/// A guild ("server").
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Guild {
    /// Snowflake.
    pub id: u64,
    /// Name shown.
    pub name: String,
    /// Who may do everything.
    pub owner: u64,
    /// Preferred locale.
    pub locale: String,
    /// By id.
    pub roles: BTreeMap<u64, Role>,
    /// By user id.
    pub members: BTreeMap<u64, Member>,
    /// Ids of its channels and threads.
    pub channels: Vec<u64>,
    /// Commands of this guild only.
    pub commands: Table<Value>,
    /// In an outage.
    #[serde(default)]
    pub unavailable: bool,
}

/// Grants and denials of one role or member in one channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Overwrite {
    /// Role or user id.
    pub id: u64,
    /// 0 role, 1 member.
    pub kind: u8,
    /// Granted.
    pub allow: Bits,
    /// Denied.
    pub deny: Bits,
}

/// What only threads have.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Thread {
    /// Who made it.
    pub owner: u64,
    /// Closed to edits; a message reopens it.
    pub archived: bool,
    /// Only moderators may reopen it.
    pub locked: bool,
    /// Members who are no moderators may invite (private threads).
    pub invitable: bool,
    /// Minutes of silence before it archives itself.
    pub auto_archive: u32,
    /// Unix milliseconds of creation.
    pub created_ms: i64,
    /// Unix milliseconds of the last change of `archived`.
    pub archive_ms: i64,
    /// Unix milliseconds of the last activity.
    pub active_ms: i64,
    /// User id to Unix milliseconds of joining.
    pub members: BTreeMap<u64, i64>,
    /// Messages now in it, without the first of a forum post.
    pub message_count: u32,
    /// Messages ever sent in it.
    pub total_sent: u32,
    /// Tags of a forum post.
    #[serde(default)]
    pub tags: Vec<u64>,
}

/// A channel, thread or direct message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Channel {
    /// Snowflake.
    pub id: u64,
    /// One of the constants of this file.
    pub kind: u8,
    /// None for direct messages.
    pub guild: Option<u64>,
    /// Name without `#`.
    pub name: String,
    /// Purpose, shown above the channel.
    pub topic: Option<String>,
    /// Category of a channel, channel of a thread.
    pub parent: Option<u64>,
    /// Order in the list.
    pub position: u32,
    /// Exceptions from the roles' permissions.
    pub overwrites: Vec<Overwrite>,
    /// The two people of a direct message, the bot included.
    pub recipients: Vec<u64>,
    /// Newest message.
    pub last_message: Option<u64>,
    /// Seconds between two messages of a person.
    #[serde(default)]
    pub rate_limit: u32,
    /// Only for threads.
    pub thread: Option<Thread>,
    /// Unix milliseconds of renames (limit: 2 in 10 minutes).
    #[serde(default)]
    pub renames: Vec<i64>,
}

impl Channel {
    /// Whether people write messages straight into it.
    pub fn holds_messages(&self) -> bool {
        !matches!(self.kind, FORUM | CATEGORY)
    }
}

/// One emoji under a message and who chose it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reaction {
    /// Unicode emoji, or `name:id` of a custom one.
    pub emoji: String,
    /// In the order they came.
    pub users: Vec<u64>,
}

/// A message; `body` is the object as Discord would send it, without reactions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// Snowflake.
    pub id: u64,
    /// Where it stands.
    pub channel: u64,
    /// Who wrote it.
    pub author: u64,
    /// Discord's message object.
    pub body: Value,
    /// "… is thinking": a deferred answer not filled yet.
    #[serde(default)]
    pub loading: bool,
    /// The only user who sees it.
    #[serde(default)]
    pub only_for: Option<u64>,
    /// The interaction it answers.
    #[serde(default)]
    pub interaction: Option<u64>,
    /// Emoji under it.
    #[serde(default)]
    pub reactions: Vec<Reaction>,
}

/// What the application's owner chose in the developer portal, and how strict the server is.
#[expect(clippy::struct_excessive_bools, reason = "they are independent toggles, as in the portal")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// Toggle "Message Content Intent"; off and asked for ends the connection with 4014.
    pub message_content: bool,
    /// Toggle "Server Members Intent".
    pub members: bool,
    /// Toggle "Presence Intent".
    pub presences: bool,
    /// Enforce 5 messages per 5 s and channel, and 50 requests per second, with 429.
    pub strict_rates: bool,
    /// Milliseconds between a client's heartbeats; one that misses half a beat more is closed with 4009.
    #[serde(default = "heartbeat_ms")]
    pub heartbeat_ms: u64,
}

/// What Discord asks for.
fn heartbeat_ms() -> u64 {
    41_250
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            message_content: true,
            members: true,
            presences: false,
            strict_rates: false,
            heartbeat_ms: heartbeat_ms(),
        }
    }
}

/// An uploaded file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredFile {
    /// File name.
    pub name: String,
    /// MIME type.
    pub content_type: String,
    /// Base64 of the content, so that the data file stays text.
    pub base64: String,
}

/// Everything the loopback Discord remembers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct World {
    /// Application id, and user id of its bot.
    pub bot: u64,
    /// Portal and server settings.
    pub settings: Settings,
    pub(super) ids: Snowflakes,
    pub(super) users: Table<User>,
    pub(super) guilds: Table<Guild>,
    pub(super) channels: Table<Channel>,
    pub(super) messages: Messages,
    pub(super) ephemerals: Table<Message>,
    pub(super) commands: Table<Value>,
    #[serde(default)]
    pub(super) files: Table<StoredFile>,
}

impl World {
    /// Whether something waits to be written down.
    pub(super) fn is_changed(&self) -> bool {
        self.users.is_changed()
            || self.guilds.is_changed()
            || self.channels.is_changed()
            || self.messages.is_changed()
            || self.ephemerals.is_changed()
            || self.commands.is_changed()
            || self.files.is_changed()
    }

    /// Writes nothing down of what changed until now.
    pub(super) fn forget_changes(&mut self) {
        self.users.changes();
        self.guilds.changes();
        self.channels.changes();
        self.messages.changes();
        self.ephemerals.changes();
        self.commands.changes();
        self.files.changes();
    }

    /// A world with only the bot in it, made at `now_ms`.
    pub fn empty(now_ms: i64) -> Self {
        let mut ids = Snowflakes::default();
        let bot = ids.next(now_ms);
        let mut world = Self {
            bot,
            settings: Settings::default(),
            ids,
            users: Table::default(),
            guilds: Table::default(),
            channels: Table::default(),
            messages: Messages::default(),
            ephemerals: Table::default(),
            commands: Table::default(),
            files: Table::default(),
        };
        world.insert_user(bot, "bot", "Bot", "bot");
        world
    }

    /// Names the bot, and its own roles after it.
    pub fn name_bot(&mut self, username: &str, name: &str) {
        if let Some(bot) = self.users.get_mut(self.bot) {
            username.clone_into(&mut bot.username);
            name.clone_into(&mut bot.name);
        }
        let guilds: Vec<u64> = self.guilds.keys().copied().collect();
        for guild in guilds {
            let roles = self.guilds.get_mut(guild).into_iter().flat_map(|guild| guild.roles.values_mut());
            for role in roles.filter(|role| role.managed) {
                name.clone_into(&mut role.name);
            }
        }
    }

    /// Adds a person; `kind` is shown by the page's switcher.
    pub fn add_user(&mut self, username: &str, name: &str, kind: &str, now_ms: i64) -> u64 {
        let id = self.ids.next(now_ms);
        self.insert_user(id, username, name, kind);
        id
    }

    fn insert_user(&mut self, id: u64, username: &str, name: &str, kind: &str) {
        let user = User {
            id,
            username: username.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            locale: "de".to_owned(),
            dm_closed: false,
        };
        self.users.insert(id, user);
    }

    /// Adds a guild owned by `owner`, who becomes a member; `everyone` is what `@everyone` may do.
    pub fn add_guild(&mut self, name: &str, locale: &str, owner: u64, everyone: Bits, now_ms: i64) -> u64 {
        let id = self.ids.next(now_ms);
        let role = Role {
            id,
            name: "@everyone".to_owned(),
            color: 0,
            permissions: everyone,
            managed: false,
            mentionable: false,
            position: 0,
        };
        let guild = Guild {
            id,
            name: name.to_owned(),
            owner,
            locale: locale.to_owned(),
            roles: BTreeMap::from([(id, role)]),
            members: BTreeMap::new(),
            channels: Vec::new(),
            commands: Table::default(),
            unavailable: false,
        };
        self.guilds.insert(id, guild);
        self.add_member(id, owner, &[], now_ms);
        id
    }

    /// Adds a role to `guild`.
    pub fn add_role(&mut self, guild: u64, name: &str, color: u32, permissions: Bits, now_ms: i64) -> u64 {
        let id = self.ids.next(now_ms);
        if let Some(guild) = self.guilds.get_mut(guild) {
            let position = guild.roles.len() as u32;
            let name = name.to_owned();
            let role = Role { id, name, color, permissions, managed: false, mentionable: false, position };
            guild.roles.insert(id, role);
        }
        id
    }

    /// Makes `user` a member of `guild` with `roles`.
    pub fn add_member(&mut self, guild: u64, user: u64, roles: &[u64], now_ms: i64) {
        if let Some(guild) = self.guilds.get_mut(guild) {
            guild.members.insert(user, Member { nick: None, roles: roles.to_vec(), joined_ms: now_ms });
        }
    }

    /// Makes the bot a member of `guild` with a managed role of its own, as an invitation does.
    pub fn invite_bot(&mut self, guild: u64, permissions: Bits, now_ms: i64) -> u64 {
        let name = self.users.get(&self.bot).map_or_else(|| "Bot".to_owned(), |bot| bot.name.clone());
        let role = self.add_role(guild, &name, 0x5b_8d_b8, permissions, now_ms);
        if let Some(role) = self.guilds.get_mut(guild).and_then(|guild| guild.roles.get_mut(&role)) {
            role.managed = true;
        }
        self.add_member(guild, self.bot, &[role], now_ms);
        role
    }

    /// Adds a channel of `kind` to `guild`.
    pub fn add_channel(&mut self, guild: u64, kind: u8, name: &str, overwrites: Vec<Overwrite>, now_ms: i64) -> u64 {
        let id = self.ids.next(now_ms);
        let position = self.guilds.get(&guild).map_or(0, |guild| guild.channels.len() as u32);
        let channel = Channel {
            id,
            kind,
            guild: Some(guild),
            name: name.to_owned(),
            topic: None,
            parent: None,
            position,
            overwrites,
            recipients: Vec::new(),
            last_message: None,
            rate_limit: 0,
            thread: None,
            renames: Vec::new(),
        };
        self.insert_channel(channel);
        id
    }

    pub(super) fn insert_channel(&mut self, channel: Channel) {
        if let Some(guild) = channel.guild.and_then(|guild| self.guilds.get_mut(guild)) {
            guild.channels.push(channel.id);
        }
        self.channels.insert(channel.id, channel);
    }

    /// The direct-message channel of the bot and `user`, made if there is none.
    pub fn dm_with(&mut self, user: u64, now_ms: i64) -> u64 {
        let known = self.channels.values().find(|channel| channel.kind == DM && channel.recipients.contains(&user));
        if let Some(channel) = known {
            return channel.id;
        }
        let id = self.ids.next(now_ms);
        let channel = Channel {
            id,
            kind: DM,
            guild: None,
            name: String::new(),
            topic: None,
            parent: None,
            position: 0,
            overwrites: Vec::new(),
            recipients: vec![user, self.bot],
            last_message: None,
            rate_limit: 0,
            thread: None,
            renames: Vec::new(),
        };
        self.channels.insert(id, channel);
        id
    }

    /// Threads of `parent`, oldest first.
    pub(super) fn threads_of(&self, parent: u64) -> Vec<&Channel> {
        let Some(guild) = self.channels.get(&parent).and_then(|channel| channel.guild) else {
            return Vec::new();
        };
        let Some(guild) = self.guilds.get(&guild) else {
            return Vec::new();
        };
        let all = guild.channels.iter().filter_map(|id| self.channels.get(id));
        all.filter(|channel| channel.thread.is_some() && channel.parent == Some(parent)).collect()
    }

    pub(super) fn guild_of(&self, channel: u64) -> Option<&Guild> {
        self.guilds.get(&self.channels.get(&channel)?.guild?)
    }

    pub(super) fn message(&self, channel: u64, id: u64) -> Option<&Message> {
        self.messages.get(channel, id)
    }
}
