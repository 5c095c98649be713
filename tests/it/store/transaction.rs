//! One transaction per piece of work, whatever becomes of it and of the one who asked.

use std::sync::Arc;
use std::time::Duration;

use ruhepol::clock::Stopwatch;
use ruhepol::store::case::{get, insert, next_number};
use ruhepol::store::guild::{meta_get, meta_set};
use ruhepol::store::{Store, StoreError};
use tokio::sync::{Notify, oneshot};

use super::{Fresh, TEAM, in_read, in_write, on_both_engines, open, sample};

on_both_engines!(
    work_that_is_refused_leaves_nothing,
    a_failing_write_does_no_harm_to_those_it_shares_a_commit_with,
    work_that_swallows_an_error_is_told_the_truth,
    work_that_panics_is_rolled_back_and_the_next_works,
    a_caller_who_leaves_leaves_nothing_open,
    a_busy_database_refuses_in_time_and_never_does_the_work_later,
    a_read_sees_one_moment_only,
    a_read_cannot_write,
    a_closed_store_refuses_and_a_new_one_finds_everything,
);

async fn work_that_is_refused_leaves_nothing(db: Fresh) {
    let refused: Result<(), Option<StoreError>> = db
        .store
        .write(|c| {
            Box::pin(async move {
                open(c, TEAM, "Fall").await.map_err(Some)?;
                meta_set(c, "key", "value").await.map_err(Some)?;
                Err(None)
            })
        })
        .await;
    assert!(matches!(refused, Err(None)));
    assert_eq!(in_read!(db.store, c => meta_get(c, "key").await).unwrap(), None);
    assert_eq!(in_write!(db.store, c => next_number(c, TEAM).await).unwrap().0, 1);
}

/// Keeps the database busy until told to go on: on `SQLite` the one writer, on `PostgreSQL` every connection.
async fn hold(db: &Fresh) -> Vec<oneshot::Sender<()>> {
    let mut holding = Vec::new();
    for _ in 0..if db.is_sqlite() { 1 } else { 8 } {
        let (go, wait) = oneshot::channel::<()>();
        let (tell, started) = oneshot::channel();
        let store = db.store.clone();
        tokio::spawn(async move {
            in_write!(store, c => {
                meta_get(c, "key").await?;
                tell.send(()).unwrap();
                wait.await.unwrap();
                Ok(())
            })
        });
        started.await.unwrap();
        holding.push(go);
    }
    holding
}

fn release(holding: Vec<oneshot::Sender<()>>) {
    for go in holding {
        go.send(()).unwrap();
    }
}

/// Commits in the file's write-ahead log: frames that carry the size of the database after them.
fn commits_in_log(db: &Fresh) -> usize {
    let log = std::fs::read(db.folder().file().with_extension("db-wal")).unwrap();
    let page = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
    log[32..].chunks_exact(24 + page).filter(|frame| frame[4..8] != [0; 4]).count()
}

// Negative control: with the three savepoint statements taken out of `commit_together` (src/store/sqlite.rs) the odd
// keys of the failing writes are found afterwards and this test fails; seen before it was believed.
async fn a_failing_write_does_no_harm_to_those_it_shares_a_commit_with(db: Fresh) {
    in_write!(db.store, c => open(c, TEAM, "Fall").await).unwrap();
    let before = db.is_sqlite().then(|| commits_in_log(&db));
    let holding = hold(&db).await;
    let writing: Vec<_> = (0..20)
        .map(|n: i64| {
            let store = db.store.clone();
            tokio::spawn(async move {
                in_write!(store, c => {
                    meta_set(c, &format!("key {n}"), "value").await?;
                    if n % 2 == 1 {
                        // The number is taken: the engine itself refuses this.
                        insert(c, &sample(TEAM, ruhepol::case::CaseNumber(1), "doppelt"), &[]).await?;
                    }
                    Ok(())
                })
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    release(holding);
    for (n, one) in writing.into_iter().enumerate() {
        let result = one.await.unwrap();
        assert_eq!(result.is_ok(), n % 2 == 0, "{n}: {result:?}");
        let kept = in_read!(db.store, c => meta_get(c, &format!("key {n}")).await).unwrap();
        assert_eq!(kept.is_some(), n % 2 == 0, "{n}");
    }
    if let Some(before) = before {
        let commits = commits_in_log(&db) - before;
        assert!((1..=3).contains(&commits), "ten writes that waited together took {commits} commits");
    }
}

async fn work_that_swallows_an_error_is_told_the_truth(db: Fresh) {
    in_write!(db.store, c => open(c, TEAM, "Fall").await).unwrap();
    let result = in_write!(db.store, c => {
        meta_set(c, "key", "value").await?;
        let taken = insert(c, &sample(TEAM, ruhepol::case::CaseNumber(1), "doppelt"), &[]).await;
        assert!(taken.is_err());
        Ok(())
    });
    // PostgreSQL gives the whole transaction up, SQLite only the statement; whoever is told "yes" must find it.
    let kept = in_read!(db.store, c => meta_get(c, "key").await).unwrap();
    assert_eq!(kept.is_some(), result.is_ok());
    assert_eq!(result.is_ok(), db.is_sqlite());
}

async fn work_that_panics_is_rolled_back_and_the_next_works(db: Fresh) {
    for _ in 0..20 {
        let failed: Result<(), StoreError> = db
            .store
            .write(|c| {
                Box::pin(async move {
                    open(c, TEAM, "Fall").await?;
                    panic!("on purpose");
                })
            })
            .await;
        assert!(!failed.unwrap_err().is_unavailable());
    }
    assert_eq!(in_write!(db.store, c => next_number(c, TEAM).await).unwrap().0, 1);
}

async fn a_caller_who_leaves_leaves_nothing_open(db: Fresh) {
    for n in 0..200_u64 {
        let asking = open_slowly(db.store.clone());
        // Gone after anything from no time to longer than the work takes.
        let _ = tokio::time::timeout(Duration::from_micros(n * 50), asking).await;
    }
    let next = in_write!(db.store, c => next_number(c, TEAM).await).unwrap();
    for number in 1..next.0 {
        let case = in_read!(db.store, c => get(c, TEAM, ruhepol::case::CaseNumber(number)).await).unwrap();
        assert!(case.is_some(), "{number}: work was left half done");
    }
    if !db.is_sqlite() {
        assert_eq!(idle_in_transaction(&db).await, 0);
    }
}

async fn open_slowly(store: Store) -> Result<(), StoreError> {
    in_write!(store, c => {
        open(c, TEAM, "Fall").await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(())
    })
}

async fn idle_in_transaction(db: &Fresh) -> i64 {
    use sqlx::Connection;
    let mut connection = sqlx::PgConnection::connect(&db.url).await.unwrap();
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
         where datname = current_database() and state like 'idle in transaction%'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap()
}

async fn a_busy_database_refuses_in_time_and_never_does_the_work_later(db: Fresh) {
    let holding = hold(&db).await;
    let watch = Stopwatch::start();
    let asking: Vec<_> = (0..3_000)
        .map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move { in_write!(store, c => next_number(c, TEAM).await) })
        })
        .collect();
    for one in asking {
        assert!(one.await.unwrap().unwrap_err().is_unavailable());
    }
    let took = watch.elapsed();
    assert!(took < Duration::from_millis(2_900), "Discord waits 3 s, this took {took:?}");
    release(holding);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(in_write!(db.store, c => next_number(c, TEAM).await).unwrap().0, 1, "refused work was done later");
}

async fn a_read_sees_one_moment_only(db: Fresh) {
    let (first_look, second_look) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (looked, go_on) = (Arc::clone(&first_look), Arc::clone(&second_look));
    let store = db.store.clone();
    let reading = tokio::spawn(async move {
        in_read!(store, c => {
            let before = meta_get(c, "key").await?;
            looked.notify_one();
            go_on.notified().await;
            Ok((before, meta_get(c, "key").await?))
        })
    });
    first_look.notified().await;
    in_write!(db.store, c => meta_set(c, "key", "new").await).unwrap();
    let after = in_read!(db.store, c => meta_get(c, "key").await).unwrap();
    assert_eq!(after.as_deref(), Some("new"), "whoever wrote finds it at once");
    second_look.notify_one();
    assert_eq!(reading.await.unwrap().unwrap(), (None, None));
}

async fn a_read_cannot_write(db: Fresh) {
    in_read!(db.store, c => meta_set(c, "key", "value").await).unwrap_err();
    assert_eq!(in_read!(db.store, c => meta_get(c, "key").await).unwrap(), None);
}

async fn a_closed_store_refuses_and_a_new_one_finds_everything(db: Fresh) {
    let writing: Vec<_> = (0..20)
        .map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move { in_write!(store, c => open(c, TEAM, "Fall").await) })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(5)).await;
    db.store.close().await;
    let mut done = 0;
    for one in writing {
        match one.await.unwrap() {
            Ok(_) => done += 1,
            Err(refused) => assert!(refused.is_unavailable(), "{refused}"),
        }
    }
    assert!(in_write!(db.store, c => next_number(c, TEAM).await).unwrap_err().is_unavailable());
    assert!(in_read!(db.store, c => meta_get(c, "key").await).unwrap_err().is_unavailable());
    let reopened = Store::open(&db.url).await.unwrap();
    assert_eq!(in_write!(reopened, c => next_number(c, TEAM).await).unwrap().0, done + 1);
    reopened.close().await;
}
