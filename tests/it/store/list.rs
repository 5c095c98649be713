//! The views of `/case list`.

use ruhepol::case::{Priority, Status, View};
use ruhepol::follow_up::GRACE_MS;
use ruhepol::store::case::list;
use ruhepol::store::follow_up;

use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open, open_with};

on_both_engines!(every_view_shows_exactly_its_cases_newest_first, a_long_list_comes_in_pages_without_loss);

async fn every_view_shows_exactly_its_cases_newest_first(db: Fresh) {
    in_write!(db.store, c => {
        use Status::*;
        for (status, owner, mood) in [
            (New, None, 0),                    // 1
            (Open, Some(ANNA), 1),             // 2
            (WaitingCustomer, Some(BEN), 2),   // 3
            (WaitingInternal, None, 3),        // 4
            (Resolved, Some(ANNA), 3),         // 5
            (Closed, None, 3),                 // 6
            (Open, Some(ANNA), 2),             // 7
        ] {
            open_with(c, TEAM, "Fall", |case| {
                (case.status, case.owner, case.mood) = (status, owner, mood);
                case.customer = Some("Kundin".to_owned());
                case.priority = Priority::High;
            })
            .await?;
        }
        for (case, due) in [(2, 500), (3, 501), (6, 100), (7, 900), (2, 100)] {
            let promise = super::follow_up::promise(TEAM, Some(case), ANNA, due);
            follow_up::insert(c, &promise).await?;
        }
        // One that has been kept no longer counts.
        let kept = follow_up::insert(c, &super::follow_up::promise(TEAM, Some(4), ANNA, 1)).await?;
        let mut kept = follow_up::get(c, TEAM, kept).await?.unwrap();
        kept.state = ruhepol::follow_up::State::Done;
        assert!(follow_up::save(c, &kept, 1).await?);
        open(c, OTHERS, "fremd").await
    })
    .unwrap();
    for (view, me, expected) in [
        (View::Mine, ANNA, vec![7, 2]),
        (View::Mine, BEN, vec![3]),
        (View::Unassigned, ANNA, vec![4, 1]),
        (View::Overdue, ANNA, vec![2]),
        (View::Hot, ANNA, vec![7, 4, 3]),
        (View::Waiting, ANNA, vec![4, 3]),
        (View::All, ANNA, vec![7, 6, 5, 4, 3, 2, 1]),
    ] {
        let page = in_read!(db.store, c => list(c, TEAM, view, me, 500 + GRACE_MS, 0).await).unwrap();
        let numbers: Vec<i64> = page.cases.iter().map(|line| line.number.0).collect();
        assert_eq!(numbers, expected, "{view:?}");
        assert!(!page.more);
    }
    let overdue_later = in_read!(db.store, c => list(c, TEAM, View::Overdue, ANNA, 900 + GRACE_MS, 0).await).unwrap();
    assert_eq!(overdue_later.cases.iter().map(|line| line.number.0).collect::<Vec<_>>(), [7, 3, 2]);
    let line = &overdue_later.cases[1];
    assert_eq!((line.status, line.priority, line.owner), (Status::WaitingCustomer, Priority::High, Some(BEN)));
    assert_eq!((line.mood, line.customer.as_deref(), line.updated_at), (2, Some("Kundin"), 1_000));
}

async fn a_long_list_comes_in_pages_without_loss(db: Fresh) {
    in_write!(db.store, c => {
        for _ in 0..20 {
            open(c, TEAM, "Fall").await?;
        }
        Ok(())
    })
    .unwrap();
    let mut seen = Vec::new();
    for page in 0..3 {
        let page = in_read!(db.store, c => list(c, TEAM, View::All, ANNA, 0, page).await).unwrap();
        assert_eq!(page.more, seen.is_empty(), "two full pages, nothing on the third");
        seen.extend(page.cases.iter().map(|line| line.number.0));
    }
    assert_eq!(seen, (1..=20).rev().collect::<Vec<_>>());
}
