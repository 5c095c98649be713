//! Mornings and offers: one for each person and day, one an hour for each person and case, whoever writes them.

use ruhepol::case::CaseNumber;
use ruhepol::id::{MessageId, UserId};
use ruhepol::store::delivery::{State, count};
use ruhepol::store::digest;
use ruhepol::store::follow_up::create;
use ruhepol::store::offer::{self, Offer};

use super::follow_up::promise;
use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines};

on_both_engines!(
    a_morning_is_written_once_for_each_person_and_day,
    a_sheet_tells_what_is_late_and_what_is_due,
    an_offer_is_made_once_an_hour_for_each_person_and_case,
);

const HOUR_MS: i64 = 3_600_000;

fn at(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

async fn scheduled(db: &Fresh) -> i64 {
    let counted = in_read!(db.store, c => count(c).await).unwrap();
    counted.iter().filter(|(state, _)| *state == State::Scheduled).map(|(_, n)| n).sum()
}

async fn a_morning_is_written_once_for_each_person_and_day(db: Fresh) {
    // Several at a time, as agents work; Wednesday and Thursday morning.
    let mut writing = Vec::new();
    for hour in 0..6 {
        for who in [None, Some(ANNA), Some(BEN)] {
            let store = db.store.clone();
            writing.push(tokio::spawn(async move {
                in_write!(store, c => digest::expect(c, TEAM, who, at("2026-11-18T10:00:00Z") + hour * HOUR_MS).await)
            }));
        }
    }
    for one in writing {
        one.await.unwrap().unwrap();
    }
    assert_eq!(scheduled(&db).await, 3, "Thursday, for two people and the team");
    in_write!(db.store, c => digest::expect(c, TEAM, Some(ANNA), at("2026-11-19T08:00:00Z")).await).unwrap();
    in_write!(db.store, c => digest::expect(c, OTHERS, Some(ANNA), at("2026-11-18T08:30:00Z")).await).unwrap();
    assert_eq!(scheduled(&db).await, 5, "Friday too, and the other team's");
    assert!(in_read!(db.store, c => digest::known(c, TEAM, ANNA).await).unwrap());
    assert!(!in_read!(db.store, c => digest::known(c, OTHERS, BEN).await).unwrap());
}

async fn a_sheet_tells_what_is_late_and_what_is_due(db: Fresh) {
    let morning = at("2026-11-19T08:00:00Z");
    in_write!(db.store, c => {
        for (who, due) in [(ANNA, morning - HOUR_MS), (ANNA, morning), (ANNA, morning + 14 * HOUR_MS),
            (ANNA, morning + 15 * HOUR_MS), (BEN, morning)] {
            create(c, &promise(TEAM, None, who, due)).await?;
        }
        create(c, &promise(OTHERS, None, ANNA, morning)).await?;
        digest::expect(c, TEAM, Some(ANNA), morning - 1).await?;
        digest::expect(c, TEAM, None, morning - 1).await
    })
    .unwrap();
    let (mut own, mut team) = (None, None);
    for row in 1..20 {
        if let Some(found) = in_read!(db.store, c => digest::of(c, TEAM, row).await).unwrap()
            && found.day.to_string() == "2026-11-19"
        {
            match found.user {
                Some(ANNA) => own = Some(found),
                None => team = Some(found),
                Some(_) => {}
            }
        }
        assert!(in_read!(db.store, c => digest::of(c, UNKNOWN, row).await).unwrap().is_none());
    }
    let (own, team) = (own.unwrap(), team.unwrap());
    assert_eq!((own.sheet.overdue.count, own.sheet.today.count), (1, 2), "until midnight in Berlin");
    assert_eq!(own.sheet.today.lines[0].what, "Zurückrufen");
    assert_eq!((team.sheet.overdue.count, team.sheet.today.count), (1, 3));
    assert!(team.sheet.today.lines.iter().all(|line| line.what.is_empty()), "nobody's words are the team's");
}

const UNKNOWN: ruhepol::id::GuildId = ruhepol::id::GuildId(3);

async fn an_offer_is_made_once_an_hour_for_each_person_and_case(db: Fresh) {
    let make = async |user: UserId, case: i64, at: i64, message: u64| {
        let offer = Offer { case: CaseNumber(case), user, due_at: at + HOUR_MS, at };
        in_write!(db.store, c => offer::make(c, TEAM, offer, MessageId(message)).await).unwrap()
    };
    assert!(make(ANNA, 1, 0, 10).await);
    assert!(!make(ANNA, 1, 0, 10).await, "the same message, heard twice");
    assert!(!make(ANNA, 1, HOUR_MS - 1, 11).await);
    assert!(make(BEN, 1, 5, 12).await && make(ANNA, 2, 5, 13).await);
    assert!(!make(ANNA, 1, 3 * HOUR_MS, 10).await, "an old message, replayed");
    assert!(make(ANNA, 1, HOUR_MS, 14).await);
    assert_eq!(scheduled(&db).await, 4);
    let mut current = 0;
    for row in 1..10 {
        current += usize::from(in_read!(db.store, c => offer::of(c, TEAM, row).await).unwrap().is_some());
        assert!(in_read!(db.store, c => offer::of(c, OTHERS, row).await).unwrap().is_none());
    }
    assert_eq!(current, 3, "the one that another took the place of is not shown any more");
}
