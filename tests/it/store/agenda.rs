//! The next time at which anything waits.

use ruhepol::follow_up::FollowUpId;
use ruhepol::store::{agenda, delivery};

use super::{Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines};

on_both_engines!(the_next_due_time_is_the_earliest_that_still_waits_in_any_team);

async fn the_next_due_time_is_the_earliest_that_still_waits_in_any_team(db: Fresh) {
    assert_eq!(in_read!(db.store, c => agenda::next_due(c, 0).await).unwrap(), None, "nothing waits at first");
    in_write!(db.store, c => {
        delivery::want_reminder(c, TEAM, FollowUpId(1), 1, 3_000, None).await?;
        delivery::want_reminder(c, OTHERS, FollowUpId(2), 1, 2_000, None).await?;
        delivery::want_reminder(c, TEAM, FollowUpId(3), 1, 2_500, None).await?;
        delivery::cancel_reminder(c, TEAM, FollowUpId(3)).await
    })
    .unwrap();
    for (now, next) in [(1_000, Some(2_000)), (2_000, Some(3_000)), (3_000, None)] {
        assert_eq!(in_read!(db.store, c => agenda::next_due(c, now).await).unwrap(), next, "after {now}");
    }
}
