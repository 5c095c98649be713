//! Settings, presence and small facts.

use std::time::Duration;

use ruhepol::id::{ChannelId, GuildId, RoleId};
use ruhepol::locale::Lang;
use ruhepol::store::case::next_number;
use ruhepol::store::guild::{
    Settings, mark_absent_except, meta_get, meta_set, present, present_guilds, save_settings, set_present, settings,
    settings_locked,
};

use super::{Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines};

on_both_engines!(
    a_team_that_has_set_nothing_gets_the_defaults,
    settings_are_read_back_as_they_were_saved,
    a_team_is_present_until_the_bot_has_left_it,
    teams_that_vanished_unseen_are_marked_and_the_others_are_not,
    of_settings_changed_at_once_none_is_lost,
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
        first_response: 8,
        success_check: 0,
        digest: false,
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

async fn teams_that_vanished_unseen_are_marked_and_the_others_are_not(db: Fresh) {
    let (third, new) = (GuildId(u64::MAX >> 1), GuildId(3));
    assert_eq!(in_read!(db.store, c => present_guilds(c).await).unwrap(), []);
    in_write!(db.store, c => {
        for guild in [TEAM, OTHERS, third] {
            set_present(c, guild, true).await?;
        }
        set_present(c, third, false).await
    })
    .unwrap();
    assert_eq!(in_read!(db.store, c => present_guilds(c).await).unwrap(), [OTHERS, TEAM]);
    for news in [vec![OTHERS], vec![]] {
        let gone = in_write!(db.store, c => mark_absent_except(c, &[new, TEAM]).await).unwrap();
        assert_eq!(gone, news, "told once");
        assert_eq!(in_read!(db.store, c => present_guilds(c).await).unwrap(), [TEAM]);
        assert!(!in_read!(db.store, c => present(c, OTHERS).await).unwrap());
        assert!(in_read!(db.store, c => present(c, new).await).unwrap(), "not recorded yet");
    }
}

async fn of_settings_changed_at_once_none_is_lost(db: Fresh) {
    type Change = fn(&mut Settings);
    let changes: [Change; 6] = [
        |set| set.agent_role = Some(RoleId(1)),
        |set| set.lead_role = Some(RoleId(2)),
        |set| set.case_channel = Some(ChannelId(3)),
        |set| set.alert_channel = Some(ChannelId(4)),
        |set| set.lang = Lang::En,
        |set| set.land = Some("BY".to_owned()),
    ];
    let changing: Vec<_> = changes
        .into_iter()
        .map(|change| {
            let store = db.store.clone();
            tokio::spawn(async move {
                in_write!(store, c => {
                    // The first finds no row to lock.
                    let mut set = settings_locked(c, TEAM).await?;
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    change(&mut set);
                    save_settings(c, TEAM, &set).await
                })
            })
        })
        .collect();
    for one in changing {
        one.await.unwrap().unwrap();
    }
    let expected = Settings {
        agent_role: Some(RoleId(1)),
        lead_role: Some(RoleId(2)),
        case_channel: Some(ChannelId(3)),
        alert_channel: Some(ChannelId(4)),
        lang: Lang::En,
        zone: "Europe/Berlin".to_owned(),
        land: Some("BY".to_owned()),
        ..Settings::default()
    };
    assert_eq!(in_read!(db.store, c => settings(c, TEAM).await).unwrap(), expected);
}

async fn a_fact_is_read_back_and_replaced(db: Fresh) {
    assert_eq!(in_read!(db.store, c => meta_get(c, "commands").await).unwrap(), None);
    for value in ["abc", "def"] {
        in_write!(db.store, c => meta_set(c, "commands", value).await).unwrap();
        assert_eq!(in_read!(db.store, c => meta_get(c, "commands").await).unwrap().as_deref(), Some(value));
    }
}
