//! What Ruhepol remembers. The only place with SQL; two engines, one meaning.
//!
//! One file per noun; the team ([`GuildId`](crate::id::GuildId)) is the first argument everywhere, so that another
//! team's rows cannot be reached. Times are Unix milliseconds. All work happens in [`Store::write`] or [`Store::read`]:
//! one transaction each, which the store begins and ends itself, whatever becomes of the caller.

pub mod agenda;
pub mod aside;
pub mod bundle;
pub mod case;
mod conn;
pub mod delivery;
pub mod digest;
pub mod entry;
mod error;
pub mod follow_up;
pub mod guild;
mod migration;
pub mod offer;
mod postgres;
pub mod privacy;
pub mod process;
pub mod profile;
pub mod recurring;
pub mod report;
pub mod retire;
pub mod search;
mod sqlite;
mod ticket;
pub mod tone;
pub mod watch;

use std::path::Path;
use std::sync::Arc;

pub use conn::{BoxFuture, Conn};
pub use error::{OpenError, StoreError};

/// The database. Cheap to clone; all clones are the same database.
#[derive(Clone)]
pub struct Store(Arc<Engine>);

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// What an address points to.
enum Place<'a> {
    File(&'a Path),
    Server(&'a str),
}

impl Store {
    /// Opens `sqlite://path` (created if missing) or `postgres://…` and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let engine = match place(url)? {
            Place::File(path) => Engine::Sqlite(sqlite::Sqlite::open(path).await?),
            Place::Server(url) => Engine::Postgres(postgres::Postgres::open(url).await?),
        };
        Ok(Self(Arc::new(engine)))
    }

    /// Looks whether [`Store::open`] would work, without changing anything. A file in use by a running bot is fine.
    pub async fn check(url: &str) -> Result<(), OpenError> {
        match place(url)? {
            Place::File(path) => sqlite::Sqlite::check(path).await,
            Place::Server(url) => postgres::Postgres::check(url).await,
        }
    }

    /// Whether other processes may work on it at the same time; a file is one process's own.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(&*self.0, Engine::Postgres(_))
    }

    /// Runs `work` in one transaction: `Ok` commits, `Err` rolls back, and the answer comes when that is durable.
    ///
    /// `work` must await nothing but store functions: on `SQLite` all writes pass through one writer. If the caller is
    /// dropped, the work either never starts or runs to its end; if it has not started within 2 s the answer is an
    /// error that [`is_unavailable`](StoreError::is_unavailable), and it never will.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (ticket, waiting) = ticket::ticket(work);
        match &*self.0 {
            Engine::Sqlite(file) => file.write(ticket)?,
            Engine::Postgres(server) => server.write(ticket),
        }
        waiting.answer().await
    }

    /// Runs `work` on one consistent snapshot; writing inside it is refused by the engine.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (ticket, waiting) = ticket::ticket(work);
        match &*self.0 {
            Engine::Sqlite(file) => file.read(ticket),
            Engine::Postgres(server) => server.read(ticket),
        }
        waiting.answer().await
    }

    /// Finishes what has begun and closes the database. Later calls are refused as unavailable.
    pub async fn close(&self) {
        match &*self.0 {
            Engine::Sqlite(file) => file.close().await,
            Engine::Postgres(server) => server.close().await,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &*self.0 {
            Engine::Sqlite(_) => "Store(sqlite)",
            Engine::Postgres(_) => "Store(postgres)",
        })
    }
}

fn place(url: &str) -> Result<Place<'_>, OpenError> {
    let bad = |reason: &str| OpenError::BadUrl { reason: reason.to_owned() };
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(bad("it has no scheme such as sqlite://"));
    };
    match scheme {
        "postgres" | "postgresql" => Ok(Place::Server(url)),
        "sqlite" if rest.is_empty() => Err(bad("the file name after sqlite:// is missing")),
        "sqlite" if rest == ":memory:" => Err(bad("a database in memory would forget every promise; name a file")),
        "sqlite" if rest.contains('?') => Err(bad("a sqlite address takes no options after '?'")),
        "sqlite" => Ok(Place::File(Path::new(rest))),
        _ => Err(bad("its scheme is neither sqlite nor postgres")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_work_is_refused_with_the_fix() {
        for url in ["ruhepol.db", "sqlite://", "sqlite://:memory:", "mysql://x", "sqlite://a.db?mode=ro"] {
            let refused = place(url).err().expect("refused").to_string();
            assert!(refused.contains("database.url") && refused.contains("sqlite://path"), "{refused}");
        }
        assert!(matches!(place("sqlite:///var/lib/r.db"), Ok(Place::File(path)) if path == Path::new("/var/lib/r.db")));
        assert!(matches!(place("postgresql://u@h/d"), Ok(Place::Server(_))));
    }
}
