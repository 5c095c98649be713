//! What comes due at once in one channel goes there in one message; two at once stay two.

use super::*;

/// The lists shown: where, what they say, whom they mention, how long they are.
fn lists(house: &House) -> Vec<(ChannelId, String, Vec<UserId>, usize)> {
    let shown = house.chat.shown().into_iter();
    let list = |(_, one): (MessageId, Shown)| match &one.message.rows[..] {
        [Row::Select(select)] => {
            Some((one.channel, one.message.content, one.message.mentions.users, select.options.len()))
        }
        _ => None,
    };
    shown.filter_map(list).collect()
}

#[tokio::test]
async fn three_of_one_person_at_once_are_one_direct_message_that_is_not_called_late() {
    let house = House::new().await;
    let mut promises = Vec::new();
    for _ in 0..3 {
        promises.push((house.promise(None, 500).await, house.clock.now_ms() + 500));
    }
    let other = house.promise_of(ANNA, None, 500).await;
    let _worker = house.worker();
    tokio::time::sleep(millis(60)).await;
    assert_eq!(house.chat.shown().len(), 0, "nothing before its time");
    house.clock.advance_ms(500);
    assert!(house.settled(5).await, "{:?}", house.count().await);
    house.assert_kept(&[], &promises, "in one message").await;
    let [(_, content, mentioned, entries)] = &lists(&house)[..] else { panic!("one list: {:?}", lists(&house)) };
    assert_eq!((&mentioned[..], *entries), (&[BEN][..], 3));
    assert!(!content.contains("verspätet"), "{content}");
    assert_eq!(house.reminders(other).len(), 1, "another person's goes to them");
    assert_eq!(house.chat.shown().len(), 2);
}

#[tokio::test]
async fn three_of_a_case_at_once_are_one_message_in_its_thread_that_mentions_all_who_owe_them() {
    let house = House::new().await;
    let number = house.case_in_place("Drei auf einmal").await;
    let mut promises = Vec::new();
    for who in [ANNA, BEN, ANNA] {
        promises.push((house.promise_of(who, Some(number), 1_000).await, house.clock.now_ms() + 1_000));
    }
    let alone = house.promise(None, 1_000).await;
    let _worker = house.worker();
    tokio::time::sleep(millis(100)).await;
    house.clock.advance_ms(1_000);
    assert!(house.settled(5).await, "{:?}", house.count().await);
    house.assert_kept(&[number], &promises, "in the thread").await;
    let [(channel, content, mentioned, entries)] = &lists(&house)[..] else { panic!("one list: {:?}", lists(&house)) };
    assert_eq!(Some(*channel), house.case(number).await.thread);
    assert_eq!((&mentioned[..], *entries), (&[ANNA, BEN][..], 3));
    assert!(!content.contains("verspätet"), "{content}");
    assert_ne!(house.reminders(alone)[0].1.channel, *channel, "what belongs to no case is not told there");
}

#[tokio::test]
async fn two_at_once_stay_two_with_their_buttons() {
    let house = House::new().await;
    let (one, two) = (house.promise(None, 0).await, house.promise(None, 0).await);
    let _worker = house.worker();
    assert!(house.settled(5).await);
    assert!(lists(&house).is_empty());
    assert_eq!((house.reminders(one).len(), house.reminders(two).len()), (1, 1));
}

#[tokio::test]
async fn a_crowd_whose_thread_takes_no_message_goes_each_its_own_way() {
    let house = House::new().await;
    let number = house.case_in_place("Ohne Ort").await;
    let mut promises = Vec::new();
    for _ in 0..3 {
        promises.push(house.promise(Some(number), 0).await);
    }
    house.chat.refuse(house.case(number).await.thread.expect("it has one"), 50_013);
    let _worker = house.worker();
    assert!(house.settled(10).await, "{:?}", house.count().await);
    for id in promises {
        assert_eq!(house.reminders(id).len(), 1, "directly");
    }
    assert!(lists(&house).is_empty(), "none is bundled a second time");
}
