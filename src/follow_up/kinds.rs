//! Promises the bot writes down itself have no words of a person: what is kept in their place, and read back from it.

use super::{FollowUp, Kind};

/// Nobody can type it: `case::clean_text` takes control characters out.
const MARK: char = '\u{1}';

impl Kind {
    /// What stands for the words of such a promise; each reader is shown it in their language.
    pub fn own_words(self) -> String {
        format!("{MARK}{}", self.name())
    }

    /// Whose words these are, if nobody typed them.
    pub fn of_words(what: &str) -> Option<Self> {
        Self::from_name(what.strip_prefix(MARK)?)
    }
}

/// A reminder has just come: for this long after its time nobody calls a promise overdue, ms.
pub const GRACE_MS: i64 = 15 * 60 * 1000;

impl FollowUp {
    /// From when on it is overdue, Unix ms. What was said to a customer is so at once: its reminder came before.
    pub fn overdue_at(&self) -> i64 {
        self.terms.lapses_at.unwrap_or(self.due_at.saturating_add(GRACE_MS))
    }

    /// What was said to somebody: where the reminder warns of it, the time is later than the reminder's.
    pub fn promised_at(&self) -> i64 {
        self.terms.lapses_at.unwrap_or(self.due_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::clean_text;

    #[test]
    fn own_words_read_back_and_cannot_be_typed() {
        for &kind in Kind::ALL {
            let words = kind.own_words();
            assert_eq!(Kind::of_words(&words), Some(kind));
            assert_eq!(Kind::of_words(&clean_text(&words)), None);
        }
        assert_eq!(Kind::of_words("update"), None);
        assert_eq!(Kind::of_words("\u{1}gone"), None);
    }
}
