//! A connection inside a transaction, and the macro that runs one statement text on either engine.
//!
//! Invariant: a `Conn` exists only between `begin` and the commit or rollback that the store itself issues.

use std::pin::Pin;

use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite};

use super::error::StoreError;

/// A boxed future, as the closures given to [`Store::write`](super::Store::write) return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A connection inside a transaction. Every store function takes one.
pub struct Conn(pub(super) Db);

/// The engine behind a connection.
pub(super) enum Db {
    /// The writer's or a reader's connection to the file.
    Sqlite(PoolConnection<Sqlite>),
    /// A pooled connection to the server.
    Postgres(PoolConnection<Postgres>),
}

impl Conn {
    /// Whether this is `SQLite`, where a writing transaction is alone anyway.
    pub(super) const fn is_sqlite(&self) -> bool {
        matches!(self.0, Db::Sqlite(_))
    }

    /// Runs a statement without parameters or rows: `begin`, `commit`, savepoints.
    pub(super) async fn control(&mut self, text: &'static str) -> Result<(), StoreError> {
        match &mut self.0 {
            // Prepared once and kept, as these run with every transaction.
            Db::Sqlite(db) => sqlx::query(text).execute(&mut **db).await.map(drop)?,
            Db::Postgres(db) => sqlx::raw_sql(text).execute(&mut **db).await.map(drop)?,
        }
        Ok(())
    }

    /// Makes the transaction durable. An error if the engine had already given it up, whatever the work made of that.
    pub(super) async fn commit(&mut self) -> Result<(), StoreError> {
        if self.is_sqlite() {
            return self.control("commit").await;
        }
        // After a failed statement PostgreSQL answers a mere `commit` with a rollback and no error; the `select` fails.
        self.control("select 1; commit").await
    }

    /// Never lets this connection be used again; for one whose state is unknown.
    pub(super) fn discard(mut self) {
        match &mut self.0 {
            Db::Sqlite(db) => db.close_on_drop(),
            Db::Postgres(db) => db.close_on_drop(),
        }
    }
}

/// Runs one statement text, with `$1`-style parameters, on whichever engine the connection holds.
///
/// `sql!(execute, c, TEXT, a, b)` gives the number of rows changed; `sql!(fetch_optional Row, c, TEXT, a)`,
/// `sql!(fetch_one Row, …)` and `sql!(fetch_all Row, …)` give rows, where `Row` is a tuple or derives `sqlx::FromRow`.
/// The parameters are written once and evaluated once. A list of further parameters follows as `; each list`.
macro_rules! sql {
    (execute, $conn:expr, $text:expr $(, $bind:expr)* $(,)?) => {
        match &mut $conn.0 {
            $crate::store::conn::Db::Sqlite(db) => {
                let query = sqlx::query::<sqlx::Sqlite>($text)$(.bind($bind))*;
                query.execute(&mut **db).await.map(|done| done.rows_affected())
            }
            $crate::store::conn::Db::Postgres(db) => {
                let query = sqlx::query::<sqlx::Postgres>($text)$(.bind($bind))*;
                query.execute(&mut **db).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::store::StoreError::from)
    };
    ($fetch:ident $row:ty, $conn:expr, $text:expr $(, $bind:expr)*; each $more:expr) => {
        match &mut $conn.0 {
            $crate::store::conn::Db::Sqlite(db) => {
                let mut query = sqlx::query_as::<sqlx::Sqlite, $row>($text)$(.bind($bind))*;
                for one in $more {
                    query = query.bind(one);
                }
                query.$fetch(&mut **db).await
            }
            $crate::store::conn::Db::Postgres(db) => {
                let mut query = sqlx::query_as::<sqlx::Postgres, $row>($text)$(.bind($bind))*;
                for one in $more {
                    query = query.bind(one);
                }
                query.$fetch(&mut **db).await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
    ($fetch:ident $row:ty, $conn:expr, $text:expr $(, $bind:expr)* $(,)?) => {
        match &mut $conn.0 {
            $crate::store::conn::Db::Sqlite(db) => {
                sqlx::query_as::<sqlx::Sqlite, $row>($text)$(.bind($bind))*.$fetch(&mut **db).await
            }
            $crate::store::conn::Db::Postgres(db) => {
                sqlx::query_as::<sqlx::Postgres, $row>($text)$(.bind($bind))*.$fetch(&mut **db).await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}
pub(super) use sql;
