//! The parts of Discord's answers that are read.

use serde::Deserialize;
use serde_json::Value;

use super::rights::RawChannel;

/// What Discord says beside a status that is not a success.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) code: u64,
    #[serde(default)]
    pub(super) retry_after: Option<f64>,
    #[serde(default)]
    pub(super) global: bool,
}

/// A person in a guild.
#[derive(Deserialize)]
pub(super) struct RawMember {
    pub(super) roles: Vec<String>,
    /// Their name in this guild, where they have one of their own.
    #[serde(default)]
    pub(super) nick: Option<String>,
    #[serde(default)]
    pub(super) user: RawUser,
}

/// A person anywhere.
#[derive(Default, Deserialize)]
pub(super) struct RawUser {
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) global_name: Option<String>,
    #[serde(default)]
    pub(super) bot: bool,
}

/// A message.
#[derive(Deserialize)]
pub(super) struct RawMessage {
    pub(super) id: String,
    pub(super) author: RawAuthor,
    #[serde(default)]
    pub(super) content: String,
    #[serde(default)]
    pub(super) components: Value,
}

/// Who wrote it.
#[derive(Deserialize)]
pub(super) struct RawAuthor {
    pub(super) id: String,
    #[serde(default)]
    pub(super) bot: bool,
}

/// The active threads of a guild.
#[derive(Deserialize)]
pub(super) struct RawThreads {
    pub(super) threads: Vec<RawChannel>,
}
