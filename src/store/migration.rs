//! The tables' versions: brought up to date on opening, never backwards.
//!
//! Invariant: a database that a newer program has touched is refused before anything is changed.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{PgPool, SqlitePool};

use super::error::OpenError;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

const APPLIED: &str = "select coalesce(max(version), 0) from _sqlx_migrations";

/// Brings a file up to date.
pub(super) async fn run_sqlite(pool: &SqlitePool) -> Result<(), OpenError> {
    check_sqlite(pool).await?;
    SQLITE.run(pool).await.map_err(|error| refused(&SQLITE, &error))
}

/// Brings a server's database up to date; an advisory lock keeps two starting processes apart.
pub(super) async fn run_postgres(pool: &PgPool) -> Result<(), OpenError> {
    check_postgres(pool).await?;
    let mut connection = pool.acquire().await.map_err(|error| other(&error))?;
    // Rebuilding a large table, or waiting for another process that does, takes longer than any answer may.
    connection.close_on_drop();
    sqlx::raw_sql("set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0")
        .execute(&mut *connection)
        .await
        .map_err(|error| other(&error))?;
    POSTGRES.run(&mut *connection).await.map_err(|error| refused(&POSTGRES, &error))
}

/// Looks whether this program can work with the file's tables.
pub(super) async fn check_sqlite(pool: &SqlitePool) -> Result<(), OpenError> {
    let there: Option<(String,)> = sqlx::query_as("select name from sqlite_master where name = '_sqlx_migrations'")
        .fetch_optional(pool)
        .await
        .map_err(|error| other(&error))?;
    if there.is_none() {
        return Ok(());
    }
    let (found,) = sqlx::query_as(APPLIED).fetch_one(pool).await.map_err(|error| other(&error))?;
    not_newer(&SQLITE, found)
}

/// Looks whether this program can work with the database's tables.
pub(super) async fn check_postgres(pool: &PgPool) -> Result<(), OpenError> {
    let (there,): (bool,) = sqlx::query_as("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(pool)
        .await
        .map_err(|error| other(&error))?;
    if !there {
        return Ok(());
    }
    let (found,) = sqlx::query_as(APPLIED).fetch_one(pool).await.map_err(|error| other(&error))?;
    not_newer(&POSTGRES, found)
}

fn newest(known: &Migrator) -> i64 {
    known.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn not_newer(known: &Migrator, found: i64) -> Result<(), OpenError> {
    let known = newest(known);
    if found > known { Err(OpenError::Newer { found, known }) } else { Ok(()) }
}

fn refused(known: &Migrator, error: &MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(found) => OpenError::Newer { found: *found, known: newest(known) },
        error => OpenError::Migration { reason: error.to_string() },
    }
}

fn other(error: &sqlx::Error) -> OpenError {
    OpenError::Other { reason: error.to_string() }
}
