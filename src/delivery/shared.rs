//! What all attempts of a process use.
//!
//! Invariant: `real` is only read for leases and requests on their way, `clock` for everything people are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::able::Able;
use super::book::Book;
use super::lane::{Directs, Homes, Lanes, People};
use super::protocol::Timing;
use super::timer::Timer;
use crate::chat::Chat;
use crate::clock::{Clock, Steady};
use crate::locale::Texts;

/// What all attempts of a process use.
pub(super) struct Shared {
    pub(super) book: Arc<dyn Book>,
    pub(super) chat: Arc<dyn Chat>,
    pub(super) texts: Arc<Texts>,
    /// When things are due.
    pub(super) clock: Clock,
    /// When leases end; counts a suspended machine's time and follows no jump of the wall clock.
    pub(super) real: Steady,
    pub(super) timer: Arc<dyn Timer>,
    pub(super) timing: Timing,
    pub(super) lanes: Lanes,
    pub(super) homes: Homes,
    pub(super) directs: Directs,
    pub(super) people: People,
    pub(super) able: Able,
    /// New with each start.
    pub(super) worker: String,
    /// When this process took over, by `real`; 0 before.
    pub(super) begun: AtomicI64,
    #[cfg(test)]
    pub(super) probe: super::tests::Probe,
}

impl Shared {
    /// The platform's clock where it has told, else the bot's own: ids and the memory for nonces go by it.
    pub(super) fn platform_ms(&self) -> i64 {
        self.chat.now_ms().unwrap_or_else(|| self.clock.now_ms())
    }

    /// When this process took over from whoever worked before it, by `real`.
    pub(super) fn begun(&self) -> i64 {
        self.begun.load(Ordering::SeqCst)
    }
}
