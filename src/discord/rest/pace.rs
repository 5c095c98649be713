//! How fast we may send: Discord's limits, kept before Discord has to remind us.
//!
//! Invariant: [`Pace::reserve`] hands out at most 49 starts in any second, shared with the bot's other processes, and none in a
//! bucket Discord said is empty; however late its callers wake up, [`Pace::start`] lets no more than that begin.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;

/// Steady rate: 48 a second of the 50 Discord allows a bot.
const GAP: Duration = Duration::from_micros(20_850);
/// Starts that may go out at once after a quiet moment.
const BURST: u32 = 2;
/// Starts in any [`SECOND`]; one below Discord's limit, as requests do not all take equally long to get there.
const MOST: usize = 49;
/// See [`MOST`].
const SECOND: Duration = Duration::from_secs(1);
/// Buckets kept in memory before the expired ones are swept.
const SWEEP_AT: usize = 4096;

/// What one answer said about its bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Requests still allowed.
    pub remaining: u32,
    /// Until the bucket is full again.
    pub reset_after: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    remaining: u32,
    reset_at: Duration,
}

struct State<K> {
    /// When a perfectly even stream would have sent what was handed out so far (GCRA).
    even: Duration,
    /// Nothing at all before this.
    closed_until: Duration,
    /// The last [`MOST`] starts as they really were.
    starts: VecDeque<Duration>,
    /// Processes of this bot: each takes its part.
    among: u32,
    buckets: HashMap<K, Bucket>,
}

/// What somebody who has waited for their turn must wait for yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// A 429 for the whole bot came meanwhile; it lasts so long.
    Closed(Duration),
    /// Others that woke up late began just now; ask again after that.
    Crowd(Duration),
}

/// The limits as known so far. `K` tells buckets apart.
pub struct Pace<K> {
    started: Stopwatch,
    state: Mutex<State<K>>,
}

impl<K: Eq + Hash> Pace<K> {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self { started: Stopwatch::start(), state: Mutex::new(State::new()) }
    }

    /// How long to wait before a request of bucket `key` may start; its place is taken. A wait above `patience` is given
    /// back as an error instead, and nothing is taken.
    pub fn reserve(&self, key: &K, patience: Duration) -> Result<Duration, Duration> {
        let now = self.started.elapsed();
        self.lock().reserve(key, now, patience)
    }

    /// Takes in what an answer's headers said.
    pub fn learn(&self, key: K, left: Left) {
        let now = self.started.elapsed();
        self.lock().learn(key, now, left);
    }

    /// Takes in a 429: this bucket, or everything, rests.
    pub fn rest(&self, key: K, pause: Duration, everything: bool) {
        let now = self.started.elapsed();
        let mut state = self.lock();
        if everything {
            state.closed_until = state.closed_until.max(now + pause);
        } else {
            state.learn(key, now, Left { remaining: 0, reset_after: pause });
        }
    }

    /// This bot has so many processes now; from the next request on each takes its part.
    pub fn share(&self, among: usize) {
        self.lock().among = u32::try_from(among).unwrap_or(u32::MAX).clamp(1, MOST as u32);
    }

    /// Call it when the wait is over, right before the request leaves.
    pub fn start(&self) -> Result<(), Held> {
        let now = self.started.elapsed();
        self.lock().start(now)
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        // A panic while holding it leaves only a pace that is a little off.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> State<K> {
    fn new() -> Self {
        Self {
            even: Duration::ZERO,
            closed_until: Duration::ZERO,
            starts: VecDeque::with_capacity(MOST),
            among: 1,
            buckets: HashMap::new(),
        }
    }

    fn start(&mut self, now: Duration) -> Result<(), Held> {
        if self.closed_until > now {
            return Err(Held::Closed(self.closed_until.saturating_sub(now)));
        }
        // The start that must be a second ago; those before it are of no more use.
        let most = (MOST / self.among as usize).max(1);
        if let Some(at) = self.starts.len().checked_sub(most) {
            let free = self.starts[at] + SECOND;
            if free > now {
                return Err(Held::Crowd(free.saturating_sub(now)));
            }
            self.starts.drain(..=at);
        }
        self.starts.push_back(now);
        Ok(())
    }

    fn reserve(&mut self, key: &K, now: Duration, patience: Duration) -> Result<Duration, Duration> {
        let even = self.even.max(now);
        let gap = GAP * self.among;
        let mut start = even.saturating_sub(gap * (BURST - 1)).max(self.closed_until).max(now);
        let bucket = self.buckets.get_mut(key);
        if let Some(bucket) = &bucket
            && bucket.remaining == 0
        {
            start = start.max(bucket.reset_at);
        }
        let wait = start.saturating_sub(now);
        if wait > patience {
            return Err(wait);
        }
        self.even = even.max(start) + gap;
        if let Some(bucket) = bucket {
            // Past the reset the size of the bucket is unknown until the next answer: one at a time.
            bucket.remaining = if start >= bucket.reset_at { 0 } else { bucket.remaining.saturating_sub(1) };
        }
        Ok(wait)
    }

    fn learn(&mut self, key: K, now: Duration, left: Left) {
        if self.buckets.len() >= SWEEP_AT {
            self.buckets.retain(|_, bucket| bucket.reset_at > now);
        }
        self.buckets.insert(key, Bucket { remaining: left.remaining, reset_at: now + left.reset_after });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn fresh() -> State<u8> {
        State::new()
    }

    #[test]
    fn a_place_that_was_taken_does_not_outlive_a_429_for_everything() {
        let pace = Pace::new();
        pace.reserve(&1, Duration::ZERO).unwrap();
        assert_eq!(pace.start(), Ok(()));
        pace.rest(2, Duration::from_mins(1), true);
        assert!(matches!(pace.start(), Err(Held::Closed(left)) if left > Duration::from_secs(50)));
    }

    #[test]
    fn a_crowd_that_woke_up_late_does_not_begin_at_once() {
        let mut state = fresh();
        let late = MS * 5_000;
        let begun = (0..80).filter(|_| state.start(late).is_ok()).count();
        assert_eq!(begun, MOST);
        assert_eq!(state.start(late + MS * 400), Err(Held::Crowd(MS * 600)));
        assert_eq!(state.start(late + SECOND), Ok(()));
    }

    #[test]
    fn no_second_ever_sees_more_than_forty_nine_starts_and_a_steady_one_sees_forty_seven() {
        let mut state = fresh();
        let mut starts = Vec::new();
        for n in 0..400_u32 {
            // Everybody asks at once, then in two later bunches.
            let now = MS * (n / 150 * 2500);
            let wait = state.reserve(&1, now, Duration::from_mins(1)).unwrap();
            starts.push(now + wait);
        }
        for (at, start) in starts.iter().enumerate() {
            let within = starts[at..].iter().take_while(|other| **other < *start + MS * 1000).count();
            assert!(within <= MOST, "{within} within a second of {start:?}");
        }
        let steady = starts.iter().filter(|start| (1_000..2_000).contains(&start.as_millis())).count();
        assert!(steady >= 47, "{steady}");
    }

    #[test]
    fn four_processes_together_start_no_more_than_one_alone() {
        let mut four: Vec<State<u8>> = (0..4).map(|_| State { among: 4, ..fresh() }).collect();
        let mut starts = Vec::new();
        for one in &mut four {
            starts.extend((0..60).map(|_| one.reserve(&1, Duration::ZERO, Duration::from_mins(1)).unwrap()));
        }
        starts.sort_unstable();
        let busiest =
            starts.iter().map(|from| starts.iter().filter(|at| (*from..*from + SECOND).contains(*at)).count());
        assert!((44..=52).contains(&busiest.max().unwrap()), "a little more only as each may begin with two at once");
        let steady = |at: &&Duration| (MS * 2_000..MS * 3_000).contains(*at);
        assert!((44..=MOST).contains(&starts.iter().filter(steady).count()));
        let late = MS * 60_000;
        let begun: usize = four.iter_mut().map(|one| (0..80).filter(|_| one.start(late).is_ok()).count()).sum();
        assert_eq!(begun, MOST / 4 * 4, "however late all of them wake up");
        let one = &mut four[0];
        one.among = 1;
        assert!((0..80).filter(|_| one.start(late).is_ok()).count() > 30, "who stays alone has all of it at once");
    }

    #[test]
    fn an_empty_bucket_waits_for_its_reset_and_others_do_not() {
        let mut state = fresh();
        state.learn(1, Duration::ZERO, Left { remaining: 1, reset_after: MS * 900 });
        assert_eq!(state.reserve(&1, Duration::ZERO, MS * 2000), Ok(Duration::ZERO));
        assert_eq!(state.reserve(&2, Duration::ZERO, MS * 2000), Ok(Duration::ZERO));
        assert_eq!(state.reserve(&1, Duration::ZERO, MS * 500), Err(MS * 900));
        assert_eq!(state.reserve(&1, Duration::ZERO, MS * 2000), Ok(MS * 900));
    }

    #[test]
    fn a_global_limit_stops_every_bucket() {
        let pace = Pace::new();
        pace.rest(1, Duration::from_mins(1), true);
        assert!(pace.reserve(&2, Duration::from_secs(1)).is_err());
        pace.rest(3, Duration::from_secs(1), false);
    }
}
