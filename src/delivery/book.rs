//! PORT: what the workers need of the database, and the database itself behind it.
//!
//! Invariant: each call is one transaction, durable when it answers. A simulated world implements it too, so that what
//! decides is the same code there and here.

use std::pin::Pin;

use super::attempt::Abort;
use crate::case::{Case, CaseNumber, Change, Entry};
use crate::follow_up::{FollowUp, FollowUpId, State as Promised};
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use crate::locale::Lang;
use crate::store::bundle::{self, Crowd};
use crate::store::delivery::{Coming, Job, Kind, Settled, State};
use crate::store::guild::Settings;
use crate::store::process;
use crate::store::{self, Conn, Store, StoreError, delivery as outbox};

/// Entries of the timeline shown on a card.
const ENTRIES_ON_CARD: u32 = 5;

/// What a call gives back.
pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Abort>> + Send + 'a>>;

/// The port.
pub(super) trait Book: Send + Sync {
    /// Called once, at the start: frees what is surely abandoned.
    fn take_over(&self) -> Answer<'_, TakenOver>;
    /// The server's clock, where several processes share one.
    fn time(&self) -> Answer<'_, Option<i64>>;
    /// A sign of life of this process; how many there are on this database.
    fn crew(&self, worker: &str) -> Answer<'_, usize>;
    /// This process ends.
    fn leave(&self, worker: &str) -> Answer<'_, ()>;
    /// Rows that come due until `until` (bot's clock) and may be tried until `real`, teams taking turns.
    fn coming(&self, until: i64, real: i64) -> Answer<'_, Vec<Coming>>;
    /// Claims those of `ids` that are still to be had; `now` is the bot's clock.
    fn claim(&self, ids: Vec<i64>, now: i64, real: i64, lease_until: i64, worker: &str) -> Answer<'_, Vec<Job>>;
    /// Puts a crowd's reminders that are due before `before` into bundles; their ids, none where they are no crowd any more.
    fn bundle(&self, guild: GuildId, crowd: Crowd, before: i64, now: i64, real: i64) -> Answer<'_, Vec<i64>>;
    /// Makes the lease last until `until`; false: it is no longer ours.
    fn renew(&self, id: i64, token: i64, until: i64) -> Answer<'_, bool>;
    /// What the row is about, as it is now.
    fn facts(&self, job: &Job) -> Answer<'_, Facts>;
    /// The case a thread belongs to.
    fn case_of(&self, guild: GuildId, thread: ChannelId) -> Answer<'_, Option<CaseNumber>>;
    /// Stores the row, if it is still in state `from` and ours, with what else belongs to it.
    fn save(&self, job: &Job, from: State, settled: Settled, also: Also) -> Answer<'_, ()>;
    /// Where the row stands, and the message it was sent as.
    fn outcome(&self, id: i64) -> Answer<'_, Option<(State, Option<MessageId>)>>;
}

/// What a process finds at its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TakenOver {
    /// Rows that were freed.
    pub(super) freed: u64,
    /// The latest moment of the lease clock that is written down, 0 if none. That clock never goes back before it.
    pub(super) latest: i64,
    /// The server's clock, where several processes share one.
    pub(super) server: Option<i64>,
}

/// What else belongs into a commit.
#[derive(Debug, Clone)]
pub(super) enum Also {
    /// Nothing.
    Nothing,
    /// Where the case's thread and card are.
    Place(Option<ChannelId>, Option<MessageId>),
    /// That the next morning's overview is on its way, the first after this instant.
    NextMorning { user: Option<UserId>, after: i64 },
    /// A line in the case's timeline, because something could not be delivered.
    Failure { what: String, at: i64, notice: bool },
    /// What repeats goes on; the moment it was reminded of.
    Reminded(i64),
    /// What becomes of a bundle's members.
    Members(Fate),
}

/// What becomes of a bundle's members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// Those named were shown; the others are no longer wanted.
    Sent(Vec<i64>),
    /// Each goes its own way.
    Released,
    /// Nobody knows whether they were seen; said in their cases' timelines.
    Failed { at: i64, notice: bool },
}

/// A reminder in a bundle.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Its row.
    pub(super) id: i64,
    /// The version of the promise it is for.
    pub(super) version: i64,
    pub(super) follow_up: FollowUp,
    pub(super) case: Option<Case>,
}

/// What is shown, as it is at the moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) present: bool,
    pub(super) settings: Settings,
    pub(super) case: Option<Case>,
    pub(super) entries: Vec<Entry>,
    pub(super) next: Option<FollowUp>,
    /// The case's promises whose reminder reached nobody.
    pub(super) undelivered: Vec<store::follow_up::Line>,
    pub(super) follow_up: Option<FollowUp>,
    /// The language that whoever owes it, or whom it is for, set for themselves.
    pub(super) own_lang: Option<Lang>,
    pub(super) members: Vec<Member>,
    pub(super) morning: Option<store::digest::Morning>,
    pub(super) offer: Option<store::offer::Offer>,
    pub(super) posts: store::retire::Posts,
    /// A reminder of this case stands already.
    pub(super) reminded_of: bool,
}

impl Book for Store {
    fn take_over(&self) -> Answer<'_, TakenOver> {
        Box::pin(self.write(|c| {
            Box::pin(async move {
                let (freed, latest) = (outbox::free_abandoned(c).await?, outbox::latest(c).await?);
                Ok(TakenOver { freed, latest, server: outbox::server_time(c).await? })
            })
        }))
    }

    fn time(&self) -> Answer<'_, Option<i64>> {
        Box::pin(self.read(|c| Box::pin(async move { Ok(outbox::server_time(c).await?) })))
    }

    fn crew(&self, worker: &str) -> Answer<'_, usize> {
        if !self.is_shared() {
            return Box::pin(async { Ok(1) });
        }
        let worker = worker.to_owned();
        Box::pin(self.write(move |c| Box::pin(async move { Ok(process::beat(c, &worker).await?) })))
    }

    fn leave(&self, worker: &str) -> Answer<'_, ()> {
        if !self.is_shared() {
            return Box::pin(async { Ok(()) });
        }
        let worker = worker.to_owned();
        Box::pin(self.write(move |c| Box::pin(async move { Ok(process::leave(c, &worker).await?) })))
    }

    fn coming(&self, until: i64, real: i64) -> Answer<'_, Vec<Coming>> {
        Box::pin(self.read(move |c| Box::pin(async move { Ok(outbox::coming(c, until, real).await?) })))
    }

    fn claim(&self, ids: Vec<i64>, now: i64, real: i64, lease_until: i64, worker: &str) -> Answer<'_, Vec<Job>> {
        let worker = worker.to_owned();
        Box::pin(self.write(move |c| {
            Box::pin(async move { Ok(outbox::claim(c, &ids, now, real, lease_until, &worker).await?) })
        }))
    }

    fn bundle(&self, guild: GuildId, crowd: Crowd, before: i64, now: i64, real: i64) -> Answer<'_, Vec<i64>> {
        Box::pin(
            self.write(move |c| Box::pin(async move { Ok(bundle::gather(c, guild, crowd, before, now, real).await?) })),
        )
    }

    fn renew(&self, id: i64, token: i64, until: i64) -> Answer<'_, bool> {
        Box::pin(self.write(move |c| Box::pin(async move { Ok(outbox::renew(c, id, token, until).await?) })))
    }

    fn facts(&self, job: &Job) -> Answer<'_, Facts> {
        let (id, guild, kind, number, promise) = (job.id, job.guild, job.kind, job.case, job.follow_up);
        let (user, version, sent) = (job.user, job.version, job.message.is_some());
        Box::pin(self.read(move |c| {
            Box::pin(async move {
                let mut facts = Facts {
                    present: store::guild::present(c, guild).await?,
                    settings: store::guild::settings(c, guild).await?,
                    ..Facts::default()
                };
                if let Some(number) = number {
                    facts.case = store::case::get(c, guild, number).await?;
                    facts.entries = store::entry::newest(c, guild, number, ENTRIES_ON_CARD).await?;
                    facts.next = store::follow_up::next_due(c, guild, number).await?;
                }
                if let Some(promise) = promise {
                    facts.follow_up = store::follow_up::get(c, guild, promise).await?;
                }
                let whose = user.or(facts.follow_up.as_ref().map(|promise| promise.assignee));
                if let Some(whose) = whose {
                    facts.own_lang = store::profile::get(c, guild, whose).await?.lang;
                }
                match kind {
                    Kind::Bundle if sent => {
                        let rows = bundle::shown(c, guild, id).await?;
                        facts.members = of(c, guild, rows).await?;
                    }
                    Kind::Bundle => facts.members = members(c, guild, id).await?,
                    Kind::Digest => facts.morning = store::digest::of(c, guild, id).await?,
                    Kind::Offer => facts.offer = store::offer::of(c, guild, id).await?,
                    Kind::Retire => {
                        if let Some(promise) = promise {
                            facts.posts = store::retire::posts(c, guild, promise, version).await?;
                        }
                    }
                    Kind::Reminder => {
                        if let Some(number) = number {
                            facts.reminded_of = store::follow_up::reminded_of(c, guild, number).await?;
                        }
                    }
                    Kind::Card => {
                        if let Some(number) = number {
                            facts.undelivered = store::follow_up::undelivered_of(c, guild, number).await?;
                        }
                    }
                    Kind::Notice | Kind::Word | Kind::Escalation | Kind::Pause | Kind::Mood => {}
                }
                Ok(facts)
            })
        }))
    }

    fn case_of(&self, guild: GuildId, thread: ChannelId) -> Answer<'_, Option<CaseNumber>> {
        Box::pin(self.read(move |c| {
            Box::pin(async move { Ok(store::case::by_thread(c, guild, thread).await?.map(|case| case.number)) })
        }))
    }

    fn save(&self, job: &Job, from: State, settled: Settled, also: Also) -> Answer<'_, ()> {
        let job = job.clone();
        Box::pin(self.write(move |c| {
            Box::pin(async move {
                // The case before the row: everybody takes them in this order.
                also.write(c, &job, settled.sent_at).await?;
                if outbox::save(c, &job, from, settled).await? { Ok(()) } else { Err(Abort::Lost) }
            })
        }))
    }

    fn outcome(&self, id: i64) -> Answer<'_, Option<(State, Option<MessageId>)>> {
        Box::pin(self.read(move |c| Box::pin(async move { Ok(outbox::outcome(c, id).await?) })))
    }
}

/// A bundle's members, as they are now; those whose promise is not there any more are left out.
async fn members(c: &mut Conn, guild: GuildId, bundle: i64) -> Result<Vec<Member>, StoreError> {
    let rows = bundle::members(c, guild, bundle).await?;
    of(c, guild, rows).await
}

/// What these rows are about, as it is now.
async fn of(c: &mut Conn, guild: GuildId, rows: Vec<(i64, FollowUpId, i64)>) -> Result<Vec<Member>, StoreError> {
    let mut members = Vec::new();
    for (id, promise, version) in rows {
        let Some(follow_up) = store::follow_up::get(c, guild, promise).await? else { continue };
        let case = match follow_up.case {
            Some(number) => store::case::get(c, guild, number).await?,
            None => None,
        };
        members.push(Member { id, version, follow_up, case });
    }
    Ok(members)
}

impl Also {
    async fn write(self, c: &mut Conn, job: &Job, sent_at: Option<i64>) -> Result<(), Abort> {
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
            (Self::Failure { what, at, notice }, _) => failure(c, job, what, at, notice).await?,
            (Self::Members(fate), _) => {
                if let Fate::Failed { at, notice } = fate {
                    for member in members(c, job.guild, job.id).await? {
                        if member.follow_up.state == Promised::Open {
                            let follow_up = &member.follow_up;
                            let one = Job {
                                id: member.id,
                                kind: Kind::Reminder,
                                case: follow_up.case,
                                follow_up: Some(follow_up.id),
                                version: member.version,
                                ..job.clone()
                            };
                            failure(c, &one, follow_up.what.clone(), at, notice).await?;
                        }
                    }
                }
                if let Fate::Sent(shown) = &fate {
                    for member in members(c, job.guild, job.id).await?.iter().filter(|one| shown.contains(&one.id)) {
                        let now = sent_at.unwrap_or(job.due_at);
                        store::recurring::reminded(c, job.guild, member.follow_up.id, member.version, now).await?;
                    }
                }
                match fate {
                    Fate::Sent(shown) => bundle::sent(c, job, &shown, sent_at).await?,
                    Fate::Released => bundle::released(c, job).await?,
                    Fate::Failed { .. } => bundle::failed(c, job).await?,
                }
            }
            (Self::Reminded(now), _) => {
                if let Some(id) = job.follow_up {
                    store::recurring::reminded(c, job.guild, id, job.version, now).await?;
                }
            }
            (Self::NextMorning { user, after }, _) => store::digest::expect(c, job.guild, user, after).await?,
            (Self::Nothing | Self::Place(..), _) => {}
        }
        Ok(())
    }
}

/// Writes down that a row could not be delivered.
async fn failure(c: &mut Conn, job: &Job, what: String, at: i64, notice: bool) -> Result<(), StoreError> {
    if let Some(number) = job.case
        && store::case::lock(c, job.guild, number).await?.is_some()
    {
        let what = Change::Undeliverable { what, reason: job.reason.clone() };
        // Said already, and nothing else has happened since to push it out of sight: once is enough.
        let newest = store::entry::newest(c, job.guild, number, ENTRIES_ON_CARD).await?;
        if newest.iter().all(|entry| entry.what != what) {
            store::entry::append(c, job.guild, number, &Entry { at, actor: None, what }).await?;
        }
        // A card that cannot be shown cannot show that either.
        if job.kind != Kind::Card {
            outbox::want_card(c, job.guild, number, at).await?;
        }
    }
    if notice {
        outbox::want_notice(c, job, at).await?;
    }
    Ok(())
}
