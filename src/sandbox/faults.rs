//! What can be made to go wrong on purpose.
//! Invariant: a fault is used up by what it hits; nothing goes wrong that nobody armed.

use serde::{Deserialize, Deserializer, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// The request is refused with 429 and a `retry_after`.
    #[serde(rename = "429")]
    RateLimited,
    /// 500, nothing done.
    #[serde(rename = "500_before")]
    ErrorBefore,
    /// Done, and then 500.
    #[serde(rename = "500_after")]
    ErrorAfter,
    /// Done, but the connection breaks before the answer.
    #[serde(rename = "lose_response")]
    LoseResponse,
    /// Nothing is done and nothing is answered for a minute.
    #[serde(rename = "stall")]
    Stall,
    /// The gateway's socket breaks without a close frame.
    #[serde(rename = "drop_socket")]
    DropSocket,
    /// The gateway asks to reconnect (op 7).
    #[serde(rename = "reconnect")]
    Reconnect,
    /// The gateway declares the session invalid (op 9).
    #[serde(rename = "invalid_session")]
    InvalidSession,
    /// The gateway closes with 4014, disallowed intents.
    #[serde(rename = "close_4014")]
    Close4014,
    /// The gateway closes with 4004, authentication failed.
    #[serde(rename = "close_4004")]
    Close4004,
    /// A guild is in an outage.
    #[serde(rename = "unavailable_guild")]
    UnavailableGuild,
    /// The outage is over.
    #[serde(rename = "available_guild")]
    AvailableGuild,
    /// Somebody deletes a channel or thread.
    #[serde(rename = "channel_deleted")]
    ChannelDeleted,
    /// A user closes direct messages.
    #[serde(rename = "dm_closed")]
    DmClosed,
    /// A user opens them again.
    #[serde(rename = "dm_open")]
    DmOpen,
    /// The bot loses a permission in a channel (an overwrite) or a guild (its role).
    #[serde(rename = "lose_permission")]
    LosePermission,
    /// The gateway sends its last `count` events again, as it may after a RESUME.
    #[serde(rename = "replay")]
    Replay,
    /// A user leaves a guild.
    #[serde(rename = "user_left")]
    UserLeft,
}

/// A fault with its aim. Ids may be written as strings or numbers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many matching requests or connections it hits.
    #[serde(default = "once")]
    pub count: u32,
    /// Only requests whose `METHOD path` contains this; the path with or without `/api/v10`.
    #[serde(default)]
    pub route: Option<String>,
    /// Seconds, for 429.
    #[serde(default)]
    pub retry_after: Option<f64>,
    /// For 429: the whole bot is limited.
    #[serde(default)]
    pub global: bool,
    /// Channel or thread aimed at.
    #[serde(default, deserialize_with = "id")]
    pub channel_id: Option<u64>,
    /// User aimed at.
    #[serde(default, deserialize_with = "id")]
    pub user_id: Option<u64>,
    /// Guild aimed at.
    #[serde(default, deserialize_with = "id")]
    pub guild_id: Option<u64>,
    /// Name or decimal bits of a permission.
    #[serde(default)]
    pub permission: Option<String>,
    /// For op 9: whether RESUME may be tried.
    #[serde(default)]
    pub resumable: bool,
}

fn once() -> u32 {
    1
}

fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }
    Option::<Id>::deserialize(deserializer)?
        .map(|id| match id {
            Id::Number(id) => Ok(id),
            Id::Text(text) => text.parse().map_err(serde::de::Error::custom),
        })
        .transpose()
}

impl Fault {
    /// One hit, on anything.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            count: 1,
            route: None,
            retry_after: None,
            global: false,
            channel_id: None,
            user_id: None,
            guild_id: None,
            permission: None,
            resumable: false,
        }
    }

    /// Only requests whose `METHOD path` contains `route`.
    #[must_use]
    pub fn route(mut self, route: &str) -> Self {
        self.route = Some(route.to_owned());
        self
    }

    /// Hits `count` times.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// Seconds a 429 asks to wait.
    #[must_use]
    pub fn retry_after(mut self, seconds: f64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Aims at a channel or thread.
    #[must_use]
    pub fn channel(mut self, id: u64) -> Self {
        self.channel_id = Some(id);
        self
    }

    /// Aims at a user.
    #[must_use]
    pub fn user(mut self, id: u64) -> Self {
        self.user_id = Some(id);
        self
    }

    /// Aims at a guild.
    #[must_use]
    pub fn guild(mut self, id: u64) -> Self {
        self.guild_id = Some(id);
        self
    }

    /// Names a permission, such as `SEND_MESSAGES`.
    #[must_use]
    pub fn permission(mut self, name: &str) -> Self {
        self.permission = Some(name.to_owned());
        self
    }

    /// For op 9: RESUME may be tried.
    #[must_use]
    pub fn resumable(mut self) -> Self {
        self.resumable = true;
        self
    }

    /// Whether it waits for REST requests.
    pub(super) fn hits_requests(&self) -> bool {
        use FaultKind::{ErrorAfter, ErrorBefore, LoseResponse, RateLimited, Stall};
        matches!(self.kind, RateLimited | ErrorBefore | ErrorAfter | LoseResponse | Stall)
    }
}

/// What is armed, oldest first.
#[derive(Debug, Default)]
pub struct Faults {
    armed: Vec<Fault>,
}

impl Faults {
    /// Arms one.
    pub fn arm(&mut self, fault: Fault) {
        self.armed.push(fault);
    }

    /// All that wait.
    pub fn armed(&self) -> &[Fault] {
        &self.armed
    }

    /// Disarms all.
    pub fn disarm(&mut self) {
        self.armed.clear();
    }

    /// The fault that hits this request, used up by one.
    pub fn hit_request(&mut self, method: &str, path: &str) -> Option<Fault> {
        if self.armed.is_empty() {
            return None;
        }
        let (short, long) = (format!("{method} {path}"), format!("{method} /api/v10{path}"));
        self.take(|fault| {
            let aimed = fault.route.as_ref().is_none_or(|route| short.contains(route) || long.contains(route));
            fault.hits_requests() && aimed
        })
    }

    /// The fault that hits a fresh gateway connection, used up by one.
    pub fn hit_connection(&mut self, kinds: &[FaultKind]) -> Option<Fault> {
        self.take(|fault| kinds.contains(&fault.kind))
    }

    fn take(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let index = self.armed.iter().position(fits)?;
        let fault = self.armed.get_mut(index)?;
        fault.count = fault.count.saturating_sub(1);
        let hit = fault.clone();
        if hit.count == 0 {
            self.armed.remove(index);
        }
        Some(hit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_as_often_as_armed_and_only_its_route() {
        let mut faults = Faults::default();
        faults.arm(Fault::new(FaultKind::ErrorBefore).route("POST /channels").times(2));
        assert!(faults.hit_request("GET", "/channels/1").is_none());
        assert!(faults.hit_request("POST", "/channels/1/messages").is_some());
        assert!(faults.hit_request("POST", "/channels/1/messages").is_some());
        assert!(faults.hit_request("POST", "/channels/1/messages").is_none());
    }

    #[test]
    fn ids_may_be_strings() {
        let fault: Fault = serde_json::from_str(r#"{"kind":"dm_closed","user_id":"42"}"#).unwrap();
        assert_eq!(fault.user_id, Some(42));
    }
}
