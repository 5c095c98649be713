//! The outbox: claimed by one, settled once, teams taking turns, and bundles whose members are frozen.

use std::collections::BTreeSet;

use ruhepol::follow_up::{FollowUp, FollowUpId, State as Promised};
use ruhepol::id::{GuildId, MessageId, UserId};
use ruhepol::store::bundle::{Crowd, gather, members, released, sent, shown};
use ruhepol::store::delivery::{
    Job, Settled, State, claim, coming, count, free_abandoned, latest, outcome, renew, save, server_time, want_reminder,
};
use ruhepol::store::follow_up::{self, get, insert};
use ruhepol::store::process;

use super::follow_up::promise;
use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open};

on_both_engines!(
    a_row_is_held_by_one_and_settled_once,
    a_row_is_due_at_its_time_and_after_and_not_before,
    teams_take_turns_however_many_rows_one_of_them_has,
    what_one_person_missed_goes_into_even_bundles_of_at_most_twenty_five,
    what_is_due_at_once_in_one_channel_goes_together_from_three_on,
    two_who_gather_at_once_bundle_nothing_twice,
    a_bundle_that_cannot_be_shown_lets_each_go_its_own_way,
    a_bundle_is_wanted_again_when_one_of_its_promises_ends_also_while_it_is_on_its_way,
    a_start_frees_rows_only_where_nobody_else_can_hold_them,
    processes_on_one_database_know_how_many_they_are,
);

const SETTLED: Settled = Settled { state: State::Sent, not_before: 0, made: None, sent_at: Some(9) };

async fn wanted(db: &Fresh, team: GuildId, who: UserId, due_at: i64) -> FollowUpId {
    in_write!(db.store, c => {
        let id = insert(c, &promise(team, None, who, due_at)).await?;
        want_reminder(c, team, id, 1, due_at, None).await?;
        Ok(id)
    })
    .unwrap()
}

async fn ids(db: &Fresh, until: i64, real: i64) -> Vec<i64> {
    in_read!(db.store, c => coming(c, until, real).await).unwrap().iter().map(|row| row.id).collect()
}

async fn take(db: &Fresh, ids: Vec<i64>, now: i64, real: i64) -> Vec<Job> {
    in_write!(db.store, c => claim(c, &ids, now, real, real + 100, "test").await).unwrap()
}

async fn a_row_is_held_by_one_and_settled_once(db: Fresh) {
    wanted(&db, TEAM, BEN, 10).await;
    let all = ids(&db, 10, 0).await;
    let first = take(&db, all.clone(), 10, 1_000).await.remove(0);
    assert!(take(&db, all.clone(), 10, 1_099).await.is_empty(), "held");
    let second = take(&db, all, 10, 1_100).await.remove(0);
    assert_eq!(second.token, first.token + 1, "tokens grow");
    assert!(!in_write!(db.store, c => renew(c, first.id, first.token, 9_999).await).unwrap());
    assert!(!in_write!(db.store, c => save(c, &first, State::Claimed, SETTLED).await).unwrap(), "the lease was lost");
    let (job, again) = (second.clone(), second.clone());
    let job = Job { message: Some(MessageId(77)), ..job };
    assert!(in_write!(db.store, c => save(c, &job, State::Claimed, SETTLED).await).unwrap());
    assert!(!in_write!(db.store, c => save(c, &again, State::Claimed, SETTLED).await).unwrap(), "once");
    let ended = in_read!(db.store, c => outcome(c, second.id).await).unwrap();
    assert_eq!(ended, Some((State::Sent, Some(MessageId(77)))));
}

async fn a_row_is_due_at_its_time_and_after_and_not_before(db: Fresh) {
    wanted(&db, TEAM, BEN, 1_000).await;
    let all = ids(&db, 60_000, 0).await;
    assert_eq!(all.len(), 1, "seen coming");
    assert!(ids(&db, 999, 0).await.is_empty());
    assert!(take(&db, all.clone(), 999, 0).await.is_empty(), "a millisecond early");
    assert_eq!(take(&db, all.clone(), 1_000, 0).await.len(), 1, "exactly now");
    assert_eq!(take(&db, all, 50_000, 100).await.len(), 1, "its moment was jumped over");
}

async fn teams_take_turns_however_many_rows_one_of_them_has(db: Fresh) {
    for n in 0..70 {
        wanted(&db, TEAM, BEN, n).await;
    }
    wanted(&db, OTHERS, BEN, 500).await;
    let rows = in_read!(db.store, c => coming(c, 1_000, 0).await).unwrap();
    assert_eq!(rows[1].guild, OTHERS, "the second is the other team's first");
    assert!(rows.len() < 71, "of one team only so many at a time");
    assert_eq!(rows[0].loose, Some(BEN));
}

async fn what_one_person_missed_goes_into_even_bundles_of_at_most_twenty_five(db: Fresh) {
    for n in 0..27 {
        wanted(&db, TEAM, BEN, n).await;
    }
    wanted(&db, TEAM, ANNA, 5).await;
    wanted(&db, OTHERS, BEN, 5).await;
    wanted(&db, TEAM, BEN, 900).await;
    let made = in_write!(db.store, c => gather(c, TEAM, Crowd::Missed(BEN), 100, 1_000, 0).await).unwrap();
    let sizes = in_read!(db.store, c => {
        let mut sizes = Vec::new();
        for id in &made {
            sizes.push(members(c, TEAM, *id).await?.len());
            assert!(members(c, OTHERS, *id).await?.is_empty(), "another team has no such bundle");
        }
        Ok(sizes)
    });
    assert_eq!(sizes.unwrap(), [14, 13], "what is not missed yet and whatever is another's stays out");
    let one = in_write!(db.store, c => gather(c, TEAM, Crowd::Missed(ANNA), 100, 1_000, 0).await).unwrap();
    assert!(one.is_empty(), "one alone is no bundle");
    let rest = ids(&db, 1_000, 0).await;
    assert_eq!(rest.len(), 2 + 3, "two bundles, and three reminders that are in none");
    let job = take(&db, rest, 1_000, 0).await.into_iter().find(|job| job.user == Some(BEN)).unwrap();
    let shown = in_read!(db.store, c => members(c, TEAM, job.id).await).unwrap();
    let some: Vec<i64> = shown.iter().skip(1).map(|member| member.0).collect();
    let job = Job { message: Some(MessageId(77)), ..job };
    let left = shown[0].0;
    in_write!(db.store, c => {
        sent(c, &job, &some, Some(9)).await?;
        assert!(save(c, &job, State::Claimed, SETTLED).await?);
        Ok(())
    })
    .unwrap();
    let ended = in_read!(db.store, c => Ok((outcome(c, some_of(&shown)).await?, outcome(c, left).await?)));
    let (with, without) = ended.unwrap();
    assert_eq!(with, Some((State::Sent, Some(MessageId(77)))));
    assert_eq!(without, Some((State::Cancelled, None)), "what no longer held is not called sent");
}

async fn what_is_due_at_once_in_one_channel_goes_together_from_three_on(db: Fresh) {
    let number = in_write!(db.store, c => open(c, TEAM, "Drei auf einmal").await).unwrap().number;
    let of_case = async |who| {
        in_write!(db.store, c => {
            let id = insert(c, &promise(TEAM, Some(number.0), who, 10)).await?;
            want_reminder(c, TEAM, id, 1, 10, Some(number)).await
        })
        .unwrap();
    };
    for who in [ANNA, BEN] {
        of_case(who).await;
        wanted(&db, TEAM, BEN, 10).await;
    }
    let gather = async |crowd| in_write!(db.store, c => gather(c, TEAM, crowd, 11, 10, 0).await).unwrap();
    assert!(gather(Crowd::Direct(BEN)).await.is_empty(), "two of Ben's, and one of his in a case, are no crowd");
    assert!(gather(Crowd::Case(number)).await.is_empty());
    wanted(&db, TEAM, BEN, 10).await;
    wanted(&db, TEAM, BEN, 11).await;
    of_case(BEN).await;
    let (direct, thread) = (gather(Crowd::Direct(BEN)).await, gather(Crowd::Case(number)).await);
    let (&[direct], &[thread]) = (&direct[..], &thread[..]) else { panic!("one bundle each") };
    let sizes = in_read!(db.store, c => {
        Ok((members(c, TEAM, direct).await?.len(), members(c, TEAM, thread).await?.len()))
    });
    assert_eq!(sizes.unwrap(), (3, 3), "what is due later stays out");
    let jobs = take(&db, vec![direct, thread], 10, 0).await;
    let whose: Vec<_> = jobs.iter().map(|job| (job.user, job.case)).collect();
    assert_eq!(whose, [(Some(BEN), None), (None, Some(number))]);
}

fn some_of(shown: &[(i64, FollowUpId, i64)]) -> i64 {
    shown[1].0
}

async fn two_who_gather_at_once_bundle_nothing_twice(db: Fresh) {
    for n in 0..10 {
        wanted(&db, TEAM, BEN, n).await;
    }
    let gathering = || in_write_task(&db);
    let (one, two) = tokio::join!(gathering(), gathering());
    let made: Vec<i64> = [one, two].concat();
    let bundles = made.len() as i64;
    let all = in_read!(db.store, c => {
        let mut all = Vec::new();
        for id in made {
            all.extend(members(c, TEAM, id).await?);
        }
        Ok(all)
    })
    .unwrap();
    // On PostgreSQL each may have locked some of the ten; whoever holds a single one leaves it to go alone.
    let left = 10 - all.len() as i64;
    assert!((0..=1).contains(&left), "{left} are in no bundle");
    let apart: BTreeSet<i64> = all.iter().map(|member| member.0).collect();
    assert_eq!(apart.len(), all.len(), "none is in two");
    let counted = in_read!(db.store, c => count(c).await).unwrap();
    assert_eq!(counted, [(State::Bundled, 10 - left), (State::Scheduled, bundles + left)]);
}

async fn in_write_task(db: &Fresh) -> Vec<i64> {
    in_write!(db.store, c => gather(c, TEAM, Crowd::Missed(BEN), 100, 1_000, 0).await).unwrap()
}

async fn a_bundle_that_cannot_be_shown_lets_each_go_its_own_way(db: Fresh) {
    for n in 0..3 {
        wanted(&db, TEAM, BEN, n).await;
    }
    let made = in_write!(db.store, c => gather(c, TEAM, Crowd::Missed(BEN), 100, 1_000, 0).await).unwrap();
    let job = take(&db, made, 1_000, 0).await.remove(0);
    in_write!(db.store, c => {
        released(c, &job).await?;
        assert!(save(c, &job, State::Claimed, Settled { state: State::Cancelled, ..SETTLED }).await?);
        Ok(())
    })
    .unwrap();
    let rows = in_read!(db.store, c => coming(c, 1_000, 0).await).unwrap();
    assert_eq!(rows.iter().map(|row| row.loose).collect::<Vec<_>>(), [None; 3], "and into no bundle again");
    assert!(in_write!(db.store, c => gather(c, TEAM, Crowd::Missed(BEN), 100, 1_000, 0).await).unwrap().is_empty());
}

async fn a_bundle_is_wanted_again_when_one_of_its_promises_ends_also_while_it_is_on_its_way(db: Fresh) {
    let mut promises = Vec::new();
    for n in 0..3 {
        promises.push(wanted(&db, TEAM, BEN, n).await);
    }
    let made = in_write!(db.store, c => gather(c, TEAM, Crowd::Missed(BEN), 100, 1_000, 0).await).unwrap();
    let (first, second) = (promises[0], promises[1]);
    let end = async |id: FollowUpId| {
        in_write!(db.store, c => {
            let before = get(c, TEAM, id).await?.expect("it is there");
            let after = FollowUp { state: Promised::Done, version: 2, ..before };
            assert!(follow_up::save(c, &after, 1).await?);
            Ok(())
        })
        .unwrap();
    };
    let settle = async |job: &Job| {
        let job = Job { message: Some(MessageId(77)), ..job.clone() };
        in_write!(db.store, c => {
            let all: Vec<i64> = members(c, TEAM, job.id).await?.iter().map(|member| member.0).collect();
            sent(c, &job, &all, Some(9)).await?;
            assert!(save(c, &job, State::Claimed, Settled { made: Some(job.wanted), ..SETTLED }).await?);
            Ok(outcome(c, job.id).await?.expect("it is there").0)
        })
        .unwrap()
    };
    let job = take(&db, made.clone(), 1_000, 0).await.remove(0);
    end(first).await;
    assert_eq!(settle(&job).await, State::Scheduled, "what was shown is old already");
    let job = take(&db, made.clone(), 1_000, 200).await.remove(0);
    assert_eq!(in_read!(db.store, c => shown(c, TEAM, job.id).await).unwrap().len(), 3);
    assert_eq!(settle(&job).await, State::Sent);
    end(second).await;
    let job = take(&db, made, 1_000, 400).await.remove(0);
    assert_eq!(settle(&job).await, State::Sent, "and then it is as it should be");
}

async fn a_start_frees_rows_only_where_nobody_else_can_hold_them(db: Fresh) {
    wanted(&db, TEAM, BEN, 10).await;
    let all = ids(&db, 10, 0).await;
    let job = take(&db, all.clone(), 10, 1_000).await.remove(0);
    let sending = Job { last_sent: Some(1_234), ..job };
    in_write!(db.store, c => {
        let settled = Settled { state: State::Sending, ..SETTLED };
        assert!(save(c, &sending, State::Claimed, settled).await?);
        Ok(())
    })
    .unwrap();
    assert_eq!(in_read!(db.store, c => latest(c).await).unwrap(), 1_234);
    let freed = in_write!(db.store, c => free_abandoned(c).await).unwrap();
    assert_eq!(freed, u64::from(db.is_sqlite()));
    assert_eq!(take(&db, all, 10, 1_001).await.len(), usize::from(db.is_sqlite()));
    let server = in_read!(db.store, c => server_time(c).await).unwrap();
    let now = ruhepol::clock::Clock::system().now_ms();
    match server {
        None => assert!(db.is_sqlite()),
        Some(time) => assert!((time - now).abs() < 60_000, "{time} against {now}"),
    }
}

async fn processes_on_one_database_know_how_many_they_are(db: Fresh) {
    assert_eq!(db.store.is_shared(), !db.is_sqlite(), "a file has one process");
    if db.is_sqlite() {
        return;
    }
    let beat = async |name: &'static str| in_write!(db.store, c => process::beat(c, name).await).unwrap();
    assert_eq!([beat("one").await, beat("two").await, beat("one").await], [1, 2, 2]);
    in_write!(db.store, c => process::leave(c, "two").await).unwrap();
    assert_eq!(beat("one").await, 1, "who ends says so");
    beat("two").await;
    db.behind("update process set seen_at = seen_at - 13000 where name = 'two'").await.unwrap();
    assert_eq!(beat("one").await, 1, "who is silent does not count");
    db.behind("update process set seen_at = seen_at - 200000 where name = 'two'").await.unwrap();
    assert_eq!((beat("one").await, beat("two").await), (1, 2), "and may come back");
}
