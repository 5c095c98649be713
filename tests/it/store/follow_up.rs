//! Promises: written down, changed once, listed soonest first.

use ruhepol::case::CaseNumber;
use ruhepol::follow_up::{Every, FollowUp, FollowUpId, Kind, Series, State, Terms, Wake};
use ruhepol::id::{ChannelId, GuildId, UserId};
use ruhepol::store::follow_up::{NewFollowUp, colleagues, get, insert, list, next_due, save};

use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open};

on_both_engines!(
    a_promise_is_read_back_whole,
    colleagues_are_who_had_to_do_with_promises_and_cases_of_late,
    a_promise_ends_exactly_once,
    a_promise_that_was_moved_meanwhile_is_not_overwritten,
    lists_show_open_promises_soonest_first,
    another_teams_promise_does_not_exist,
);

pub(super) fn promise(guild: GuildId, case: Option<i64>, assignee: UserId, due_at: i64) -> NewFollowUp {
    NewFollowUp {
        guild,
        case: case.map(CaseNumber),
        what: "Zurückrufen".to_owned(),
        creator: ANNA,
        assignee,
        civil: "2026-12-24T12:00:00".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        due_at,
        channel: ChannelId(9),
        created_at: 10,
        terms: Terms::default(),
    }
}

async fn colleagues_are_who_had_to_do_with_promises_and_cases_of_late(db: Fresh) {
    let clara = UserId(77);
    let found = in_write!(db.store, c => {
        insert(c, &NewFollowUp { created_at: 10, ..promise(TEAM, None, BEN, 5_000) }).await?;
        insert(c, &NewFollowUp { created_at: 20, creator: clara, ..promise(TEAM, None, clara, 5_000) }).await?;
        insert(c, &promise(OTHERS, None, UserId(78), 5_000)).await?;
        Ok((colleagues(c, TEAM, ANNA, 10).await?, colleagues(c, TEAM, BEN, 1).await?))
    })
    .unwrap();
    assert_eq!(found, (vec![clara, BEN], vec![clara]), "of this team, the latest first, but the one who asks");
}

async fn a_promise_is_read_back_whole(db: Fresh) {
    let terms = Terms {
        kind: Kind::SuccessCheck,
        repeat: Some(Series { every: Every::Weeks(2), from: "2026-12-24T12:00".parse().unwrap() }),
        escalate_after: Some(7_200_000),
        wake: Some(Wake::Customer),
        waited_from: Some(4_000),
        lapses_at: Some(9_000),
    };
    let new = NewFollowUp { terms, ..promise(TEAM, None, BEN, 5_000) };
    let written = new.clone();
    let id = in_write!(db.store, c => insert(c, &written).await).unwrap();
    let read = in_read!(db.store, c => get(c, TEAM, id).await).unwrap();
    let expected = FollowUp {
        id,
        guild: new.guild,
        case: None,
        what: new.what,
        creator: new.creator,
        assignee: new.assignee,
        civil: new.civil,
        zone: new.zone,
        due_at: 5_000,
        channel: new.channel,
        state: State::Open,
        created_at: 10,
        ended_at: None,
        ended_by: None,
        outcome: None,
        terms: new.terms,
        version: 1,
    };
    assert_eq!(read, Some(expected));
}

async fn a_promise_ends_exactly_once(db: Fresh) {
    let id = in_write!(db.store, c => insert(c, &promise(TEAM, None, BEN, 5_000)).await).unwrap();
    let open = in_read!(db.store, c => get(c, TEAM, id).await).unwrap().unwrap();
    let ended = Some("Gutschrift ist da".to_owned());
    let done = FollowUp { state: State::Done, ended_at: Some(6_000), ended_by: Some(ANNA), outcome: ended, ..open };
    let once = done.clone();
    assert!(in_write!(db.store, c => save(c, &once, 1).await).unwrap());
    // The same version: ending does not move the due time. The second press must lose all the same.
    let cancelled = FollowUp { state: State::Cancelled, ..done.clone() };
    assert!(!in_write!(db.store, c => save(c, &cancelled, 1).await).unwrap());
    assert_eq!(in_read!(db.store, c => get(c, TEAM, id).await).unwrap(), Some(done));
}

async fn a_promise_that_was_moved_meanwhile_is_not_overwritten(db: Fresh) {
    let id = in_write!(db.store, c => insert(c, &promise(TEAM, None, BEN, 5_000)).await).unwrap();
    let seen = in_read!(db.store, c => get(c, TEAM, id).await).unwrap().unwrap();
    let moved = FollowUp { due_at: 9_000, civil: "2026-12-25T12:00:00".to_owned(), version: 2, ..seen.clone() };
    let kept = moved.clone();
    assert!(in_write!(db.store, c => save(c, &moved, 1).await).unwrap());
    let done = FollowUp { state: State::Done, ..seen };
    assert!(!in_write!(db.store, c => save(c, &done, 1).await).unwrap());
    assert_eq!(in_read!(db.store, c => get(c, TEAM, id).await).unwrap(), Some(kept));
}

async fn lists_show_open_promises_soonest_first(db: Fresh) {
    let ids = in_write!(db.store, c => {
        open(c, TEAM, "eins").await?;
        open(c, TEAM, "zwei").await?;
        open(c, OTHERS, "fremd").await?;
        let mut ids = Vec::new();
        for (guild, case, who, due) in [
            (TEAM, Some(1), ANNA, 300),
            (TEAM, Some(2), ANNA, 100),
            (TEAM, Some(1), BEN, 200),
            (TEAM, None, ANNA, 50),
            (OTHERS, Some(1), ANNA, 1),
            (TEAM, Some(1), BEN, 10),
        ] {
            ids.push(insert(c, &promise(guild, case, who, due)).await?);
        }
        let mut ended = get(c, TEAM, ids[5]).await?.unwrap();
        ended.state = State::Cancelled;
        assert!(save(c, &ended, 1).await?);
        Ok(ids)
    })
    .unwrap();
    for (who, case, limit, expected) in [
        (None, None, 25, vec![3, 1, 2, 0]),
        (None, None, 2, vec![3, 1]),
        (Some(ANNA), None, 25, vec![3, 1, 0]),
        (None, Some(1), 25, vec![2, 0]),
        (Some(BEN), Some(1), 25, vec![2]),
        (Some(BEN), Some(2), 25, vec![]),
    ] {
        let case = case.map(CaseNumber);
        let listed = in_read!(db.store, c => list(c, TEAM, who, case, limit).await).unwrap();
        let expected: Vec<FollowUpId> = expected.into_iter().map(|index: usize| ids[index]).collect();
        assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), expected, "{who:?} {case:?}");
    }
    let next = in_read!(db.store, c => next_due(c, TEAM, CaseNumber(1)).await).unwrap();
    assert_eq!(next.map(|one| one.due_at), Some(200));
    assert_eq!(in_read!(db.store, c => next_due(c, TEAM, CaseNumber(9)).await).unwrap(), None);
}

async fn another_teams_promise_does_not_exist(db: Fresh) {
    let id = in_write!(db.store, c => insert(c, &promise(OTHERS, None, BEN, 5_000)).await).unwrap();
    assert_eq!(in_read!(db.store, c => get(c, TEAM, id).await).unwrap(), None);
    let theirs = in_read!(db.store, c => get(c, OTHERS, id).await).unwrap().unwrap();
    let stolen = FollowUp { guild: TEAM, state: State::Done, ..theirs };
    assert!(!in_write!(db.store, c => save(c, &stolen, 1).await).unwrap());
    // Nor can a promise be hung on a case that the team does not have.
    in_write!(db.store, c => insert(c, &promise(TEAM, Some(1), BEN, 5_000)).await).unwrap_err();
}
