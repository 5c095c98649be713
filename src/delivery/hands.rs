//! The attempts a process has in hand. They run inside the one task that asks them to, so that a process is one future:
//! whoever stops polling it has stopped all of it, as a stopped machine does.
//!
//! Invariant: an attempt that panics takes no other with it; its row is found again when the lease has run out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

struct Hand {
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
    aside: Arc<AtomicBool>,
}

/// The attempts.
#[derive(Default)]
pub(super) struct Hands(Vec<Hand>);

impl Hands {
    /// Takes an attempt in hand; once `aside` is true it no longer counts.
    pub(super) fn take(&mut self, work: impl Future<Output = ()> + Send + 'static, aside: Arc<AtomicBool>) {
        self.0.push(Hand { work: Box::pin(work), aside });
    }

    /// How many are full.
    pub(super) fn full(&self) -> usize {
        self.0.iter().filter(|hand| !hand.aside.load(Ordering::SeqCst)).count()
    }

    /// Lets all go on; true: one has ended or stepped aside.
    fn go_on(&mut self, cx: &mut Context<'_>) -> bool {
        let before = self.full();
        self.0.retain_mut(|hand| match catch_unwind(AssertUnwindSafe(|| hand.work.as_mut().poll(cx))) {
            Ok(Poll::Pending) => true,
            Ok(Poll::Ready(())) => false,
            Err(_) => {
                tracing::error!("delivery.attempt_panicked");
                false
            }
        });
        self.full() < before
    }

    /// Lets all go on until one has ended or stepped aside; for ever if there is none.
    pub(super) async fn one_free(&mut self) {
        std::future::poll_fn(|cx| if self.go_on(cx) { Poll::Ready(()) } else { Poll::Pending }).await;
    }

    /// Lets all go on while something else is waited for.
    pub(super) async fn meanwhile<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(other);
        std::future::poll_fn(|cx| {
            self.go_on(cx);
            other.as_mut().poll(cx)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_attempt_that_panics_takes_no_other_with_it() {
        let mut hands = Hands::default();
        let (asked, told) = tokio::sync::oneshot::channel();
        hands.take(async { panic!("a fault of ours") }, Arc::default());
        hands.take(async { assert_eq!(told.await, Ok(7)) }, Arc::default());
        assert_eq!(hands.full(), 2);
        hands.one_free().await;
        assert_eq!(hands.full(), 1, "the other goes on");
        asked.send(7).expect("somebody waits for it");
        hands.one_free().await;
        assert_eq!(hands.full(), 0);
    }

    #[tokio::test]
    async fn who_steps_aside_makes_room_and_still_ends() {
        let (mut hands, aside) = (Hands::default(), Arc::new(AtomicBool::new(false)));
        let (step, (asked, told)) = (Arc::clone(&aside), tokio::sync::oneshot::channel::<()>());
        let tidies = async move {
            step.store(true, Ordering::SeqCst);
            drop(told.await);
        };
        hands.take(tidies, aside);
        hands.one_free().await;
        assert_eq!((hands.full(), hands.0.len()), (0, 1));
        drop(asked);
        hands.meanwhile(tokio::task::yield_now()).await;
        assert_eq!(hands.0.len(), 0);
    }
}
