//! The `SQLite` engine: one file, one process, one writer, a few readers.
//!
//! Invariants: nobody is told that a write worked before it is on the disk; writes that arrive together share one
//! commit, each in its own savepoint, so that one that fails harms no other; a commit that fails, fails for all in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{mpsc, oneshot};

use super::conn::{Conn, Db};
use super::error::{OpenError, StoreError};
use super::migration;
use super::ticket::{Answer, Ticket, alone};
use crate::clock::Stopwatch;

/// Writes that may wait for the writer. At a few thousand writes a second this is well over the callers' patience.
const QUEUE: usize = 2_048;
/// Writes that may share one commit.
const SHARED: usize = 128;
/// How long writes are gathered into one commit, so that the first of them does not wait for a hundred others.
const GATHER: Duration = Duration::from_millis(15);
/// Reading connections; more than there are cores only adds memory.
const READERS: u32 = 4;

/// An open file.
pub(super) struct Sqlite {
    readers: SqlitePool,
    queue: mpsc::Sender<Message>,
}

enum Message {
    Work(Ticket),
    Close(oneshot::Sender<()>),
}

impl Sqlite {
    /// Opens or creates the file, takes its lock, brings the tables up to date and starts the writer.
    pub(super) async fn open(path: &Path) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        create_private(path)?;
        let writer = PoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(6))
            .connect_with(options(path).journal_mode(SqliteJournalMode::Wal).pragma("secure_delete", "on"))
            .await
            .map_err(|error| unreachable(path, &error))?;
        assert_version(&writer).await?;
        migration::run_sqlite(&writer).await?;
        let readers = PoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(2))
            .connect_with(options(path).read_only(true).pragma("query_only", "on"))
            .await
            .map_err(|error| unreachable(path, &error))?;
        let (queue, arriving) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(writer, arriving, lock));
        Ok(Self { readers, queue })
    }

    /// Looks at an existing file without changing it; a file that is not there yet only needs its folder.
    pub(super) async fn check(path: &Path) -> Result<(), OpenError> {
        if !path.exists() {
            return match folder(path) {
                folder if folder.is_dir() => Ok(()),
                folder => Err(no_folder(folder)),
            };
        }
        // Where nobody has it open there is no log, and looking at it as a fixed file leaves none behind.
        let fixed = !beside(path, "-wal").exists();
        let pool = PoolOptions::new()
            .max_connections(1)
            .connect_with(options(path).read_only(true).immutable(fixed).pragma("query_only", "on"))
            .await
            .map_err(|error| unreachable(path, &error))?;
        assert_version(&pool).await?;
        let checked = migration::check_sqlite(&pool).await;
        pool.close().await;
        checked
    }

    /// Hands work to the writer.
    pub(super) fn write(&self, ticket: Ticket) -> Result<(), StoreError> {
        self.queue.try_send(Message::Work(ticket)).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::unavailable("too many writes are waiting"),
            mpsc::error::TrySendError::Closed(_) => StoreError::unavailable("it has been closed"),
        })
    }

    /// Runs reading work beside the writer, on a snapshot of its own.
    pub(super) fn read(&self, ticket: Ticket) {
        let readers = self.readers.clone();
        tokio::spawn(async move {
            match readers.acquire().await {
                Ok(conn) => alone(Conn(Db::Sqlite(conn)), "begin", ticket).await,
                Err(error) => tracing::warn!(%error, "store.no_reader"),
            }
        });
    }

    /// Finishes what is queued, then closes the file.
    pub(super) async fn close(&self) {
        // Readers first: the last connection to close must be the writer's, which may fold the WAL into the file.
        self.readers.close().await;
        let (done, closed) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            drop(closed.await);
        }
    }
}

/// The writer: takes what is queued, until closed or forgotten. It holds the file's lock as long as it may write; if
/// the process dies the operating system releases it.
async fn write_all(pool: SqlitePool, mut arriving: mpsc::Receiver<Message>, lock: File) {
    let mut closed = Vec::new();
    while let Some(message) = arriving.recv().await {
        match message {
            Message::Close(done) => {
                arriving.close();
                closed.push(done);
            }
            Message::Work(first) => {
                let (answers, settled) = match pool.acquire().await {
                    Ok(conn) => commit_together(Conn(Db::Sqlite(conn)), first, &mut arriving, &mut closed).await,
                    Err(error) => (Vec::new(), Err(error.into())),
                };
                if let Err(error) = &settled {
                    tracing::warn!(%error, "store.commit_failed");
                }
                for answer in answers {
                    answer(match &settled {
                        Ok(()) => Ok(()),
                        Err(_) => Err(StoreError::unavailable("the shared commit failed")),
                    });
                }
            }
        }
    }
    pool.close().await;
    drop(lock);
    for done in closed {
        // The one who asked for closing may have gone.
        let _ = done.send(());
    }
}

/// Runs `first` and whatever arrives meanwhile in one transaction; the answers are given by the caller, afterwards.
async fn commit_together(
    mut conn: Conn,
    first: Ticket,
    arriving: &mut mpsc::Receiver<Message>,
    closed: &mut Vec<oneshot::Sender<()>>,
) -> (Vec<Answer>, Result<(), StoreError>) {
    let mut answers = Vec::new();
    let settled = async {
        // Immediate: a deferred transaction that turns into a write gets "busy" at once, whatever the timeout.
        conn.control("begin immediate").await?;
        let gathering = Stopwatch::start();
        let mut next = Some(first);
        while let Some(ticket) = next.take() {
            if let Some(job) = ticket.claim() {
                conn.control("savepoint work").await?;
                let ran = job(&mut conn).await;
                answers.push(ran.answer);
                // If the engine gave up the whole transaction meanwhile (disk full), these fail, and so do all.
                if !ran.keep {
                    conn.control("rollback to work").await?;
                }
                conn.control("release work").await?;
            }
            if answers.len() < SHARED && gathering.elapsed() < GATHER {
                match arriving.try_recv() {
                    Ok(Message::Work(ticket)) => next = Some(ticket),
                    Ok(Message::Close(done)) => {
                        arriving.close();
                        closed.push(done);
                    }
                    Err(_) => {}
                }
            }
        }
        conn.commit().await
    }
    .await;
    if settled.is_err() {
        // Whether a transaction is still open is unknown; a new connection is cheap and certain.
        drop(conn.control("rollback").await);
        conn.discard();
    }
    (answers, settled)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("mmap_size", "0")
        .pragma("journal_size_limit", "67108864")
        .thread_name(|id| format!("sqlite-{id}"))
}

async fn assert_version(pool: &SqlitePool) -> Result<(), OpenError> {
    let (found,): (String,) = sqlx::query_as("select sqlite_version()")
        .fetch_one(pool)
        .await
        .map_err(|error| OpenError::Other { reason: error.to_string() })?;
    if is_new_enough(&found) { Ok(()) } else { Err(OpenError::TooOldSqlite { found }) }
}

/// 3.51.3 fixed the WAL-reset bug that could corrupt a file with several connections.
fn is_new_enough(version: &str) -> bool {
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    parts.as_slice() >= [3, 51, 3].as_slice()
}

/// Takes the file's lock: `<file>.lock` beside it, never removed, as removing it would let a third process in.
fn lock(path: &Path) -> Result<File, OpenError> {
    if !folder(path).is_dir() {
        return Err(no_folder(folder(path)));
    }
    let beside = beside(path, ".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&beside)
        .map_err(|error| unreachable(&beside, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(unreachable(&beside, &error)),
    }
}

/// The file that bears the same name with this ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Creates a missing file readable by its owner only: it will hold customers' words. The WAL inherits this.
fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| unreachable(path, &error))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn no_folder(folder: &Path) -> OpenError {
    OpenError::Unreachable { place: format!("the folder {}", folder.display()), reason: "there is none".to_owned() }
}

fn unreachable(path: &Path, error: &dyn std::error::Error) -> OpenError {
    OpenError::Unreachable { place: format!("the file {}", path.display()), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::super::conn::sql;
    use super::super::guild::{meta_get, meta_set};
    use super::super::ticket::{Waiting, ticket};
    use super::*;

    #[tokio::test]
    async fn a_commit_that_fails_fails_for_all_in_it_and_the_next_one_works() {
        let folder = std::env::temp_dir().join(format!("ruhepol-commit-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = Sqlite::open(&folder.join("ruhepol.db")).await.unwrap();
        // Whether two share a commit is a matter of milliseconds: asked again until they do.
        let mut shared = None;
        for key in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"] {
            let (good, told_good) = ticket(move |c| Box::pin(meta_set(c, key, "value")));
            // A reference to nothing that is only looked at when everything is committed.
            let (bad, told_bad) = ticket(|c| {
                Box::pin(async move {
                    sql!(execute, c, "pragma defer_foreign_keys = on")?;
                    sql!(
                        execute,
                        c,
                        "insert into follow_up (guild_id, what, creator, assignee, civil, zone, due_at, channel,
                    state, created_at, version) values (1, '', 1, 1, '', '', 1, 1, 'open', 1, 1)"
                    )?;
                    Ok::<_, StoreError>(())
                })
            });
            file.write(good).unwrap();
            file.write(bad).unwrap();
            let (good, bad) = (told_good.answer().await, told_bad.answer().await);
            assert!(bad.unwrap_err().is_unavailable());
            if let Err(error) = good {
                assert!(error.is_unavailable());
                shared = Some(key);
                break;
            }
        }
        let key = shared.expect("in ten tries two share a commit");
        let (look, looked): (_, Waiting<_, StoreError>) = ticket(move |c| Box::pin(meta_get(c, key)));
        file.read(look);
        assert_eq!(looked.answer().await.unwrap(), None, "the good one is undone, and was not told otherwise");
        let (again, told): (_, Waiting<_, StoreError>) = ticket(move |c| Box::pin(meta_set(c, key, "value")));
        file.write(again).unwrap();
        told.answer().await.unwrap();
        file.close().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn versions_are_compared_by_number_not_by_letter() {
        assert!(is_new_enough("3.51.3"));
        assert!(is_new_enough("3.100.0"));
        assert!(!is_new_enough("3.51.2"));
        assert!(!is_new_enough("3.9.9"));
    }
}
