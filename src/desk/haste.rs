//! Answers within seconds, three times in a row: whoever writes to a customer so may be cutting them short (P36).
//!
//! Invariants: only in memory, for a few minutes, and only of who wished for private words; what is known of a channel is when a
//! customer last wrote and who answered at once since then, never how often somebody does so. No text is looked at.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::id::{ChannelId, GuildId, UserId};

/// An answer this soon was hardly preceded by reading, ms. At 238 words a minute (Brysbaert 2019) and 52 typed (Dhakal et al.
/// 2018), fifteen words read take four seconds, and in four more three or four words are typed.
const AT_ONCE_MS: i64 = 8_000;
/// So many in a row (P36).
const IN_A_ROW: u8 = 3;
/// After this long without a word it is another conversation, ms.
const SAME_TALK_MS: i64 = 10 * 60 * 1000;
/// Channels known before everything is forgotten.
const KNOWN: usize = 1_024;

/// Who wrote something in a watched channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// Not of the team.
    Customer,
    /// Of the team, and wished for private words.
    Wishing(UserId),
    /// Of the team otherwise, or nobody knows.
    Other,
}

/// What is known of one channel.
#[derive(Debug, Clone, Copy, Default)]
struct Talk {
    /// The customer's last words that nobody answered yet.
    open: Option<i64>,
    /// Who answered at once since, how often in a row, and when last.
    row: Option<(UserId, u8, i64)>,
}

/// The conversations of the last minutes.
#[derive(Debug, Default)]
pub struct Haste(Mutex<HashMap<(GuildId, ChannelId), Talk>>);

impl Haste {
    /// Takes in that somebody wrote at this moment, Unix ms. True: that was the third answer at once in a row.
    pub(super) fn heard(&self, place: (GuildId, ChannelId), at: i64, writer: Writer) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KNOWN {
            all.clear();
        }
        let talk = all.entry(place).or_default();
        let (next, third) = talk.after(at, writer);
        if next.open.is_none() && next.row.is_none() {
            all.remove(&place);
        } else {
            *talk = next;
        }
        third
    }
}

impl Talk {
    fn after(self, at: i64, writer: Writer) -> (Self, bool) {
        let row = self.row.filter(|(_, _, last)| at - last <= SAME_TALK_MS);
        let who = match writer {
            Writer::Customer => return (Self { open: Some(at), row }, false),
            Writer::Wishing(who) => who,
            Writer::Other => return (Self::default(), false),
        };
        // Further words after one's own answer are no answer of their own.
        let Some(open) = self.open else { return (Self { open: None, row: row.filter(|(by, ..)| *by == who) }, false) };
        if !(0..=AT_ONCE_MS).contains(&(at - open)) {
            return (Self::default(), false);
        }
        let before = row.map_or(0, |(by, count, _)| if by == who { count } else { 0 });
        if before + 1 >= IN_A_ROW {
            (Self::default(), true)
        } else {
            (Self { open: None, row: Some((who, before + 1, at)) }, false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: (GuildId, ChannelId) = (GuildId(1), ChannelId(2));
    const ANNA: Writer = Writer::Wishing(UserId(3));

    /// A conversation: who wrote after how many ms, and at which words the third answer in a row was noticed.
    fn noticed(talk: &[(i64, Writer)]) -> Vec<usize> {
        let (haste, mut at) = (Haste::default(), 0);
        let mut found = Vec::new();
        for (n, (later, writer)) in talk.iter().enumerate() {
            at += later;
            if haste.heard(PLACE, at, *writer) {
                found.push(n);
            }
        }
        assert!(haste.0.lock().unwrap().len() <= 1);
        found
    }

    const ASKS: (i64, Writer) = (60_000, Writer::Customer);
    const AT_ONCE: (i64, Writer) = (AT_ONCE_MS, ANNA);

    #[test]
    fn the_third_answer_at_once_in_a_row_is_noticed_and_then_it_begins_anew() {
        let once = [ASKS, AT_ONCE, ASKS, AT_ONCE, ASKS, AT_ONCE];
        assert_eq!(noticed(&once), [5]);
        let twice: Vec<_> = once.iter().chain(&once).copied().collect();
        assert_eq!(noticed(&twice), [5, 11]);
    }

    #[test]
    fn a_pause_somebody_else_another_day_or_several_words_of_ones_own_are_not() {
        let slow = (AT_ONCE_MS + 1, ANNA);
        let ben = (1_000, Writer::Wishing(UserId(4)));
        let unknown = (1_000, Writer::Other);
        let later = (SAME_TALK_MS + 60_000, Writer::Customer);
        for talk in [
            vec![ASKS, AT_ONCE, ASKS, slow, ASKS, AT_ONCE, ASKS, AT_ONCE],
            vec![ASKS, AT_ONCE, AT_ONCE, AT_ONCE],
            vec![ASKS, AT_ONCE, ASKS, ben, ASKS, AT_ONCE],
            vec![ASKS, AT_ONCE, ASKS, unknown, ASKS, AT_ONCE],
            vec![ASKS, AT_ONCE, ASKS, AT_ONCE, later, AT_ONCE],
            vec![AT_ONCE, AT_ONCE, AT_ONCE],
        ] {
            assert_eq!(noticed(&talk), [0_usize; 0], "{talk:?}");
        }
    }

    #[test]
    fn of_who_did_not_wish_for_words_nothing_is_kept() {
        let haste = Haste::default();
        haste.heard(PLACE, 0, Writer::Customer);
        haste.heard(PLACE, 1_000, Writer::Other);
        assert!(haste.0.lock().unwrap().is_empty());
    }
}
