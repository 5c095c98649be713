//! One piece of work on its way to the database, and the caller who waits for it.
//!
//! Invariant: exactly one side decides. Either the work is claimed and then runs to its end, or the caller has gone
//! (dropped, or out of patience) and it never starts. So "not available" means "nothing was done", but for a `PostgreSQL`
//! connection that breaks in the very moment of a commit (see [`StoreError::is_unavailable`]).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::oneshot;

use super::conn::{BoxFuture, Conn};
use super::error::StoreError;

/// How long work may wait before it starts. Discord wants an answer within 3 s; the rest is for saying sorry.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells the caller how the commit went.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Work that has run inside a transaction or savepoint that is still open.
pub(super) struct Ran {
    /// Keep what it wrote; otherwise roll it back.
    pub keep: bool,
    /// To be called once the commit is durable, or has failed.
    pub answer: Answer,
}

type Job = Box<dyn for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Ran> + Send>;

/// The work's half. Dropping it unclaimed tells the caller that the database is not available.
pub(super) struct Ticket {
    decided: Arc<AtomicBool>,
    job: Job,
}

/// The caller's half.
pub(super) struct Waiting<T, E> {
    decided: Gone,
    answer: oneshot::Receiver<Result<T, E>>,
}

/// Takes the decision for "never start" when the caller goes, if it is still open.
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Splits work into the half that travels and the half that waits.
pub(super) fn ticket<T, E, F>(work: F) -> (Ticket, Waiting<T, E>)
where
    F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (told, answer) = oneshot::channel();
    let job: Job = Box::new(move |conn| {
        Box::pin(async move {
            let result =
                caught(async move { work(conn).await }).await.unwrap_or_else(|| Err(StoreError::panicked().into()));
            Ran {
                keep: result.is_ok(),
                answer: Box::new(move |settled| {
                    // Nobody listening any more is fine: the work is done or undone all the same.
                    drop(told.send(settled.map_err(E::from).and(result)));
                }),
            }
        })
    });
    let decided = Arc::new(AtomicBool::new(false));
    (Ticket { decided: Arc::clone(&decided), job }, Waiting { decided: Gone(decided), answer })
}

impl Ticket {
    /// Takes the work to run it, unless the caller has gone.
    pub(super) fn claim(self) -> Option<Job> {
        (!self.decided.swap(true, Ordering::AcqRel)).then_some(self.job)
    }
}

impl<T, E: From<StoreError>> Waiting<T, E> {
    /// The result, once it is durable.
    pub(super) async fn answer(mut self) -> Result<T, E> {
        // A timeout here is safe: it drops no database work, only the wait.
        let first = tokio::time::timeout(PATIENCE, &mut self.answer).await;
        let told = match first {
            Ok(told) => told,
            Err(_) if self.decided.0.swap(true, Ordering::AcqRel) => self.answer.await,
            Err(_) => return Err(StoreError::unavailable("it is too busy to take this now").into()),
        };
        told.unwrap_or_else(|_| Err(StoreError::unavailable("it did not take this").into()))
    }
}

/// Runs work alone in its own transaction.
pub(super) async fn alone(mut conn: Conn, begin: &'static str, ticket: Ticket) {
    let Some(job) = ticket.claim() else { return };
    if let Err(error) = conn.control(begin).await {
        tracing::warn!(%error, "store.begin_failed");
        return conn.discard();
    }
    let ran = job(&mut conn).await;
    let settled = if ran.keep { conn.commit().await } else { conn.control("rollback").await };
    if let Err(error) = &settled {
        tracing::warn!(%error, "store.commit_failed");
        conn.discard();
    } else {
        // Back in the pool before the caller goes on, so that its next call finds it.
        drop(conn);
    }
    (ran.answer)(if ran.keep { settled } else { Ok(()) });
}

/// Runs work to its end; none if it panicked, so that one bad closure cannot take the writer with it.
async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}
