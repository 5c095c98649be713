//! What a phrase says, piece by piece: each slot is filled at most once, so that nothing said is ever dropped.

use jiff::civil::Weekday;

use super::feasts::Feast;
use super::wall::Wall;
use super::{Note, Part};

/// A day as it was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// So many days from today.
    Offset(i32),
    /// A date; without a year the next one.
    Date { year: Option<i16>, month: i8, day: i8 },
    /// A day of a month: the next one, or that of the month so many from now.
    OfMonth { day: i8, months: Option<i32> },
    /// A day with a name; without a year the next one.
    Feast { feast: Feast, year: Option<i16> },
    /// The so-manieth of its kind in a month, or the last (-1).
    Nth { nth: i8, of: Countable, frame: Frame },
    /// The so-manieth working day from today.
    Business(u32),
    /// An ISO calendar week, or an edge of it.
    Week { edge: Edge, number: i8, year: Option<i16> },
    /// A week, month or year, or an edge of it.
    Frame { edge: Edge, frame: Frame },
}

/// What is counted through a month: "the first Monday", „der letzte Werktag“.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Countable {
    Weekday(Weekday),
    Day,
    WorkingDay,
}

/// Which day of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// None was said; the first is taken and said so.
    Whole,
    Start,
    Middle,
    End,
    /// Saturday.
    Weekend,
}

/// A stretch of the calendar; the number counts from the present one, `None` is the first whose day is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    Week(Option<i32>),
    Month(Option<i32>),
    Quarter(Option<i32>),
    Year(Option<i32>),
    Named { month: i8, year: Option<i16> },
}

/// Which of a weekday's days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The next to come, today included.
    Bare,
    /// The next to come, today excluded.
    Coming,
    /// Of the ISO week so many weeks from now.
    OfWeek(i32),
}

/// A time of day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub style: Style,
}

/// How sure a clock time is about its half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// 24 hours, or am/pm was said.
    Exact,
    /// Written like 24 hours: "3 Uhr", "3:30".
    Written,
    /// English without "pm": "at 3:30". Like [`Style::Bare`], but beside a written date like [`Style::Written`].
    Short,
    /// A number alone: "um 3".
    Bare,
    /// A number alone, without "um" or "at" in front: only next to a day.
    BareUnmarked,
    /// The twelve-hour face: "halb neun".
    Face,
    /// Midnight: the beginning or the end of a day.
    Midnight,
}

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub months: i64,
    pub days: i64,
    pub seconds: i64,
    /// "in …" was said.
    pub marked: bool,
    /// Units written so far, a bit each.
    pub units: u16,
}

/// What must come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Expect {
    /// Anything, or nothing.
    #[default]
    Free,
    /// Something (behind "bis").
    Any,
    /// A time of day (behind "at"; `true` behind "um").
    Time(bool),
    /// A day (behind "am").
    Day,
    /// A span, a month, a week or a part of the day (behind "in").
    In,
    /// Where a span starts (behind "from").
    From,
}

/// Everything a phrase has said so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub day: Option<Day>,
    pub weekday: Option<(Weekday, Which)>,
    pub clock: Option<Clock>,
    pub part: Option<Part>,
    pub span: Option<Span>,
    pub wall: Option<Wall>,
    pub notes: Vec<Note>,
    pub expect: Expect,
    /// The span was said before the day.
    pub span_first: bool,
    /// "from" stood between the span and the day.
    pub from: bool,
    /// The part of the day was said before the clock time.
    pub part_first: bool,
    /// 0 for the usual way to read what was written; higher only counts when nothing lower holds.
    pub rank: u8,
}

/// One step of the grammar.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece {
    /// A word without meaning of its own.
    Skip,
    /// A preposition.
    Prefix(Expect),
    /// "around".
    About,
    Day(Day),
    Weekday(Weekday, Which),
    Clock(Clock),
    Part(Part),
    Span(Span),
    /// Whose clock.
    Wall(Wall),
    /// tonight: a day and a part in one word.
    Tonight(Part),
}

impl Draft {
    /// With one more piece; `None` when its place is taken.
    pub fn with(&self, piece: Piece, notes: &[Note], rank: u8) -> Option<Self> {
        let mut next = self.clone();
        next.notes.extend_from_slice(notes);
        next.rank = next.rank.max(rank);
        match piece {
            Piece::Skip => return Some(next),
            Piece::About => {
                if !next.notes.contains(&Note::Exactly) {
                    next.notes.push(Note::Exactly);
                }
                if next.expect == Expect::Free {
                    next.expect = Expect::Any;
                }
                return Some(next);
            }
            Piece::Prefix(expect) => {
                next.from |= expect == Expect::From;
                next.expect = expect;
                return Some(next);
            }
            // "next month on the 3rd"
            Piece::Day(Day::OfMonth { day, months: None })
                if matches!(next.day, Some(Day::Frame { edge: Edge::Whole, frame: Frame::Month(Some(_)) })) =>
            {
                let Some(Day::Frame { frame: Frame::Month(months), .. }) = next.day else { return None };
                next.day = Some(Day::OfMonth { day, months });
            }
            Piece::Day(day) => put(&mut next.day, day)?,
            Piece::Weekday(weekday, which) => put(&mut next.weekday, (weekday, which))?,
            Piece::Clock(clock) => {
                next.part_first = next.part.is_some();
                put(&mut next.clock, clock)?;
            }
            // "first thing tomorrow morning" is the start of work.
            Piece::Part(Part::StartOfWork) if next.part == Some(Part::Morning) => next.part = Some(Part::StartOfWork),
            Piece::Part(Part::Morning) if next.part == Some(Part::StartOfWork) => {}
            Piece::Part(part) => put(&mut next.part, part)?,
            Piece::Wall(wall) => put(&mut next.wall, wall)?,
            Piece::Span(span) => {
                next.span_first = next.day.is_none() && next.weekday.is_none();
                put(&mut next.span, span)?;
            }
            Piece::Tonight(part) => {
                put(&mut next.day, Day::Offset(0))?;
                put(&mut next.part, part)?;
            }
        }
        next.expect = Expect::Free;
        Some(next)
    }

    /// Whether anything was said yet that a time can be told from.
    pub fn says_when(&self) -> bool {
        let day = self.day.is_some() || self.weekday.is_some();
        day || self.clock.is_some() || self.part.is_some() || self.span.is_some()
    }

    /// Whether everything begun was ended.
    pub fn complete(&self) -> bool {
        let day = self.day.is_some() || self.weekday.is_some();
        let bare = matches!(self.clock, Some(Clock { style: Style::BareUnmarked, .. }));
        self.says_when() && self.expect == Expect::Free && (!bare || day || self.part.is_some())
    }
}

fn put<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.is_none().then(|| *slot = Some(value))
}
