//! One world from its seed: who promised what, what goes wrong when, and how it ended by Discord's own log.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Waker};

use jiff::Timestamp;
use tokio::sync::watch;

use super::super::super::Delivery;
use super::super::super::protocol::Timing;
use super::book::Base;
use super::discord::Line;
use super::world::{BEGIN, Flag, Naps, Process, Shared, Variant, Who, World, lock};
use crate::case::{self, Case, CaseNumber, NewCase};
use crate::clock::{Clock, Steady};
use crate::follow_up::{FollowUp, FollowUpId, State as Promised, Terms};
use crate::id::{ChannelId, GuildId, UserId};
use crate::locale::Texts;
use crate::store::delivery::{Kind, State};
use crate::store::guild::Settings;

/// A world that is not at rest so long after its last fault has lost something, ms.
const PATIENCE: i64 = 5 * 3_600_000;
/// A double may be seen for this long after the last fault, ms.
const REMAINING: i64 = 60_000;

/// How a world ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) wrong: Vec<String>,
    pub(super) worlds: u64,
    pub(super) shown: u64,
    pub(super) requests: u64,
    pub(super) removed: u64,
    pub(super) bundles: u64,
    pub(super) crashes: u64,
    pub(super) pauses: u64,
    pub(super) jumps: u64,
    pub(super) undeliverable: u64,
}

impl Ended {
    pub(super) fn add(&mut self, other: &Self) {
        self.wrong.extend(other.wrong.iter().cloned());
        self.worlds += other.worlds.max(1);
        self.shown += other.shown;
        self.requests += other.requests;
        self.removed += other.removed;
        self.bundles += other.bundles;
        self.crashes += other.crashes;
        self.pauses += other.pauses;
        self.jumps += other.jumps;
        self.undeliverable += other.undeliverable;
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} promises shown in {} requests; {} crashes, {} stops, {} clock jumps, {} bundles; {} doubles were seen and \
             removed, {} could be delivered nowhere and said so",
            self.shown,
            self.requests,
            self.crashes,
            self.pauses,
            self.jumps,
            self.bundles,
            self.removed,
            self.undeliverable
        )
    }
}

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The processes' futures; the world has no hand in them.
struct Machines {
    world: Shared,
    running: Vec<Option<(Running, watch::Sender<bool>)>>,
    timing: Timing,
    /// Deaths and stops that are to come about, from events.
    orders: Arc<Mutex<Vec<Order>>>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Start(usize),
    /// SIGKILL, and started again after so many ms.
    Kill(usize, i64),
    /// SIGTERM, and started again after so many ms.
    Stop(usize, i64),
}

fn texts() -> Arc<Texts> {
    static TEXTS: OnceLock<Arc<Texts>> = OnceLock::new();
    Arc::clone(TEXTS.get_or_init(|| Arc::new(Texts::embedded())))
}

impl Machines {
    fn start(&mut self, process: usize) {
        let (who, clock, real) = {
            let mut world = lock(&self.world);
            let (now, wall) = (Arc::clone(&world.now), Arc::clone(&world.wall));
            let shown = world.wall_now();
            let one = &mut world.processes[process];
            one.alive = true;
            one.ending = false;
            one.life += 1;
            one.ready = Arc::new(Flag::default());
            one.ready.raise();
            let who = Who { process, life: one.life, ready: Arc::clone(&one.ready) };
            world.tell(|| format!("process {process} starts"));
            let count = Arc::clone(&now);
            let clock = Clock::from_fn(move || {
                let ms = now.load(Ordering::Relaxed) + wall.load(Ordering::Relaxed);
                Timestamp::from_millisecond(ms).unwrap()
            });
            (who, clock, Steady::over(move || count.load(Ordering::Relaxed), shown))
        };
        let book = Arc::new(Base { world: self.world.clone(), who: who.clone() });
        let chat = Arc::new(Line { world: self.world.clone(), who: who.clone(), heard: false.into() });
        let naps = Arc::new(Naps { world: self.world.clone(), who });
        let (stop, stopped) = watch::channel(false);
        let delivery = Delivery::over(book, chat, texts(), (clock, real), naps, self.timing);
        self.running[process] = Some((Box::pin(delivery.run(stopped)), stop));
    }

    fn obey(&mut self) {
        let orders = std::mem::take(&mut *self.orders.lock().unwrap());
        for order in orders {
            match order {
                Order::Start(process) => self.start(process),
                Order::Kill(process, rest) => {
                    {
                        let mut world = lock(&self.world);
                        let now = world.now();
                        if !world.processes[process].alive || world.processes[process].spared_until > now {
                            continue;
                        }
                        world.processes[process].alive = false;
                        world.processes[process].paused_until = 0;
                        if world.variant == Variant::Forgetful {
                            world.db.crash();
                        }
                        world.tell(|| format!("process {process} dies"));
                    }
                    // Outside the lock: dropping it drops what it waits for.
                    self.running[process] = None;
                    self.later(rest, Order::Start(process));
                }
                Order::Stop(process, rest) => {
                    let spared = {
                        let mut world = lock(&self.world);
                        let spared = world.processes[process].spared_until > world.now();
                        world.processes[process].ending |= !spared;
                        spared
                    };
                    if let Some((_, stop)) = self.running[process].as_ref().filter(|_| !spared) {
                        stop.send_replace(true);
                        self.later(rest, Order::Start(process));
                    }
                }
            }
        }
    }

    fn later(&self, ms: i64, order: Order) {
        let orders = Arc::clone(&self.orders);
        lock(&self.world).after(ms, move |_| orders.lock().unwrap().push(order));
    }

    /// Lets every process that can do something do it.
    fn run(&mut self) {
        loop {
            let mut moved = false;
            for process in 0..self.running.len() {
                let ready = {
                    let world = lock(&self.world);
                    let one = &world.processes[process];
                    if !one.alive || one.paused_until > world.now() || !one.ready.0.swap(false, Ordering::Relaxed) {
                        continue;
                    }
                    Arc::clone(&one.ready)
                };
                moved = true;
                let waker = Waker::from(ready);
                let Some((running, _)) = &mut self.running[process] else { continue };
                if running.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                    self.running[process] = None;
                    lock(&self.world).processes[process].alive = false;
                }
            }
            if !moved {
                return;
            }
        }
    }
}

fn case(guild: GuildId, number: i64, thread: Option<ChannelId>) -> Case {
    let new = NewCase::new(guild, "Fall", ChannelId(500), UserId(1));
    let (case, _) = case::open(new, CaseNumber(number), BEGIN).expect("a title");
    Case { thread, ..case }
}

/// Writes the promises down; each with its due time.
fn promise(world: &mut World) -> BTreeMap<FollowUpId, i64> {
    let mut promises = BTreeMap::new();
    let guilds = 1 + world.dice.roll(3);
    for guild in 1..=guilds {
        let alert = (world.dice.roll(8) != 0).then_some(ChannelId(3_000 + guild));
        let settings = Settings { alert_channel: alert, ..Settings::default() };
        world.db.settings.insert(GuildId(guild), settings);
    }
    let count = 2 + world.dice.roll(9) as i64;
    for n in 1..=count {
        let guild = GuildId(1 + world.dice.roll(guilds));
        let about = match world.dice.roll(4) {
            0 | 1 => None,
            2 => Some((n, Some(ChannelId(1_000 + n as u64)))),
            _ => Some((n, (world.dice.roll(4) != 0).then_some(ChannelId(1_000 + n as u64)))),
        };
        if let Some((number, thread)) = about {
            world.db.cases.insert((guild, CaseNumber(number)), case(guild, number, thread));
        }
        let due_at = BEGIN + world.between(0, 120_000);
        let follow_up = FollowUp {
            id: FollowUpId(n),
            guild,
            case: about.map(|(number, _)| CaseNumber(number)),
            what: "Melden".to_owned(),
            creator: UserId(1),
            assignee: UserId(10 + world.dice.roll(3)),
            civil: String::new(),
            zone: "Europe/Berlin".to_owned(),
            due_at,
            channel: ChannelId(500),
            state: Promised::Open,
            created_at: BEGIN,
            ended_at: None,
            ended_by: None,
            outcome: None,
            terms: Terms::default(),
            version: 1,
        };
        world.db.insert(Kind::Reminder, guild, Some(&follow_up), None, (due_at, BEGIN));
        world.db.follow_ups.insert(follow_up.id, follow_up);
        promises.insert(FollowUpId(n), due_at);
    }
    promises
}

/// Decides what will go wrong and when; gives the moment after which nothing does.
fn doom(machines: &Machines, processes: usize, ended: &mut Ended) -> i64 {
    let mut world = lock(&machines.world);
    let world = &mut *world;
    let outage = if world.dice.roll(3) == 0 { world.between(150_000, 400_000) } else { 0 };
    for process in 0..processes {
        let orders = Arc::clone(&machines.orders);
        let begin = outage + world.between(0, 5_000);
        world.after(begin, move |_| orders.lock().unwrap().push(Order::Start(process)));
    }
    let calm = outage + world.between(60_000, 240_000);
    world.permille = [0, 20, 100, 300][world.dice.roll(4) as usize];
    world.after(calm, |world| world.permille = 0);
    let mut last = BEGIN + calm + 20_000;
    let count = world.dice.roll(9);
    for _ in 0..count {
        let at = outage + world.between(0, calm - outage);
        let process = world.dice.roll(processes as u64) as usize;
        let long = match world.dice.roll(3) {
            0 => world.between(1, 3_000),
            1 => world.between(3_000, 30_000),
            _ => world.between(30_000, 200_000),
        };
        last = last.max(BEGIN + at + long);
        match world.dice.roll(9) {
            0 | 1 => {
                ended.crashes += 1;
                let orders = Arc::clone(&machines.orders);
                world.after(at, move |_| orders.lock().unwrap().push(Order::Kill(process, long)));
            }
            2 => {
                let orders = Arc::clone(&machines.orders);
                world.after(at, move |_| orders.lock().unwrap().push(Order::Stop(process, long.max(12_000))));
            }
            3 | 4 => {
                ended.pauses += 1;
                // One process stopped, or the machine suspended.
                let all = world.dice.roll(4) == 0;
                world.after(at, move |world| {
                    let until = world.now() + long;
                    world.tell(|| {
                        format!("stopped for {long}: {}", if all { "all".into() } else { process.to_string() })
                    });
                    for n in (0..world.processes.len()).filter(|n| all || *n == process) {
                        let one = &mut world.processes[n];
                        one.paused_until = one.paused_until.max(until);
                    }
                    world.after(long, |world| world.processes.iter().for_each(|one| one.ready.raise()));
                });
            }
            5 => world.after(at, move |world| {
                world.tell(|| format!("{process} without database for {long}"));
                world.processes[process].no_base = world.now() + long;
            }),
            6 => world.after(at, move |world| {
                world.tell(|| format!("{process} without discord for {long}"));
                world.processes[process].no_chat = world.now() + long;
            }),
            7 => {
                ended.jumps += 1;
                let jump =
                    if world.dice.roll(2) == 0 { world.between(0, 7_200_000) } else { -world.between(0, 600_000) };
                world.after(at, move |world| {
                    world.tell(|| format!("the wall clock jumps by {jump}"));
                    world.wall.fetch_add(jump, Ordering::Relaxed);
                    world.latest_wall = world.latest_wall.max(world.wall_now());
                });
            }
            _ => {
                let (n, how) = (world.dice.roll(12), world.dice.roll(3));
                world.after(at, move |world| {
                    let (thread, person) = (ChannelId(1_001 + n), ChannelId(2_010 + n % 3));
                    world.tell(|| format!("closes {thread} or {person}: {how}"));
                    match how {
                        0 => drop(world.discord.gone.insert(thread)),
                        1 => drop(world.discord.refusing.insert(thread, 50_013)),
                        _ => drop(world.discord.closed.insert(person)),
                    }
                });
            }
        }
    }
    world.last_fault = last;
    // A process that was stopped just before its request may be stopped until now.
    last + 200_000
}

/// Lives through a world. Wrong is what its log shows, whatever the bot thinks.
pub(super) fn live(seed: u64, variant: Variant, tells: bool) -> Ended {
    let mut ended = Ended { worlds: 1, ..Ended::default() };
    let mut world = World::new(seed, variant, tells);
    world.server = world.dice.roll(4) != 0;
    let processes = if world.server { 4 } else { 1 };
    world.processes = (0..processes).map(|_| Process::default()).collect();
    world.discord.nonce_window = world.between(90_000, 300_000);
    world.discord.lag = if world.dice.roll(2) == 0 { 0 } else { world.between(1, 1_500) };
    let timing = Timing { poll: world.between(2_000, 10_000), ..Timing::DEFAULT };
    let promises = promise(&mut world);
    let world = Arc::new(Mutex::new(world));
    let running = (0..processes).map(|_| None).collect();
    let mut machines = Machines { world: world.clone(), running, timing, orders: Arc::default() };
    let calm = doom(&machines, processes, &mut ended);

    let mut at_rest_since = None;
    let mut looked = 0;
    loop {
        machines.obey();
        machines.run();
        let mut world = lock(&world);
        if !world.step(calm + PATIENCE) {
            break;
        }
        let now = world.now();
        if now < looked + 1_000 {
            continue;
        }
        looked = now;
        let open = |state| !matches!(state, State::Sent | State::Undeliverable | State::Cancelled);
        if world.under_way > 0 || world.db.rows.values().any(|row| open(row.job.state)) {
            at_rest_since = None;
            continue;
        }
        // Doubles may be removed for a while yet.
        if now > world.last_fault.max(*at_rest_since.get_or_insert(now)) + REMAINING {
            break;
        }
    }
    drop(machines);
    judge(&mut lock(&world), &promises, &mut ended);
    ended
}

fn judge(world: &mut World, promises: &BTreeMap<FollowUpId, i64>, ended: &mut Ended) {
    ended.requests = world.discord.requests as u64;
    ended.bundles = world.db.bundles as u64;
    ended.removed = world.discord.log.values().filter(|one| one.removed).count() as u64;
    for (&id, &due) in promises {
        let row = world.db.rows.values().find(|row| row.job.follow_up == Some(id)).unwrap();
        let ever: Vec<_> = world.discord.log.values().filter(|one| one.promises.contains(&id)).collect();
        let shown = world.discord.shown(id).count();
        let kept = ever.iter().any(|one| !one.removed);
        ended.shown += u64::from(kept);
        if let Some(early) = ever.iter().find(|one| one.wall < due) {
            ended.wrong.push(format!("{id:?} early by {} ms", due - early.wall));
        }
        if shown > 1 {
            ended.wrong.push(format!("{id:?} doubled: {:?}", world.discord.shown(id).collect::<Vec<_>>()));
        }
        match row.job.state {
            State::Sent if kept => {}
            // Nowhere to be had, and that was said; or seen before its place closed.
            State::Undeliverable if world.db.said.contains(&row.job.id) => ended.undeliverable += 1,
            state => ended.wrong.push(format!("{id:?} lost: {state:?}, {:?}", row.job)),
        }
    }
}
