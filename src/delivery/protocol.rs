//! PURE. What a delivery does next: from the outcome of a request, the age of a doubt, the number of tries.
//!
//! Invariants: a message whose fate is unknown is never sent under another nonce before we have looked for it; nothing
//! ends without a reason; nothing that has not been tried enough is given up.

use crate::chat::{CODE_ARCHIVED, CODE_UNAUTHORIZED, ChatError, Seen};
use crate::id::MessageId;

/// The pauses and limits of the protocol, milliseconds of real time unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How long a claim holds unless renewed.
    pub lease: i64,
    /// How often a claim is renewed while it is worked on.
    pub heartbeat: i64,
    /// Nothing is begun later than this before the lease ends.
    pub margin: i64,
    /// How often the table is looked at without a hint.
    pub poll: i64,
    /// A request ends within this.
    pub deadline: i64,
    /// However often it is renewed, an attempt ends within this.
    pub attempt: i64,
    /// While a nonce is younger than this, sending again under it gives the first message back.
    pub same_nonce: i64,
    /// A request unanswered for this long will not be accepted any more: twice the deadline.
    pub settle: i64,
    /// How long a reminder waits for its case's thread to be made.
    pub thread_wait: i64,
    /// How long a row of an absent guild rests before it is looked at again.
    pub absent: i64,
    /// Looking for a message of ours starts this long before its first try, by the bot's clock.
    pub look_back: i64,
    /// Sent later than this after it was due, by the bot's clock, it says so.
    pub late: i64,
    /// Given up this long after the first try …
    pub give_up: i64,
    /// … or after this many tries.
    pub tries: i64,
    /// A second of the pauses between tries.
    pub second: i64,
}

impl Timing {
    /// The values the project's delivery document gives.
    pub const DEFAULT: Self = Self {
        lease: 12_000,
        heartbeat: 3_000,
        margin: 2_000,
        poll: 500,
        deadline: 8_000,
        attempt: 60_000,
        same_nonce: 60_000,
        settle: 16_000,
        thread_wait: 60_000,
        absent: 30_000,
        look_back: 5_000,
        late: 120_000,
        give_up: 24 * 3_600_000,
        tries: 12,
        second: 1_000,
    };
}

/// An enum whose variants have the names the table keeps, which never change.
macro_rules! stored {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the table.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}
pub(crate) use stored;

stored! {
    /// One place of the chain a reminder is tried in, in this order.
    Hop {
        /// The case's thread.
        Thread = "thread",
        /// A direct message to whoever owes it.
        Direct = "direct",
        /// The guild's alert channel, without the text.
        Alert = "alert",
        /// No alert channel set: the channel of cases, unless customers read there; without the text.
        Team = "team",
        /// Nor there: where it was written down, unless customers read there; without the text.
        Home = "home",
    }
}

impl Hop {
    /// The one to try after this.
    pub fn next(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|hop| *hop > self)
    }
}

/// A request whose outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// When its nonce was first used, real ms.
    pub first_sent: i64,
    /// When it was last tried, real ms.
    pub last_sent: i64,
}

/// How to go on with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send it; under the nonce it may have been sent with before.
    Send,
    /// It may still arrive: wait this long, then look for it.
    Wait(i64),
    /// Look for it; send under a fresh nonce if it is not there.
    Look,
}

/// How to go on with a message that may be in doubt. `age`: how long ago its nonce was first used, by whichever clock says
/// most, ms; how long a request may still be on its way is counted by the lease clock alone, whose time `now` is.
pub fn resume(doubt: Option<Doubt>, age: i64, now: i64, timing: &Timing) -> Step {
    let Some(doubt) = doubt else { return Step::Send };
    if age.max(now - doubt.first_sent) < timing.same_nonce {
        return Step::Send;
    }
    match doubt.last_sent + timing.settle - now {
        wait if wait > 0 => Step::Wait(wait),
        _ => Step::Look,
    }
}

/// How to go on with a thread that may have been made: there is no nonce, so never again without looking.
pub fn resume_thread(doubt: Option<Doubt>, now: i64, timing: &Timing) -> Step {
    let Some(doubt) = doubt else { return Step::Send };
    match doubt.last_sent + timing.settle - now {
        wait if wait > 0 => Step::Wait(wait),
        _ => Step::Look,
    }
}

/// What the failure of a request means for the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Surely not accepted: try again after this pause, ms. `counts` says whether that was a try.
    Again {
        /// Pause, ms.
        pause: i64,
        /// One of the tries after which we give up.
        counts: bool,
    },
    /// Perhaps accepted: keep the nonce and try after this pause, ms. A try.
    Doubt {
        /// Pause, ms.
        pause: i64,
    },
    /// The thread is asleep: wake it and send again.
    Unarchive,
    /// The place or message is not there any more.
    Gone(u64),
    /// This place will not take it.
    Refused(u64),
}

/// Longest pause after "no connection", seconds: the network may be back any moment.
const NO_CONNECTION_PAUSE: i64 = 15;

/// Reads a failure; `tries` were made before this one.
pub fn judge(error: &ChatError, tries: i64, timing: &Timing) -> Verdict {
    let pause = pause(tries, timing);
    match error {
        ChatError::NotSent => Verdict::Again { pause: pause.min(NO_CONNECTION_PAUSE * timing.second), counts: false },
        ChatError::Limited(rest) => {
            Verdict::Again { pause: i64::try_from(rest.as_millis()).unwrap_or(i64::MAX / 2).max(100), counts: false }
        }
        ChatError::Unknown(_) => Verdict::Doubt { pause },
        // No code at all: something between us and Discord answered; it says nothing about the place.
        ChatError::Refused(0 | CODE_UNAUTHORIZED) => Verdict::Again { pause, counts: true },
        ChatError::Refused(CODE_ARCHIVED) => Verdict::Unarchive,
        ChatError::Refused(code) => Verdict::Refused(*code),
        ChatError::Gone(code) => Verdict::Gone(*code),
    }
}

/// The pause after a try, ms: growing, so that twelve tries span most of a day.
pub fn pause(tries: i64, timing: &Timing) -> i64 {
    const SECONDS: [i64; 11] = [2, 5, 15, 30, 60, 180, 600, 1_800, 3_600, 7_200, 14_400];
    let at = usize::try_from(tries).unwrap_or(0).min(SECONDS.len() - 1);
    SECONDS[at] * timing.second
}

/// Whether it is time to stop trying.
pub fn given_up(tries: i64, trying_since: Option<i64>, now: i64, timing: &Timing) -> bool {
    tries >= timing.tries || trying_since.is_some_and(|since| now - since >= timing.give_up)
}

/// The nonce of a message: the same for every retry of one `sequence`, another for the next; at most 25 characters.
/// `created_at` tells rows apart that got the same id in two databases.
pub fn nonce(delivery: i64, sequence: i64, created_at: i64) -> String {
    let mut text = String::from("r");
    for (number, digits) in [(delivery, 13), (sequence, 3), (created_at / 1000, 6)] {
        let mut number = number.unsigned_abs();
        let start = text.len();
        for _ in 0..digits {
            text.insert(start, char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
            number /= 36;
            if number == 0 {
                break;
            }
        }
        text.push('.');
    }
    text.pop();
    text
}

/// Of the messages that carry our mark, the first, which stays, and the others, which go.
pub fn ours(seen: &[Seen], is_ours: impl Fn(&str) -> bool) -> (Option<MessageId>, Vec<MessageId>) {
    let mut found: Vec<MessageId> = seen
        .iter()
        .filter(|message| message.mine && message.custom_ids.iter().any(|id| is_ours(id)))
        .map(|message| message.id)
        .collect();
    found.sort_unstable();
    found.dedup();
    let mut all = found.into_iter();
    (all.next(), all.collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const T: Timing = Timing::DEFAULT;

    #[test]
    fn the_times_fit_into_each_other() {
        const {
            assert!(T.deadline + T.margin <= T.lease, "a request begun right after a claim ends before the lease does");
            assert!(T.heartbeat * 3 <= T.lease, "two lost heartbeats do not lose the lease");
            assert!(T.settle >= 2 * T.deadline);
        }
        let span: i64 = (0..T.tries - 1).map(|tries| pause(tries, &T)).sum();
        assert!(span > 6 * 3_600_000 && span < T.give_up, "{span}");
    }

    #[test]
    fn every_failure_has_one_meaning() {
        use Verdict::*;
        let table = [
            (ChatError::NotSent, 0, Again { pause: 2_000, counts: false }),
            (ChatError::NotSent, 9, Again { pause: 15_000, counts: false }),
            (ChatError::Limited(Duration::from_millis(2_500)), 9, Again { pause: 2_500, counts: false }),
            (ChatError::Unknown("timeout".into()), 0, Doubt { pause: 2_000 }),
            (ChatError::Unknown("status 500".into()), 3, Doubt { pause: 30_000 }),
            (ChatError::Refused(0), 1, Again { pause: 5_000, counts: true }),
            (ChatError::Refused(CODE_UNAUTHORIZED), 0, Again { pause: 2_000, counts: true }),
            (ChatError::Refused(50_083), 0, Unarchive),
            (ChatError::Refused(50_007), 0, Refused(50_007)),
            (ChatError::Refused(50_013), 0, Refused(50_013)),
            (ChatError::Gone(10_003), 0, Gone(10_003)),
        ];
        for (error, tries, verdict) in table {
            assert_eq!(judge(&error, tries, &T), verdict, "{error:?}");
        }
    }

    #[test]
    fn a_message_in_doubt_is_sent_again_then_waited_for_then_looked_for() {
        let doubt = |first_sent, last_sent| Some(Doubt { first_sent, last_sent });
        let table = [
            (None, 0, Step::Send),
            (doubt(0, 0), 1, Step::Send),
            (doubt(0, 58_000), 59_999, Step::Send),
            (doubt(0, 58_000), 60_000, Step::Wait(14_000)),
            (doubt(0, 58_000), 73_999, Step::Wait(1)),
            (doubt(0, 58_000), 74_000, Step::Look),
            (doubt(0, 0), 86_400_000, Step::Look),
        ];
        for (doubt, now, step) in table {
            assert_eq!(resume(doubt, 0, now, &T), step, "{doubt:?} at {now}");
        }
        assert_eq!(resume(doubt(0, 0), 60_000, 1, &T), Step::Wait(15_999), "forgotten, but perhaps still on its way");
    }

    #[test]
    fn a_thread_in_doubt_is_never_made_again_unseen() {
        assert_eq!(resume_thread(None, 0, &T), Step::Send);
        for now in 0..16_000 {
            let doubt = Some(Doubt { first_sent: 0, last_sent: 0 });
            assert_eq!(resume_thread(doubt, now, &T), Step::Wait(16_000 - now));
        }
        assert_eq!(resume_thread(Some(Doubt { first_sent: 0, last_sent: 0 }), 16_000, &T), Step::Look);
    }

    #[test]
    fn giving_up_takes_twelve_tries_or_a_day() {
        assert!(!given_up(0, None, i64::MAX / 2, &T));
        assert!(!given_up(11, Some(0), 86_399_999, &T));
        assert!(given_up(12, Some(0), 1, &T));
        assert!(given_up(1, Some(0), 86_400_000, &T));
        assert!((0..40).map(|tries| pause(tries, &T)).is_sorted(), "pauses only grow");
    }

    #[test]
    fn nonces_fit_and_differ_wherever_they_must() {
        let mut all = std::collections::HashSet::new();
        for id in [1, 2, 36, 1_000_000_000_000, i64::MAX] {
            for sequence in [0, 1, 35, 36, 40_000] {
                for created in [0, 1_767_225_600_000, 1_767_225_601_000] {
                    let nonce = nonce(id, sequence, created);
                    assert!(nonce.len() <= 25, "{nonce}");
                    assert!(all.insert(nonce.clone()), "{nonce}");
                }
            }
        }
        assert_eq!(nonce(7, 1, 36_000), nonce(7, 1, 36_000));
    }

    #[test]
    fn the_chain_ends() {
        let mut hop = Hop::Thread;
        let mut passed = vec![hop];
        while let Some(next) = hop.next() {
            hop = next;
            passed.push(hop);
        }
        assert_eq!(passed, Hop::ALL);
    }

    #[test]
    fn the_earliest_of_ours_stays() {
        let seen = |id, mine, mark: &str| Seen {
            id: MessageId(id),
            author: crate::id::UserId(1),
            bot: mine,
            text: String::new(),
            mine,
            custom_ids: vec![mark.into()],
        };
        let all = [seen(9, true, "us"), seen(3, false, "us"), seen(5, true, "us"), seen(4, true, "them")];
        assert_eq!(ours(&all, |id| id == "us"), (Some(MessageId(5)), vec![MessageId(9)]));
        assert_eq!(ours(&all, |id| id == "nobody"), (None, vec![]));
    }
}
