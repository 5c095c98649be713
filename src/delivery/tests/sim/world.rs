//! Time, chance and what goes wrong. Everything that happens is an event with its moment; equal moments keep their order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake};

use super::super::super::timer::{Nap, Timer};
use super::super::Dice;
use super::book::Db;
use super::discord::Discord;

/// When every world begins: 2026-11-02T09:00:00Z.
pub(super) const BEGIN: i64 = 1_793_610_000_000;

/// What is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// Nothing.
    Whole,
    /// The table takes what anybody stores, whoever holds the row.
    NoToken,
    /// Discord knows no nonces.
    NoNonce,
    /// A machine that dies takes its last commits with it, as with `synchronous=OFF`.
    Forgetful,
    /// What is due now is claimed, what was due before is not.
    OnlyEqual,
    /// Discord's channels show nothing when looked at.
    NoLook,
}

/// Something that happens.
type Deed = Box<dyn FnOnce(&mut World) + Send>;

struct Event {
    at: i64,
    number: u64,
    deed: Deed,
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Event {}

/// A process as the world sees it.
#[derive(Debug, Default)]
pub(super) struct Process {
    /// Grows with every start; what an earlier life asked for is answered to nobody.
    pub(super) life: u64,
    pub(super) alive: bool,
    pub(super) paused_until: i64,
    /// It must not die yet: a request of its that overslept its lease is on its way.
    pub(super) spared_until: i64,
    /// It was told to end, and will not wait for what is on its way.
    pub(super) ending: bool,
    /// Cannot reach the database until.
    pub(super) no_base: i64,
    /// Cannot reach Discord until.
    pub(super) no_chat: i64,
    /// Something it waits for has happened.
    pub(super) ready: Arc<Flag>,
}

/// Wakes a process.
#[derive(Debug, Default)]
pub(super) struct Flag(pub(super) AtomicBool);

impl Flag {
    pub(super) fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.raise();
    }
}

pub(super) struct World {
    pub(super) now: Arc<AtomicI64>,
    /// The machines' wall clock: true time and this.
    pub(super) wall: Arc<AtomicI64>,
    /// The latest it ever showed.
    pub(super) latest_wall: i64,
    pub(super) dice: Dice,
    pub(super) variant: Variant,
    events: BinaryHeap<Reverse<Event>>,
    next: u64,
    pub(super) processes: Vec<Process>,
    pub(super) db: Db,
    pub(super) discord: Discord,
    /// Of a thousand requests, so many meet a fault.
    pub(super) permille: u64,
    /// After this nothing goes wrong any more, as far as known.
    pub(super) last_fault: i64,
    /// Requests that may still be accepted.
    pub(super) under_way: usize,
    /// All processes share one server; else there is one process and one file.
    pub(super) server: bool,
    pub(super) tells: bool,
}

/// The world, in everybody's hands.
pub(super) type Shared = Arc<Mutex<World>>;

pub(super) fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap()
}

impl World {
    pub(super) fn new(seed: u64, variant: Variant, tells: bool) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66);
        dice.roll(2);
        Self {
            now: Arc::new(AtomicI64::new(BEGIN)),
            wall: Arc::default(),
            latest_wall: BEGIN,
            dice,
            variant,
            events: BinaryHeap::new(),
            next: 0,
            processes: Vec::new(),
            db: Db::default(),
            discord: Discord::default(),
            permille: 0,
            last_fault: BEGIN,
            under_way: 0,
            server: true,
            tells,
        }
    }

    pub(super) fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    pub(super) fn wall_now(&self) -> i64 {
        self.now() + self.wall.load(Ordering::Relaxed)
    }

    /// Something will happen `ms` from now.
    pub(super) fn after(&mut self, ms: i64, deed: impl FnOnce(&mut World) + Send + 'static) {
        self.next += 1;
        let event = Event { at: self.now() + ms.max(0), number: self.next, deed: Box::new(deed) };
        self.events.push(Reverse(event));
    }

    /// Lets the next thing happen; false: nothing will any more, or not before `end`.
    pub(super) fn step(&mut self, end: i64) -> bool {
        match self.events.peek() {
            Some(Reverse(event)) if event.at <= end => {}
            _ => return false,
        }
        let Some(Reverse(event)) = self.events.pop() else { return false };
        self.now.store(event.at.max(self.now()), Ordering::Relaxed);
        self.latest_wall = self.latest_wall.max(self.wall_now());
        (event.deed)(self);
        true
    }

    pub(super) fn chance(&mut self, permille: u64) -> bool {
        permille > 0 && self.dice.roll(1_000) < permille
    }

    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.dice.roll((high - low).max(1) as u64) as i64
    }

    /// Whether this life of a process has not ended.
    pub(super) fn lives(&self, who: &Who) -> bool {
        let process = &self.processes[who.process];
        process.alive && process.life == who.life
    }

    pub(super) fn tell(&self, what: impl FnOnce() -> String) {
        if self.tells {
            eprintln!("{:>9} {}", self.now() - BEGIN, what());
        }
    }
}

/// One life of a process.
#[derive(Debug, Clone)]
pub(super) struct Who {
    pub(super) process: usize,
    pub(super) life: u64,
    pub(super) ready: Arc<Flag>,
}

/// Where an answer is put.
pub(super) struct Slot<T>(Arc<Mutex<Option<T>>>, Arc<Flag>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), Arc::clone(&self.1))
    }
}

impl<T> Slot<T> {
    pub(super) fn new(who: &Who) -> Self {
        Self(Arc::default(), Arc::clone(&who.ready))
    }

    /// Answers, unless that has been done.
    pub(super) fn put(&self, answer: T) {
        // Nobody waits for it any more.
        if Arc::strong_count(&self.0) == 1 {
            return;
        }
        self.0.lock().unwrap().get_or_insert(answer);
        self.1.raise();
    }
}

impl<T> Future for Slot<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        self.0.lock().unwrap().take().map_or(Poll::Pending, Poll::Ready)
    }
}

/// A process's waiting.
pub(super) struct Naps {
    pub(super) world: Shared,
    pub(super) who: Who,
}

impl Timer for Naps {
    fn sleep(&self, ms: i64) -> Nap {
        let slot = Slot::new(&self.who);
        let ring = slot.clone();
        lock(&self.world).after(ms.max(1), move |_| ring.put(()));
        Box::pin(slot)
    }
}
