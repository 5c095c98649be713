//! Erasing and counting, on both engines.

use ruhepol::case::{Case, Cause, Change, Entry, Status};
use ruhepol::id::{ChannelId, UserId};
use ruhepol::report::IN_TIME_MS;
use ruhepol::store::privacy::{self, Holdings};
use ruhepol::store::{case, entry, follow_up, report, search};

use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open, open_with};

on_both_engines!(
    erasing_a_person_takes_their_words_in_their_team_only,
    erasing_a_case_leaves_its_rows_without_words,
    numbers_count_what_lies_in_the_range,
);

const KIM: UserId = UserId(99);

fn line(actor: UserId, what: Change) -> Entry {
    Entry { at: 5, actor: Some(actor), what }
}

async fn erasing_a_person_takes_their_words_in_their_team_only(db: Fresh) {
    for team in [TEAM, OTHERS] {
        in_write!(db.store, c => {
            let about_kim = |case: &mut Case| (case.customer, case.customer_user) = (Some("Kim".into()), Some(KIM));
            let made = open_with(c, team, "Lieferung", about_kim).await?;
            let moved = Change::Status { from: Status::New, to: Status::Open };
            for what in [Change::Note { text: "geheim".into() }, moved] {
                entry::append(c, team, made.number, &line(ANNA, what)).await?;
            }
            entry::append(c, team, made.number, &line(BEN, Change::Note { text: "bleibt".into() })).await?;
            Ok(made)
        })
        .unwrap();
    }
    in_write!(db.store, c => privacy::erase_person(c, TEAM, ANNA, 9).await).unwrap();
    in_write!(db.store, c => privacy::erase_person(c, TEAM, KIM, 9).await).unwrap();
    assert_eq!(in_read!(db.store, c => privacy::holdings(c, TEAM, ANNA).await).unwrap(), Holdings::default());
    assert_eq!(in_read!(db.store, c => privacy::holdings(c, TEAM, KIM).await).unwrap(), Holdings::default());
    let number = ruhepol::case::CaseNumber(1);
    let left = in_read!(db.store, c => entry::newest(c, TEAM, number, 9).await).unwrap();
    let left: Vec<_> = left.into_iter().map(|entry| (entry.actor, entry.what.kind())).collect();
    assert_eq!(left, [(Some(BEN), "note"), (None, "status"), (None, "erased")]);
    let kept = in_read!(db.store, c => case::get(c, TEAM, number).await).unwrap().unwrap();
    assert_eq!((kept.customer, kept.customer_user), (None, None));
    let others = in_read!(db.store, c => privacy::holdings(c, OTHERS, KIM).await).unwrap();
    assert_eq!(others.customer_of, [number]);
    assert_eq!(in_read!(db.store, c => privacy::lines(c, OTHERS, ANNA, 9).await).unwrap().len(), 2);
}

async fn erasing_a_case_leaves_its_rows_without_words(db: Fresh) {
    let made = in_write!(db.store, c => {
        let made = open(c, TEAM, "Zebra entlaufen").await?;
        entry::append(c, TEAM, made.number, &line(ANNA, Change::Note { text: "Zebra".into() })).await?;
        Ok(made)
    })
    .unwrap();
    let case = made.clone();
    in_write!(db.store, c => privacy::erase_case(c, &case, "(gelöscht)", 9).await).unwrap();
    let kept = in_read!(db.store, c => case::get(c, TEAM, made.number).await).unwrap().unwrap();
    assert_eq!((kept.title.as_str(), kept.version), ("(gelöscht)", made.version + 1));
    let found = in_read!(db.store, c => case::find(c, TEAM, &search::query_words("Zebra"), 5).await).unwrap();
    assert_eq!(found, [], "not even the index knows the word");
    let left = in_read!(db.store, c => entry::newest(c, TEAM, made.number, 9).await).unwrap();
    assert_eq!(left.into_iter().map(|e| (e.actor, e.what)).collect::<Vec<_>>(), [(Some(ANNA), Change::Erased {})]);
}

async fn numbers_count_what_lies_in_the_range(db: Fresh) {
    let (from, now) = (10_000, 20_000);
    in_write!(db.store, c => {
        for (opened_at, status, cause) in [
            (9_999, Status::Open, None),
            (10_000, Status::Closed, Some(Cause::Delay)),
            (15_000, Status::New, Some(Cause::Delay)),
            (20_000, Status::Open, Some(Cause::Price)),
        ] {
            open_with(c, TEAM, "Fall", |case| {
                (case.opened_at, case.status, case.cause) = (opened_at, status, cause);
                case.closed_at = (status == Status::Closed).then_some(15_000);
                case.mood = 2;
            })
            .await?;
        }
        open(c, OTHERS, "Fremd").await
    })
    .unwrap();
    let promise = |due_at| follow_up::NewFollowUp {
        guild: TEAM,
        case: None,
        what: "Melden".into(),
        creator: ANNA,
        assignee: BEN,
        civil: "2026-11-20T09:00:00".into(),
        zone: "Europe/Berlin".into(),
        due_at,
        channel: ChannelId(1),
        created_at: 1,
        terms: ruhepol::follow_up::Terms::default(),
    };
    for (due_at, ended) in [(10_000, Some(10_001)), (10_500, Some(10_501 + IN_TIME_MS)), (19_999, None), (20_000, None)]
    {
        let new = promise(due_at);
        in_write!(db.store, c => {
            let id = follow_up::insert(c, &new).await?;
            let Some(ended) = ended else { return Ok(true) };
            let mut kept = follow_up::get(c, TEAM, id).await?.expect("just written");
            let version = kept.version;
            (kept.state, kept.ended_at, kept.version) = (ruhepol::follow_up::State::Done, Some(ended), version + 1);
            follow_up::save(c, &kept, version).await
        })
        .unwrap();
    }
    let numbers = in_read!(db.store, c => report::numbers(c, TEAM, from, now).await).unwrap();
    assert_eq!((numbers.opened, numbers.closed, numbers.active, numbers.unassigned, numbers.hot), (2, 1, 3, 3, 3));
    assert_eq!(numbers.causes, [(Some(Cause::Delay), 2)]);
    assert_eq!((numbers.oldest, numbers.median), (Some(9_999), Some(15_000)));
    assert_eq!((numbers.kept, numbers.kept_late, numbers.overdue, numbers.cancelled), (2, 1, 1, 0));
}
