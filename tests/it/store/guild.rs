//! Settings, presence and small facts.

use ruhepol::id::{ChannelId, RoleId};
use ruhepol::locale::Lang;
use ruhepol::store::case::next_number;
use ruhepol::store::guild::{Settings, meta_get, meta_set, present, save_settings, set_present, settings};

use super::{Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines};

on_both_engines!(
    a_team_that_has_set_nothing_gets_the_defaults,
    settings_are_read_back_as_they_were_saved,
    a_team_is_present_until_the_bot_has_left_it,
    a_fact_is_read_back_and_replaced,
);

async fn a_team_that_has_set_nothing_gets_the_defaults(db: Fresh) {
    let before = in_read!(db.store, c => settings(c, TEAM).await).unwrap();
    assert_eq!(before, Settings::default());
    // The columns' defaults must say the same once another function has made the row.
    in_write!(db.store, c => next_number(c, TEAM).await).unwrap();
    let after = in_read!(db.store, c => settings(c, TEAM).await).unwrap();
    assert_eq!(after, Settings::default());
}

async fn settings_are_read_back_as_they_were_saved(db: Fresh) {
    let set = Settings {
        agent_role: Some(RoleId(u64::MAX >> 1)),
        lead_role: Some(RoleId(2)),
        case_channel: Some(ChannelId(3)),
        alert_channel: None,
        lang: Lang::En,
        zone: "Europe/Vienna".to_owned(),
        land: Some("NW".to_owned()),
    };
    for round in [Settings::default(), set.clone(), Settings { land: None, agent_role: None, ..set }] {
        let saved = round.clone();
        in_write!(db.store, c => save_settings(c, TEAM, &saved).await).unwrap();
        assert_eq!(in_read!(db.store, c => settings(c, TEAM).await).unwrap(), round);
    }
    assert_eq!(in_read!(db.store, c => settings(c, OTHERS).await).unwrap(), Settings::default());
}

async fn a_team_is_present_until_the_bot_has_left_it(db: Fresh) {
    assert!(in_read!(db.store, c => present(c, TEAM).await).unwrap());
    in_write!(db.store, c => set_present(c, TEAM, false).await).unwrap();
    assert!(!in_read!(db.store, c => present(c, TEAM).await).unwrap());
    assert!(in_read!(db.store, c => present(c, OTHERS).await).unwrap());
    in_write!(db.store, c => set_present(c, TEAM, true).await).unwrap();
    assert!(in_read!(db.store, c => present(c, TEAM).await).unwrap());
}

async fn a_fact_is_read_back_and_replaced(db: Fresh) {
    assert_eq!(in_read!(db.store, c => meta_get(c, "commands").await).unwrap(), None);
    for value in ["abc", "def"] {
        in_write!(db.store, c => meta_set(c, "commands", value).await).unwrap();
        assert_eq!(in_read!(db.store, c => meta_get(c, "commands").await).unwrap().as_deref(), Some(value));
    }
}
