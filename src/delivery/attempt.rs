//! One row in a worker's hands: its lease, its requests and its commits.
//!
//! Invariants: nothing is requested without a lease that outlasts the request; `sending` is committed before a byte
//! leaves; every commit is compare-and-set, and whoever loses it stops without another word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use crate::chat::{Answer, Chat, ChatError};
use crate::delivery::book::{Also, Facts, Fate};
use crate::delivery::lane::{Presence, Turn};
use crate::delivery::protocol::{self, Doubt, Hop, Verdict};
use crate::delivery::shared::Shared;
use crate::id::{ChannelId, MessageId, UserId};
use crate::store::StoreError;
use crate::store::delivery::{Job, Kind, Part, Settled, State};
use crate::view::custom_id::{card_of, delivery_of};

/// Pause when a channel is busy with another of our messages, ms.
pub(super) const BUSY_PAUSE: i64 = 500;
/// Pause between tries to commit an outcome while the database is gone, ms.
const COMMIT_PAUSE: i64 = 200;
/// How long somebody is taken to be in the team without asking again, ms.
const MEMBER_FOR: i64 = 60 * 60 * 1000;
/// How often somebody who lost a row with a request under way looks how the row ended: for ten minutes.
const LOOKS_AFTER_LOSS: u32 = 200;

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

/// A row in hand.
pub(super) struct Attempt {
    pub(super) shared: Arc<Shared>,
    pub(super) job: Job,
    /// What could not be delivered, should it come to that; for the case's timeline.
    pub(super) what: String,
    /// The team has an alert channel.
    alerts: bool,
    /// Where a message was asked to be, while its outcome is not committed.
    asked: Option<ChannelId>,
    /// Some request was made whose outcome is not committed.
    under_way: bool,
    /// The lease's end as last renewed, by us or by the heartbeat.
    lease: Arc<AtomicI64>,
    started: i64,
}

/// Works on one claimed row until it is settled or lost.
///
/// `aside` turns true when the row is out of our hands and only tidying up is left.
pub(super) async fn run(shared: Arc<Shared>, job: Job, aside: Arc<AtomicBool>) {
    let started = shared.real.now_ms();
    let lease = Arc::new(AtomicI64::new(job.lease_until));
    let beat = heartbeat(Arc::clone(&shared), job.id, job.token, Arc::clone(&lease), started);
    let (id, guild, kind) = (job.id, job.guild, job.kind);
    let mut attempt =
        Attempt { shared, job, what: String::new(), alerts: false, asked: None, under_way: false, lease, started };
    let work = async {
        pass!(attempt, "delivery.claimed");
        match kind {
            Kind::Card => super::card::deliver(&mut attempt).await,
            Kind::Reminder => super::reminder::deliver(&mut attempt).await,
            Kind::Notice => super::reminder::notify(&mut attempt).await,
            Kind::Bundle => super::bundle::deliver(&mut attempt).await,
            Kind::Word => super::word::deliver(&mut attempt).await,
            Kind::Escalation => super::escalation::deliver(&mut attempt).await,
            Kind::Pause => super::aside::pause(&mut attempt).await,
            Kind::Mood => super::aside::mood(&mut attempt).await,
            Kind::Digest => super::digest::deliver(&mut attempt).await,
            Kind::Offer => super::offer::deliver(&mut attempt).await,
            Kind::Retire => super::retire::deliver(&mut attempt).await,
        }
    };
    let ended = tokio::select! {
        biased;
        ended = work => ended,
        () = beat => Ok(()),
    };
    if let Err(reason) = ended {
        tracing::warn!(delivery.id = id, guild.id = %guild, delivery.kind = kind.name(), %reason, "delivery.dropped");
        if let Some(channel) = attempt.asked.take() {
            aside.store(true, Ordering::SeqCst);
            attempt.tidy(channel).await;
        }
    }
}

/// Keeps the lease alive, but not for ever: a worker that hangs loses its row in the end. Never ends by itself.
async fn heartbeat(shared: Arc<Shared>, id: i64, token: i64, lease: Arc<AtomicI64>, started: i64) {
    loop {
        shared.timer.sleep(shared.timing.heartbeat).await;
        let now = shared.real.now_ms();
        if now - started > shared.timing.attempt {
            break;
        }
        let until = now + shared.timing.lease;
        match shared.book.renew(id, token, until).await {
            Ok(true) => drop(lease.fetch_max(until, Ordering::SeqCst)),
            Ok(false) => break,
            Err(error) => tracing::warn!(delivery.id = id, %error, "delivery.heartbeat_failed"),
        }
    }
    std::future::pending::<()>().await;
}

impl Attempt {
    /// Reads what is to be shown.
    pub(super) async fn facts(&mut self) -> Result<Facts, Abort> {
        let facts = self.shared.book.facts(&self.job).await?;
        self.alerts = facts.settings.alert_channel.is_some();
        self.shared.able.guild(self.job.guild, facts.present, self.shared.clock.now_ms());
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
        if !self.shared.book.renew(id, token, until).await? {
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
        let limit = self.shared.timer.sleep(self.shared.timing.deadline + self.shared.timing.margin / 4);
        let answer = tokio::select! {
            biased;
            answer = call => answer,
            () = limit => Err(ChatError::Unknown("no answer in time".to_owned())),
        };
        self.shared.able.heard(&answer, self.shared.clock.now_ms());
        Ok(answer)
    }

    /// Waits for the right to speak in a channel; none: somebody is still at it.
    pub(super) async fn turn(&self, channel: ChannelId) -> Option<Turn> {
        self.shared.lanes.turn(channel, &*self.shared.timer).await
    }

    /// The channel for direct messages with somebody.
    pub(super) async fn direct(&mut self, user: UserId) -> Result<Result<ChannelId, ChatError>, Abort> {
        if let Some(known) = self.shared.directs.get(&user) {
            return Ok(Ok(known));
        }
        let chat = self.chat();
        let answer = self.ask(chat.direct_channel(user)).await?;
        if let Ok(channel) = answer {
            self.shared.directs.put(user, channel);
        }
        Ok(answer)
    }

    /// Whether somebody is in the row's team; asked at most once an hour. What cannot be told now is taken for present and
    /// without roles.
    pub(super) async fn presence(&mut self, user: UserId) -> Result<Presence, Abort> {
        let (guild, now) = (self.job.guild, self.shared.real.now_ms());
        let fresh = |(_, at): &(Presence, i64)| now - at < MEMBER_FOR;
        if let Some((known, _)) = self.shared.people.get(&(guild, user)).filter(fresh) {
            return Ok(known);
        }
        let chat = self.chat();
        let presence = match self.ask(chat.member(guild, user)).await? {
            Ok(roles) => Presence::Here(roles),
            Err(ChatError::Gone(_)) => Presence::Left,
            Err(_) => return Ok(Presence::Here(Vec::new())),
        };
        self.shared.people.put((guild, user), (presence.clone(), now));
        Ok(presence)
    }

    /// Whether somebody has left the row's team.
    pub(super) async fn has_left(&mut self, user: UserId) -> Result<bool, Abort> {
        Ok(matches!(self.presence(user).await?, Presence::Left))
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
            let done = self.shared.book.save(&self.job, from, settled, also.clone());
            match done.await {
                Ok(()) => {
                    self.job.state = settled.state;
                    self.asked = None;
                    self.under_way = false;
                    self.lease.fetch_max(self.job.lease_until, Ordering::SeqCst);
                    return Ok(());
                }
                // Until somebody else may take the row, the outcome is worth another try.
                Err(Abort::Store(error))
                    if error.is_unavailable()
                        && now + self.shared.timing.margin < self.lease.load(Ordering::SeqCst) =>
                {
                    self.shared.timer.sleep(COMMIT_PAUSE).await;
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
        if self.job.in_flight.is_none() {
            self.job.first_sent = None;
        }
        self.job.in_flight = Some(part);
        self.job.channel = Some(channel);
        self.job.look_from.get_or_insert(self.shared.clock.now_ms().min(self.shared.platform_ms()));
        let settled = Settled { state: State::Sending, not_before: 0, made: None, sent_at: None };
        loop {
            let real = self.shared.real.now_ms();
            self.job.first_sent.get_or_insert(real);
            self.job.last_sent = Some(real);
            self.commit(settled, Also::Nothing).await?;
            // Whoever comes after us counts from this moment; if committing took long, it must be said again.
            if self.shared.real.now_ms() - real <= self.shared.timing.margin {
                break;
            }
        }
        pass!(self, "delivery.sending");
        self.under_way = true;
        if part == Part::Message {
            self.asked = Some(channel);
        }
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

    /// The row was lost while a request of ours was under way: a machine that slept may have sent what somebody else has
    /// long looked for and sent again. Once the row has settled on a message, any other of it in `channel` goes.
    async fn tidy(&mut self, channel: ChannelId) {
        let (shared, asked) = (Arc::clone(&self.shared), self.shared.real.now_ms());
        for _ in 0..LOOKS_AFTER_LOSS {
            shared.timer.sleep(shared.timing.heartbeat).await;
            if shared.real.now_ms() - asked < shared.timing.settle {
                continue;
            }
            let done = match shared.book.outcome(self.job.id).await {
                Ok(Some((State::Sent, Some(kept)))) => self.keep_only(channel, kept).await,
                // It reached nobody, or nobody minds: better ours than none.
                Ok(Some((State::Undeliverable | State::Cancelled, _)) | None) => true,
                Ok(_) | Err(_) => false,
            };
            if done {
                return;
            }
        }
        tracing::warn!(delivery.id = self.job.id, "delivery.not_tidied");
    }

    /// Deletes what of this row is in `channel` besides `kept`; false: try again.
    async fn keep_only(&self, channel: ChannelId, kept: MessageId) -> bool {
        let (chat, id, case) = (&self.shared.chat, self.job.id, self.job.case);
        let is_card = self.job.kind == Kind::Card;
        let mark = |mark: &str| {
            if is_card { case.is_some() && card_of(mark) == case } else { delivery_of(mark) == Some(id) }
        };
        let from = self.job.look_from.unwrap_or(self.job.created_at) - self.shared.timing.look_back;
        let seen = match chat.messages_after(channel, MessageId::at_ms(from)).await {
            Ok(seen) => seen,
            Err(ChatError::Gone(_) | ChatError::Refused(_)) => return true,
            Err(_) => return false,
        };
        let (first, others) = protocol::ours(&seen, mark);
        for other in first.into_iter().chain(others).filter(|other| *other != kept) {
            match chat.delete_message(channel, other).await {
                Ok(()) | Err(ChatError::Gone(_) | ChatError::Refused(_)) => {
                    tracing::warn!(delivery.id = id, message.id = %other, "delivery.double_removed");
                }
                Err(_) => return false,
            }
        }
        true
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
        let timing = &self.shared.timing;
        if self.under_way && self.job.last_sent.is_some_and(|last| now - last > timing.deadline + timing.margin) {
            // We slept: the request may have left only now, and may arrive for as long as from any other moment.
            self.job.last_sent = Some(now);
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
        let is_card = self.job.kind == Kind::Card;
        // Of a promise there is always somebody to tell: who asked for it.
        let notice = !is_card || (self.alerts && self.job.hop < Hop::Alert);
        if notice && is_card {
            self.job.hop = Hop::Alert;
        }
        let at = self.shared.clock.now_ms();
        let also = match self.job.kind {
            Kind::Notice | Kind::Pause | Kind::Mood | Kind::Digest | Kind::Offer | Kind::Retire => Also::Nothing,
            Kind::Bundle => Also::Members(Fate::Failed { at, notice }),
            Kind::Card | Kind::Reminder | Kind::Word | Kind::Escalation => {
                Also::Failure { what: self.what.clone(), at, notice }
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

    /// Finds a message of this row among others, by what its buttons carry.
    pub(super) fn mark(&self) -> impl Fn(&str) -> bool + Send + Sync + use<> {
        let id = self.job.id;
        move |custom_id| delivery_of(custom_id) == Some(id)
    }

    /// Starts afresh somewhere else, under another nonce.
    pub(super) fn elsewhere(&mut self) {
        self.forget_flight();
        self.job.sequence += 1;
    }

    /// How long ago the nonce in use was first used, by the platform's clock or the bot's, whichever says more: Discord
    /// forgets a nonce by its own clock, and to take one for forgotten that is not only costs a look.
    pub(super) fn nonce_age(&self) -> i64 {
        let now = self.shared.platform_ms().max(self.shared.clock.now_ms());
        match (self.job.first_sent, self.job.look_from) {
            (Some(_), Some(from)) => now - from,
            _ => 0,
        }
    }

    /// What may still be on its way of `part`.
    pub(super) fn doubt(&self, part: Part) -> Option<Doubt> {
        if self.job.in_flight != Some(part) {
            return None;
        }
        // A row in flight always says since when; one that does not is as old as can be.
        let (first_sent, last_sent) = (self.job.first_sent.unwrap_or(0), self.job.last_sent.unwrap_or(0));
        // Who worked before us may have sent it the moment before they died. That was before we began; how long before, only
        // the wall clock says, and it may have been set since.
        Some(Doubt { first_sent, last_sent: last_sent.max(self.shared.begun()) })
    }
}
