//! Dates: "24.12.", "3. Januar 2027", "Jan 3rd", "12/24", ISO dates and date-times, calendar weeks.

use jiff::Timestamp;

use super::draft::{Day, Draft, Edge, Expect, Frame, Piece, Span};
use super::feasts::Feast;
use super::grammar::{Grammar, Step};
use super::lexicon::Word;
use super::{Note, Refusal, Unit};

/// A date-time with an offset (2026-12-24T12:00+01:00, …Z) is an instant whatever the zone. `None`: not written so.
pub(super) fn iso_instant(text: &str) -> Option<Result<Timestamp, Refusal>> {
    let bytes = text.as_bytes();
    if bytes.len() < 14 || bytes.get(4) != Some(&b'-') || text.contains('[') || !text.is_ascii() {
        return None;
    }
    let time = text.get(10..)?;
    if !time.ends_with(['z', 'Z']) && !time.contains(['+', '-']) {
        return None;
    }
    Some(text.parse::<Timestamp>().map_err(|_| Refusal::not_understood(text)))
}

fn day(day: Day, next: usize) -> Step {
    (Piece::Day(day), Vec::new(), 0, next)
}

impl Grammar<'_> {
    /// Everything that can start with a number.
    pub(super) fn numeric(&self, at: usize, draft: &Draft) -> Vec<Step> {
        let expect = draft.expect;
        let mut steps = Vec::new();
        let open = matches!(expect, Expect::Free | Expect::Any);
        if self.word(at + 1) == Some(Word::H) && open {
            return self.hours(at, draft);
        }
        if open || expect == Expect::In {
            steps.extend(self.wait(at, expect));
            if self.word(at + 1) == Some(Word::Mo) && !self.glued(at + 1) && open {
                steps.extend(self.clock(at, draft));
            }
            if !steps.is_empty() {
                return steps;
            }
        }
        if !matches!(expect, Expect::Time(_) | Expect::In) {
            steps.extend(self.date(at, draft));
        }
        let dotted = self.sign(at + 1, '.') && self.glued(at + 1);
        if matches!(expect, Expect::Free | Expect::Any | Expect::Time(_)) && (steps.is_empty() || dotted) {
            let clocks = self.clock(at, draft);
            // "9.30 Uhr" and "9.30 pm" leave no date.
            if clocks.iter().any(|(.., next)| {
                matches!(self.word(next - 1), Some(Word::Uhr | Word::Pm | Word::Am | Word::H)) && dotted
            }) {
                return clocks;
            }
            steps.extend(clocks);
        }
        steps
    }

    /// "2h" waits, "17h30" is a time of day, "9h30" can be either.
    fn hours(&self, at: usize, draft: &Draft) -> Vec<Step> {
        let mut steps = Vec::new();
        let hour = self.number(at).map_or(0, |(hour, _)| hour);
        let minutes = self.number(at + 2).is_some() && (self.glued(at + 2) || self.at_end(at + 3));
        let (span_rank, clock_rank) = match (hour, minutes) {
            (13..=23, true) => (1, 0),
            (5..=12, true) | (13..=23, false) => (0, 0),
            _ => (0, 1),
        };
        if let Some((piece, mut notes, _, next)) = self.wait(at, draft.expect) {
            if (1..=12).contains(&hour) && matches!(piece, Piece::Span(Span { marked: false, .. })) {
                notes.push(Note::AsSpan);
            }
            steps.push((piece, notes, span_rank, next));
        }
        for (piece, notes, _, next) in self.clock(at, draft) {
            steps.push((piece, notes, clock_rank, next));
        }
        steps
    }

    /// Dates that start with a number.
    fn date(&self, at: usize, draft: &Draft) -> Vec<Step> {
        let Some((first, digits)) = self.number(at) else { return Vec::new() };
        if digits == 4 {
            return self.year_first(at, first);
        }
        if self.sign(at + 1, '/') {
            return self.slashed(at, first, '/');
        }
        if self.sign(at + 1, '-') && self.glued(at + 1) && self.sign(at + 3, '-') && self.number(at + 2).is_some() {
            return self.slashed(at, first, '-');
        }
        // 3. Januar, 3 Jan, 3rd of January
        let mut next = at + 1;
        let ordinal = self.sign(next, '.') || self.word(next) == Some(Word::OrdinalEnding);
        // 24-Dec-2026
        let hyphen = self.sign(next, '-') && matches!(self.word(next + 1), Some(Word::Month(_)));
        if ordinal || hyphen {
            next += 1;
        }
        let named = self.ordinal_day(first, next);
        if matches!(named.first(), Some((Piece::Day(Day::Date { .. } | Day::Feast { .. } | Day::Nth { .. }), ..))) {
            return named;
        }
        if self.sign(at + 1, '.')
            && let Some((second, 1..=2)) = self.number(at + 2)
            && (self.glued(at + 2) || self.sign(at + 3, '.'))
        {
            return self.dotted(at, first, second);
        }
        // the 24th, am 24., on 24
        let alone =
            draft.expect == Expect::Day && digits > 0 && !matches!(self.word(next), Some(Word::Uhr | Word::Unit(_)));
        if (ordinal || alone) && !self.sign(at + 1, ':') && !(self.sign(at + 1, '.') && self.glued(at + 2)) {
            return named;
        }
        Vec::new()
    }

    /// 24.12., 24.12.2026, 24.12.26, 24.12
    fn dotted(&self, at: usize, first: u32, second: u32) -> Vec<Step> {
        if !self.sign(at + 3, '.') {
            // 10.12 without its last full stop may be a time of day, which the caller adds.
            let whole = !matches!(self.word(at + 3), Some(Word::Uhr | Word::Pm | Word::Unit(_) | Word::H))
                && !self.sign(at + 3, ':');
            return date_of(None, second, first).filter(|_| whole).map(|date| day(date, at + 3)).into_iter().collect();
        }
        let year = match self.number(at + 4) {
            Some((year @ 0..=99, 2)) if self.glued(at + 4) => Some(2000 + year as i16),
            Some((year @ 1900..=2999, 4)) => Some(year as i16),
            Some(_) if self.glued(at + 4) => return Vec::new(),
            _ => None,
        };
        let next = if year.is_some() { at + 5 } else { at + 4 };
        vec![day(written_date(year, second, first), next)]
    }

    /// 1/2, 24/12, 12/24/2026, 24-12-2026: both orders, where both are dates.
    fn slashed(&self, at: usize, first: u32, sign: char) -> Vec<Step> {
        let Some((second, 1..=2)) = self.number(at + 2) else { return Vec::new() };
        let (year, next) = if self.sign(at + 3, sign) {
            match self.number(at + 4) {
                Some((year @ 0..=99, 2)) if sign == '/' => (Some(2000 + year as i16), at + 5),
                Some((year @ 1900..=2999, 4)) => (Some(year as i16), at + 5),
                _ => return Vec::new(),
            }
        } else {
            (None, at + 3)
        };
        let mut steps = Vec::new();
        for (month, of_month) in [(second, first), (first, second)] {
            if let Some(date) = date_of(year, month, of_month) {
                let step = day(date, next);
                if !steps.iter().any(|(piece, ..): &Step| matches!(piece, Piece::Day(before) if *before == date)) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    /// 2026-12-24, 2026/12/24, 2026.12.24, each perhaps with a T and a time; 2026-W32.
    fn year_first(&self, at: usize, year: u32) -> Vec<Step> {
        let Some((piece, next)) = self.year_first_date(at, year) else { return Vec::new() };
        // The T stands only between a date and a time.
        let next = if self.word(next) == Some(Word::T) && self.number(next + 1).is_some() { next + 1 } else { next };
        vec![day(piece, next)]
    }

    fn year_first_date(&self, at: usize, year: u32) -> Option<(Day, usize)> {
        let year = i16::try_from(year).ok()?;
        let sign = ['-', '/', '.'].into_iter().find(|sign| self.sign(at + 1, *sign))?;
        if sign == '-' && self.word(at + 2) == Some(Word::Unit(Unit::Week)) {
            let (number @ 1..=53, _) = self.number(at + 3)? else { return None };
            return Some((Day::Week { edge: Edge::Whole, number: number as i8, year: Some(year) }, at + 4));
        }
        let (month, 1..=2) = self.number(at + 2)? else { return None };
        let (of_month, 1..=2) = self.number(at + 4)? else { return None };
        if !self.sign(at + 3, sign) {
            return None;
        }
        Some((written_date(Some(year), month, of_month), at + 5))
    }

    /// A day of a month, with the month's name and a year if they follow; `next` is behind the day.
    pub(super) fn ordinal_day(&self, of_month: u32, next: usize) -> Vec<Step> {
        let mut to = next;
        while matches!(self.word(to), Some(Word::Of | Word::Article)) {
            to += 1;
        }
        let feast = match (self.word(to), of_month) {
            (Some(Word::ChristmasHoliday), 1..=2) => Some(Feast::Fixed(12, 24 + of_month as i8)),
            (Some(Word::Advent), 1..=4) => Some(Feast::Advent(4 - of_month as i8)),
            _ => None,
        };
        if let Some(feast) = feast {
            let (year, next) = self.year(to + 1);
            return vec![day(Day::Feast { feast, year }, next)];
        }
        if let Some(step) = i8::try_from(of_month).ok().filter(|nth| *nth <= 5).and_then(|nth| self.nth(nth, next)) {
            return vec![step];
        }
        // "first Monday" of what?
        if of_month <= 5 && matches!(self.word(next), Some(Word::Weekday(_))) {
            return Vec::new();
        }
        if let Some(Word::Month(month)) = self.word(to) {
            let hyphen = usize::from(self.sign(to + 1, '-') && self.sign(to - 1, '-'));
            let (year, next) = self.year(to + 1 + hyphen);
            return date_of(year, month as u32, of_month).map(|date| day(date, next)).into_iter().collect();
        }
        let months = match (self.word(to), self.word(to + 1)) {
            (Some(Word::This), Some(Word::Unit(Unit::Month))) => Some(0),
            (Some(Word::Next | Word::Coming), Some(Word::Unit(Unit::Month))) => Some(1),
            (Some(Word::AfterNext), Some(Word::Unit(Unit::Month))) => Some(2),
            _ => None,
        };
        if !(1..=31).contains(&of_month) {
            return Vec::new();
        }
        let next = match self.word(to) {
            _ if months.is_some() => to + 2,
            // „am 1. des Monats“
            Some(Word::Unit(Unit::Month)) if to > next => to + 1,
            _ => next,
        };
        vec![day(Day::OfMonth { day: of_month as i8, months }, next)]
    }

    /// January 3rd, Jan 3 2027, January 2027, January.
    pub(super) fn month_first(&self, month: i8, at: usize) -> Vec<Step> {
        // "January the 20th"
        let article = self.word(at) == Some(Word::Article) && self.number(at + 1).is_some();
        let at = at + usize::from(article);
        if let Some((of_month, digits)) = self.number(at).or_else(|| match self.word(at) {
            Some(Word::Ordinal(n)) => Some((n, 0)),
            _ => None,
        }) && digits <= 2
        {
            let mut next = at + 1;
            if self.word(next) == Some(Word::OrdinalEnding) || (self.sign(next, '.') && !self.glued(next + 1)) {
                next += 1;
            }
            if self.sign(next, ':') || matches!(self.word(next), Some(Word::Uhr | Word::Pm | Word::H)) {
                return Vec::new();
            }
            let comma =
                usize::from(self.sign(next, ',') && self.number(next + 1).is_some_and(|(_, digits)| digits == 4));
            let (year, next) = self.year(next + comma);
            return date_of(year, month as u32, of_month).map(|date| day(date, next)).into_iter().collect();
        }
        let (year, next) = self.year(at);
        vec![day(Day::Frame { edge: Edge::Whole, frame: Frame::Named { month, year } }, next)]
    }

    /// A year in four digits behind a month, if there is one.
    pub(super) fn year(&self, at: usize) -> (Option<i16>, usize) {
        match self.number(at) {
            Some((year @ 1900..=2999, 4)) if !self.sign(at + 1, ':') && !self.sign(at + 1, '-') => {
                (Some(year as i16), at + 1)
            }
            _ => (None, at),
        }
    }

    /// KW 32, Kalenderwoche 1 2027, calendar week 32, week 32, W32.
    pub(super) fn calendar_week(&self, at: usize, edge: Edge) -> Vec<Step> {
        let to = match self.word(at) {
            Some(Word::Calendar) if self.word(at + 1) == Some(Word::Unit(Unit::Week)) => at + 2,
            Some(Word::Calendar) => return Vec::new(),
            _ => at + 1,
        };
        let Some((number @ 1..=53, 1..=2)) = self.number(to) else { return Vec::new() };
        let slash =
            usize::from(self.sign(to + 1, '/') || self.sign(to + 1, ',') || self.word(to + 1) == Some(Word::Of));
        let (year, next) = match self.number(to + 1 + slash) {
            Some((year @ 1900..=2999, 4)) => (Some(year as i16), to + 2 + slash),
            Some((year @ 0..=99, 2)) if self.sign(to + 1, '/') => (Some(2000 + year as i16), to + 3),
            _ => (None, to + 1),
        };
        vec![day(Day::Week { edge, number: number as i8, year }, next)]
    }
}

/// A date as it was written, existing or not: that it does not exist is the answer to give.
fn written_date(year: Option<i16>, month: u32, of_month: u32) -> Day {
    Day::Date { year, month: month.min(99) as i8, day: of_month.min(99) as i8 }
}

/// A date that some year has; `None` for a month 13 or a day 32.
fn date_of(year: Option<i16>, month: u32, of_month: u32) -> Option<Day> {
    let fits = (1..=12).contains(&month) && (1..=31).contains(&of_month);
    fits.then_some(Day::Date { year, month: month as i8, day: of_month as i8 })
}
