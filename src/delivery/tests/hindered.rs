//! Reminders that cannot reach whom they are for are told to somebody who can do something about it.

use super::*;

/// What stands in a channel, and whom it mentions.
fn said(house: &House, channel: ChannelId) -> Vec<(String, Vec<UserId>)> {
    let shown = house.chat.shown().into_iter().filter(|(_, one)| one.channel == channel);
    shown.map(|(_, one)| (one.message.content, one.message.mentions.users)).collect()
}

async fn reasons(house: &House, number: CaseNumber) -> Vec<String> {
    let entries = house
        .store
        .read::<_, StoreError, _>(move |c| Box::pin(async move { store::entry::newest(c, GUILD, number, 10).await }))
        .await
        .unwrap();
    let reason = |entry: Entry| match entry.what {
        Change::Undeliverable { reason, .. } => Some(reason),
        _ => None,
    };
    entries.into_iter().filter_map(reason).collect()
}

#[tokio::test]
async fn a_reminder_of_somebody_who_left_is_told_where_alerts_go_and_counts_as_undelivered() {
    let house = House::new().await;
    let number = house.case_in_place("Übergabe").await;
    house.chat.leave(BEN);
    let (of_case, other) = (house.promise(Some(number), 0).await, house.promise(None, 0).await);
    let _worker = house.worker();
    assert!(house.settled(5).await, "{:?}", house.count().await);
    let told = said(&house, ALERTS);
    assert_eq!(told.len(), 2, "{told:?}");
    for (content, mentioned) in &told {
        assert!(content.contains("nicht mehr auf diesem Server"), "{content}");
        assert!(mentioned.contains(&ANNA) && !mentioned.contains(&BEN), "{mentioned:?}");
    }
    for id in [of_case, other] {
        assert!(house.reminders(id).is_empty(), "nobody reads it");
    }
    assert_eq!(reasons(&house, number).await, ["left 10007"]);
    assert_eq!(house.count().await[&State::Undeliverable], 2);
}

#[tokio::test]
async fn who_cannot_see_the_alert_channel_is_not_looked_for_there() {
    let house = House::new().await;
    house.chat.close_directs(BEN);
    house.chat.restrict(ALERTS, &[ANNA]);
    let id = house.promise(None, 0).await;
    let _worker = house.worker();
    assert!(house.settled(5).await, "{:?}", house.count().await);
    let told = said(&house, ALERTS);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0.contains("kam nirgends an") && told[0].1.contains(&ANNA), "{told:?}");
    assert!(house.reminders(id).iter().all(|(_, one)| !one.message.content.contains("wartet auf dich")));
    assert_eq!(house.count().await[&State::Undeliverable], 1);
}

#[tokio::test]
async fn without_a_way_to_the_alert_channel_whoever_asked_for_the_reminder_is_told_directly() {
    for gone in [true, false] {
        let house = House::new().await;
        if gone {
            house.chat.refuse(ALERTS, 50_013);
        } else {
            house.settings(Settings::default()).await;
        }
        house.chat.close_directs(BEN);
        house.chat.refuse(HOME, 50_013);
        house.promise(None, 0).await;
        let _worker = house.worker();
        assert!(house.settled(5).await, "{:?}", house.count().await);
        let direct = house.chat.shown().into_iter().map(|(_, one)| one).collect::<Vec<_>>();
        assert_eq!(direct.len(), 1, "gone {gone}: {direct:?}");
        assert!(direct[0].message.content.contains("kam nirgends an"));
        assert_eq!(direct[0].channel, ChannelId(900_000 + ANNA.0), "gone {gone}");
    }
}

#[tokio::test]
async fn a_crowd_with_somebody_who_left_is_not_told_to_nobody() {
    let house = House::new().await;
    let number = house.case_in_place("Zu dritt").await;
    house.chat.leave(BEN);
    let mut promises = Vec::new();
    for who in [ANNA, BEN, ANNA] {
        promises.push(house.promise_of(who, Some(number), 0).await);
    }
    let _worker = house.worker();
    assert!(house.settled(10).await, "{:?}", house.count().await);
    let shown: Vec<usize> = promises.iter().map(|id| house.reminders(*id).len()).collect();
    assert_eq!(shown, [1, 0, 1]);
    assert_eq!(said(&house, ALERTS).len(), 1, "somebody else learns of Ben's");
}
