//! Many commands a second against durable commits: four in five read, one in five opens a case.
//!
//! `cargo test --release --test it -- --ignored --nocapture store::load` reports what a command waits for the store.
#![expect(clippy::print_stdout, reason = "a report for whoever runs it")]

use std::time::Duration;

use ruhepol::case::{CaseNumber, Change, Entry};
use ruhepol::clock::Stopwatch;
use ruhepol::store::case::get;
use ruhepol::store::guild::settings;
use ruhepol::store::{StoreError, entry};

use super::scale::percentile;
use super::{ANNA, Fresh, TEAM, in_read, in_write, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "half a minute of load"]
async fn commands_on_sqlite_are_answered_in_time() {
    under_load(Fresh::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "half a minute of load"]
async fn commands_on_postgres_are_answered_in_time() {
    if let Some(fresh) = Fresh::postgres().await {
        under_load(fresh).await;
    }
}

async fn under_load(db: Fresh) {
    in_write!(db.store, c => open(c, TEAM, "Fall").await).unwrap();
    let one_by_one = Stopwatch::start();
    for _ in 0..200 {
        in_write!(db.store, c => open(c, TEAM, "Fall").await).unwrap();
    }
    println!("{:?}: one after the other {:?} a write", db.store, one_by_one.elapsed() / 200);
    for (per_second, commands) in [(200_u32, 2_000_u32), (2_000, 20_000)] {
        let begun = Stopwatch::start();
        let mut asking = Vec::new();
        for n in 0..commands {
            let due = Duration::from_secs(1) * n / per_second;
            tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
            asking.push(tokio::spawn(command(db.store.clone(), n)));
        }
        let (mut times, mut refused) = (Vec::new(), 0);
        for one in asking {
            match one.await.unwrap() {
                Ok(waited) => times.push(waited),
                Err(error) => {
                    assert!(error.is_unavailable(), "{error}");
                    refused += 1;
                }
            }
        }
        println!(
            "{:?}: {per_second} a second: p50 {} us, p99 {} us, longest {} us, {refused} of {commands} refused",
            db.store,
            percentile(&times, 50),
            percentile(&times, 99),
            percentile(&times, 100)
        );
        assert!(percentile(&times, 100) < 3_000_000, "answered too late for Discord");
        if per_second == 200 {
            assert!(percentile(&times, 99) <= 50_000 && refused == 0);
        }
    }
}

/// One command; microseconds it waited for the store.
async fn command(store: ruhepol::store::Store, n: u32) -> Result<u64, StoreError> {
    let watch = Stopwatch::start();
    if n.is_multiple_of(5) {
        in_write!(store, c => {
            settings(c, TEAM).await?;
            let case = open(c, TEAM, "Rechnung doppelt, Kundin wartet auf Rückruf").await?;
            let what = Change::Opened { title: case.title.clone() };
            entry::append(c, TEAM, case.number, &Entry { at: 1, actor: Some(ANNA), what }).await
        })?;
    } else {
        in_read!(store, c => {
            settings(c, TEAM).await?;
            get(c, TEAM, CaseNumber(1)).await?;
            entry::newest(c, TEAM, CaseNumber(1), 10).await
        })?;
    }
    Ok(watch.elapsed().as_micros() as u64)
}
