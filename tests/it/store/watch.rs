//! Watched channels: per team, and never read backwards.

use ruhepol::case::{Case, CaseNumber, Status};
use ruhepol::id::{ChannelId, MessageId};
use ruhepol::store::watch::{self, Watched};
use ruhepol::store::{case, guild};

use super::{ANNA, Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open_with};

const SUPPORT: ChannelId = ChannelId(70);

on_both_engines!(
    a_channel_is_watched_by_its_own_team_only,
    reading_never_goes_back,
    a_customers_cases_are_found_until_closed
);

async fn a_channel_is_watched_by_its_own_team_only(db: Fresh) {
    in_write!(db.store, c => watch::begin(c, TEAM, SUPPORT, MessageId(5)).await).unwrap();
    assert!(in_read!(db.store, c => watch::is_watched(c, TEAM, SUPPORT).await).unwrap());
    assert!(!in_read!(db.store, c => watch::is_watched(c, OTHERS, SUPPORT).await).unwrap());
    assert!(!in_write!(db.store, c => watch::end(c, OTHERS, SUPPORT).await).unwrap());
    assert_eq!(in_read!(db.store, c => watch::list(c, TEAM).await).unwrap(), [SUPPORT]);
    assert!(in_write!(db.store, c => watch::end(c, TEAM, SUPPORT).await).unwrap());
    assert_eq!(in_read!(db.store, c => watch::list(c, TEAM).await).unwrap(), []);
}

async fn reading_never_goes_back(db: Fresh) {
    in_write!(db.store, c => watch::begin(c, TEAM, SUPPORT, MessageId(5)).await).unwrap();
    in_write!(db.store, c => watch::advance(c, TEAM, SUPPORT, MessageId(9)).await).unwrap();
    in_write!(db.store, c => watch::advance(c, TEAM, SUPPORT, MessageId(7)).await).unwrap();
    in_write!(db.store, c => watch::begin(c, TEAM, SUPPORT, MessageId(1)).await).unwrap();
    let all = in_read!(db.store, c => watch::all(c).await).unwrap();
    assert_eq!(all, [Watched { guild: TEAM, channel: SUPPORT, last_seen: MessageId(9) }]);
    in_write!(db.store, c => guild::set_present(c, TEAM, false).await).unwrap();
    assert_eq!(in_read!(db.store, c => watch::all(c).await).unwrap(), [], "nobody is there to read");
}

async fn a_customers_cases_are_found_until_closed(db: Fresh) {
    for status in [Status::Open, Status::Closed, Status::Resolved] {
        let edit = move |case: &mut Case| (case.customer_user, case.status) = (Some(ANNA), status);
        in_write!(db.store, c => open_with(c, TEAM, "Lieferung", edit).await).unwrap();
    }
    let numbers = in_read!(db.store, c => case::of_customer(c, TEAM, ANNA, 5).await).unwrap();
    assert_eq!(numbers.iter().map(|number| number.0).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(in_read!(db.store, c => case::of_customer(c, OTHERS, ANNA, 5).await).unwrap(), []);
    let kept = in_read!(db.store, c => case::get(c, TEAM, CaseNumber(1)).await).unwrap().unwrap();
    assert_eq!(kept.customer_user, Some(ANNA));
}
