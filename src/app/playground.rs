//! `ruhepol sandbox`: the loopback Discord and the same bot in one process, no token, no configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::watch;

use super::{StartError, demo, run_with};
use crate::clock::VirtualClock;
use crate::config::{Config, Database, Discord as DiscordConfig};
use crate::discord::{Ended, Road};
use crate::locale::Lang;
use crate::sandbox::{self, Discord, Options, World};
use crate::store::{self, Store, StoreError};

/// Longest wait for the bot before the page is announced all the same.
const START: Duration = Duration::from_secs(20);
/// Pause before a refused bot tries again.
const AGAIN: Duration = Duration::from_secs(3);

/// Where the sandbox listens and keeps its files.
#[derive(Debug, Clone)]
pub struct Playground {
    /// Loopback port of the page; 0 takes any free one.
    pub port: u16,
    /// Folder for the bot's database and the loopback Discord's file.
    pub data: PathBuf,
    /// Play the demonstration first, in this language.
    pub demo: Option<Lang>,
}

impl Playground {
    /// Serves until `stop`. `ready` is told the page's address once it can be opened.
    pub async fn serve(self, stop: watch::Receiver<bool>, ready: impl FnOnce(&str)) -> Result<Ended, StartError> {
        std::fs::create_dir_all(&self.data)
            .map_err(|error| StartError::Other(format!("--data {}: {error}", self.data.display())))?;
        let discord = Discord::start(Options {
            port: self.port,
            data: Some(self.data.clone()),
            clock: VirtualClock::running(),
            world: world(),
            validate: true,
        })
        .await
        .map_err(|error| StartError::Other(advised(&error)))?;
        if let Some(lang) = self.demo {
            let playing = discord.clone();
            tokio::spawn(async move {
                if let Err(reason) = demo::play(&playing, lang).await {
                    tracing::error!(reason, "the demonstration stopped");
                }
            });
        }
        let ended = keep_running(&discord, &config(&discord, &self.data), stop, ready).await;
        discord.stop().await;
        ended
    }
}

/// The reason with a way out, in the words of our own command line.
fn advised(error: &sandbox::StartError) -> String {
    match error {
        sandbox::StartError::PortTaken { free: Some(free), .. } => {
            format!("{error}. Try: ruhepol sandbox --port {free}")
        }
        _ => error.to_string(),
    }
}

/// Runs the bot, and says so once it is there. A page whose bot was refused (its workshop can do that) goes on being
/// served, and the bot tries again.
async fn keep_running(
    discord: &Discord,
    config: &Config,
    mut stop: watch::Receiver<bool>,
    ready: impl FnOnce(&str),
) -> Result<Ended, StartError> {
    let clock = Arc::clone(discord.clock()).reader();
    let road = Road::public();
    let mut ready = Some(ready);
    loop {
        let mut running =
            std::pin::pin!(run_with(&road, config, clock.clone(), stop.clone(), |store| tell_next_due(discord, store)));
        if let Some(ready) = ready.take() {
            tokio::select! {
                ended = &mut running => return ended,
                _ = discord.until(usable, START) => ready(&discord.base_url()),
            }
        }
        match running.await? {
            Ended::Stopped => return Ok(Ended::Stopped),
            refused => tracing::warn!(?refused, "the bot was refused; it tries again in a few seconds"),
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(Ended::Stopped),
        }
    }
}

/// Connected, and its commands are known: before that, a page would have nothing to offer.
fn usable(discord: &Discord) -> bool {
    discord.bot_online() && !discord.commands().is_empty()
}

/// Lets the page's clock jump to what the bot will do next.
fn tell_next_due(discord: &Discord, store: &Store) {
    let (store, clock) = (store.clone(), Arc::clone(discord.clock()));
    discord.ask_for_next_due(move || {
        let (store, now) = (store.clone(), clock.now_ms());
        Box::pin(async move {
            let read = store.read::<_, StoreError, _>(move |c| Box::pin(store::agenda::next_due(c, now))).await;
            match read {
                Ok(next) => next.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
                Err(error) => {
                    tracing::warn!(%error, "what is due next cannot be read");
                    None
                }
            }
        })
    });
}

/// The seeded world, with our name on its bot.
fn world() -> World {
    let mut world = World::demo();
    world.name_bot("ruhepol", "Ruhepol");
    world
}

fn config(discord: &Discord, data: &Path) -> Config {
    Config {
        discord: DiscordConfig {
            token: Some(SecretString::from(discord.token())),
            proxy: Some(discord.base_url()),
            // So that the watch can be tried: here it costs nobody's privacy.
            message_content: true,
        },
        database: Database { url: format!("sqlite://{}", data.join("ruhepol.db").display()).into() },
        ..Config::default()
    }
}
