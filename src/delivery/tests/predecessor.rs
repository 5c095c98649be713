//! What a process left on its way when it died.

use super::*;
use crate::delivery::protocol::Hop;
use crate::store::delivery::Part;

#[tokio::test]
async fn what_was_on_its_way_when_the_process_before_died_gets_its_time_whatever_the_wall_clock_says() {
    let house = House::new().await;
    let id = house.promise(None, 0).await;
    // Long ago by the wall clock alone: it was set forward, and the process died a moment after it had sent.
    let (now, ago) = (house.clock.now_ms(), Clock::system().now_ms() - 20 * QUICK.same_nonce);
    let sending = Settled { state: State::Sending, not_before: 0, made: None, sent_at: None };
    let stored = house.store.write::<_, StoreError, _>(move |c| {
        Box::pin(async move {
            let ids: Vec<i64> = outbox::coming(c, now, ago).await?.into_iter().map(|row| row.id).collect();
            let mut job = outbox::claim(c, &ids, now, ago, ago + QUICK.lease, "before").await?.remove(0);
            (job.hop, job.in_flight) = (Hop::Direct, Some(Part::Message));
            job.channel = Some(ChannelId(900_000 + BEN.0));
            (job.first_sent, job.last_sent, job.look_from) = (Some(ago), Some(ago), Some(now - 20 * QUICK.same_nonce));
            outbox::save(c, &job, State::Claimed, sending).await
        })
    });
    assert!(stored.await.unwrap());
    let _worker = house.worker_with(Timing { settle: 4_000, ..QUICK });
    tokio::time::sleep(millis(1_000)).await;
    assert_eq!(house.chat.creates().len(), 0, "it may still arrive");
    assert!(house.settled(20).await, "{:?}", house.count().await);
    assert_eq!(house.chat.creates().len(), 1, "it did not");
    house.assert_kept(&[], &[(id, house.clock.now_ms())], "after its time").await;
}
