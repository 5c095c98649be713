//! PURE. What a team's numbers say: how much came in, what lay behind it, how old the open matters are, which promises
//! were kept. Counts of cases and promises only; there is no number of a person anywhere in here.

use crate::case::Cause;

crate::case::named! {
    /// How far back a report looks.
    Range {
        /// The last 24 hours.
        Day = "day",
        /// The last 7 days.
        Week = "week",
        /// The last 30 days.
        Month = "month",
        /// The last 91 days.
        Quarter = "quarter",
    }
}

impl Range {
    /// Its length, ms.
    pub const fn ms(self) -> i64 {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 91,
        };
        days * 24 * 60 * 60 * 1000
    }
}

/// A promise is kept in time when it is ended within this long after it was due: the reminder comes at that moment, and
/// then somebody still has to do it. Also the usual time for an answer (P103).
pub const IN_TIME_MS: i64 = 24 * 60 * 60 * 1000;

/// What a report counts, for one team and one range (P95).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Cases opened in the range.
    pub opened: i64,
    /// Cases closed in the range.
    pub closed: i64,
    /// Cases that are somebody's work now.
    pub active: i64,
    /// Of these, without an owner (P24).
    pub unassigned: i64,
    /// Of these, heated (mood 2 or 3).
    pub hot: i64,
    /// When the oldest and the middle one of the active cases were opened, Unix ms.
    pub oldest: Option<i64>,
    /// The middle one: half of the active cases are older.
    pub median: Option<i64>,
    /// What lay behind the cases opened in the range, most frequent first; none is not said (P17: causes, never people).
    pub causes: Vec<(Option<Cause>, i64)>,
    /// Promises due in the range and kept, in time and later.
    pub kept: i64,
    /// Kept, but later than [`IN_TIME_MS`] after they were due.
    pub kept_late: i64,
    /// Due in the range and still open.
    pub overdue: i64,
    /// Due in the range and taken back.
    pub cancelled: i64,
}

/// A bar of a chart in characters: `value` of `most`, at most `width` characters, and never nothing for something.
pub fn bar(value: i64, most: i64, width: usize) -> String {
    const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
    if value <= 0 || most <= 0 {
        return String::new();
    }
    let whole = width as i128 * 8;
    let eighths = (i128::from(value.min(most)) * whole / i128::from(most)).max(1) as usize;
    let mut bar: String = std::iter::repeat_n('█', eighths / 8).collect();
    let part = eighths % 8;
    if part > 0 {
        bar.push(EIGHTHS[part - 1]);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_shows_the_smallest_number() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(1, 1_000, 4), "▏");
        assert_eq!(bar(0, 10, 4), "");
        assert_eq!(bar(11, 10, 4), "████", "more than the most is the most");
        assert_eq!(bar(i64::MAX, i64::MAX, 4), "████", "no number is too large");
    }

    #[test]
    fn ranges_stand_shortest_first() {
        assert!(Range::ALL.windows(2).all(|pair| pair[0].ms() < pair[1].ms()));
    }
}
