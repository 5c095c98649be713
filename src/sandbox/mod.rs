//! A loopback Discord: REST, gateway and a chat page on one port, for trying a bot out and for tests.
//!
//! It knows nothing of the bot. A real client library is pointed at [`Discord::base_url`] (REST below `/api/v10`, the gateway
//! URL is what `GET /gateway` answers) with [`Discord::token`], and people act through [`Discord::say`], [`Discord::command`],
//! [`Discord::press`] and [`Discord::submit`], or in a browser on the same port.
//!
//! A test of any bot begins like this:
//!
//! ```
//! use ruhepol::clock::VirtualClock;
//! use ruhepol::sandbox::{Discord, Fault, FaultKind, Options, World, channel, may};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // One guild with one channel and one person; World::demo() has more of everything.
//! let clock = VirtualClock::running();
//! let now = clock.now_ms();
//! let mut world = World::empty(now);
//! let eve = world.add_user("eve", "Eve", "admin", now);
//! let garden = world.add_guild("Garden", "en-GB", eve, may::EVERYONE, now);
//! world.invite_bot(garden, may::BOT, now);
//! let apples = world.add_channel(garden, channel::TEXT, "apples", Vec::new(), now);
//! let discord = Discord::start(Options { port: 0, data: None, clock, world, validate: true }).await?;
//!
//! // Here the bot under test would be started. A request written out by hand stands for it.
//! let bot = reqwest::Client::new();
//! let post = |text: &str| {
//!     let url = format!("{}/api/v10/channels/{apples}/messages", discord.base_url());
//!     let request = bot.post(url).header("authorization", format!("Bot {}", discord.token()));
//!     request.json(&serde_json::json!({ "content": text })).send()
//! };
//! assert_eq!(post("Good morning").await?.status(), 200);
//! assert_eq!(discord.messages(apples)[0]["content"], "Good morning");
//! // Discord's own description of its API has a word on each request, too.
//! assert!(discord.requests()[0].judge().is_good());
//!
//! // What Discord would refuse is refused, and stays on record.
//! assert_eq!(post(&"x".repeat(2_001)).await?.status(), 400);
//! assert!(discord.violations()[0].contains("content"));
//!
//! // And things go wrong when they are asked to.
//! discord.arm(Fault::new(FaultKind::ErrorAfter));
//! assert_eq!(post("Was it sent?").await?.status(), 500);
//! assert_eq!(discord.messages(apples).len(), 2, "it was");
//! discord.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! Libraries reach it by their own settings: serenity by `HttpBuilder::proxy` with `ratelimiter_disabled`, discord.js by
//! `rest: { api }`, hikari by `rest_url`, discord.py by its constants `Route.BASE` and `DiscordWebSocket.DEFAULT_GATEWAY`.
//! Outside of Rust, people act over the control routes below `/_sandbox` (see `control`).
//!
//! Invariants: binds loopback only; answers and events have Discord's documented form; documented limits, rights, deadlines
//! and error codes hold, so that what works here can be expected to work there; time is the [`VirtualClock`]'s except for
//! deadlines and heartbeats, which are real.
//!
//! Where things are: `world` what is remembered, `state` the one lock's content, `rest` what bots ask, `gateway` what they are
//! told, `people` what persons do, `interactions` the way between, `limits` and `permissions` the rules, `faults` and
//! `mishaps` what may go wrong, [`openapi`] what Discord's own description says of a request, `control` the page's routes.

mod control;
mod demo;
mod due;
mod errors;
mod events;
mod faults;
mod file;
mod gateway;
mod handle;
mod interactions;
mod limits;
mod log;
mod message;
mod mishaps;
mod neighbour;
pub mod openapi;
mod page;
mod people;
mod permissions;
mod rates;
mod rest;
mod server;
mod shape;
mod snowflake;
mod state;
mod table;
mod view;
mod world;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use tokio::task::JoinHandle;

use crate::clock::VirtualClock;

pub use faults::{Fault, FaultKind};
pub use handle::Choice;
pub use interactions::{Answer, AnswerKind};
pub use log::{Pings, Request};
pub use neighbour::Neighbour;
pub use permissions::Bits;
pub use view::WorldView;
pub use world::{Overwrite, Settings, World};

use interactions::Spec;
use server::{Inner, Wire};
use state::State;

/// Names of permissions, for building worlds.
pub mod may {
    pub use super::permissions::*;
}

/// Kinds of channels, for building worlds.
pub mod channel {
    pub use super::world::{CATEGORY, DM, FORUM, PRIVATE_THREAD, PUBLIC_THREAD, TEXT};
}

/// How to start.
#[derive(Debug)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Directory of `discord.json` and the changes since; none keeps everything in memory.
    pub data: Option<PathBuf>,
    /// Time of messages, ids and everything that is due.
    pub clock: Arc<VirtualClock>,
    /// The world to begin with where no data file is found.
    pub world: World,
    /// Check limits and keep a log of requests; off for load runs.
    pub validate: bool,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody listens there already.
    #[error("port {port} on 127.0.0.1 is taken by {}{}", holder_named(holder.as_ref()), free_named(*free))]
    PortTaken {
        /// The port asked for.
        port: u16,
        /// Who listens there, where the system tells.
        holder: Option<Neighbour>,
        /// A port near it that is free.
        free: Option<u16>,
    },
    /// The address is reachable from elsewhere.
    #[error("the sandbox listens on loopback addresses only")]
    NotLoopback,
    /// Another process has the data directory.
    #[error("{path} is used by another sandbox that is still running; stop that one or choose another directory")]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The data file is from a later program.
    #[error(
        "{path} has version {found}, this program knows versions up to {known}; use a newer program or another directory"
    )]
    NewerData {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The data file cannot be read.
    #[error("{path} cannot be read ({reason}); move it away to start afresh")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        reason: String,
    },
    /// Anything else the system refuses.
    #[error("the sandbox cannot start: {0}")]
    Io(#[source] io::Error),
}

fn holder_named(holder: Option<&Neighbour>) -> String {
    holder.map_or_else(|| "another program".to_owned(), ToString::to_string)
}

fn free_named(free: Option<u16>) -> String {
    free.map_or_else(|| "; choose another one".to_owned(), |port| format!("; port {port} is free"))
}

/// A running loopback Discord. Cheap to clone; all clones are the same server.
#[derive(Clone)]
pub struct Discord {
    inner: Arc<Inner>,
    connections: Wire,
    tasks: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord").field("port", &self.inner.port).finish_non_exhaustive()
    }
}

/// A token in Discord's form; its first part is the application's id, which some clients read from it.
fn token_of(bot: u64) -> String {
    let id = base64::engine::general_purpose::STANDARD_NO_PAD.encode(bot.to_string());
    let tail = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("loopback-only-{bot:020}"));
    format!("{id}.Sandbo.{}", tail.chars().take(38).collect::<String>())
}

impl Discord {
    /// Starts a server. With a data directory its world is read from there, and the clock is moved on to where it was, so that
    /// time does not go back over a restart.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (keeper, kept) = match &options.data {
            Some(dir) => {
                let (keeper, kept) = file::open(dir)?;
                (Some(keeper), kept)
            }
            None => (None, None),
        };
        let world = match kept {
            Some((world, now_ms)) => {
                let behind = now_ms - options.clock.now_ms();
                if behind > 0 {
                    options.clock.advance_ms(behind);
                }
                world
            }
            None => options.world,
        };
        let (listener, port) = server::bind(options.port).await?;
        let token = token_of(world.bot);
        let mut state = State::new(world, options.clock, options.validate);
        state.base_url = format!("http://127.0.0.1:{port}");
        if let Some(mut keeper) = keeper {
            let now = state.now();
            keeper.keep_whole(&mut state.world, now).map_err(StartError::Io)?;
            state.keeper = Some(keeper);
        }
        let inner = Arc::new(Inner::new(state, token, port));
        let connections = listener.all.clone();
        let tasks = vec![
            tokio::spawn(server::run(Arc::clone(&inner), listener)),
            tokio::spawn(server::keep_ticking(Arc::clone(&inner))),
        ];
        Ok(Self { inner, connections, tasks: Arc::new(Mutex::new(tasks)) })
    }

    /// Ends all connections, frees the port and the data directory. Waits at most two seconds for open requests.
    pub async fn stop(&self) {
        self.inner.stop();
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for mut task in tasks {
            if tokio::time::timeout(Duration::from_secs(2), &mut task).await.is_err() {
                task.abort();
                let _ = task.await;
            }
        }
        self.connections.cut();
        let mut state = self.inner.lock();
        state.moved = true;
        state.keep();
        // Another server may have the directory now.
        state.keeper = None;
    }
}

/// Sends an interaction and waits for the first answer, at most 3 s of real time.
async fn play(inner: &Inner, spec: Result<Spec, String>) -> Answer {
    let begun = match spec {
        Ok(spec) => {
            let mut state = inner.lock();
            state.tick();
            interactions::begin(&mut state, &spec)
        }
        Err(reason) => Err(reason),
    };
    let (id, receiver) = match begun {
        Ok(begun) => begun,
        Err(reason) => return Answer::failed(0, reason),
    };
    let answer = match tokio::time::timeout(interactions::DEADLINE, receiver).await {
        Ok(Ok(answer)) => {
            // The answer is handed over under the lock; when that is free again, it is written down too.
            drop(inner.lock());
            answer
        }
        _ => interactions::miss(&mut inner.lock(), id),
    };
    inner.changed();
    answer
}
