//! The model database: transactions take effect whole at one moment, are durable then, and their answers may be lost.
//! What the statements of `store::delivery` and `store::bundle` mean, in a few lines each.

use std::collections::{BTreeMap, HashMap};

use super::super::super::attempt::Abort;
use super::super::super::book::{Also, Answer, Book, Facts, Fate, Member, TakenOver};
use super::super::super::protocol::Hop;
use super::world::{Shared, Slot, Variant, Who, lock};
use crate::case::{Case, CaseNumber};
use crate::follow_up::{FollowUp, FollowUpId, State as Promised};
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use crate::store::StoreError;
use crate::store::bundle::{Crowd, MOST};
use crate::store::delivery::{Coming, Job, Kind, Settled, State, case_lane};
use crate::store::guild::Settings;

/// How long a database that cannot be reached keeps somebody waiting, ms.
const PATIENCE: i64 = 2_000;

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) job: Job,
    pub(super) lane: String,
    pub(super) not_before: i64,
    pub(super) bundle: Option<i64>,
    pub(super) alone: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Db {
    pub(super) rows: BTreeMap<i64, Row>,
    pub(super) follow_ups: HashMap<FollowUpId, FollowUp>,
    pub(super) cases: HashMap<(GuildId, CaseNumber), Case>,
    pub(super) settings: HashMap<GuildId, Settings>,
    /// Rows of which it was said that they did not arrive.
    pub(super) said: Vec<i64>,
    pub(super) bundles: usize,
    /// As it was some commits ago, for a database that forgets.
    pub(super) before: Option<Box<Db>>,
    commits: u64,
}

fn open(state: State) -> bool {
    matches!(state, State::Scheduled | State::Claimed | State::Sending | State::Unknown)
}

fn held(state: State) -> bool {
    matches!(state, State::Claimed | State::Sending)
}

impl Db {
    /// Writes a row down.
    pub(super) fn insert(
        &mut self,
        kind: Kind,
        guild: GuildId,
        about: Option<&FollowUp>,
        user: Option<UserId>,
        at: (i64, i64),
    ) -> i64 {
        let id = self.rows.len() as i64 + 1;
        let lane = match (about.and_then(|one| one.case), about, user) {
            (Some(number), ..) => case_lane(guild, number),
            (None, Some(one), _) => format!("follow_up:{}", one.id.0),
            (None, None, user) => format!("person:{guild}:{user:?}"),
        };
        let job = Job {
            id,
            guild,
            kind,
            case: about.and_then(|one| one.case),
            follow_up: about.map(|one| one.id),
            version: about.map_or(0, |one| one.version),
            user,
            state: State::Scheduled,
            due_at: at.0,
            created_at: at.1,
            wanted: 1,
            token: 0,
            lease_until: 0,
            attempts: 0,
            trying_since: None,
            waiting_since: None,
            hop: if kind == Kind::Bundle { Hop::Direct } else { Hop::Thread },
            in_flight: None,
            channel: None,
            sequence: 0,
            first_sent: None,
            last_sent: None,
            look_from: None,
            doubted: false,
            thread_name: None,
            reopened: false,
            guests: Vec::new(),
            message: None,
            reason: String::new(),
        };
        self.rows.insert(id, Row { job, lane, not_before: 0, bundle: None, alone: false });
        id
    }

    fn is_loose(&self, row: &Row) -> Option<UserId> {
        let job = &row.job;
        let fresh = job.kind == Kind::Reminder
            && job.state == State::Scheduled
            && (job.attempts, job.sequence, row.alone, job.hop) == (0, 0, false, Hop::Thread)
            && job.in_flight.is_none();
        fresh.then(|| self.follow_ups[&job.follow_up?].assignee.into())?
    }

    fn coming(&self, until: i64, real: i64) -> Vec<Coming> {
        let near = |row: &&Row| open(row.job.state) && row.job.due_at <= until && row.not_before <= real;
        let mut rows: Vec<Coming> = (self.rows.values().filter(near))
            .map(|row| Coming {
                id: row.job.id,
                guild: row.job.guild,
                lane: row.lane.clone(),
                due_at: row.job.due_at,
                free_at: if held(row.job.state) { row.job.lease_until } else { row.not_before },
                held: held(row.job.state),
                loose: self.is_loose(row),
                case: row.job.case,
            })
            .collect();
        rows.sort_by_key(|row| (row.due_at, row.id));
        rows
    }

    fn claim(&mut self, ids: &[i64], now: i64, real: i64, until: i64, variant: Variant) -> Vec<Job> {
        let mut jobs = Vec::new();
        for id in ids {
            let row = &self.rows[id];
            let due = if variant == Variant::OnlyEqual { row.job.due_at == now } else { row.job.due_at <= now };
            let busy = |other: &Row| {
                other.lane == row.lane && other.job.id != *id && held(other.job.state) && other.job.lease_until > real
            };
            if !(open(row.job.state) && due && row.not_before <= real && row.job.lease_until <= real)
                || self.rows.values().any(busy)
            {
                continue;
            }
            let Some(row) = self.rows.get_mut(id) else { continue };
            row.job.state = State::Claimed;
            row.job.token += 1;
            row.job.lease_until = until;
            jobs.push(row.job.clone());
        }
        jobs
    }

    fn gather(&mut self, guild: GuildId, crowd: Crowd, before: i64, now: i64, real: i64) -> Vec<i64> {
        let (user, case) = match crowd {
            Crowd::Missed(user) | Crowd::Direct(user) => (Some(user), None),
            Crowd::Case(number) => (None, Some(number)),
        };
        let mut found: Vec<(i64, i64)> = (self.rows.values())
            .filter(|row| {
                let of = self.is_loose(row).is_some_and(|whose| match crowd {
                    Crowd::Missed(user) => whose == user,
                    Crowd::Direct(user) => whose == user && row.job.case.is_none(),
                    Crowd::Case(number) => row.job.case == Some(number),
                });
                row.job.guild == guild
                    && of
                    && row.job.due_at < before
                    && row.not_before <= real
                    && row.job.follow_up.is_some_and(|id| self.follow_ups[&id].state == Promised::Open)
            })
            .map(|row| (row.job.due_at, row.job.id))
            .collect();
        found.sort_unstable();
        if found.len() < crowd.least() {
            return Vec::new();
        }
        let each = found.len().div_ceil(found.len().div_ceil(MOST));
        let mut bundles = Vec::new();
        for members in found.chunks(each) {
            let bundle = self.insert(Kind::Bundle, guild, None, user, (members[0].0, now));
            if let (Some(number), Some(row)) = (case, self.rows.get_mut(&bundle)) {
                (row.job.case, row.job.hop, row.lane) = (case, Hop::Thread, case_lane(guild, number));
            }
            for (_, member) in members {
                if let Some(row) = self.rows.get_mut(member) {
                    (row.job.state, row.bundle) = (State::Bundled, Some(bundle));
                }
            }
            self.bundles += 1;
            bundles.push(bundle);
        }
        bundles
    }

    fn facts(&self, job: &Job) -> Facts {
        let members = self.rows.values().filter(|row| row.bundle == Some(job.id) && row.job.state == State::Bundled);
        let member = |row: &Row| {
            let follow_up = self.follow_ups[&row.job.follow_up?].clone();
            let case = follow_up.case.and_then(|number| self.cases.get(&(job.guild, number)).cloned());
            Some(Member { id: row.job.id, version: row.job.version, follow_up, case })
        };
        Facts {
            present: true,
            settings: self.settings.get(&job.guild).cloned().unwrap_or_default(),
            case: job.case.and_then(|number| self.cases.get(&(job.guild, number)).cloned()),
            follow_up: job.follow_up.and_then(|id| self.follow_ups.get(&id).cloned()),
            members: if job.kind == Kind::Bundle { members.filter_map(member).collect() } else { Vec::new() },
            ..Facts::default()
        }
    }

    fn save(&mut self, job: &Job, from: State, settled: Settled, also: Also, variant: Variant) -> Result<(), Abort> {
        let row = self.rows.get_mut(&job.id).ok_or(Abort::Lost)?;
        if variant != Variant::NoToken && (row.job.state != from || row.job.token != job.token) {
            return Err(Abort::Lost);
        }
        let lease_until = if held(settled.state) { job.lease_until } else { 0 };
        let wanted = row.job.wanted;
        row.job = Job { state: settled.state, lease_until, wanted, ..job.clone() };
        row.not_before = settled.not_before;
        match also {
            Also::Nothing | Also::Place(..) | Also::Reminded(_) | Also::NextMorning { .. } => {}
            Also::Failure { .. } => self.said.push(job.id),
            Also::Members(fate) => {
                for row in self.rows.values_mut().filter(|row| row.bundle == Some(job.id)) {
                    if row.job.state != State::Bundled {
                        continue;
                    }
                    match &fate {
                        Fate::Sent(shown) if shown.contains(&row.job.id) => {
                            (row.job.state, row.job.message) = (State::Sent, job.message);
                        }
                        Fate::Sent(_) => row.job.state = State::Cancelled,
                        Fate::Released => {
                            (row.job.state, row.alone, row.bundle) = (State::Scheduled, true, None);
                        }
                        Fate::Failed { .. } => {
                            row.job.state = State::Undeliverable;
                            self.said.push(row.job.id);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A machine died.
    pub(super) fn crash(&mut self) {
        if let Some(before) = self.before.take() {
            *self = *before;
        }
    }
}

/// One process's way to it.
pub(super) struct Base {
    pub(super) world: Shared,
    pub(super) who: Who,
}

impl Base {
    fn call<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut Db, Variant) -> Result<T, Abort> + Send + 'static,
    ) -> Answer<'static, T> {
        let (world, who) = (self.world.clone(), self.who.clone());
        Box::pin(async move {
            let slot = Slot::new(&who);
            let answer = slot.clone();
            {
                let mut world = lock(&world);
                let world = &mut *world;
                let gone = || Err(Abort::Store(StoreError::unavailable("gone")));
                if world.processes[who.process].no_base > world.now() {
                    world.after(PATIENCE, move |_| answer.put(gone()));
                } else {
                    let (there, back) = (world.between(1, 12), world.between(1, 12));
                    let unheard = world.permille > 0 && world.server && world.chance(4);
                    world.after(there, move |world| {
                        // A file dies with its process; a server has the request already, or not.
                        if !world.lives(&who) && (!world.server || world.chance(500)) {
                            return;
                        }
                        let forgetful = world.variant == Variant::Forgetful;
                        if forgetful && world.db.commits % 8 == 0 {
                            let mut before = world.db.clone();
                            before.before = None;
                            world.db.before = Some(Box::new(before));
                        }
                        world.db.commits += 1;
                        let variant = world.variant;
                        let done = deed(&mut world.db, variant);
                        let done = if unheard { gone() } else { done };
                        world.after(if unheard { PATIENCE } else { back }, move |_| answer.put(done));
                    });
                }
            }
            slot.await
        })
    }
}

impl Book for Base {
    fn take_over(&self) -> Answer<'_, TakenOver> {
        let (server, now) = {
            let world = lock(&self.world);
            (world.server, std::sync::Arc::clone(&world.now))
        };
        self.call(move |db, _| {
            let mut found = TakenOver::default();
            if server {
                found.server = Some(now.load(std::sync::atomic::Ordering::Relaxed));
                return Ok(found);
            }
            for row in db.rows.values_mut().filter(|row| open(row.job.state)) {
                found.latest = found.latest.max(row.job.last_sent.unwrap_or(0));
                row.job.lease_until = 0;
            }
            Ok(found)
        })
    }

    fn time(&self) -> Answer<'_, Option<i64>> {
        let (server, now) = {
            let world = lock(&self.world);
            (world.server, std::sync::Arc::clone(&world.now))
        };
        self.call(move |_, _| Ok(server.then(|| now.load(std::sync::atomic::Ordering::Relaxed))))
    }

    fn crew(&self, _worker: &str) -> Answer<'_, usize> {
        Box::pin(async { Ok(1) })
    }

    fn leave(&self, _worker: &str) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn coming(&self, until: i64, real: i64) -> Answer<'_, Vec<Coming>> {
        self.call(move |db, _| Ok(db.coming(until, real)))
    }

    fn claim(&self, ids: Vec<i64>, now: i64, real: i64, lease_until: i64, _worker: &str) -> Answer<'_, Vec<Job>> {
        self.call(move |db, variant| Ok(db.claim(&ids, now, real, lease_until, variant)))
    }

    fn bundle(&self, guild: GuildId, crowd: Crowd, before: i64, now: i64, real: i64) -> Answer<'_, Vec<i64>> {
        self.call(move |db, _| Ok(db.gather(guild, crowd, before, now, real)))
    }

    fn renew(&self, id: i64, token: i64, until: i64) -> Answer<'_, bool> {
        self.call(move |db, variant| {
            let row = db.rows.get_mut(&id).ok_or(Abort::Lost)?;
            if !held(row.job.state) || (row.job.token != token && variant != Variant::NoToken) {
                return Ok(variant == Variant::NoToken);
            }
            row.job.lease_until = until;
            Ok(true)
        })
    }

    fn facts(&self, job: &Job) -> Answer<'_, Facts> {
        let job = job.clone();
        self.call(move |db, _| Ok(db.facts(&job)))
    }

    fn case_of(&self, guild: GuildId, thread: ChannelId) -> Answer<'_, Option<CaseNumber>> {
        self.call(move |db, _| {
            let found = db.cases.values().find(|case| case.guild == guild && case.thread == Some(thread));
            Ok(found.map(|case| case.number))
        })
    }

    fn save(&self, job: &Job, from: State, settled: Settled, also: Also) -> Answer<'_, ()> {
        let job = job.clone();
        self.call(move |db, variant| db.save(&job, from, settled, also, variant))
    }

    fn outcome(&self, id: i64) -> Answer<'_, Option<(State, Option<MessageId>)>> {
        self.call(move |db, _| Ok(db.rows.get(&id).map(|row| (row.job.state, row.job.message))))
    }
}
