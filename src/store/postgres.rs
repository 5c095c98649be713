//! The `PostgreSQL` engine: a pool, read committed, row locks.
//!
//! Invariant: work runs in a task that nobody drops (a `begin` that is cancelled would hand an open transaction back to
//! the pool, transact-rs/sqlx#4393), and the server ends whatever takes too long.

use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgPool};

use super::conn::{Conn, Db};
use super::error::OpenError;
use super::migration;
use super::ticket::{Ticket, alone};

/// Connections to the server.
const CONNECTIONS: u32 = 8;
/// The oldest version in the test matrix.
const OLDEST: i64 = 14;

/// An open database.
pub(super) struct Postgres(PgPool);

impl Postgres {
    /// Connects and brings the tables up to date.
    pub(super) async fn open(url: &str) -> Result<Self, OpenError> {
        let pool = connect(url, CONNECTIONS).await?;
        migration::run_postgres(&pool).await?;
        Ok(Self(pool))
    }

    /// Connects and looks, without changing anything.
    pub(super) async fn check(url: &str) -> Result<(), OpenError> {
        let pool = connect(url, 1).await?;
        let checked = migration::check_postgres(&pool).await;
        pool.close().await;
        checked
    }

    /// Runs work in a read-committed transaction.
    pub(super) fn write(&self, ticket: Ticket) {
        self.run("begin isolation level read committed", ticket);
    }

    /// Runs reading work on one snapshot.
    pub(super) fn read(&self, ticket: Ticket) {
        self.run("begin isolation level repeatable read read only", ticket);
    }

    fn run(&self, begin: &'static str, ticket: Ticket) {
        let pool = self.0.clone();
        tokio::spawn(async move {
            match pool.acquire().await {
                Ok(conn) => alone(Conn(Db::Postgres(conn)), begin, ticket).await,
                Err(error) => tracing::warn!(%error, "store.no_connection"),
            }
        });
    }

    /// Waits for running work, then disconnects.
    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}

async fn connect(url: &str, connections: u32) -> Result<PgPool, OpenError> {
    let options = PgConnectOptions::from_str(url)
        // The parser's message may quote the password; it is not repeated.
        .map_err(|_| OpenError::BadUrl { reason: "the postgres address cannot be read".to_owned() })?
        .application_name("ruhepol")
        .options([
            ("statement_timeout", "5s"),
            ("lock_timeout", "3s"),
            ("idle_in_transaction_session_timeout", "10s"),
            // Plans for the values at hand cost more than they gain here, and now and then read a whole team's cases.
            ("plan_cache_mode", "force_generic_plan"),
        ]);
    let place = format!(
        "the database {} on {}",
        options.get_database().unwrap_or_else(|| options.get_username()),
        options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string()),
    );
    let unreachable = |error: &sqlx::Error| OpenError::Unreachable { place: place.clone(), reason: error.to_string() };
    // One plain connection first: the pool would hide "refused" or "wrong password" behind its timeout.
    let first = ConnectOptions::connect(&options).await.map_err(|error| unreachable(&error))?;
    first.close().await.map_err(|error| unreachable(&error))?;
    let pool = PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(2))
        .connect_with(options.clone())
        .await
        .map_err(|error| unreachable(&error))?;
    let (version,): (String,) = sqlx::query_as("select current_setting('server_version_num')")
        .fetch_one(&pool)
        .await
        .map_err(|error| unreachable(&error))?;
    let found = version.parse().unwrap_or(0_i64) / 10_000;
    if found < OLDEST {
        return Err(OpenError::TooOldPostgres { found });
    }
    Ok(pool)
}
