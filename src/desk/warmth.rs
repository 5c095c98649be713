//! How warm a case's customer is: heated words add up, calm hours let it go. PURE.
//!
//! Invariant: it is about a case and its customer, never about an agent; it only ever raises a mood, and says so once a rise.

/// Half of it is gone after this long, ms: over night a quarrel cools, within a conversation it adds up.
const HALF_LIFE_MS: f64 = 6.0 * 3_600_000.0;
/// What a message of each heat adds, in thousandths.
const ADDS: [i64; 4] = [0, 1_000, 2_000, 4_000];
/// From here on the case is tense, heated, very heated.
const LEVELS: [i64; 3] = [1_500, 3_000, 6_000];
/// More is not told apart.
const MOST: i64 = 12_000;

/// A case's warmth after a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Warmth {
    /// In thousandths.
    pub heat: i64,
    /// The mood it was worth before the message, 0–3.
    pub was: u8,
    /// The mood it is worth now, 0–3.
    pub is: u8,
}

/// Adds a message of heat 0–3, sent at `at`, to what stood there; none: it was counted already, or adds nothing.
pub(super) fn warm(before: Option<(i64, i64)>, heat: u8, at: i64) -> Option<Warmth> {
    let adds = ADDS[usize::from(heat.min(3))];
    if adds == 0 || before.is_some_and(|(_, last)| at <= last) {
        return None;
    }
    let left = before.map_or(0, |(heat, last)| cooled(heat, at - last));
    let now = (left + adds).min(MOST);
    Some(Warmth { heat: now, was: level(left), is: level(now) })
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand, and times of which milliseconds do not matter")]
fn cooled(heat: i64, ms: i64) -> i64 {
    (heat as f64 * (-(ms as f64) / HALF_LIFE_MS).exp2()).round() as i64
}

fn level(heat: i64) -> u8 {
    LEVELS.iter().filter(|&&from| heat >= from).count() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn one_sharp_word_is_nothing_two_are_tense_and_an_outburst_is_heated() {
        let first = warm(None, 1, 0).unwrap();
        assert_eq!((first.was, first.is), (0, 0));
        assert_eq!(warm(Some((first.heat, 0)), 1, 60_000).unwrap().is, 1);
        assert_eq!(warm(None, 2, 0).unwrap().is, 1);
        assert_eq!(warm(None, 3, 0).unwrap().is, 2);
        assert_eq!(warm(Some((4_000, 0)), 3, 60_000).unwrap().is, 3);
    }

    #[test]
    fn calm_hours_let_it_go_and_a_later_rise_is_told_again() {
        let cold = warm(Some((4_000, 0)), 1, 24 * HOUR).unwrap();
        assert_eq!((cold.was, cold.is), (0, 0));
        let again = warm(Some((4_000, 0)), 2, 12 * HOUR).unwrap();
        assert_eq!((again.was, again.is), (0, 2));
    }

    #[test]
    fn a_message_counts_once_and_calm_ones_not_at_all() {
        assert_eq!(warm(Some((4_000, 1_000)), 3, 1_000), None);
        assert_eq!(warm(Some((4_000, 1_000)), 3, 999), None);
        assert_eq!(warm(None, 0, 5), None);
        assert_eq!(warm(Some((MOST, 0)), 3, 1).unwrap().heat, MOST);
    }
}
