//! What can go wrong with the database, told so that the person who runs the bot knows what to do.
//!
//! Invariant: no message ever contains a password or anything a person wrote, and no engine type leaves the store.

use std::path::PathBuf;

use sqlx::postgres::PgDatabaseError;

/// Why the database could not be opened. Every message names the part of the address and the fix.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address cannot be read.
    #[error("database.url: {reason}. Use sqlite://path/to/file.db or postgres://user:password@host/database")]
    BadUrl {
        /// What is wrong with it.
        reason: String,
    },
    /// The address is fine, but nothing answers there.
    #[error(
        "database.url: {place} cannot be reached ({reason}). Check that it exists, is running and lets this user in"
    )]
    Unreachable {
        /// The host and database, or the file.
        place: String,
        /// What the engine said.
        reason: String,
    },
    /// Another process works with the same file; two writers would send every reminder twice.
    #[error("database.url: another process already uses {}. Stop it, or give this one its own file", path.display())]
    Locked {
        /// The database file.
        path: PathBuf,
    },
    /// A later Ruhepol has already changed the tables.
    #[error(
        "database.url: the database has schema version {found}, this program knows only up to {known}. \
         Start the newer program again, or restore the backup made before the update"
    )]
    Newer {
        /// The newest version found.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// The `SQLite` library lacks fixes the store depends on.
    #[error("this program was built with SQLite {found}; at least 3.51.3 is needed. Build it with the bundled SQLite")]
    TooOldSqlite {
        /// Its version.
        found: String,
    },
    /// `PostgreSQL` is older than the oldest tested.
    #[error("database.url: the server is PostgreSQL {found}; at least 14 is needed")]
    TooOldPostgres {
        /// Its major version.
        found: i64,
    },
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {reason}. Restore the last backup or ask with this message")]
    Migration {
        /// What the engine said.
        reason: String,
    },
    /// Anything else the engine said.
    #[error("the database could not be opened: {reason}")]
    Other {
        /// What the engine said.
        reason: String,
    },
}

/// Why a read or a write failed. Opaque: the only thing to decide is whether it may pass by itself.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreError(Problem);

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("the database refused: {0}")]
    Engine(#[from] sqlx::Error),
    #[error("the database is not available: {0}")]
    Unavailable(&'static str),
    #[error("{place} cannot be read by this program ({what})")]
    Unreadable { place: &'static str, what: String },
    #[error("the work inside the transaction panicked; it was rolled back")]
    Panicked,
}

impl StoreError {
    /// The database is gone, busy or too slow right now: say so, and try again later. Nothing was changed, unless the
    /// connection broke in the very moment of a `PostgreSQL` commit, whose outcome nobody can know.
    pub fn is_unavailable(&self) -> bool {
        match &self.0 {
            Problem::Unavailable(_) => true,
            Problem::Engine(error) => engine_is_unavailable(error),
            Problem::Unreadable { .. } | Problem::Panicked => false,
        }
    }

    /// The database cannot take this now.
    pub(crate) const fn unavailable(why: &'static str) -> Self {
        Self(Problem::Unavailable(why))
    }

    /// A stored value that this program never wrote. `what` says which, by an id or the unknown name of a kind: never by
    /// anything somebody typed, since this is logged.
    pub(super) fn unreadable(place: &'static str, what: impl Into<String>) -> Self {
        Self(Problem::Unreadable { place, what: what.into() })
    }

    /// The caller's work panicked.
    pub(super) const fn panicked() -> Self {
        Self(Problem::Panicked)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self(Problem::Engine(error))
    }
}

fn engine_is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(said) => {
            let code = said.code().unwrap_or_default();
            if said.try_downcast_ref::<PgDatabaseError>().is_some() {
                postgres_code_is_unavailable(&code)
            } else {
                sqlite_code_is_unavailable(&code)
            }
        }
        _ => false,
    }
}

/// Classes of SQLSTATE: 08 connection, 53 resources, 57 operator (shutdown, `statement_timeout`), 40 serialization and
/// deadlock; 55P03 is `lock_timeout`, 25P03 `idle_in_transaction_session_timeout`, 25006 a server in recovery.
fn postgres_code_is_unavailable(code: &str) -> bool {
    ["08", "53", "57", "40"].iter().any(|class| code.starts_with(class)) || ["55P03", "25P03", "25006"].contains(&code)
}

/// Primary result codes: 5 busy, 6 locked, 8 read-only, 10 I/O, 13 full, 14 cannot open. The low byte is the primary.
fn sqlite_code_is_unavailable(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| [5, 6, 8, 10, 13, 14].contains(&(code & 0xff)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_and_lost_connections_are_unavailable_and_broken_rules_are_not() {
        assert!(postgres_code_is_unavailable("57P01"), "server shut down");
        assert!(postgres_code_is_unavailable("55P03"), "lock timeout");
        assert!(!postgres_code_is_unavailable("23505"), "unique violation");
        assert!(sqlite_code_is_unavailable("5"), "busy");
        assert!(sqlite_code_is_unavailable("266"), "I/O error while reading");
        assert!(!sqlite_code_is_unavailable("1555"), "primary key violation");
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_unavailable());
        assert!(!StoreError::unreadable("case_file.status", "odd").is_unavailable());
    }
}
