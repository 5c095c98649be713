//! The database goes away and comes back; the store must go on without a restart.

use std::time::Duration;

use ruhepol::clock::Stopwatch;
use ruhepol::store::case::next_number;
use ruhepol::store::guild::meta_get;
use ruhepol::store::{Store, StoreError};

use super::{Fresh, TEAM, in_read, in_write};
use crate::harness::postgres::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_stopped_and_started_is_used_again() {
    let Some(server) = Server::start() else { return };
    let database = server.database().await;
    let store = Store::open(&database.url).await.unwrap();
    assert_eq!(in_write!(store, c => next_number(c, TEAM).await).unwrap().0, 1);
    for round in 0..2 {
        // Several connections, so that more than one of them is stale afterwards.
        let busy: Vec<_> = (0..6)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { in_write!(store, c => slowly(c).await) })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.pause();
        for one in busy {
            assert!(one.await.unwrap().unwrap_err().is_unavailable());
        }
        for _ in 0..3 {
            let watch = Stopwatch::start();
            assert!(in_write!(store, c => next_number(c, TEAM).await).unwrap_err().is_unavailable());
            assert!(in_read!(store, c => meta_get(c, "key").await).unwrap_err().is_unavailable());
            assert!(watch.elapsed() < Duration::from_secs(6), "{:?}", watch.elapsed());
        }
        server.resume();
        assert_eq!(in_write!(store, c => next_number(c, TEAM).await).unwrap().0, 2 + round, "the next call works");
    }
    store.close().await;
}

async fn slowly(c: &mut ruhepol::store::Conn) -> Result<(), StoreError> {
    for _ in 0..100 {
        meta_get(c, "key").await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_written_for_a_while_is_used_again() {
    use sqlx::{Connection, Executor};
    let db = Fresh::sqlite().await;
    // Somebody copies the file with a tool that locks it.
    let mut other = sqlx::SqliteConnection::connect(&db.url).await.unwrap();
    other.execute("begin immediate").await.unwrap();
    let watch = Stopwatch::start();
    let refused = in_write!(db.store, c => next_number(c, TEAM).await).unwrap_err();
    assert!(refused.is_unavailable(), "{refused}");
    let took = watch.elapsed();
    assert!((2..3).contains(&took.as_secs()), "a short lock is waited out, Discord waits 3 s: {took:?}");
    assert_eq!(in_read!(db.store, c => meta_get(c, "key").await).unwrap(), None, "reading goes on meanwhile");
    other.execute("rollback").await.unwrap();
    assert_eq!(in_write!(db.store, c => next_number(c, TEAM).await).unwrap().0, 1, "the next call works");
}
