//! The outbox that keeps promises: claims what is due, sends it, finds out what happened, gives up only loudly.
//!
//! Invariant: an intent is durable before a byte leaves, and every outcome is either stored or found out later; so each
//! message is shown once, whatever dies in between. The decisions are in [`protocol`] and [`agenda`] (pure); this file
//! claims and supervises; `attempt` holds one row, `post` puts a message there; `card`, `reminder` and `bundle` say what is
//! shown where. Database, chat, clocks and waiting are ports: `sim` runs this very code in worlds of its own.

mod able;
pub mod agenda;
mod aside;
mod attempt;
mod book;
mod bundle;
mod card;
mod chain;
mod digest;
mod escalation;
mod hands;
mod lane;
mod offer;
mod post;
pub mod protocol;
mod reminder;
mod retire;
mod shared;
mod tell;
#[cfg(test)]
mod tests;
mod timer;
mod word;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use tokio::sync::{Notify, watch};

use crate::chat::{Chat, ChatError};
use crate::clock::{Clock, Steady};
use crate::locale::Texts;
use crate::store::Store;
use crate::store::delivery::Job;
use agenda::{Agenda, Pick};
use attempt::Abort;
use book::Book;
use hands::Hands;
use protocol::Timing;
use shared::Shared;
use timer::{Machine, Timer};

/// Attempts at the same time. With Discord's usual 100–300 ms an answer this fills the allowed 48 requests a second.
const WORKERS: usize = 8;
/// How long attempts in hand may take to end after a stop, ms.
const DRAIN: i64 = 10_000;
/// How far ahead a look reaches, ms.
const AHEAD: i64 = 60_000;
/// How often the lease clock is compared with the server's, ms, and by how much it follows.
const COMPARE: i64 = 60_000;
/// See [`COMPARE`]: more than any drift in that time, little beside a lease.
const FOLLOW: i64 = 100;
/// How often a process gives a sign of life where several share a database, ms.
const BEAT: i64 = 3_000;
/// Hints make for at most this many looks in the time between two without.
const HASTE: i64 = 20;
/// Longest pause between two looks while the database is gone, ms.
const OUTAGE_PAUSE: i64 = 5_000;

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
        Self::over(Arc::new(store), chat, texts, (clock, Steady::system()), Arc::new(Machine), timing)
    }

    /// Workers over any ports; of the clocks the first tells what is due, the second when leases end.
    fn over(
        book: Arc<dyn Book>,
        chat: Arc<dyn Chat>,
        texts: Arc<Texts>,
        (clock, real): (Clock, Steady),
        timer: Arc<dyn Timer>,
        timing: Timing,
    ) -> Self {
        let worker = format!("{}-{}", std::process::id(), real.now_ms());
        let shared = Shared {
            book,
            chat,
            texts,
            clock,
            real,
            timer,
            timing,
            lanes: lane::Lanes::default(),
            homes: lane::Homes::default(),
            directs: lane::Directs::default(),
            people: lane::People::default(),
            able: able::Able::not_yet(timing.late),
            worker,
            begun: AtomicI64::new(0),
            #[cfg(test)]
            probe: tests::Probe::default(),
        };
        Self { shared: Arc::new(shared), wake: Wake::default() }
    }

    /// A handle to hint with after a commit.
    pub fn waker(&self) -> Wake {
        self.wake.clone()
    }

    /// Works until `stop` turns true (or its sender is gone), then ends the attempts in hand, within 10 s.
    ///
    /// Run it once in a process: on `SQLite` it takes over at once what the process before it left behind.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let shared = &self.shared;
        let (mut hands, mut agenda, mut outage) = (Hands::default(), Agenda::default(), Outage::default());
        let (mut begun, mut greeted, mut looked, mut next_look, mut next_compare, mut next_beat) =
            (false, false, 0, i64::MIN, i64::MIN, i64::MIN);
        while !*stop.borrow() {
            let real = shared.real.now_ms();
            if !begun {
                begun = self.begin(&mut hands, &mut outage).await;
            } else if real >= next_compare {
                // A server that does not answer says so in the next look.
                if let Ok(Some(server)) = hands.meanwhile(shared.book.time()).await {
                    shared.real.lean(server, FOLLOW);
                }
                next_compare = shared.real.now_ms() + COMPARE;
            }
            if begun && shared.real.now_ms() >= next_beat {
                if let Ok(among) = hands.meanwhile(shared.book.crew(&shared.worker)).await {
                    shared.chat.share(among);
                }
                next_beat = shared.real.now_ms() + BEAT;
            }
            if begun && !greeted {
                // Until the chat has told its time, what was sent could not be found again.
                let answer = hands.meanwhile(shared.chat.greet()).await;
                greeted = !matches!(answer, Err(ChatError::NotSent | ChatError::Unknown(_) | ChatError::Limited(_)));
                if !greeted {
                    tracing::warn!(?answer, "delivery.chat_silent");
                }
            }
            if greeted && shared.real.now_ms() >= next_look {
                let (until, real) = (shared.clock.now_ms() + AHEAD, shared.real.now_ms());
                match hands.meanwhile(shared.book.coming(until, real + AHEAD)).await {
                    Ok(rows) => {
                        outage.ends();
                        agenda.look(rows);
                    }
                    Err(error) => outage.begins(&error),
                }
                looked = shared.real.now_ms();
                next_look = looked + shared.timing.poll;
            }
            let free = WORKERS.saturating_sub(hands.full()).min(outage.batch);
            let (now, real) = (shared.clock.now_ms(), shared.real.now_ms());
            let picked = if greeted {
                shared.able.pass(now, outage.pause.is_none());
                agenda.pick(now, real, |guild| shared.able.missed(guild, now - shared.timing.late), free)
            } else {
                Vec::new()
            };
            if !picked.is_empty() {
                match hands.meanwhile(self.claim(picked)).await {
                    Ok(Claimed { jobs, bundled }) => {
                        for job in jobs {
                            let aside = Arc::new(AtomicBool::new(false));
                            hands.take(attempt::run(Arc::clone(shared), job, Arc::clone(&aside)), aside);
                        }
                        if bundled {
                            next_look = i64::MIN;
                        }
                        continue;
                    }
                    Err(error) => outage.begins(&error),
                }
            }
            let (now, real) = (shared.clock.now_ms(), shared.real.now_ms());
            let nap = outage.pause.unwrap_or_else(|| {
                let look = next_look.saturating_sub(real);
                if free == 0 { look } else { agenda.next_in(now, real).map_or(look, |wait| wait.min(look)) }
            });
            tokio::select! {
                biased;
                changed = stop.changed() => if changed.is_err() { break },
                () = hands.one_free() => if outage.pause.is_none() && agenda.is_idle(now, real) {
                    // What just ended may be wanted again, or have let somebody in.
                    next_look = next_look.min(looked + shared.timing.poll / HASTE);
                },
                () = self.wake.0.notified(), if outage.pause.is_none() => {
                    next_look = next_look.min(looked + shared.timing.poll / HASTE);
                }
                () = shared.timer.sleep(nap.clamp(1, shared.timing.poll.max(outage.pause.unwrap_or(0)))) => {}
            }
        }
        let drained = async {
            while hands.full() > 0 {
                hands.one_free().await;
            }
        };
        // Cutting an attempt off is safe: its row is found again when the lease has run out.
        tokio::select! {
            biased;
            () = drained => {}
            () = shared.timer.sleep(DRAIN) => tracing::warn!("delivery.cut_off"),
        }
        // Left undone, the others find out in a few seconds.
        tokio::select! {
            _ = shared.book.leave(&shared.worker) => {}
            () = shared.timer.sleep(BEAT) => {}
        }
    }

    /// Takes over from whoever worked here before, and sets the lease clock: by the server's where there is one, else never
    /// before what is written down.
    async fn begin(&self, hands: &mut Hands, outage: &mut Outage) -> bool {
        match hands.meanwhile(self.shared.book.take_over()).await {
            Ok(found) => {
                let real = self.shared.real.now_ms();
                let now = found.server.unwrap_or(real.max(found.latest));
                self.shared.real.set(now);
                self.shared.begun.store(now, Ordering::SeqCst);
                tracing::info!(delivery.freed = found.freed, "delivery.started");
                true
            }
            Err(error) => {
                outage.begins(&error);
                false
            }
        }
    }

    /// Claims what was picked. What goes out together is put into bundles first, which the next look finds.
    async fn claim(&self, picked: Vec<Pick>) -> Result<Claimed, Abort> {
        let shared = &self.shared;
        let (now, real) = (shared.clock.now_ms(), shared.real.now_ms());
        let mut asked = std::collections::HashMap::new();
        let mut ids = Vec::new();
        for pick in picked {
            let Some(of @ (guild, crowd, before)) = pick.crowd else {
                ids.push(pick.id);
                continue;
            };
            let bundled = if let Some(bundled) = asked.get(&of) {
                *bundled
            } else {
                let made = shared.book.bundle(guild, crowd, before, now, real).await?;
                *asked.entry(of).or_insert(!made.is_empty())
            };
            if !bundled {
                ids.push(pick.id);
            }
        }
        let bundled = asked.into_values().any(|bundled| bundled);
        if ids.is_empty() {
            return Ok(Claimed { jobs: Vec::new(), bundled });
        }
        let real = shared.real.now_ms();
        let jobs = shared.book.claim(ids, now, real, real + shared.timing.lease, &shared.worker).await?;
        Ok(Claimed { jobs, bundled })
    }
}

/// What claiming gave.
struct Claimed {
    jobs: Vec<Job>,
    /// Bundles were made: look again.
    bundled: bool,
}

/// What the database's troubles do to claiming: smaller batches, longer pauses, one line in the log.
struct Outage {
    batch: usize,
    /// ms.
    pause: Option<i64>,
}

impl Default for Outage {
    fn default() -> Self {
        Self { batch: WORKERS, pause: None }
    }
}

impl Outage {
    fn begins(&mut self, error: &Abort) {
        if self.pause.is_none() {
            tracing::error!(%error, "delivery.database_gone");
        }
        self.batch = (self.batch / 2).max(1);
        self.pause = Some(self.pause.map_or(250, |pause| (pause * 2).min(OUTAGE_PAUSE)));
    }

    fn ends(&mut self) {
        if self.pause.take().is_some() {
            tracing::info!("delivery.database_back");
        }
        self.batch = (self.batch * 2).min(WORKERS);
    }
}
