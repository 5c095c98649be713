//! The outbox that keeps promises: claims what is due, sends it, finds out what happened, gives up only loudly.
//!
//! Invariant: an intent is durable before a byte leaves, and every outcome is either stored or found out later; so each
//! message is shown once, whatever dies in between. The decisions are in [`protocol`] (pure); this file claims and
//! supervises; `attempt` holds one row, `post` puts a message there; `card` and `reminder` say what is shown where.

mod attempt;
mod card;
mod lane;
mod post;
pub mod protocol;
mod reminder;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::chat::Chat;
use crate::clock::Clock;
use crate::locale::Texts;
use crate::store::delivery::Job;
use crate::store::{Store, StoreError, delivery as outbox};
use attempt::Shared;
use protocol::Timing;

/// Attempts at the same time. With Discord's usual 100–300 ms an answer this fills the allowed 45 requests a second.
const WORKERS: usize = 8;
/// How long attempts in hand may take to end after a stop.
const DRAIN: Duration = Duration::from_secs(10);
/// Longest pause between two looks while the database is gone.
const OUTAGE_PAUSE: Duration = Duration::from_secs(5);

/// Tells the workers that something was just written. A hint: forgotten or too many, nothing depends on it.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Have a look now.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// The workers.
pub struct Delivery {
    shared: Arc<Shared>,
    wake: Wake,
}

impl Delivery {
    /// Workers on `store` that speak through `chat`. `clock` tells when something is due; leases, deadlines and pauses
    /// are real time.
    pub fn new(store: Store, chat: Arc<dyn Chat>, texts: Arc<Texts>, clock: Clock) -> Self {
        Self::with_timing(store, chat, texts, clock, Timing::DEFAULT)
    }

    /// The same with other pauses, for tests that cannot wait.
    pub fn with_timing(store: Store, chat: Arc<dyn Chat>, texts: Arc<Texts>, clock: Clock, timing: Timing) -> Self {
        Self { shared: Arc::new(Shared::new(store, chat, texts, clock, timing)), wake: Wake::default() }
    }

    /// A handle to hint with after a commit.
    pub fn waker(&self) -> Wake {
        self.wake.clone()
    }

    /// Works until `stop` turns true (or its sender is gone), then ends the attempts in hand, within 10 s.
    ///
    /// Run it once in a process: on `SQLite` it takes over at once what the process before it left behind.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        let mut outage = Outage::default();
        let mut freed = false;
        while !*stop.borrow() {
            while let Some(ended) = running.try_join_next() {
                log_panic(ended);
            }
            if !freed {
                match self.shared.store.write(|c| Box::pin(outbox::free_abandoned(c))).await {
                    Ok(count) => {
                        freed = true;
                        tracing::info!(delivery.freed = count, "delivery.started");
                    }
                    Err(error) => outage.begins(&error),
                }
            }
            let wanted = (WORKERS - running.len()).min(outage.batch);
            let mut more = false;
            if freed && wanted > 0 {
                match self.claim(wanted).await {
                    Ok(jobs) => {
                        outage.ends();
                        more = jobs.len() == wanted && running.len() + jobs.len() < WORKERS;
                        for job in jobs {
                            running.spawn(attempt::run(Arc::clone(&self.shared), job));
                        }
                    }
                    Err(error) => outage.begins(&error),
                }
            }
            if more {
                continue;
            }
            let nap = outage.pause.unwrap_or(Duration::from_millis(self.shared.timing.poll.unsigned_abs()));
            tokio::select! {
                () = tokio::time::sleep(nap) => {}
                () = self.wake.0.notified(), if outage.pause.is_none() => {}
                Some(ended) = running.join_next(), if outage.pause.is_none() => log_panic(ended),
                changed = stop.changed() => if changed.is_err() { break },
            }
        }
        let drained = async {
            while let Some(ended) = running.join_next().await {
                log_panic(ended);
            }
        };
        // Cutting an attempt off is safe: its row is found again when the lease has run out.
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!(delivery.left = running.len(), "delivery.cut_off");
        }
    }

    /// Takes up to `wanted` due rows. Looking comes first and is a read, so that an idle bot writes nothing.
    ///
    /// What is due for one person at once after an outage could be bundled here, before claiming.
    async fn claim(&self, wanted: usize) -> Result<Vec<Job>, StoreError> {
        let shared = &self.shared;
        let (now, real) = (shared.clock.now_ms(), shared.real.now_ms());
        let limit = wanted as i64;
        let ids = shared.store.read(move |c| Box::pin(outbox::due(c, now, real, limit))).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (until, worker) = (real + shared.timing.lease, shared.worker.clone());
        shared
            .store
            .write(move |c| Box::pin(async move { outbox::claim(c, &ids, now, real, until, &worker).await }))
            .await
    }
}

/// What the database's troubles do to claiming: smaller batches, longer pauses, one line in the log.
struct Outage {
    batch: usize,
    pause: Option<Duration>,
}

impl Default for Outage {
    fn default() -> Self {
        Self { batch: WORKERS, pause: None }
    }
}

impl Outage {
    fn begins(&mut self, error: &StoreError) {
        if self.pause.is_none() {
            tracing::error!(%error, "delivery.database_gone");
        }
        self.batch = (self.batch / 2).max(1);
        self.pause = Some(self.pause.map_or(Duration::from_millis(250), |pause| (pause * 2).min(OUTAGE_PAUSE)));
    }

    fn ends(&mut self) {
        if self.pause.take().is_some() {
            tracing::info!("delivery.database_back");
        }
        self.batch = (self.batch * 2).min(WORKERS);
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "delivery.attempt_panicked");
    }
}
