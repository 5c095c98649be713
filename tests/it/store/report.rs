//! The numbers of `/report`.

use ruhepol::follow_up::{Kind, State, Terms};
use ruhepol::store::{follow_up, report};

use super::{ANNA, Fresh, TEAM, in_read, in_write, on_both_engines, open};

on_both_engines!(only_what_people_promised_counts_as_a_promise);

async fn only_what_people_promised_counts_as_a_promise(db: Fresh) {
    in_write!(db.store, c => {
        let case = open(c, TEAM, "Fall").await?;
        for kind in [Kind::Promise, Kind::Promise, Kind::SuccessCheck, Kind::Update, Kind::FirstResponse] {
            let new = super::follow_up::promise(TEAM, Some(case.number.0), ANNA, 100);
            follow_up::insert(c, &follow_up::NewFollowUp { terms: Terms { kind, ..Terms::default() }, ..new }).await?;
        }
        // One occurrence gave way when another was due, one was taken along before its time came.
        for ended_at in [150, 50] {
            let id = follow_up::insert(c, &super::follow_up::promise(TEAM, None, ANNA, 100)).await?;
            let mut one = follow_up::get(c, TEAM, id).await?.unwrap();
            (one.state, one.ended_at, one.version) = (State::Cancelled, Some(ended_at), 2);
            assert!(follow_up::save(c, &one, 1).await?);
        }
        Ok::<_, ruhepol::store::StoreError>(())
    })
    .unwrap();
    let numbers = in_read!(db.store, c => report::numbers(c, TEAM, 0, 1_000).await).unwrap();
    assert_eq!((numbers.overdue, numbers.kept, numbers.cancelled), (2, 0, 1));
}
