//! Days counted through a month: "the first Monday in January", „letzter Werktag des Monats“, "2nd Tuesday of March".

use super::Unit;
use super::draft::{Countable, Day, Frame, Piece};
use super::grammar::{Grammar, Step};
use super::lexicon::Word;

impl Grammar<'_> {
    /// The so-manieth (or with -1 the last) of what stands at a place, in the month that is named behind it.
    pub(super) fn nth(&self, nth: i8, at: usize) -> Option<Step> {
        if nth == 0 {
            return None;
        }
        let (of, mut to) = match self.word(at)? {
            Word::Weekday(weekday) => (Countable::Weekday(weekday), at + 1),
            Word::Mo => (Countable::Weekday(jiff::civil::Weekday::Monday), at + 1),
            Word::Unit(Unit::Day) => (Countable::Day, at + 1),
            _ => (Countable::WorkingDay, self.business_unit(at)?),
        };
        while matches!(self.word(to), Some(Word::In | Word::Of | Word::Article)) {
            to += 1;
        }
        let shift = match self.word(to) {
            Some(Word::This) => Some(0),
            Some(Word::Next | Word::Coming) => Some(1),
            Some(Word::AfterNext) => Some(2),
            _ => None,
        };
        let month = to + usize::from(shift.is_some());
        let (frame, next) = match self.word(month)? {
            Word::Unit(Unit::Month) => (Frame::Month(shift), month + 1),
            Word::Month(month) if shift.is_none() => {
                let (year, next) = self.year(to + 1);
                (Frame::Named { month, year }, next)
            }
            _ => return None,
        };
        Some((Piece::Day(Day::Nth { nth, of, frame }), Vec::new(), 0, next))
    }
}
