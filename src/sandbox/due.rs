//! What the page's "to the next due" asks. Only the bot knows what it has promised for when; whoever runs both tells.
//! Invariant: asked without the state's lock being held, because the answer may take a while.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::Discord;

/// The answer: the next time something is due, or nothing.
pub type Answering = Pin<Box<dyn Future<Output = Option<Timestamp>> + Send>>;
type Ask = Arc<dyn Fn() -> Answering + Send + Sync>;

/// Whom to ask; nobody at first.
#[derive(Default)]
pub struct NextDue(Mutex<Option<Ask>>);

impl NextDue {
    /// The next due time, if anybody knows one.
    pub async fn find(&self) -> Option<Timestamp> {
        let ask = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match ask {
            Some(ask) => ask().await,
            None => None,
        }
    }
}

impl Discord {
    /// Tells whom to ask for the next time at which the bot will do something by itself, so that the page can go there.
    /// The latest one told counts.
    pub fn ask_for_next_due(&self, ask: impl Fn() -> Answering + Send + Sync + 'static) {
        *self.inner.due.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ask));
    }
}
