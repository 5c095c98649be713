//! Rate limits per route: the headers always, refusals only where the settings ask for them.
//! Invariant: windows are real time; the numbers are Discord's observed ones (5 messages per 5 s and channel, 50/s per bot).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::clock::Stopwatch;

/// Requests per second of a bot over all routes.
const GLOBAL: u32 = 50;

#[derive(Debug)]
struct Window {
    since: Stopwatch,
    used: u32,
}

/// The buckets.
#[derive(Debug, Default)]
pub struct Rates {
    windows: HashMap<u64, Window>,
}

/// What one request finds.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Requests per window.
    pub limit: u32,
    /// Left in this one.
    pub remaining: u32,
    /// Seconds until the window ends.
    pub reset_after: f64,
    /// Names the bucket.
    pub bucket: u64,
    /// Must wait.
    pub refused: bool,
    /// Because of the bot's limit over all routes.
    pub global: bool,
}

/// Method and path with ids other than the first replaced, so that all messages of a channel share a bucket.
fn route_key(method: &str, parts: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    method.hash(&mut hasher);
    for (index, part) in parts.iter().enumerate() {
        let minor = index > 1 && part.starts_with(|c: char| c.is_ascii_digit());
        (if minor { "id" } else { part }).hash(&mut hasher);
    }
    hasher.finish()
}

impl Rates {
    /// Counts one request.
    pub fn count(&mut self, method: &str, parts: &[&str], strict: bool) -> Standing {
        let (limit, seconds) = match (strict, method, parts) {
            (true, "POST", ["channels", _, "messages"]) => (5, 5.0),
            (true, "PATCH", ["channels", _]) => (2, 600.0),
            (true, "GET", _) => (50, 1.0),
            (true, ..) => (10, 5.0),
            // Generous, so that tests and load runs measure the client and not this.
            (false, ..) => (100_000, 1.0),
        };
        let bucket = route_key(method, parts);
        let mut standing = self.take(bucket, limit, seconds, strict);
        if strict && !standing.refused {
            let all = self.take(0, GLOBAL, 1.0, true);
            if all.refused {
                standing = Standing { bucket, global: true, ..all };
            }
        }
        standing
    }

    fn take(&mut self, bucket: u64, limit: u32, seconds: f64, strict: bool) -> Standing {
        // A long run over many channels must not keep a window for each of them.
        if self.windows.len() > 4_096 {
            self.windows.retain(|_, window| window.since.elapsed().as_secs_f64() < 600.0);
            if self.windows.len() > 4_096 {
                self.windows.clear();
            }
        }
        let window = self.windows.entry(bucket).or_insert_with(|| Window { since: Stopwatch::start(), used: 0 });
        if window.since.elapsed().as_secs_f64() >= seconds {
            *window = Window { since: Stopwatch::start(), used: 0 };
        }
        let refused = strict && window.used >= limit;
        window.used = (window.used + 1).min(limit);
        let reset_after = (seconds - window.since.elapsed().as_secs_f64()).max(0.001);
        Standing { limit, remaining: limit - window.used, reset_after, bucket, refused, global: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_message_in_a_channel_waits_when_strict() {
        let mut rates = Rates::default();
        let parts = ["channels", "1", "messages"];
        assert!((0..5).all(|_| !rates.count("POST", &parts, true).refused));
        assert!(rates.count("POST", &parts, true).refused);
        assert!(!rates.count("POST", &["channels", "2", "messages"], true).refused);
    }
}
