//! Many people at once: numbers without gaps or doubles, one winner per version.

use std::collections::BTreeSet;

use ruhepol::case::{Case, CaseNumber, Change, Entry};
use ruhepol::store::case::{get, next_number, save};
use ruhepol::store::{StoreError, entry};

use super::{ANNA, Fresh, TEAM, in_read, in_write, on_both_engines, open};

on_both_engines!(
    fifty_people_opening_at_once_get_the_numbers_one_to_fifty,
    a_case_that_was_not_opened_after_all_leaves_no_gap,
    of_many_changes_to_one_version_exactly_one_wins,
    entries_written_at_once_all_find_their_place,
);

async fn fifty_people_opening_at_once_get_the_numbers_one_to_fifty(db: Fresh) {
    let opening: Vec<_> = (0..50)
        .map(|n| {
            let store = db.store.clone();
            tokio::spawn(async move { in_write!(store, c => open(c, TEAM, &format!("Fall {n}")).await) })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for one in opening {
        assert!(numbers.insert(one.await.unwrap().unwrap().number.0), "a number was given twice");
    }
    assert_eq!(numbers, (1..=50).collect());
}

async fn a_case_that_was_not_opened_after_all_leaves_no_gap(db: Fresh) {
    // Every third one changes its mind after it has its number.
    let opening: Vec<_> = (0..60)
        .map(|n| {
            let store = db.store.clone();
            tokio::spawn(async move {
                store
                    .write(move |c| {
                        Box::pin(async move {
                            let case = open(c, TEAM, "Fall").await.map_err(Some)?;
                            if n % 3 == 0 { Err(None::<StoreError>) } else { Ok(case.number.0) }
                        })
                    })
                    .await
            })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for one in opening {
        match one.await.unwrap() {
            Ok(number) => assert!(numbers.insert(number)),
            Err(refused) => assert!(refused.is_none(), "{refused:?}"),
        }
    }
    assert_eq!(numbers, (1..=40).collect());
    assert_eq!(in_write!(db.store, c => next_number(c, TEAM).await).unwrap(), CaseNumber(41));
}

async fn of_many_changes_to_one_version_exactly_one_wins(db: Fresh) {
    let case = in_write!(db.store, c => open(c, TEAM, "Fall").await).unwrap();
    let changing: Vec<_> = (0..20)
        .map(|n| {
            let (store, next) = (db.store.clone(), Case { title: format!("Fall {n}"), version: 2, ..case.clone() });
            tokio::spawn(async move { (n, in_write!(store, c => save(c, &next, 1, &[]).await).unwrap()) })
        })
        .collect();
    let mut winners = Vec::new();
    for one in changing {
        let (n, won) = one.await.unwrap();
        winners.extend(won.then_some(n));
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    let now = in_read!(db.store, c => get(c, TEAM, case.number).await).unwrap().unwrap();
    assert_eq!((now.title, now.version), (format!("Fall {}", winners[0]), 2));
}

async fn entries_written_at_once_all_find_their_place(db: Fresh) {
    let case = in_write!(db.store, c => open(c, TEAM, "Fall").await).unwrap();
    let writing: Vec<_> = (0..30)
        .map(|n| {
            let store = db.store.clone();
            let line = Entry { at: n, actor: Some(ANNA), what: Change::Note { text: n.to_string() } };
            tokio::spawn(async move { in_write!(store, c => entry::append(c, TEAM, case.number, &line).await) })
        })
        .collect();
    for one in writing {
        one.await.unwrap().unwrap();
    }
    let entries = in_read!(db.store, c => entry::newest(c, TEAM, case.number, 100).await).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.at).collect::<BTreeSet<_>>(), (0..30).collect());
}
