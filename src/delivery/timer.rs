//! PORT: waiting, so that a simulated world can say how time passes.

use std::pin::Pin;
use std::time::Duration;

/// A wait.
pub(super) type Nap = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The port.
pub(super) trait Timer: Send + Sync {
    /// Ends `ms` milliseconds of real time later.
    fn sleep(&self, ms: i64) -> Nap;
}

/// The machine's own.
pub(super) struct Machine;

impl Timer for Machine {
    fn sleep(&self, ms: i64) -> Nap {
        Box::pin(tokio::time::sleep(millis(ms)))
    }
}

/// `ms` milliseconds; none where it is negative.
pub(super) fn millis(ms: i64) -> Duration {
    Duration::from_millis(ms.max(0).unsigned_abs())
}
