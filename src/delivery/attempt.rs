//! One row in a worker's hands: its lease, its requests and its commits.
//!
//! Invariants: nothing is requested without a lease that outlasts the request; `sending` is committed before a byte
//! leaves; every commit is compare-and-set, and whoever loses it stops without another word.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::case::{Case, Change, Entry};
use crate::chat::{Answer, Chat, ChatError};
use crate::clock::Clock;
use crate::delivery::lane::{Homes, Lanes};
use crate::delivery::protocol::{self, Doubt, Hop, Timing, Verdict};
use crate::follow_up::FollowUp;
use crate::id::{ChannelId, MessageId};
use crate::locale::{Lang, Texts};
use crate::store::delivery::{Job, Kind, Part, Settled, State};
use crate::store::guild::Settings;
use crate::store::{self, Conn, Store, StoreError, delivery as outbox};

/// Pause when a channel is busy with another of our messages, ms.
pub(super) const BUSY_PAUSE: i64 = 500;
/// Pause between tries to commit an outcome while the database is gone.
const COMMIT_PAUSE: Duration = Duration::from_millis(200);
/// Entries of the timeline shown on a card.
const ENTRIES_ON_CARD: u32 = 5;

/// What all attempts of a process use.
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) chat: Arc<dyn Chat>,
    pub(super) texts: Arc<Texts>,
    /// When things are due.
    pub(super) clock: Clock,
    /// When leases end; counts a suspended machine's time.
    pub(super) real: Clock,
    pub(super) timing: Timing,
    pub(super) lanes: Lanes,
    pub(super) homes: Homes,
    /// New with each start.
    pub(super) worker: String,
    #[cfg(test)]
    pub(super) probe: super::tests::Probe,
}

impl Shared {
    pub(super) fn new(store: Store, chat: Arc<dyn Chat>, texts: Arc<Texts>, clock: Clock, timing: Timing) -> Self {
        let real = Clock::system();
        let worker = format!("{}-{}", std::process::id(), real.now_ms());
        Self {
            store,
            chat,
            texts,
            clock,
            real,
            timing,
            lanes: Lanes::default(),
            homes: Homes::default(),
            worker,
            #[cfg(test)]
            probe: super::tests::Probe::default(),
        }
    }
}

/// A named place between two steps, where a test may stop the process or this worker.
macro_rules! pass {
    ($attempt:expr, $name:literal) => {
        $crate::failpoint!($name);
        #[cfg(test)]
        $attempt.shared.probe.pass($name).await;
    };
}
pub(super) use pass;

/// Why an attempt ends without having settled its row. Whoever claims it next finds out what happened.
#[derive(Debug, thiserror::Error)]
pub(super) enum Abort {
    /// The row is no longer ours.
    #[error("the lease was lost")]
    Lost,
    /// It took longer than any attempt may.
    #[error("the attempt took too long")]
    Overrun,
    /// The thread just opened or found is another case's.
    #[error("the thread belongs to another case")]
    Taken,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What else belongs into a commit.
#[derive(Debug, Clone)]
pub(super) enum Also {
    /// Nothing.
    Nothing,
    /// Where the case's thread and card are.
    Place(Option<ChannelId>, Option<MessageId>),
    /// A line in the case's timeline, because something could not be delivered.
    Failure { what: String, at: i64, notice: bool },
}

/// What is shown, as it is at the moment.
pub(super) struct Facts {
    pub(super) present: bool,
    pub(super) settings: Settings,
    pub(super) case: Option<Case>,
    pub(super) entries: Vec<Entry>,
    pub(super) next: Option<FollowUp>,
    pub(super) follow_up: Option<FollowUp>,
    /// The language whoever owes it set for themselves.
    pub(super) own_lang: Option<Lang>,
}

/// A row in hand.
pub(super) struct Attempt {
    pub(super) shared: Arc<Shared>,
    pub(super) job: Job,
    /// What could not be delivered, should it come to that; for the case's timeline.
    pub(super) what: String,
    /// The team has an alert channel.
    alerts: bool,
    /// The lease's end as last renewed, by us or by the heartbeat.
    lease: Arc<AtomicI64>,
    started: i64,
}

/// Works on one claimed row until it is settled or lost.
pub(super) async fn run(shared: Arc<Shared>, job: Job) {
    let started = shared.real.now_ms();
    let lease = Arc::new(AtomicI64::new(job.lease_until));
    let beat = tokio::spawn(heartbeat(Arc::clone(&shared), job.id, job.token, Arc::clone(&lease), started));
    let _stops = AbortOnDrop(beat);
    let (id, guild, kind) = (job.id, job.guild, job.kind);
    let mut attempt = Attempt { shared, job, what: String::new(), alerts: false, lease, started };
    pass!(attempt, "delivery.claimed");
    let ended = match kind {
        Kind::Card => super::card::deliver(&mut attempt).await,
        Kind::Reminder => super::reminder::deliver(&mut attempt).await,
        Kind::Notice => super::reminder::notify(&mut attempt).await,
    };
    if let Err(reason) = ended {
        tracing::warn!(delivery.id = id, guild.id = %guild, delivery.kind = kind.name(), %reason, "delivery.dropped");
    }
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps the lease alive, but not for ever: a worker that hangs loses its row in the end.
async fn heartbeat(shared: Arc<Shared>, id: i64, token: i64, lease: Arc<AtomicI64>, started: i64) {
    loop {
        tokio::time::sleep(millis(shared.timing.heartbeat)).await;
        let now = shared.real.now_ms();
        if now - started > shared.timing.attempt {
            return;
        }
        let until = now + shared.timing.lease;
        match shared.store.write(move |c| Box::pin(outbox::renew(c, id, token, until))).await {
            Ok(true) => drop(lease.fetch_max(until, Ordering::SeqCst)),
            Ok(false) => return,
            Err(error) => tracing::warn!(delivery.id = id, %error, "delivery.heartbeat_failed"),
        }
    }
}

pub(super) fn millis(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}

impl Attempt {
    /// Reads what is to be shown.
    pub(super) async fn facts(&mut self) -> Result<Facts, Abort> {
        let (guild, number, follow_up) = (self.job.guild, self.job.case, self.job.follow_up);
        let facts = self.shared.store.read::<_, StoreError, _>(move |c| {
            Box::pin(async move {
                let mut facts = Facts {
                    present: store::guild::present(c, guild).await?,
                    settings: store::guild::settings(c, guild).await?,
                    case: None,
                    entries: Vec::new(),
                    next: None,
                    follow_up: None,
                    own_lang: None,
                };
                if let Some(number) = number {
                    facts.case = store::case::get(c, guild, number).await?;
                    facts.entries = store::entry::newest(c, guild, number, ENTRIES_ON_CARD).await?;
                    facts.next = store::follow_up::next_due(c, guild, number).await?;
                }
                if let Some(id) = follow_up {
                    facts.follow_up = store::follow_up::get(c, guild, id).await?;
                }
                if let Some(promise) = &facts.follow_up {
                    facts.own_lang = store::profile::get(c, guild, promise.assignee).await?.lang;
                }
                Ok(facts)
            })
        });
        let facts = facts.await?;
        self.alerts = facts.settings.alert_channel.is_some();
        Ok(facts)
    }

    /// Makes sure that the lease outlasts one request, before making one.
    pub(super) async fn hold(&mut self) -> Result<(), Abort> {
        let timing = &self.shared.timing;
        let now = self.shared.real.now_ms();
        if now - self.started > timing.attempt {
            return Err(Abort::Overrun);
        }
        if now + timing.deadline + timing.margin <= self.lease.load(Ordering::SeqCst) {
            return Ok(());
        }
        let (id, token, until) = (self.job.id, self.job.token, now + timing.lease);
        if !self.shared.store.write(move |c| Box::pin(outbox::renew(c, id, token, until))).await? {
            return Err(Abort::Lost);
        }
        self.lease.fetch_max(until, Ordering::SeqCst);
        // The renewal itself may have taken too long.
        if self.shared.real.now_ms() + timing.deadline > until { Err(Abort::Lost) } else { Ok(()) }
    }

    /// Makes one request, with a lease that outlasts it and a deadline of its own.
    pub(super) async fn ask<T>(&mut self, call: Answer<'_, T>) -> Result<Result<T, ChatError>, Abort> {
        self.hold().await?;
        // The chat keeps its own deadline; this one is for one that does not.
        let limit = millis(self.shared.timing.deadline + self.shared.timing.margin / 4);
        let answer = tokio::time::timeout(limit, call).await;
        Ok(answer.unwrap_or_else(|_| Err(ChatError::Unknown("no answer in time".to_owned()))))
    }

    /// The chat to make requests of; a request only starts when it is awaited.
    pub(super) fn chat(&self) -> Arc<dyn Chat> {
        Arc::clone(&self.shared.chat)
    }

    /// Commits the row as it is in `self.job`, in state `settled.state`, with what else belongs to it.
    pub(super) async fn commit(&mut self, settled: Settled, also: Also) -> Result<(), Abort> {
        let from = self.job.state;
        loop {
            let now = self.shared.real.now_ms();
            if matches!(settled.state, State::Claimed | State::Sending) {
                self.job.lease_until = (now + self.shared.timing.lease).max(self.lease.load(Ordering::SeqCst));
            }
            let (job, also) = (self.job.clone(), also.clone());
            let done = self.shared.store.write(move |c| {
                Box::pin(async move {
                    // The case before the row: everybody takes them in this order.
                    also.write(c, &job).await?;
                    if outbox::save(c, &job, from, settled).await? { Ok(()) } else { Err(Abort::Lost) }
                })
            });
            match done.await {
                Ok(()) => {
                    self.job.state = settled.state;
                    self.lease.fetch_max(self.job.lease_until, Ordering::SeqCst);
                    return Ok(());
                }
                // Until somebody else may take the row, the outcome is worth another try.
                Err(Abort::Store(error))
                    if error.is_unavailable()
                        && now + self.shared.timing.margin < self.lease.load(Ordering::SeqCst) =>
                {
                    tokio::time::sleep(COMMIT_PAUSE).await;
                }
                Err(reason) => return Err(reason),
            }
        }
    }

    /// Keeps the row in hand with what was learnt so far.
    pub(super) async fn keep(&mut self, also: Also) -> Result<(), Abort> {
        self.commit(Settled { state: State::Claimed, not_before: 0, made: None, sent_at: None }, also).await
    }

    /// Commits that a request is about to be made.
    pub(super) async fn begin(&mut self, part: Part, channel: ChannelId) -> Result<(), Abort> {
        let real = self.shared.real.now_ms();
        if self.job.in_flight.is_none() {
            self.job.first_sent = None;
        }
        self.job.in_flight = Some(part);
        self.job.channel = Some(channel);
        self.job.first_sent.get_or_insert(real);
        self.job.last_sent = Some(real);
        self.job.look_from.get_or_insert(self.shared.clock.now_ms());
        self.commit(Settled { state: State::Sending, not_before: 0, made: None, sent_at: None }, Also::Nothing).await?;
        pass!(self, "delivery.sending");
        Ok(())
    }

    /// The message is there.
    pub(super) async fn sent(&mut self, id: MessageId, also: Also) -> Result<(), Abort> {
        self.forget_flight();
        self.job.message = Some(id);
        self.job.attempts = 0;
        self.job.trying_since = None;
        self.job.waiting_since = None;
        let settled = Settled {
            state: State::Sent,
            not_before: 0,
            made: Some(self.job.wanted),
            sent_at: Some(self.shared.clock.now_ms()),
        };
        self.commit(settled, also).await?;
        pass!(self, "delivery.sent");
        tracing::info!(delivery.id = self.job.id, guild.id = %self.job.guild, delivery.kind = self.job.kind.name(),
            delivery.hop = self.job.hop.name(), "delivery.sent");
        Ok(())
    }

    /// Not wanted any more.
    pub(super) async fn cancel(&mut self) -> Result<(), Abort> {
        self.commit(Settled { state: State::Cancelled, not_before: 0, made: None, sent_at: None }, Also::Nothing).await
    }

    /// Puts the row down for `pause` ms. `counts`: that was one of the tries after which we give up.
    pub(super) async fn later(&mut self, pause: i64, counts: bool) -> Result<(), Abort> {
        let now = self.shared.real.now_ms();
        if counts {
            self.job.attempts += 1;
            self.job.trying_since.get_or_insert(now);
            if protocol::given_up(self.job.attempts, self.job.trying_since, now, &self.shared.timing) {
                self.note("tries", self.job.attempts.unsigned_abs());
                return self.fail().await;
            }
        }
        let state = if self.job.in_flight.is_some() { State::Unknown } else { State::Scheduled };
        self.commit(Settled { state, not_before: now + pause, made: None, sent_at: None }, Also::Nothing).await
    }

    /// Puts the row down after a failure that may pass. True: it did not mean that, the failure is about the place.
    pub(super) async fn later_if_transient(&mut self, verdict: Verdict) -> Result<bool, Abort> {
        match verdict {
            Verdict::Again { pause, counts } => self.later(pause, counts).await.map(|()| false),
            Verdict::Doubt { pause } => self.later(pause, true).await.map(|()| false),
            Verdict::Unarchive | Verdict::Gone(_) | Verdict::Refused(_) => Ok(true),
        }
    }

    /// After asking for a place in vain: the code that bars it, 0 without one; none: that may pass, the row was put down.
    pub(super) async fn barred(&mut self, error: &ChatError) -> Result<Option<u64>, Abort> {
        let verdict = self.judge(error);
        let code = match verdict {
            Verdict::Gone(code) | Verdict::Refused(code) => code,
            Verdict::Again { .. } | Verdict::Doubt { .. } | Verdict::Unarchive => 0,
        };
        Ok(self.later_if_transient(verdict).await?.then_some(code))
    }

    /// What a failed request means for this row.
    pub(super) fn judge(&self, error: &ChatError) -> Verdict {
        protocol::judge(error, self.job.attempts, &self.shared.timing)
    }

    /// Remembers a place that failed, and why, for people.
    pub(super) fn note(&mut self, place: &str, code: u64) {
        if !self.job.reason.is_empty() {
            self.job.reason.push_str(", ");
        }
        self.job.reason.push_str(place);
        self.job.reason.push(' ');
        self.job.reason.push_str(&code.to_string());
    }

    /// Gives up, loudly: in the log, in the case's timeline, and in the alert channel if there is one that was not tried
    /// yet. Of a case's card that is said there once: its row, of which there is one, keeps the hop.
    pub(super) async fn fail(&mut self) -> Result<(), Abort> {
        tracing::error!(delivery.id = self.job.id, delivery.kind = self.job.kind.name(), guild.id = %self.job.guild,
            case.number = ?self.job.case.map(|number| number.0), follow_up.id = ?self.job.follow_up.map(|id| id.0),
            reason = self.job.reason, "delivery.undeliverable");
        let notice = self.alerts && self.job.hop < Hop::Alert;
        if notice && self.job.kind == Kind::Card {
            self.job.hop = Hop::Alert;
        }
        let also = match self.job.kind {
            Kind::Notice => Also::Nothing,
            Kind::Card | Kind::Reminder => {
                Also::Failure { what: self.what.clone(), at: self.shared.clock.now_ms(), notice }
            }
        };
        self.commit(Settled { state: State::Undeliverable, not_before: 0, made: None, sent_at: None }, also).await
    }

    /// Forgets the request in flight: its outcome is known.
    pub(super) fn forget_flight(&mut self) {
        self.job.in_flight = None;
        self.job.first_sent = None;
        self.job.look_from = None;
        self.job.doubted = false;
        self.job.thread_name = None;
    }

    /// Starts afresh somewhere else, under another nonce.
    pub(super) fn elsewhere(&mut self) {
        self.forget_flight();
        self.job.sequence += 1;
    }

    /// Now, by whichever clock says that more time has passed since the first try: Discord forgets a nonce by its own
    /// clock, which in tests and in the sandbox may run ahead of ours.
    pub(super) fn nonce_now(&self) -> i64 {
        let real = self.shared.real.now_ms();
        match (self.job.first_sent, self.job.look_from) {
            (Some(first), Some(from)) => real.max(first + self.shared.clock.now_ms() - from),
            _ => real,
        }
    }

    /// What may still be on its way of `part`.
    pub(super) fn doubt(&self, part: Part) -> Option<Doubt> {
        if self.job.in_flight != Some(part) {
            return None;
        }
        // A row in flight always says since when; one that does not is as old as can be.
        Some(Doubt { first_sent: self.job.first_sent.unwrap_or(0), last_sent: self.job.last_sent.unwrap_or(0) })
    }
}

impl Also {
    async fn write(self, c: &mut Conn, job: &Job) -> Result<(), Abort> {
        match (self, job.case) {
            (Self::Place(thread, card), Some(number)) => {
                if let Some(thread) = thread
                    && let Some(other) = store::case::by_thread(c, job.guild, thread).await?
                    && other.number != number
                {
                    return Err(Abort::Taken);
                }
                store::case::set_place(c, job.guild, number, thread, card).await?;
            }
            (Self::Failure { what, at, notice }, case) => {
                if let Some(number) = case
                    && store::case::lock(c, job.guild, number).await?.is_some()
                {
                    let what = Change::Undeliverable { what, reason: job.reason.clone() };
                    // Said already, and nothing else has happened since to push it out of sight: once is enough.
                    let newest = store::entry::newest(c, job.guild, number, ENTRIES_ON_CARD).await?;
                    if newest.iter().all(|entry| entry.what != what) {
                        store::entry::append(c, job.guild, number, &Entry { at, actor: None, what }).await?;
                    }
                    // A card that cannot be shown cannot show that either.
                    if job.kind == Kind::Reminder {
                        outbox::want_card(c, job.guild, number, at).await?;
                    }
                }
                if notice {
                    outbox::want_notice(c, job, at).await?;
                }
            }
            (Self::Nothing | Self::Place(..), _) => {}
        }
        Ok(())
    }
}
