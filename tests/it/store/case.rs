//! Cases: stored whole, changed by compare-and-set, invisible to other teams.

use ruhepol::case::{Case, CaseNumber, Cause, CustomerType, Priority, Source, Status, Via, View};
use ruhepol::id::{ChannelId, MessageId};
use ruhepol::store::case::{by_thread, find, get, insert, list, lock, next_number, save, set_place, suggest};
use ruhepol::store::{entry, search};

use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open, open_with, sample};

on_both_engines!(
    a_case_is_read_back_whole,
    numbers_are_counted_per_team_from_one,
    a_stale_version_changes_nothing,
    saving_leaves_the_place_alone,
    a_thread_belongs_to_one_case,
    another_teams_number_does_not_exist,
    one_number_is_one_case,
);

fn full(number: CaseNumber) -> Case {
    Case {
        customer: Some("Firma Müller & Söhne".to_owned()),
        status: Status::WaitingCustomer,
        priority: Priority::Urgent,
        owner: Some(BEN),
        mood: 3,
        customer_type: Some(CustomerType::Angry),
        cause: Some(Cause::Delay),
        via: Some(Via::Phone),
        tags: vec!["lieferung".to_owned(), "\"quoted\"".to_owned()],
        resolution: Some("Ersatz verschickt".to_owned()),
        source: Some(Source { channel: ChannelId(5), message: MessageId(6) }),
        thread: Some(ChannelId(u64::MAX >> 1)),
        card: Some(MessageId(8)),
        closed_at: Some(3_000),
        ..sample(TEAM, number, "عنوان 👍 – Rechnung 'doppelt'")
    }
}

async fn a_case_is_read_back_whole(db: Fresh) {
    let stored = in_write!(db.store, c => {
        let case = full(next_number(c, TEAM).await?);
        insert(c, &case, &search::words(&case.title)).await?;
        Ok(case)
    })
    .unwrap();
    let number = stored.number;
    assert_eq!(in_read!(db.store, c => get(c, TEAM, number).await).unwrap(), Some(stored.clone()));
    assert_eq!(in_write!(db.store, c => lock(c, TEAM, number).await).unwrap(), Some(stored.clone()));
    let thread = stored.thread.unwrap();
    assert_eq!(in_read!(db.store, c => by_thread(c, TEAM, thread).await).unwrap(), Some(stored));
}

async fn numbers_are_counted_per_team_from_one(db: Fresh) {
    let numbers = in_write!(db.store, c => {
        let mut numbers = Vec::new();
        for guild in [TEAM, TEAM, OTHERS, TEAM] {
            numbers.push(next_number(c, guild).await?.0);
        }
        Ok(numbers)
    })
    .unwrap();
    assert_eq!(numbers, [1, 2, 1, 3]);
}

async fn a_stale_version_changes_nothing(db: Fresh) {
    let case = in_write!(db.store, c => open(c, TEAM, "Rechnung").await).unwrap();
    let newer = Case { title: "Vertrag".to_owned(), owner: Some(BEN), version: 2, updated_at: 2_000, ..case.clone() };
    let stale = Case { title: "Lieferung".to_owned(), version: 2, ..case.clone() };
    let (first, second) = in_write!(db.store, c => {
        let first = save(c, &newer, 1, &search::words(&newer.title)).await?;
        let second = save(c, &stale, 1, &search::words(&stale.title)).await?;
        assert_eq!(get(c, TEAM, newer.number).await?, Some(newer));
        Ok((first, second))
    })
    .unwrap();
    assert!(first && !second);
    for (word, hits) in [("Vertrag", 1), ("Rechnung", 0), ("Lieferung", 0)] {
        let found = in_read!(db.store, c => find(c, TEAM, &search::query_words(word), 25).await).unwrap();
        assert_eq!(found.len(), hits, "{word}");
    }
    let unknown = Case { number: CaseNumber(99), ..case };
    assert!(!in_write!(db.store, c => save(c, &unknown, 1, &[]).await).unwrap());
}

async fn saving_leaves_the_place_alone(db: Fresh) {
    let case = in_write!(db.store, c => open(c, TEAM, "Rechnung").await).unwrap();
    let (number, thread, card) = (case.number, ChannelId(50), MessageId(60));
    in_write!(db.store, c => set_place(c, TEAM, number, Some(thread), Some(card)).await).unwrap();
    // Decided before the thread was known.
    let next = Case { mood: 2, version: 2, ..case };
    assert!(in_write!(db.store, c => save(c, &next, 1, &[]).await).unwrap());
    let now = in_read!(db.store, c => get(c, TEAM, number).await).unwrap().unwrap();
    assert_eq!((now.thread, now.card, now.mood, now.version), (Some(thread), Some(card), 2, 2));
    in_write!(db.store, c => set_place(c, TEAM, number, None, None).await).unwrap();
    let now = in_read!(db.store, c => get(c, TEAM, number).await).unwrap().unwrap();
    assert_eq!((now.thread, now.card, now.version), (None, None, 2));
}

async fn a_thread_belongs_to_one_case(db: Fresh) {
    in_write!(db.store, c => open_with(c, TEAM, "eins", |case| case.thread = Some(ChannelId(50))).await).unwrap();
    let second = in_write!(db.store, c => open_with(c, TEAM, "zwei", |case| case.thread = Some(ChannelId(50))).await);
    assert!(!second.unwrap_err().is_unavailable());
    let none = in_read!(db.store, c => by_thread(c, TEAM, ChannelId(51)).await).unwrap();
    assert_eq!(none, None);
}

async fn another_teams_number_does_not_exist(db: Fresh) {
    let theirs = in_write!(db.store, c => {
        let case = open_with(c, OTHERS, "Rechnung", |case| {
            case.thread = Some(ChannelId(50));
            case.owner = Some(ANNA);
            case.mood = 3;
        })
        .await?;
        let what = ruhepol::case::Change::Note { text: "intern".to_owned() };
        entry::append(c, OTHERS, case.number, &ruhepol::case::Entry { at: 1, actor: None, what }).await?;
        Ok(case)
    })
    .unwrap();
    let number = theirs.number;
    assert_eq!(in_read!(db.store, c => get(c, TEAM, number).await).unwrap(), None);
    assert_eq!(in_write!(db.store, c => lock(c, TEAM, number).await).unwrap(), None);
    assert_eq!(in_read!(db.store, c => by_thread(c, TEAM, ChannelId(50)).await).unwrap(), None);
    assert_eq!(in_read!(db.store, c => entry::newest(c, TEAM, number, 25).await).unwrap(), Vec::new());
    let words = search::query_words("Rechnung");
    let (found, offered, numbered) = in_read!(db.store, c => Ok((
        find(c, TEAM, &words, 25).await?,
        suggest(c, TEAM, None, &words, 25).await?,
        suggest(c, TEAM, Some(number.0), &[], 25).await?,
    )))
    .unwrap();
    assert_eq!(found.len() + offered.len() + numbered.len(), 0);
    for &view in View::ALL {
        let page = in_read!(db.store, c => list(c, TEAM, view, ANNA, i64::MAX, 0).await).unwrap();
        assert_eq!(page.cases, Vec::new(), "{view:?}");
    }
    let stolen = Case { guild: TEAM, title: "unser".to_owned(), version: 2, ..theirs.clone() };
    assert!(!in_write!(db.store, c => save(c, &stolen, 1, &[]).await).unwrap());
    in_write!(db.store, c => set_place(c, TEAM, number, None, None).await).unwrap();
    let note = ruhepol::case::Change::Note { text: "fremd".to_owned() };
    let line = ruhepol::case::Entry { at: 1, actor: None, what: note };
    in_write!(db.store, c => entry::append(c, TEAM, number, &line).await).unwrap_err();
    assert_eq!(in_read!(db.store, c => get(c, OTHERS, number).await).unwrap(), Some(theirs));
}

async fn one_number_is_one_case(db: Fresh) {
    let case = in_write!(db.store, c => open(c, TEAM, "eins").await).unwrap();
    let again = in_write!(db.store, c => insert(c, &case, &[]).await);
    assert!(!again.unwrap_err().is_unavailable());
}
