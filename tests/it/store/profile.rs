//! What people set for themselves, and the working calendar that follows.

use ruhepol::follow_up::timetable;
use ruhepol::follow_up::working_hours::Hours;
use ruhepol::follow_up::{Land, Municipal};
use ruhepol::locale::Lang;
use ruhepol::store::guild::{Settings, save_settings};
use ruhepol::store::profile::{Profile, calendar, get, save};

use super::{ANNA, BEN, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines};

on_both_engines!(
    a_profile_is_read_back_whole_and_only_in_its_team,
    a_calendar_is_the_persons_own_where_they_said_so_and_the_teams_elsewhere,
);

fn profile() -> Profile {
    Profile {
        zone: Some("Europe/Lisbon".to_owned()),
        hours: Some(timetable::hours("Mo-Do 8-12 13-16", &Hours::default()).unwrap()),
        lang: Some(Lang::En),
        municipal: Municipal::from_name("augsburg").unwrap(),
        digest: false,
    }
}

async fn a_profile_is_read_back_whole_and_only_in_its_team(db: Fresh) {
    in_write!(db.store, c => save(c, TEAM, ANNA, &Profile::default()).await).unwrap();
    in_write!(db.store, c => save(c, TEAM, ANNA, &profile()).await).unwrap();
    assert_eq!(in_read!(db.store, c => get(c, TEAM, ANNA).await).unwrap(), profile());
    assert_eq!(in_read!(db.store, c => get(c, OTHERS, ANNA).await).unwrap(), Profile::default());
    assert_eq!(in_read!(db.store, c => get(c, TEAM, BEN).await).unwrap(), Profile::default());
}

async fn a_calendar_is_the_persons_own_where_they_said_so_and_the_teams_elsewhere(db: Fresh) {
    in_write!(db.store, c => {
        let settings = Settings { zone: "Europe/Vienna".to_owned(), land: Some("BY".to_owned()), ..Settings::default() };
        save_settings(c, TEAM, &settings).await?;
        save(c, TEAM, ANNA, &profile()).await
    })
    .unwrap();
    let anna = in_read!(db.store, c => calendar(c, TEAM, ANNA).await).unwrap();
    assert_eq!((anna.zone_name(), anna.land), ("Europe/Lisbon", Some(Land::BY)));
    assert!(anna.municipal.peace_festival);
    let ben = in_read!(db.store, c => calendar(c, TEAM, BEN).await).unwrap();
    assert_eq!((ben.zone_name(), &ben.hours), ("Europe/Vienna", &Hours::default()));
    // The team moves to a Land that has no such holidays.
    in_write!(db.store, c => {
        save_settings(c, TEAM, &Settings { land: Some("NW".to_owned()), ..Settings::default() }).await
    })
    .unwrap();
    let anna = in_read!(db.store, c => calendar(c, TEAM, ANNA).await).unwrap();
    assert_eq!(anna.municipal, Municipal::default());
}
