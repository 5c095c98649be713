//! Builds everything before connecting, supervises it, and drains it at the end.

#[cfg(feature = "sandbox")]
pub mod demo;
#[cfg(feature = "sandbox")]
pub mod playground;
mod prompts;
pub mod signals;

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::sync::watch;

use crate::chat::Chat;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::delivery::Delivery;
use crate::desk::{Desk, Hints};
use crate::discord::{self, Ended, Rest, Road, Settings};
use crate::locale::Texts;
use crate::store::{OpenError, Store};
use crate::tone::Live;

/// How long deliveries in hand may take at the end.
const DRAIN: Duration = Duration::from_secs(6);
/// And closing the database after that: together with the connection's own time below the 15 s that are promised.
const CLOSE: Duration = Duration::from_secs(2);

/// Why the bot could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration must be put right first.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Something else, already said in a sentence.
    #[error("{0}")]
    Other(String),
}

/// Runs the bot until `stop` or until Discord refuses it.
pub async fn run(config: &Config, clock: Clock, stop: watch::Receiver<bool>) -> Result<Ended, StartError> {
    run_on(&Road::public(), config, clock, stop).await
}

/// The same on another road: tests have one of their own.
pub async fn run_on(
    road: &Road,
    config: &Config,
    clock: Clock,
    stop: watch::Receiver<bool>,
) -> Result<Ended, StartError> {
    run_with(road, config, clock, stop, |_| ()).await
}

/// The same, telling `opened` the database as soon as it is open.
async fn run_with(
    road: &Road,
    config: &Config,
    clock: Clock,
    stop: watch::Receiver<bool>,
    opened: impl FnOnce(&Store),
) -> Result<Ended, StartError> {
    let token = config.token()?.clone();
    let texts = Arc::new(Texts::embedded());
    let rules = Arc::new(Live::new(prompts::load(config.prompts.path.clone()).await?));
    let store = Store::open(config.database.url.expose_secret()).await?;
    opened(&store);
    let following = config.prompts.path.clone().map(|folder| tokio::spawn(prompts::follow(folder, Arc::clone(&rules))));
    let proxy = config.discord.proxy.as_deref();
    let rest = Rest::new(road, &token, proxy).map_err(|error| StartError::Other(error.to_string()))?;
    let chat: Arc<dyn Chat> = Arc::new(rest);

    let delivery = Delivery::new(store.clone(), Arc::clone(&chat), Arc::clone(&texts), clock.clone());
    let wake = delivery.waker();
    let desk = Desk {
        store: store.clone(),
        chat,
        clock,
        reads_words: config.discord.message_content,
        rules,
        hints: Hints { jargon: config.tone.jargon, emoji: config.tone.emoji },
        whispering: Arc::default(),
        haste: Arc::default(),
        places: Arc::default(),
        wake: Arc::new(move || wake.wake()),
    };
    let settings = Settings {
        token,
        proxy: config.discord.proxy.clone(),
        message_content: config.discord.message_content,
        road: road.clone(),
    };

    // Delivery stops after the connection: what an answer in hand commits may still go out.
    let (end, ending) = watch::channel(false);
    let mut delivering = tokio::spawn(delivery.run(ending));
    let connection =
        discord::connect(settings, desk, texts, stop).map_err(|error| StartError::Other(error.to_string()))?;
    let ended = tokio::select! {
        ended = connection.run() => ended,
        // It only ends when told to: ending by itself is a fault to stop for, as a bot without it keeps no promise.
        crashed = &mut delivering => {
            return Err(StartError::Other(format!("delivery ended by itself: {crashed:?}")));
        }
    };
    end.send_replace(true);
    if let Some(following) = following {
        following.abort();
    }
    if tokio::time::timeout(DRAIN, &mut delivering).await.is_err() {
        delivering.abort();
        tracing::warn!("a delivery in hand was left for the next start");
    }
    if tokio::time::timeout(CLOSE, store.close()).await.is_err() {
        tracing::warn!("the database took too long to close");
    }
    Ok(ended)
}

/// Validates configuration and database without connecting.
pub async fn check(config: &Config) -> Result<(), StartError> {
    config.token()?;
    prompts::load(config.prompts.path.clone()).await?;
    Store::check(config.database.url.expose_secret()).await?;
    Ok(())
}
