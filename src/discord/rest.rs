//! `impl Chat` for Discord: the one sender deliveries go through, in tests and in production alike.
//!
//! Requests are built by serenity and sent by a client of our own, because serenity's drops the headers of a 429 as soon
//! as a proxy is in use. Invariants: every call ends within [`DEADLINE`]; whatever may have been accepted is reported as
//! [`ChatError::Unknown`], never as a failure; no token and no message body reaches a log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use serenity::http::{LightMethod, RatelimitingBucket, Request, Route};
use serenity::model::id as raw;
use serenity::model::permissions::Permissions;
use tokio::sync::OnceCell;

use crate::chat::{
    Answer, Audience, CODE_UNAUTHORIZED, ChannelInfo, ChannelKind, Chat, ChatError, Message, Named, Seen, SeenThread,
    ThreadKind,
};
use crate::clock::Steady;
use crate::discord::render::{clip, message_json};
use crate::discord::road::Road;
use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};

mod answers;
mod pace;
mod rights;

use answers::{RawMember, RawMessage, RawThreads, Refusal};
use pace::{Held, Left, Pace};
use rights::{RawChannel, RawId, RawRole, audience, kind_of, missing, rights, silent, thread_managers};

/// Every call ends within this much real time, waiting for our turn included. Below a delivery's lease of 12 s.
pub const DEADLINE: Duration = Duration::from_secs(8);
/// Longest wait for our turn; whoever would wait longer is told [`ChatError::Limited`] at once.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause after a 429 that does not say how long.
const DEFAULT_PAUSE: Duration = Duration::from_secs(5);
/// See [`Rest::learn_time`], ms.
const SECOND_AND_A_HALF: i64 = 1_500;
/// Discord: characters of a thread's name.
const MAX_THREAD_NAME: usize = 100;
/// Discord: the longest time until a quiet thread archives itself, minutes (a week).
const AUTO_ARCHIVE_MINUTES: u32 = 10_080;
/// Discord: messages of one page.
const PAGE: &str = "100";
/// Discord: private thread.
const PRIVATE_THREAD: u8 = 12;

/// Why a sender could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The token cannot stand in an HTTP header.
    #[error("the token holds a character that cannot be part of a token")]
    Token,
    /// The proxy is not an address.
    #[error("the proxy is not an http:// or https:// address")]
    Proxy,
    /// TLS could not be set up.
    #[error("the HTTP client could not be built: {0}")]
    Client(reqwest::Error),
}

type Key = (LightMethod, RatelimitingBucket);

/// The sender.
pub struct Rest {
    client: Client,
    /// With the `Bot ` prefix.
    token: SecretString,
    proxy: Option<String>,
    pace: Pace<Key>,
    /// The bot's own id, asked once.
    me: OnceCell<u64>,
    /// Discord's clock, once it has told the time.
    time: Steady,
    told: AtomicBool,
}

impl Rest {
    /// A sender for the bot of `token`; `proxy` is the base URL of a Discord-compatible endpoint, none is Discord itself.
    pub fn new(road: &Road, token: &SecretString, proxy: Option<&str>) -> Result<Self, BuildError> {
        let plain = token.expose_secret().trim();
        let full = format!("Bot {}", plain.strip_prefix("Bot ").unwrap_or(plain));
        HeaderValue::from_str(&full).map_err(|_| BuildError::Token)?;
        let mut client = road.client().timeout(DEADLINE).redirect(redirect::Policy::none());
        if let Some(base) = proxy {
            let url = reqwest::Url::parse(base).map_err(|_| BuildError::Proxy)?;
            if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
                return Err(BuildError::Proxy);
            }
            // The endpoint is named; the environment's HTTP proxies must not come between.
            client = client.no_proxy();
        }
        Ok(Self {
            client: client.build().map_err(BuildError::Client)?,
            token: full.into(),
            proxy: proxy.map(str::to_owned),
            pace: Pace::new(),
            me: OnceCell::new(),
            time: Steady::system(),
            told: AtomicBool::new(false),
        })
    }

    /// Sends one request and gives back the answer's body.
    async fn send(
        &self,
        method: LightMethod,
        route: Route<'_>,
        params: Option<Vec<(&'static str, String)>>,
        body: Option<&Value>,
    ) -> Result<Vec<u8>, ChatError> {
        let key = (method, route.ratelimiting_bucket());
        let begun = self.time.running_ms();
        let wait = self.pace.reserve(&key, PATIENCE).map_err(ChatError::Limited)?;
        tokio::time::sleep(wait).await;
        while let Err(held) = self.pace.start() {
            match held {
                Held::Closed(wait) => return Err(ChatError::Limited(wait)),
                Held::Crowd(wait) => tokio::time::sleep(wait).await,
            }
        }
        // A machine that was suspended meanwhile must not send what others have long looked for and sent again.
        let waited = Duration::from_millis((self.time.running_ms() - begun).max(0).unsigned_abs());
        let Some(rest) = DEADLINE.checked_sub(waited).filter(|rest| !rest.is_zero()) else {
            return Err(ChatError::NotSent);
        };
        // serenity's builder logs the request with its body; so the body is added afterwards.
        let mut request = Request::new(route, method)
            .params(params)
            .build(&self.client, self.token.expose_secret(), self.proxy.as_deref())
            .map_err(|_| ChatError::NotSent)?
            .timeout(rest);
        if let Some(body) = body {
            let bytes = body.to_string().into_bytes();
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_LENGTH, bytes.len().into());
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request = request.headers(headers).body(bytes);
        }
        let response = request.send().await.map_err(|error| classify(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        self.learn_time(&headers);
        if let Some(left) = left_of(&headers) {
            self.pace.learn(key, left);
        }
        let body = response.bytes().await;
        if status.is_success() {
            return body.map(|bytes| bytes.to_vec()).map_err(|error| classify(&error));
        }
        let body = body.unwrap_or_default();
        let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
        tracing::debug!(http.status = status.as_u16(), discord.code = refusal.code, "request refused");
        Err(self.judge(key, status, &headers, &refusal))
    }

    /// Takes the time from an answer. It is given in whole seconds, so a difference below that says nothing.
    fn learn_time(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|value| value.to_str().ok());
        let Some(date) = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()) else { return };
        let told = date.timestamp().as_millisecond();
        if !self.told.swap(true, Ordering::Relaxed) || (self.time.now_ms() - told).abs() > SECOND_AND_A_HALF {
            self.time.set(told);
        }
    }

    fn judge(&self, key: Key, status: StatusCode, headers: &HeaderMap, refusal: &Refusal) -> ChatError {
        match status.as_u16() {
            429 => {
                let pause = refusal
                    .retry_after
                    .or_else(|| number(headers, RETRY_AFTER.as_str()))
                    .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                    .unwrap_or(DEFAULT_PAUSE);
                let everything = refusal.global || headers.contains_key("x-ratelimit-global");
                if everything {
                    tracing::warn!(pause_ms = pause.as_millis(), "discord.limited_everywhere");
                }
                self.pace.rest(key, pause, everything);
                ChatError::Limited(pause)
            }
            500.. => ChatError::Unknown(format!("status {}", status.as_u16())),
            // 3xx: somebody between us and Discord answered; nothing was accepted.
            300..=399 => ChatError::NotSent,
            401 => ChatError::Refused(CODE_UNAUTHORIZED),
            // Without a code of Discord's it is a page of somebody between us: nothing was accepted, nothing is gone.
            404 if refusal.code != 0 => ChatError::Gone(refusal.code),
            _ if (10_001..=10_999).contains(&refusal.code) => ChatError::Gone(refusal.code),
            _ => ChatError::Refused(refusal.code),
        }
    }

    async fn get<T: DeserializeOwned>(&self, route: Route<'_>) -> Result<T, ChatError> {
        read(&self.send(LightMethod::Get, route, None, None).await?)
    }

    async fn post<T: DeserializeOwned>(&self, route: Route<'_>, body: &Value) -> Result<T, ChatError> {
        read(&self.send(LightMethod::Post, route, None, Some(body)).await?)
    }

    /// The bot's own user id.
    async fn me(&self) -> Result<u64, ChatError> {
        let ask = async || id(&self.get::<RawId>(Route::UserMe).await?.id);
        self.me.get_or_try_init(ask).await.copied()
    }

    async fn info(&self, asked: ChannelId) -> Result<ChannelInfo, ChatError> {
        let channel: RawChannel = self.get(Route::Channel { channel_id: channel_id(asked) }).await?;
        let kind = kind_of(channel.kind);
        let parent = channel.parent_id.as_deref().map(id).transpose()?.map(ChannelId);
        let Some(guild_text) = channel.guild_id.as_deref() else {
            return Ok(ChannelInfo {
                id: asked,
                guild: None,
                kind,
                parent: None,
                public: false,
                missing: Vec::new(),
                thread_managers: Vec::new(),
                silent: Vec::new(),
                audience: Audience { everybody: true, ..Audience::default() },
            });
        };
        let guild = id(guild_text)?;
        let guild_id = raw::GuildId::new(guild.max(1));
        let roles: Vec<RawRole> = self.get(Route::GuildRoles { guild_id }).await?;
        let me = self.me().await?;
        let user_id = raw::UserId::new(me.max(1));
        let member: RawMember = self.get(Route::GuildMember { guild_id, user_id }).await?;
        // A thread has no overwrites of its own; its channel's hold.
        let overwrites = match (kind, parent) {
            (ChannelKind::Thread, Some(above)) => {
                self.get::<RawChannel>(Route::Channel { channel_id: channel_id(above) }).await?.permission_overwrites
            }
            _ => channel.permission_overwrites,
        };
        let mine = rights(guild_text, &roles, &overwrites, &member.roles, Some(&me.to_string()));
        let everyone = rights(guild_text, &roles, &overwrites, &[], None);
        Ok(ChannelInfo {
            id: asked,
            guild: Some(GuildId(guild)),
            kind,
            parent: if kind == ChannelKind::Thread { parent } else { None },
            public: channel.kind != PRIVATE_THREAD && everyone.contains(Permissions::VIEW_CHANNEL),
            missing: missing(kind, mine),
            thread_managers: thread_managers(guild_text, &roles, &overwrites)?,
            silent: silent(&roles, mine)?,
            audience: audience(guild_text, &roles, &overwrites)?,
        })
    }
}

impl Chat for Rest {
    fn now_ms(&self) -> Option<i64> {
        self.told.load(Ordering::Relaxed).then(|| self.time.now_ms())
    }

    fn share(&self, among: usize) {
        self.pace.share(among);
    }

    fn greet(&self) -> Answer<'_, ()> {
        Box::pin(async move { self.me().await.map(drop) })
    }

    fn create_message<'a>(&'a self, channel: ChannelId, message: &'a Message, nonce: &'a str) -> Answer<'a, MessageId> {
        Box::pin(async move {
            let mut body = message_json(message);
            body["nonce"] = nonce.into();
            body["enforce_nonce"] = true.into();
            let made: RawId = self.post(Route::ChannelMessages { channel_id: channel_id(channel) }, &body).await?;
            Ok(MessageId(id(&made.id)?))
        })
    }

    fn edit_message<'a>(&'a self, channel: ChannelId, id: MessageId, message: &'a Message) -> Answer<'a, ()> {
        Box::pin(async move {
            let route = Route::ChannelMessage { channel_id: channel_id(channel), message_id: message_id(id) };
            self.send(LightMethod::Patch, route, None, Some(&message_json(message))).await.map(drop)
        })
    }

    fn delete_message(&self, channel: ChannelId, id: MessageId) -> Answer<'_, ()> {
        Box::pin(async move {
            let route = Route::ChannelMessage { channel_id: channel_id(channel), message_id: message_id(id) };
            self.send(LightMethod::Delete, route, None, None).await.map(drop)
        })
    }

    fn messages_after(&self, channel: ChannelId, after: MessageId) -> Answer<'_, Vec<Seen>> {
        Box::pin(async move {
            let me = self.me().await?;
            let route = Route::ChannelMessages { channel_id: channel_id(channel) };
            let params = vec![("after", after.0.to_string()), ("limit", PAGE.to_owned())];
            let found: Vec<RawMessage> = read(&self.send(LightMethod::Get, route, Some(params), None).await?)?;
            let mut seen = Vec::with_capacity(found.len());
            for message in found {
                let mut custom_ids = Vec::new();
                collect_custom_ids(&message.components, &mut custom_ids);
                let author = id(&message.author.id)?;
                seen.push(Seen {
                    id: MessageId(id(&message.id)?),
                    author: UserId(author),
                    bot: message.author.bot,
                    text: message.content,
                    mine: author == me,
                    custom_ids,
                });
            }
            seen.sort_by_key(|message| message.id);
            Ok(seen)
        })
    }

    fn open_thread<'a>(
        &'a self,
        parent: ChannelId,
        name: &'a str,
        kind: &'a ThreadKind,
    ) -> Answer<'a, (ChannelId, Option<MessageId>)> {
        Box::pin(async move {
            let mut body = json!({"name": clip(name, MAX_THREAD_NAME), "auto_archive_duration": AUTO_ARCHIVE_MINUTES});
            match kind {
                ThreadKind::Private => {
                    body["type"] = PRIVATE_THREAD.into();
                    body["invitable"] = false.into();
                }
                ThreadKind::Post(message) => body["message"] = message_json(message),
            }
            let made: RawChannel = self.post(Route::ChannelThreads { channel_id: channel_id(parent) }, &body).await?;
            let thread = id(&made.id)?;
            let first = match (kind, made.message) {
                (ThreadKind::Private, _) => None,
                (ThreadKind::Post(_), Some(message)) => Some(MessageId(id(&message.id)?)),
                // A post's first message has the post's id.
                (ThreadKind::Post(_), None) => Some(MessageId(thread)),
            };
            Ok((ChannelId(thread), first))
        })
    }

    fn threads(&self, guild: GuildId, parent: ChannelId) -> Answer<'_, Vec<SeenThread>> {
        Box::pin(async move {
            let me = self.me().await?.to_string();
            let above = parent.0.to_string();
            let guild_id = raw::GuildId::new(guild.0.max(1));
            let found: RawThreads = self.get(Route::GuildThreadsActive { guild_id }).await?;
            let mut seen = Vec::new();
            for thread in found.threads.into_iter().filter(|one| one.parent_id.as_ref() == Some(&above)) {
                seen.push(SeenThread {
                    id: ChannelId(id(&thread.id)?),
                    parent,
                    name: thread.name.unwrap_or_default(),
                    mine: thread.owner_id.as_ref() == Some(&me),
                });
            }
            seen.sort_by_key(|thread| std::cmp::Reverse(thread.id));
            Ok(seen)
        })
    }

    fn add_to_thread(&self, thread: ChannelId, user: UserId) -> Answer<'_, ()> {
        Box::pin(async move {
            let user_id = raw::UserId::new(user.0.max(1));
            let route = Route::ChannelThreadMember { channel_id: channel_id(thread), user_id };
            self.send(LightMethod::Put, route, None, None).await.map(drop)
        })
    }

    fn unarchive(&self, thread: ChannelId) -> Answer<'_, ()> {
        Box::pin(async move {
            let route = Route::Channel { channel_id: channel_id(thread) };
            self.send(LightMethod::Patch, route, None, Some(&json!({"archived": false}))).await.map(drop)
        })
    }

    fn direct_channel(&self, user: UserId) -> Answer<'_, ChannelId> {
        Box::pin(async move {
            let body = json!({"recipient_id": user.0.to_string()});
            let made: RawId = self.post(Route::UserMeDmChannels, &body).await?;
            Ok(ChannelId(id(&made.id)?))
        })
    }

    fn member(&self, guild: GuildId, user: UserId) -> Answer<'_, Vec<RoleId>> {
        Box::pin(async move { Ok(self.named(guild, user).await?.roles) })
    }

    fn named(&self, guild: GuildId, user: UserId) -> Answer<'_, Named> {
        Box::pin(async move {
            let (guild_id, user_id) = (raw::GuildId::new(guild.0.max(1)), raw::UserId::new(user.0.max(1)));
            let member: RawMember = self.get(Route::GuildMember { guild_id, user_id }).await?;
            let roles: Result<_, _> = member.roles.iter().map(|role| id(role).map(RoleId)).collect();
            let name = member.nick.or(member.user.global_name).unwrap_or(member.user.username);
            Ok(Named { name, bot: member.user.bot, roles: roles? })
        })
    }

    fn channel(&self, id: ChannelId) -> Answer<'_, ChannelInfo> {
        Box::pin(async move {
            // Up to five requests: together they keep the port's promise.
            tokio::time::timeout(DEADLINE, self.info(id))
                .await
                .unwrap_or_else(|_| Err(ChatError::Unknown("timeout".to_owned())))
        })
    }
}

fn channel_id(id: ChannelId) -> raw::ChannelId {
    // serenity refuses 0, which Discord never gives out: it would answer 404, as it does for 1.
    raw::ChannelId::new(id.0.max(1))
}

fn message_id(id: MessageId) -> raw::MessageId {
    raw::MessageId::new(id.0.max(1))
}

/// Everything went out and an answer came, but it is not one we can read: the request may well have been accepted.
fn unreadable() -> ChatError {
    ChatError::Unknown("unreadable answer".to_owned())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ChatError> {
    serde_json::from_slice(body).map_err(|_| unreadable())
}

fn id(text: &str) -> Result<u64, ChatError> {
    text.parse().map_err(|_| unreadable())
}

fn classify(error: &reqwest::Error) -> ChatError {
    if error.is_connect() || error.is_builder() {
        ChatError::NotSent
    } else if error.is_timeout() {
        ChatError::Unknown("timeout".to_owned())
    } else {
        ChatError::Unknown("connection lost".to_owned())
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn left_of(headers: &HeaderMap) -> Option<Left> {
    let remaining = number(headers, "x-ratelimit-remaining")?;
    let reset_after = Duration::try_from_secs_f64(number(headers, "x-ratelimit-reset-after")?).ok()?;
    Some(Left { remaining: remaining.max(0.0) as u32, reset_after })
}

fn collect_custom_ids(component: &Value, into: &mut Vec<String>) {
    match component {
        Value::Array(parts) => parts.iter().for_each(|part| collect_custom_ids(part, into)),
        Value::Object(fields) => {
            if let Some(id) = fields.get("custom_id").and_then(Value::as_str) {
                into.push(id.to_owned());
            }
            if let Some(parts) = fields.get("components") {
                collect_custom_ids(parts, into);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
