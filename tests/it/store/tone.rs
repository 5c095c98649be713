//! What is kept for tone: per team, per person only what they wished for, and all of it forgotten when they ask.

use ruhepol::locale::Lang;
use ruhepol::store::tone::{self, Allowed, Me, RuleName};

use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open};

on_both_engines!(
    a_wish_is_the_persons_own_and_its_time_never_goes_back,
    what_is_allowed_holds_for_who_allowed_it_or_the_team,
    counters_are_the_teams_and_shown_from_a_number_on,
    a_cases_warmth_is_a_number_and_a_time,
    forgetting_a_person_leaves_the_teams_decisions
);

fn rule(id: &str) -> RuleName {
    RuleName { lang: Lang::De, id: id.to_owned() }
}

async fn a_wish_is_the_persons_own_and_its_time_never_goes_back(db: Fresh) {
    assert!(!in_write!(db.store, c => tone::rest(c, TEAM, ANNA, 9).await).unwrap(), "not wished for");
    in_write!(db.store, c => tone::begin(c, TEAM, ANNA, 5).await).unwrap();
    assert!(in_write!(db.store, c => tone::rest(c, TEAM, ANNA, 9).await).unwrap());
    in_write!(db.store, c => tone::rest(c, TEAM, ANNA, 7).await).unwrap();
    in_write!(db.store, c => tone::begin(c, TEAM, ANNA, 5).await).unwrap();
    let me = in_read!(db.store, c => tone::me(c, TEAM, ANNA).await).unwrap();
    assert_eq!(me, Some(Me { next_at: 9, closed: false }));
    for (guild, user) in [(OTHERS, ANNA), (TEAM, BEN)] {
        assert_eq!(in_read!(db.store, c => tone::me(c, guild, user).await).unwrap(), None);
    }
    assert_eq!(in_read!(db.store, c => tone::wishing(c, TEAM).await).unwrap(), 1);
    in_write!(db.store, c => tone::close(c, TEAM, ANNA).await).unwrap();
    assert!(in_read!(db.store, c => tone::me(c, TEAM, ANNA).await).unwrap().unwrap().closed);
    assert_eq!(in_read!(db.store, c => tone::wishing(c, TEAM).await).unwrap(), 0);
    in_write!(db.store, c => tone::begin(c, TEAM, ANNA, 5).await).unwrap();
    assert!(!in_read!(db.store, c => tone::me(c, TEAM, ANNA).await).unwrap().unwrap().closed, "wished for again");
}

async fn what_is_allowed_holds_for_who_allowed_it_or_the_team(db: Fresh) {
    for (guild, who) in [(TEAM, Some(ANNA)), (TEAM, Some(ANNA)), (TEAM, None), (OTHERS, Some(ANNA))] {
        in_write!(db.store, c => tone::allow(c, guild, who, &rule("a.b")).await).unwrap();
    }
    let one = |team| Allowed { rule: rule("a.b"), team };
    assert_eq!(in_read!(db.store, c => tone::allowed(c, TEAM, ANNA).await).unwrap(), [one(true), one(false)]);
    assert_eq!(in_read!(db.store, c => tone::allowed(c, TEAM, BEN).await).unwrap(), [one(true)]);
    assert_eq!(in_read!(db.store, c => tone::allowed(c, OTHERS, BEN).await).unwrap(), []);
    assert!(in_write!(db.store, c => tone::disallow(c, TEAM, None, &rule("a.b")).await).unwrap());
    assert!(!in_write!(db.store, c => tone::disallow(c, TEAM, Some(BEN), &rule("a.b")).await).unwrap());
    assert_eq!(in_read!(db.store, c => tone::allowed(c, TEAM, ANNA).await).unwrap(), [one(false)]);
}

async fn counters_are_the_teams_and_shown_from_a_number_on(db: Fresh) {
    for _ in 0..3 {
        in_write!(db.store, c => tone::count(c, TEAM, &[rule("a.b"), rule("c.d")]).await).unwrap();
    }
    in_write!(db.store, c => tone::count(c, TEAM, &[rule("c.d")]).await).unwrap();
    let counts = in_read!(db.store, c => tone::counts(c, TEAM, 4).await).unwrap();
    assert_eq!(counts, [(rule("c.d"), 4)]);
    assert_eq!(in_read!(db.store, c => tone::counts(c, OTHERS, 1).await).unwrap(), []);
}

async fn a_cases_warmth_is_a_number_and_a_time(db: Fresh) {
    let number = in_write!(db.store, c => open(c, TEAM, "Lieferung").await).unwrap().number;
    assert_eq!(in_read!(db.store, c => tone::heat(c, TEAM, number).await).unwrap(), None);
    in_write!(db.store, c => tone::set_heat(c, TEAM, number, 1_000, 5).await).unwrap();
    in_write!(db.store, c => tone::set_heat(c, TEAM, number, 2_500, 6).await).unwrap();
    assert_eq!(in_read!(db.store, c => tone::heat(c, TEAM, number).await).unwrap(), Some((2_500, 6)));
    assert_eq!(in_read!(db.store, c => tone::heat(c, OTHERS, number).await).unwrap(), None);
}

async fn forgetting_a_person_leaves_the_teams_decisions(db: Fresh) {
    in_write!(db.store, c => tone::begin(c, TEAM, ANNA, 5).await).unwrap();
    for who in [Some(ANNA), Some(BEN), None] {
        in_write!(db.store, c => tone::allow(c, TEAM, who, &rule("a.b")).await).unwrap();
    }
    in_write!(db.store, c => tone::forget(c, TEAM, ANNA).await).unwrap();
    assert_eq!(in_read!(db.store, c => tone::me(c, TEAM, ANNA).await).unwrap(), None);
    let left = in_read!(db.store, c => tone::allowed(c, TEAM, ANNA).await).unwrap();
    assert_eq!(left, [Allowed { rule: rule("a.b"), team: true }]);
    assert_eq!(in_read!(db.store, c => tone::allowed(c, TEAM, BEN).await).unwrap().len(), 2);
}
