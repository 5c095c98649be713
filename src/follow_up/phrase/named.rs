//! Words that name a day, a weekday, a week, a month, an edge of one, or a part of the day.

use jiff::civil::Weekday;

use super::draft::{Day, Draft, Edge, Expect, Frame, Piece, Which};
use super::grammar::{Grammar, Step};
use super::lexicon::Word;
use super::{Note, Part, Unit};

impl Grammar<'_> {
    /// Words that name a day, a weekday, a week, a month or a part of the day.
    pub(super) fn named(&self, at: usize, draft: &Draft) -> Vec<Step> {
        let expect = draft.expect;
        let days = !matches!(expect, Expect::Time(_) | Expect::In);
        let Some(word) = self.word(at) else { return Vec::new() };
        let next_word = self.word(at + 1);
        let step = |piece: Piece, next: usize| vec![(piece, Vec::new(), 0, next)];
        let day = |day: Day, next: usize| vec![(Piece::Day(day), Vec::new(), 0, next)];
        let part_fits = |part: Part| match expect {
            // "10 at night", but nobody knows when "at night" is.
            Expect::Time(_) if part == Part::Tonight => draft.clock.is_some(),
            Expect::Time(_) => matches!(part, Part::Noon | Part::Night | Part::EndOfDay | Part::StartOfWork),
            Expect::From => false,
            _ => true,
        };
        match word {
            Word::Today if days => day(Day::Offset(0), at + 1),
            Word::DayAfterTomorrow if days => day(Day::Offset(2), at + 1),
            Word::InThreeDays if days => day(Day::Offset(3), at + 1),
            Word::Feast(one, other) if days => {
                let (year, next) = self.year(at + 1);
                [Some(one), other]
                    .into_iter()
                    .flatten()
                    .flat_map(|feast| day(Day::Feast { feast, year }, next))
                    .collect()
            }
            // English "second" is a unit, and the ordinal in front of a day or a month.
            Word::Unit(Unit::Second) if days && next_word != Some(Word::And) => match self.nth(2, at + 1) {
                Some(step) => vec![step],
                None if next_word == Some(Word::Of) => self.ordinal_day(2, at + 1),
                None => Vec::new(),
            },
            Word::Unit(unit @ (Unit::Week | Unit::Month))
                if next_word == Some(Word::From) && self.word(at + 2) == Some(Word::Next) =>
            {
                let frame = if unit == Unit::Week { Frame::Week(Some(2)) } else { Frame::Month(Some(2)) };
                day(Day::Frame { edge: Edge::Whole, frame }, at + 3)
            }
            Word::This if days && next_word == Some(Word::Coming) => self.relative(at + 1, Word::Coming),
            Word::Unit(Unit::Day)
                if days
                    && next_word == Some(Word::From)
                    && matches!(self.word(at + 2), Some(Word::Tomorrow | Word::Morgen)) =>
            {
                day(Day::Offset(2), at + 3)
            }
            Word::Morgen if draft.day.is_some() || draft.weekday.is_some() => step(Piece::Part(Part::Morning), at + 1),
            Word::Morgen if expect == Expect::Day => step(Piece::Part(Part::Morning), at + 1),
            Word::Tomorrow | Word::Morgen if days => day(Day::Offset(1), at + 1),
            Word::Tonight if expect == Expect::Free || expect == Expect::Any => {
                step(Piece::Tonight(Part::Tonight), at + 1)
            }
            Word::Mo if days => step(Piece::Weekday(Weekday::Monday, Which::Bare), at + 1),
            Word::So if days => {
                let mut steps = step(Piece::Weekday(Weekday::Sunday, Which::Bare), at + 1);
                // „so gegen neun“ is "about nine", unless it is a Sunday.
                if matches!(next_word, Some(Word::About | Word::Um)) && expect == Expect::Free {
                    let rank = u8::from(next_word == Some(Word::Um));
                    steps.push((Piece::About, Vec::new(), rank, at + 1));
                }
                steps
            }
            // "Monday after next"
            Word::Weekday(weekday)
                if days && next_word == Some(Word::From) && self.word(at + 2) == Some(Word::Next) =>
            {
                relative_weekday(weekday, Word::AfterNext, at + 3)
            }
            Word::Weekday(weekday) if days => step(Piece::Weekday(weekday, Which::Bare), at + 1),
            Word::Part(part) if part_fits(part) => step(Piece::Part(part), at + 1),
            Word::This if matches!(next_word, Some(Word::Part(_) | Word::Morgen)) && expect != Expect::In => {
                match next_word {
                    Some(Word::Part(part)) => step(Piece::Tonight(part), at + 2),
                    _ => step(Piece::Tonight(Part::Morning), at + 2),
                }
            }
            Word::Next | Word::AfterNext | Word::Coming | Word::This if !matches!(expect, Expect::Time(_)) => {
                self.relative(at, word)
            }
            Word::Ordinal(n) if days => self.ordinal_day(n, at + 1),
            Word::Month(month) if !matches!(expect, Expect::Time(_)) => self.month_first(month, at + 1),
            Word::CalendarWeek | Word::Calendar | Word::Unit(Unit::Week) => self.calendar_week(at, Edge::Whole),
            Word::Start | Word::Middle | Word::End => self.edge(at, word),
            Word::EdgeOf(edge, unit) if days => edge_of(edge, unit, at + 1),
            Word::NewYear if days => day(Day::Frame { edge: Edge::Whole, frame: Frame::Year(Some(1)) }, at + 1),
            Word::EndOfWeek => day(Day::Frame { edge: Edge::End, frame: Frame::Week(None) }, at + 1),
            Word::EndOfMonth => frame_end(Frame::Month(None), at + 1),
            Word::EndOfQuarter => frame_end(Frame::Quarter(None), at + 1),
            Word::EndOfYear => frame_end(Frame::Year(None), at + 1),
            Word::Weekend => vec![(
                Piece::Day(Day::Frame { edge: Edge::Weekend, frame: Frame::Week(None) }),
                vec![Note::Saturday],
                0,
                at + 1,
            )],
            _ => Vec::new(),
        }
    }

    /// "next Friday", "nächste Woche", „übernächsten Monat“, "this weekend", "next business day".
    fn relative(&self, at: usize, word: Word) -> Vec<Step> {
        let shift = match word {
            Word::This => 0,
            Word::AfterNext => 2,
            _ => 1,
        };
        let frame = |frame: Frame| vec![(Piece::Day(Day::Frame { edge: Edge::Whole, frame }), Vec::new(), 0, at + 2)];
        if self.several(at + 1) {
            // „in den nächsten Tagen“, "the next weeks"
            self.vague.set(true);
            return Vec::new();
        }
        match self.word(at + 1) {
            Some(Word::So) => relative_weekday(Weekday::Sunday, word, at + 2),
            Some(Word::Mo) => relative_weekday(Weekday::Monday, word, at + 2),
            Some(Word::Weekday(weekday)) => relative_weekday(weekday, word, at + 2),
            Some(Word::Unit(Unit::Week)) => frame(Frame::Week(Some(shift))),
            Some(Word::Unit(Unit::Month)) => frame(Frame::Month(Some(shift))),
            Some(Word::Unit(Unit::Quarter) | Word::Quarter) => frame(Frame::Quarter(Some(shift))),
            Some(Word::Unit(Unit::Year)) => frame(Frame::Year(Some(shift))),
            Some(Word::Unit(Unit::Day)) if word == Word::Next => {
                vec![(Piece::Day(Day::Offset(1)), Vec::new(), 0, at + 2)]
            }
            Some(Word::Weekend) => {
                let weeks = if word == Word::Coming || word == Word::This { None } else { Some(shift) };
                let day = Day::Frame { edge: Edge::Weekend, frame: Frame::Week(weeks) };
                let notes = match weeks {
                    Some(2) => vec![Note::Saturday, Note::WeekAfterNext],
                    Some(_) => vec![Note::Saturday, Note::FollowingWeek],
                    None => vec![Note::Saturday],
                };
                vec![(Piece::Day(day), notes, 0, at + 2)]
            }
            Some(Word::Month(month)) if shift < 2 => self.month_first(month, at + 2),
            _ => match self.business_unit(at + 1) {
                Some(next) if shift > 0 => vec![(Piece::Day(Day::Business(shift as u32)), Vec::new(), 0, next)],
                _ => Vec::new(),
            },
        }
    }

    /// "Ende der Woche", "end of next month", "Mitte Januar", "end of day", "start of work", "close of business".
    fn edge(&self, at: usize, word: Word) -> Vec<Step> {
        let edge = match word {
            Word::Start => Edge::Start,
            Word::Middle => Edge::Middle,
            _ => Edge::End,
        };
        let mut to = at + 1;
        while matches!(self.word(to), Some(Word::Of | Word::Article)) {
            to += 1;
        }
        let frame = |frame: Frame, next: usize| {
            let note = (edge == Edge::Middle).then(|| middle(frame));
            vec![(Piece::Day(Day::Frame { edge, frame }), note.into_iter().collect(), 0, next)]
        };
        if matches!(self.word(to), Some(Word::CalendarWeek | Word::Calendar)) {
            return self.calendar_week(to, edge);
        }
        let (shift, unit) = match self.word(to) {
            Some(Word::This) => (Some(0), to + 1),
            Some(Word::Next | Word::Coming) => (Some(1), to + 1),
            Some(Word::AfterNext) => (Some(2), to + 1),
            _ => (None, to),
        };
        // „Anfang 2027“, "end of 2026"
        if let (Some(year), next) = self.year(to) {
            let (edge, month) = match edge {
                Edge::End => (Edge::End, 12),
                Edge::Middle => (Edge::Start, 7),
                _ => (Edge::Start, 1),
            };
            let frame = Frame::Named { month, year: Some(year) };
            let notes = if self.word(at) == Some(Word::Middle) { vec![Note::MiddleOfYear] } else { Vec::new() };
            return vec![(Piece::Day(Day::Frame { edge, frame }), notes, 0, next)];
        }
        match (self.word(unit), edge) {
            (Some(Word::Unit(Unit::Week)), _) if self.number(unit + 1).is_some() => self.calendar_week(unit, edge),
            (Some(Word::Unit(Unit::Week)), _) => frame(Frame::Week(shift), unit + 1),
            (Some(Word::Unit(Unit::Month)), _) => frame(Frame::Month(shift), unit + 1),
            (Some(Word::Unit(Unit::Quarter) | Word::Quarter), _) => frame(Frame::Quarter(shift), unit + 1),
            (Some(Word::Unit(Unit::Year)), _) => frame(Frame::Year(shift), unit + 1),
            (Some(Word::Month(month)), _) => {
                let (year, next) = self.year(unit + 1);
                frame(Frame::Named { month, year }, next)
            }
            (Some(Word::Unit(Unit::Day) | Word::Business), Edge::Start | Edge::End)
                if matches!(shift, None | Some(0)) =>
            {
                let part = if edge == Edge::End { Part::EndOfDay } else { Part::StartOfWork };
                let next =
                    if self.word(unit) == Some(Word::Business) && self.word(unit + 1) == Some(Word::Unit(Unit::Day)) {
                        unit + 2
                    } else {
                        unit + 1
                    };
                vec![(Piece::Part(part), Vec::new(), 0, next)]
            }
            _ => Vec::new(),
        }
    }
}

fn relative_weekday(weekday: Weekday, word: Word, next: usize) -> Vec<Step> {
    let which = match word {
        Word::Next => Which::OfWeek(1),
        Word::AfterNext => Which::OfWeek(2),
        Word::Coming => Which::Coming,
        _ => Which::Bare,
    };
    vec![(Piece::Weekday(weekday, which), Vec::new(), 0, next)]
}

/// „Monatsanfang“, „Wochenmitte“.
fn edge_of(edge: Edge, unit: Unit, next: usize) -> Vec<Step> {
    let frame = match unit {
        Unit::Week => Frame::Week(None),
        Unit::Quarter => Frame::Quarter(None),
        Unit::Year => Frame::Year(None),
        _ => Frame::Month(None),
    };
    let note = (edge == Edge::Middle).then(|| middle(frame));
    vec![(Piece::Day(Day::Frame { edge, frame }), note.into_iter().collect(), 0, next)]
}

/// What the middle of a frame is.
fn middle(frame: Frame) -> Note {
    match frame {
        Frame::Week(_) => Note::MiddleOfWeek,
        Frame::Month(_) | Frame::Named { .. } => Note::MiddleOfMonth,
        Frame::Quarter(_) => Note::MiddleOfQuarter,
        Frame::Year(_) => Note::MiddleOfYear,
    }
}

fn frame_end(frame: Frame, next: usize) -> Vec<Step> {
    vec![(Piece::Day(Day::Frame { edge: Edge::End, frame }), Vec::new(), 0, next)]
}
