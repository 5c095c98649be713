//! Time as an argument: the only file that may read the machine's clocks.
//!
//! Everything else asks a [`Clock`] it was given, so that tests and the sandbox can move time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;

/// Where "now" comes from. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's wall clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
    pub fn system() -> Self {
        Self(Arc::new(Timestamp::now))
    }

    /// A clock read from a function, for tests of the real process.
    pub fn from_fn(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The instant it is now, UTC.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// Now as milliseconds since the Unix epoch, the form the store keeps.
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// A clock that can be moved by hand. It never goes backwards by itself.
#[derive(Debug)]
pub struct VirtualClock {
    /// Milliseconds since the epoch at `started`, moved by [`VirtualClock::advance_ms`].
    base_ms: AtomicI64,
    /// `Some`: real time passes on top of `base_ms`. `None`: time stands still between moves.
    started: Option<Instant>,
}

impl VirtualClock {
    /// Starts at `from` and runs on with real time.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the monotonic clock")]
    pub fn running_from(from: Timestamp) -> Arc<Self> {
        Arc::new(Self { base_ms: AtomicI64::new(from.as_millisecond()), started: Some(Instant::now()) })
    }

    /// Starts at the machine's present time and runs on with it.
    pub fn running() -> Arc<Self> {
        Self::running_from(Clock::system().now())
    }

    /// Stands at `at` until somebody moves it.
    pub fn frozen_at(at: Timestamp) -> Arc<Self> {
        Arc::new(Self { base_ms: AtomicI64::new(at.as_millisecond()), started: None })
    }

    /// Milliseconds since the epoch.
    pub fn now_ms(&self) -> i64 {
        let passed = self.started.map_or(0, |started| started.elapsed().as_millis() as i64);
        self.base_ms.load(Ordering::SeqCst) + passed
    }

    /// The instant it is now on this clock.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock by `ms` milliseconds; negative moves it back, as a machine's clock may.
    pub fn advance_ms(&self, ms: i64) {
        self.base_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Moves the clock so that it shows `to` now.
    pub fn set(&self, to: Timestamp) {
        self.advance_ms(to.as_millisecond() - self.now_ms());
    }

    /// The same clock for those who only read it.
    pub fn reader(self: &Arc<Self>) -> Clock {
        let clock = Arc::clone(self);
        Clock(Arc::new(move || clock.now()))
    }
}

/// Time for leases and pauses: runs evenly, goes on while the machine sleeps, and does not follow a wall clock that jumps.
/// All clones are the same clock.
#[derive(Clone)]
pub struct Steady {
    /// Added to `running` it is now, Unix ms.
    offset: Arc<AtomicI64>,
    running: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl Steady {
    /// Starts at the machine's wall clock.
    pub fn system() -> Self {
        Self::over(boot_ms, Clock::system().now_ms())
    }

    /// Starts at `now` and runs on with `running`, any count of milliseconds that never goes back.
    pub fn over(running: impl Fn() -> i64 + Send + Sync + 'static, now: i64) -> Self {
        Self { offset: Arc::new(AtomicI64::new(now - running())), running: Arc::new(running) }
    }

    /// Now, Unix ms, as right as it was set.
    pub fn now_ms(&self) -> i64 {
        self.offset.load(Ordering::SeqCst) + (self.running)()
    }

    /// What it is counted by: milliseconds since some moment, whatever it was set to.
    pub fn running_ms(&self) -> i64 {
        (self.running)()
    }

    /// Sets it.
    pub fn set(&self, now: i64) {
        self.offset.store(now - (self.running)(), Ordering::SeqCst);
    }

    /// Moves it towards `now` by at most `step` ms: it follows another clock's drift, not its jumps.
    pub fn lean(&self, now: i64, step: i64) {
        self.offset.fetch_add((now - self.now_ms()).clamp(-step, step), Ordering::SeqCst);
    }
}

impl std::fmt::Debug for Steady {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Steady").field(&self.now_ms()).finish()
    }
}

/// Milliseconds since the machine was started, suspended ones too.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn boot_ms() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
}

/// Milliseconds since the first call. Whether a suspended machine's count is up to the system.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn boot_ms() -> i64 {
    static STARTED: std::sync::OnceLock<Stopwatch> = std::sync::OnceLock::new();
    STARTED.get_or_init(Stopwatch::start).elapsed().as_millis() as i64
}

/// A monotonic stopwatch for deadlines and latencies. Real time, whatever the [`Clock`] says.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts counting.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the monotonic clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Real time since the start.
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

#[cfg(feature = "testing")]
impl Clock {
    /// A clock for tests of the real process: an RFC 3339 instant at which it starts to run, or `@path` of a file that
    /// holds the present instant and is read anew each time.
    pub fn for_test(value: &str) -> Result<Self, String> {
        if let Some(path) = value.strip_prefix('@') {
            let path = std::path::PathBuf::from(path);
            let read = |path: &std::path::Path| -> Result<Timestamp, String> {
                let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
                text.trim().parse().map_err(|error: jiff::Error| error.to_string())
            };
            let last = AtomicI64::new(read(&path)?.as_millisecond());
            return Ok(Self::from_fn(move || {
                // While the file is being written it is empty: then the last instant holds.
                if let Ok(now) = read(&path) {
                    last.store(now.as_millisecond(), Ordering::SeqCst);
                }
                Timestamp::from_millisecond(last.load(Ordering::SeqCst)).unwrap_or(Timestamp::MIN)
            }));
        }
        let from: Timestamp = value.parse().map_err(|error: jiff::Error| error.to_string())?;
        Ok(VirtualClock::running_from(from).reader())
    }
}
