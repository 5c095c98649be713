//! Since when it has been possible to deliver. What came due before that was missed; what came due since and is late all
//! the same only waits for its turn.
//!
//! Invariants: times are the bot's clock's; a moment the clock was moved over, a machine's sleep, a database, a chat or a
//! guild that was gone all count as time in which nothing could be delivered, once they took longer than a short trouble.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::chat::ChatError;
use crate::id::GuildId;

/// Shorter troubles than this part of what counts as late swallow nothing.
const SHORT: i64 = 4;

#[derive(Debug, Default)]
struct State {
    /// For everybody since then; none: not yet.
    since: Option<i64>,
    /// When somebody last looked after the work.
    passed: Option<i64>,
    /// Since when the database has been gone.
    unkept: Option<i64>,
    /// Since when every request to the chat has got lost.
    unheard: Option<i64>,
    /// Guilds that were away: until when; none: they still are.
    guilds: HashMap<GuildId, Option<i64>>,
}

/// See the file.
#[derive(Debug)]
pub(super) struct Able {
    short: i64,
    state: Mutex<State>,
}

impl Able {
    /// Nothing could be delivered so far. `late` ms after its time a reminder is late.
    pub(super) fn not_yet(late: i64) -> Self {
        Self { short: late / SHORT, state: Mutex::default() }
    }

    /// The work goes on at `now`; `kept`: the database answers. Call it once the chat has answered for the first time.
    pub(super) fn pass(&self, now: i64, kept: bool) {
        let mut state = self.lock();
        let overslept = state.passed.replace(now).is_some_and(|passed| now - passed > self.short);
        let back = if kept {
            state.unkept.take().is_some_and(|gone| now - gone > self.short)
        } else {
            state.unkept.get_or_insert(now);
            false
        };
        if back || overslept || state.since.is_none_or(|since| since > now) {
            state.since = Some(now);
        }
    }

    /// What the chat answered at `now`.
    pub(super) fn heard<T>(&self, answer: &Result<T, ChatError>, now: i64) {
        let mut state = self.lock();
        match answer {
            Err(ChatError::NotSent | ChatError::Unknown(_)) => drop(state.unheard.get_or_insert(now)),
            // May have been our own waiting.
            Err(ChatError::Limited(_)) => {}
            Ok(_) | Err(ChatError::Refused(_) | ChatError::Gone(_)) => {
                if state.unheard.take().is_some_and(|unheard| now - unheard > self.short) {
                    state.since = state.since.map(|since| since.max(now));
                }
            }
        }
    }

    /// Whether a guild was there at `now`.
    pub(super) fn guild(&self, guild: GuildId, present: bool, now: i64) {
        let mut state = self.lock();
        if !present {
            state.guilds.insert(guild, None);
        } else if let Some(until) = state.guilds.get_mut(&guild) {
            until.get_or_insert(now);
        }
    }

    /// What of this guild was due before then was missed; at most `late`.
    pub(super) fn missed(&self, guild: GuildId, late: i64) -> i64 {
        let mut state = self.lock();
        let now = state.passed.unwrap_or(i64::MIN);
        let gone = [state.unkept, state.unheard].into_iter().flatten().any(|gone| now - gone > self.short);
        let Some(since) = state.since.filter(|_| !gone) else { return late };
        match state.guilds.get(&guild) {
            None => since.min(late),
            Some(None) => late,
            Some(Some(until)) => {
                let until = *until;
                if until <= since {
                    state.guilds.remove(&guild);
                }
                since.max(until).min(late)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment; none can be left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE: i64 = 120_000;
    const ONE: GuildId = GuildId(1);

    /// Able since 1 000 000, now 1 500 000, with a look at the work twice a second.
    fn working() -> Able {
        let able = Able::not_yet(LATE);
        (1_000_000..=1_500_000).step_by(500).for_each(|now| able.pass(now, true));
        able
    }

    fn missed(able: &Able, now: i64) -> i64 {
        able.missed(ONE, now - LATE)
    }

    #[test]
    fn before_the_work_begins_all_that_is_late_was_missed() {
        let able = Able::not_yet(LATE);
        assert_eq!(missed(&able, 1_000_000), 880_000);
    }

    #[test]
    fn what_waits_in_a_crowd_was_not_missed_however_late_it_is() {
        assert_eq!(missed(&working(), 1_500_000), 1_000_000, "only what was due before the work began");
    }

    #[test]
    fn what_the_clock_was_moved_over_and_what_a_sleep_swallowed_was_missed() {
        let able = working();
        able.pass(5_000_000, true);
        assert_eq!(missed(&able, 5_000_000), 4_880_000);
        assert_eq!(missed(&able, 6_000_000), 5_000_000);
        able.pass(2_000_000, true);
        assert_eq!(missed(&able, 2_500_000), 2_000_000, "moved back");
    }

    #[test]
    fn what_came_due_without_a_database_was_missed() {
        let able = working();
        able.pass(1_500_500, false);
        able.pass(1_501_000, true);
        assert_eq!(missed(&able, 1_501_000), 1_000_000, "a short trouble swallows nothing");
        (1_501_500..1_800_000).step_by(500).for_each(|now| able.pass(now, false));
        assert_eq!(missed(&able, 1_800_000), 1_680_000);
        able.pass(1_800_000, true);
        assert_eq!(missed(&able, 2_500_000), 1_800_000);
    }

    #[test]
    fn what_came_due_without_a_chat_was_missed_but_one_lost_request_is_no_outage() {
        let (able, lost) = (working(), Err::<(), _>(ChatError::NotSent));
        able.heard(&lost, 1_500_000);
        able.heard(&Ok(()), 1_510_000);
        assert_eq!(missed(&able, 1_510_000), 1_000_000);
        able.heard(&lost, 1_510_000);
        able.heard(&Err::<(), _>(ChatError::Limited(std::time::Duration::ZERO)), 1_520_000);
        (1_510_000..=1_600_000).step_by(500).for_each(|now| able.pass(now, true));
        assert_eq!(missed(&able, 1_600_000), 1_480_000, "still gone");
        able.heard(&Err::<(), _>(ChatError::Gone(1)), 1_600_000);
        assert_eq!(missed(&able, 1_900_000), 1_600_000, "an answer is an answer");
    }

    #[test]
    fn what_a_guild_missed_while_it_was_away_others_did_not() {
        let able = working();
        able.guild(ONE, false, 1_100_000);
        assert_eq!(missed(&able, 1_500_000), 1_380_000);
        able.guild(ONE, true, 1_400_000);
        able.guild(ONE, true, 1_450_000);
        assert_eq!(missed(&able, 1_600_000), 1_400_000);
        assert_eq!(able.missed(GuildId(2), 1_480_000), 1_000_000);
    }
}
