//! Spans: "2 Tagen", "anderthalb Stunden", "1h30", "half an hour", "an hour and a half", "3 business days".

use super::draft::Span;
use super::grammar::Grammar;
use super::lexicon::Word;
use super::{Note, Unit};

/// Thousandths of one.
const ONE: i64 = 1000;

impl Grammar<'_> {
    /// A span of one or more amounts, each unit at most once.
    pub(super) fn span(&self, at: usize) -> Option<(Span, Vec<Note>, usize)> {
        let mut span = Span::default();
        let mut notes = Vec::new();
        let mut next = self.amount(at, &mut span, &mut notes)?;
        loop {
            let and = usize::from(self.word(next) == Some(Word::And) || self.sign(next, ','));
            // "an hour and a half"
            if and == 1 && self.word(next + 1) == Some(Word::One) && self.word(next + 2) == Some(Word::Half) {
                let last = Unit::of_bit(span.units)?;
                span.add(last, ONE / 2)?;
                next += 3;
                break;
            }
            let mut longer = span;
            let Some(after) = self.amount(next + and, &mut longer, &mut notes) else { break };
            if longer.units == span.units {
                break;
            }
            (span, next) = (longer, after);
        }
        // "1 hour 30", „eine Stunde dreißig“: nothing else can be meant at the end of a phrase.
        if Unit::of_bit(span.units) == Some(Unit::Hour)
            && let Some((minutes @ 1..=59, 0 | 2)) = self.number(next)
            && self.at_end(next + 1)
        {
            span.add_once(Unit::Minute, i64::from(minutes) * ONE)?;
            next += 1;
        }
        Some((span, notes, next))
    }

    /// One amount with its unit, added to `span`.
    fn amount(&self, at: usize, span: &mut Span, notes: &mut Vec<Note>) -> Option<usize> {
        // 1h30: the minutes need no unit.
        if let (Some((hours, digits)), Some(Word::H)) = (self.number(at), self.word(at + 1))
            && digits > 0
        {
            span.add_once(Unit::Hour, i64::from(hours) * ONE)?;
            if let Some((minutes @ 0..=59, 2)) = self.number(at + 2)
                && self.glued(at + 2)
                && !matches!(self.word(at + 3), Some(Word::Unit(_)))
            {
                span.add_once(Unit::Minute, i64::from(minutes) * ONE)?;
                return Some(at + 3);
            }
            return Some(at + 2);
        }
        // "in 1:30 h"
        if at > 0
            && self.word(at - 1) == Some(Word::In)
            && let (Some((hours @ 0..=99, 1..)), true) = (self.number(at), self.sign(at + 1, ':'))
            && let Some((minutes @ 0..=59, 2)) = self.number(at + 2)
            && matches!(self.word(at + 3), Some(Word::H | Word::Unit(Unit::Hour)))
        {
            span.add_once(Unit::Hour, i64::from(hours) * ONE)?;
            span.add_once(Unit::Minute, i64::from(minutes) * ONE)?;
            return Some(at + 4);
        }
        if let Some((quarters, next)) = self.quarter_hours(at) {
            span.add_once(Unit::Hour, quarters * ONE / 4)?;
            return Some(next);
        }
        let (thousandths, couple, mut next) = self.factor(at)?;
        // "of" and "an" between: "a quarter of an hour", "half an hour", "a couple of days".
        if couple || thousandths < ONE {
            while matches!(self.word(next), Some(Word::Of | Word::One)) {
                next += 1;
            }
        }
        let unit = match self.word(next)? {
            Word::Unit(unit) => unit,
            Word::H => Unit::Hour,
            // "3mo" and "in 3 mo" are months, "um 3 Mo" is a Monday; "3 mo" alone can be either.
            Word::Mo if self.glued(next) || at == 0 || self.word(at - 1) == Some(Word::In) => Unit::Month,
            _ => return None,
        };
        // "5 Minuten vor neun" is a time of day.
        if unit == Unit::Minute && self.minutes_face(at).is_some() {
            return None;
        }
        span.add_once(unit, thousandths)?;
        if couple {
            notes.push(Note::Two);
        }
        Some(next + 1)
    }

    /// "eine Viertelstunde", "drei Viertelstunden", "a quarter of an hour": quarters of an hour.
    fn quarter_hours(&self, at: usize) -> Option<(i64, usize)> {
        let (count, next) = match self.word(at) {
            Some(Word::One) => (1, at + 1),
            _ => match self.number(at) {
                Some((n @ 1..=99, _)) => (i64::from(n), at + 1),
                _ => (1, at),
            },
        };
        match self.word(next)? {
            Word::QuarterHours(quarters) => Some((count * i64::from(quarters), next + 1)),
            Word::Halbe if count == 1 && self.word(next + 1) == Some(Word::Unit(Unit::Hour)) => Some((2, next + 2)),
            Word::Quarter | Word::ThreeQuarters => {
                let quarters = if self.word(next) == Some(Word::Quarter) { 1 } else { 3 };
                let mut to = next + 1;
                while matches!(self.word(to), Some(Word::Of | Word::One)) {
                    to += 1;
                }
                (self.word(to) == Some(Word::Unit(Unit::Hour))).then_some((count * quarters, to + 1))
            }
            _ => None,
        }
    }

    /// The number in front of a unit in thousandths, and whether it was "a couple".
    fn factor(&self, at: usize) -> Option<(i64, bool, usize)> {
        match self.word(at) {
            Some(Word::One) => {
                return match self.word(at + 1) {
                    Some(Word::Couple) => Some((2 * ONE, true, at + 2)),
                    Some(Word::Halbe | Word::Half) => Some((ONE / 2, false, at + 2)),
                    _ => Some((ONE, false, at + 1)),
                };
            }
            Some(Word::Couple) => return Some((2 * ONE, true, at + 1)),
            Some(Word::Half | Word::Halbe) => return Some((ONE / 2, false, at + 1)),
            Some(Word::Thousandths(n)) => return Some((i64::from(n), false, at + 1)),
            _ => {}
        }
        let (whole, _) = self.number(at)?;
        let whole = i64::from(whole) * ONE;
        // 1,5 and 1.25
        if (self.sign(at + 1, ',') || self.sign(at + 1, '.'))
            && self.glued(at + 1)
            && self.glued(at + 2)
            && let Some((fraction, digits @ 1..=3)) = self.number(at + 2)
        {
            // "17.30h" is half past five, "1.25h" is five quarters of an hour.
            let of_day = digits == 2 && fraction < 60 && (5 * ONE..24 * ONE).contains(&whole);
            if of_day && self.sign(at + 1, '.') && self.word(at + 3) == Some(Word::H) {
                return None;
            }
            return Some((whole + i64::from(fraction) * 10_i64.pow(3 - u32::from(digits)), false, at + 3));
        }
        // 1/2 and 2 1/2
        let part = |at: usize| {
            let (over, under) = (self.number(at)?.0, self.number(at + 2)?.0);
            (self.sign(at + 1, '/') && over < under && matches!(under, 2 | 4))
                .then(|| i64::from(over) * ONE / i64::from(under))
        };
        if let Some(part) = part(at) {
            return Some((part, false, at + 3));
        }
        if let Some(part) = part(at + 1) {
            return Some((whole + part, false, at + 4));
        }
        if let Some(Word::Thousandths(n @ ..=999)) = self.word(at + 1) {
            return Some((whole + i64::from(n), false, at + 2));
        }
        // "two and a half hours"
        if self.word(at + 1) == Some(Word::And)
            && self.word(at + 2) == Some(Word::One)
            && matches!(self.word(at + 3), Some(Word::Half | Word::Halbe))
        {
            return Some((whole + ONE / 2, false, at + 4));
        }
        Some((whole, false, at + 1))
    }

    /// "3 Werktage", "a business day": how many.
    pub(super) fn business(&self, at: usize) -> Option<(u32, usize)> {
        let (days, next) = match self.word(at) {
            Some(Word::One) => (1, at + 1),
            _ => (self.number(at)?.0, at + 1),
        };
        Some((days, self.business_unit(next)?))
    }

    /// "Werktag" or "business day": where it ends.
    pub(super) fn business_unit(&self, at: usize) -> Option<usize> {
        match (self.word(at)?, self.word(at + 1)) {
            (Word::BusinessDay, _) => Some(at + 1),
            (Word::Business, Some(Word::Unit(Unit::Day))) => Some(at + 2),
            _ => None,
        }
    }
}

impl Span {
    /// Weeks and nothing else.
    pub(super) fn whole_weeks(self) -> bool {
        self.months == 0 && self.seconds == 0 && self.days > 0 && self.days % 7 == 0
    }

    /// Adds so many thousandths of a unit; `None` where a fraction of the unit is nothing definite.
    fn add(&mut self, unit: Unit, thousandths: i64) -> Option<()> {
        let months = |each: i64| (each * thousandths % ONE == 0).then_some(each * thousandths / ONE);
        match unit {
            Unit::Second => self.seconds += (thousandths % ONE == 0).then_some(thousandths / ONE)?,
            Unit::Minute => self.seconds += thousandths * 60 / ONE,
            Unit::Hour => self.seconds += thousandths * 3600 / ONE,
            Unit::Day => self.add_days(thousandths),
            Unit::Week => self.add_days(thousandths * 7),
            Unit::Fortnight => self.add_days(thousandths * 14),
            Unit::Month => self.months += months(1)?,
            Unit::Quarter => self.months += months(3)?,
            Unit::HalfYear => self.months += months(6)?,
            Unit::Year => self.months += months(12)?,
        }
        Some(())
    }

    /// Whole days by the calendar, the rest by the clock.
    fn add_days(&mut self, thousandths: i64) {
        self.days += thousandths / ONE;
        self.seconds += thousandths % ONE * 86_400 / ONE;
    }

    fn add_once(&mut self, unit: Unit, thousandths: i64) -> Option<()> {
        let bit = 1 << (unit as u16);
        if self.units & bit != 0 {
            return None;
        }
        self.units |= bit;
        self.add(unit, thousandths)
    }
}

impl Unit {
    /// The unit of a span that has only one.
    fn of_bit(units: u16) -> Option<Self> {
        [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Year]
            .into_iter()
            .find(|unit| units == 1 << (*unit as u16))
    }
}
