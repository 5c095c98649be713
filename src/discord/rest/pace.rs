//! How fast we may send: Discord's limits, kept before Discord has to remind us.
//!
//! Invariant: [`Pace::reserve`] hands out at most 48 starts in any second, and none in a bucket Discord said is empty.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Stopwatch;

/// Steady rate: 45 a second. Discord allows 50; rate and burst together stay at 48, which leaves room for what does not go
/// through this sender.
const GAP: Duration = Duration::from_micros(22_200);
/// Starts that may go out at once after a quiet moment.
const BURST: u32 = 3;
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
    buckets: HashMap<K, Bucket>,
}

/// The limits as known so far. `K` tells buckets apart.
pub struct Pace<K> {
    started: Stopwatch,
    state: Mutex<State<K>>,
}

impl<K: Eq + Hash> Pace<K> {
    /// Nothing known yet.
    pub fn new() -> Self {
        let state = State { even: Duration::ZERO, closed_until: Duration::ZERO, buckets: HashMap::new() };
        Self { started: Stopwatch::start(), state: Mutex::new(state) }
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

    /// How long everything still rests: a 429 for the whole bot may have come after a place was taken.
    pub fn closed(&self) -> Option<Duration> {
        let now = self.started.elapsed();
        let left = self.lock().closed_until.saturating_sub(now);
        (!left.is_zero()).then_some(left)
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        // A panic while holding it leaves only a pace that is a little off.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> State<K> {
    fn reserve(&mut self, key: &K, now: Duration, patience: Duration) -> Result<Duration, Duration> {
        let even = self.even.max(now);
        let mut start = even.saturating_sub(GAP * (BURST - 1)).max(self.closed_until).max(now);
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
        self.even = even.max(start) + GAP;
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
        State { even: Duration::ZERO, closed_until: Duration::ZERO, buckets: HashMap::new() }
    }

    #[test]
    fn a_place_that_was_taken_does_not_outlive_a_429_for_everything() {
        let pace = Pace::new();
        pace.reserve(&1, Duration::ZERO).unwrap();
        assert_eq!(pace.closed(), None);
        pace.rest(2, Duration::from_mins(1), true);
        assert!(pace.closed().is_some_and(|left| left > Duration::from_secs(50)));
    }

    #[test]
    fn no_second_ever_sees_more_than_forty_eight_starts() {
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
            assert!(within <= 48, "{within} within a second of {start:?}");
        }
        assert!(starts.iter().filter(|start| start.as_millis() < 1000).count() >= 40, "and it is not needlessly slow");
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
