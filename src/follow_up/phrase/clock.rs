//! Times of day: "9 Uhr", "17h30", "5 p.m.", „halb neun“, "quarter past three", "noon".

use super::draft::{Clock, Draft, Expect, Piece, Style};
use super::grammar::{Grammar, Step};
use super::lexicon::Word;
use super::{Note, Unit};

impl Grammar<'_> {
    /// Times of day that start at a token.
    pub(super) fn clock(&self, at: usize, draft: &Draft) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut push = |clock: Clock, next: usize| steps.push((Piece::Clock(clock), Vec::new(), 0, next));
        if self.word(at) == Some(Word::Midnight) {
            push(Clock::new(0, 0, Style::Midnight), at + 1);
            return steps;
        }
        if let Some((minutes, next)) = self.face(at) {
            // „halb 9 Uhr“
            let next = next + usize::from(self.word(next) == Some(Word::Uhr));
            let (clock, next) = self.with_meridiem(Clock::face(minutes), next, draft);
            push(clock, next);
            return steps;
        }
        // British "half nine" is 9:30, but a German speaker's is 8:30: both.
        if self.word(at) == Some(Word::Half)
            && let Some(hour) = self.face_hour(at + 1)
        {
            push(Clock::face(hour * 60 + 30), at + 2);
            push(Clock::face(hour * 60 - 30), at + 2);
            return steps;
        }
        if let Some((clock, next)) = self.clock_number(at, draft) {
            push(clock, next);
        }
        steps
    }

    /// A time that starts with a number.
    fn clock_number(&self, at: usize, draft: &Draft) -> Option<(Clock, usize)> {
        let (hour, digits) = match self.word(at) {
            Some(Word::One) if self.word(at + 1) == Some(Word::Uhr) => (1, 0),
            _ => self.number(at)?,
        };
        let marked = matches!(draft.expect, Expect::Time(_));
        // 9:30, 9:30:15
        if self.sign(at + 1, ':') {
            let (minute, second, mut next) = self.minutes(at + 2, ':')?;
            let uhr = self.word(next) == Some(Word::Uhr);
            let style = match draft.expect {
                _ if digits == 2 && hour < 10 => Style::Exact,
                Expect::Time(false) if !uhr => Style::Short,
                _ => Style::Written,
            };
            let clock = Clock::checked(hour, minute, second, style)?;
            // "9:30 h" is a time of day; "1:15 h" may as well be a span, and is refused for its h.
            next += usize::from(uhr || hour > 4 && self.word(next) == Some(Word::H));
            return Some(self.with_meridiem(clock, next, draft));
        }
        // 9.30 Uhr, um 9.30, 9.30 pm
        if self.sign(at + 1, '.') && self.glued(at + 1) && self.glued(at + 2) {
            if let Some((minute, 2)) = self.number(at + 2)
                && !(self.sign(at + 3, '.') && self.glued(at + 3) && !(marked && self.at_end(at + 4)))
            {
                let uhr = self.word(at + 3) == Some(Word::Uhr);
                let short = draft.expect == Expect::Time(false) && !uhr;
                let style = if short { Style::Short } else { Style::Written };
                let clock = Clock::checked(hour, minute, 0, style)?;
                let next = at + 3 + usize::from(uhr || self.word(at + 3) == Some(Word::H));
                return Some(self.with_meridiem(clock, next, draft));
            }
            return None;
        }
        // 17h, 17h30
        if self.word(at + 1) == Some(Word::H) && digits > 0 {
            if let Some((minute, 2)) = self.number(at + 2)
                && (self.glued(at + 2) || self.at_end(at + 3))
            {
                if matches!(self.word(at + 3), Some(Word::Unit(_))) {
                    return None;
                }
                return Some((Clock::checked(hour, minute, 0, Style::Exact)?, at + 3));
            }
            return Some((Clock::checked(hour, 0, 0, Style::Bare)?, at + 2));
        }
        // 9 Uhr, 9 Uhr 30
        if self.word(at + 1) == Some(Word::Uhr) {
            if digits >= 3 {
                return Some((Clock::hundreds(hour, digits)?, at + 2));
            }
            if let Some((minute @ 0..=59, minute_digits)) = self.number(at + 2)
                && (minute_digits == 2 || minute_digits == 0)
                && self.stands_alone(at + 3)
            {
                return Some((Clock::checked(hour, minute, 0, Style::Exact)?, at + 3));
            }
            return Some((Clock::checked(hour, 0, 0, Style::Written)?, at + 2));
        }
        if self.word(at + 1) == Some(Word::Oclock) {
            let clock = Clock::checked(hour, 0, 0, Style::Bare)?;
            return (1..=12).contains(&hour).then(|| self.with_meridiem(clock, at + 2, draft));
        }
        // 12 noon, 12 midnight
        if hour == 12 && self.word(at + 1) == Some(Word::Midnight) {
            return Some((Clock::new(0, 0, Style::Midnight), at + 2));
        }
        // at 0930, 1430 hours
        if digits >= 3 {
            let hours = self.word(at + 1) == Some(Word::Unit(Unit::Hour));
            let meridiem = matches!(self.word(at + 1), Some(Word::Pm | Word::Am));
            return (marked || hours || meridiem).then(|| Clock::hundreds(hour, digits)).flatten().map(|clock| {
                let next = at + 1 + usize::from(hours);
                self.with_meridiem(clock, next, draft)
            });
        }
        // nine thirty
        if digits == 0
            && let Some((minute @ 10..=59, 0)) = self.number(at + 1)
            && self.stands_alone(at + 2)
        {
            let clock = Clock::checked(hour, minute, 0, Style::Bare)?;
            return Some(self.with_meridiem(clock, at + 2, draft));
        }
        // um 9, 9 pm, next Monday 10
        let full_stop = usize::from(self.sign(at + 1, '.') && self.at_end(at + 2) && marked);
        if !self.stands_alone(at + 1 + full_stop) {
            return None;
        }
        let style = if marked || draft.notes.contains(&Note::Exactly) { Style::Bare } else { Style::BareUnmarked };
        let clock = Clock::checked(hour, 0, 0, style)?;
        Some(self.with_meridiem(clock, at + 1 + full_stop, draft))
    }

    /// Minutes and perhaps seconds behind a colon.
    fn minutes(&self, at: usize, separator: char) -> Option<(u32, u32, usize)> {
        let (minute, 2) = self.number(at)? else { return None };
        if self.sign(at + 1, separator) {
            let (second, 2) = self.number(at + 2)? else { return None };
            return Some((minute, second, at + 3));
        }
        Some((minute, 0, at + 1))
    }

    /// Whether a number before this place is a number of its own and not the start of a date, a decimal or a span.
    fn stands_alone(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(super::token::Kind::Sign(sign)) => sign == ',' && !self.glued(at + 1),
            Some(super::token::Kind::Word(word)) => !matches!(
                word,
                Word::Month(_)
                    | Word::Unit(_)
                    | Word::OrdinalEnding
                    | Word::BusinessDay
                    | Word::Business
                    | Word::Uhr
                    | Word::H
                    | Word::T
                    | Word::Thousandths(_)
            ),
            _ => true,
        }
    }

    /// am or pm behind a time.
    fn with_meridiem(&self, clock: Clock, next: usize, draft: &Draft) -> (Clock, usize) {
        let pm = match self.word(next) {
            Some(Word::Pm) => true,
            // Behind "um" it is the German "am Freitag", unless nothing follows.
            Some(Word::Am)
                if draft.expect != Expect::Time(true) && clock.hour <= 12 && clock.style != Style::Written =>
            {
                false
            }
            Some(Word::Am) if clock.hour <= 12 && clock.style == Style::Written && !self.uhr_before(next) => false,
            Some(Word::Part(super::Part::Noon)) if clock.hour == 12 && clock.minute == 0 => {
                return (Clock::new(12, 0, Style::Exact), next + 1);
            }
            _ => return (clock, next),
        };
        let on_the_face = (1..=12).contains(&clock.hour) || clock.style == Style::Face;
        if !on_the_face {
            // "17 pm" is left as it stands, and refused for the word behind it.
            return (clock, next);
        }
        let hour = clock.hour % 12 + if pm { 12 } else { 0 };
        (Clock { hour, style: Style::Exact, ..clock }, next + 1)
    }

    fn uhr_before(&self, at: usize) -> bool {
        at > 0 && self.word(at - 1) == Some(Word::Uhr)
    }

    /// Minutes on the twelve-hour face: halb neun, viertel nach drei, dreiviertel neun, half past eight, ten to nine.
    fn face(&self, at: usize) -> Option<(u32, usize)> {
        match self.word(at) {
            Some(Word::Halb) => return Some((self.face_hour(at + 1)? * 60 - 30, at + 2)),
            Some(Word::Half) if self.word(at + 1) == Some(Word::Past) => {
                return Some((self.face_hour(at + 2)? * 60 + 30, at + 3));
            }
            Some(Word::One) if self.word(at + 1) == Some(Word::Quarter) => return self.face(at + 1),
            Some(Word::Quarter) => {
                return match self.word(at + 1) {
                    Some(Word::Past) => Some((self.face_hour(at + 2)? * 60 + 15, at + 3)),
                    Some(Word::To) => Some((self.face_hour(at + 2)? * 60 - 15, at + 3)),
                    // viertel neun, said in the east and south: a quarter of the ninth hour
                    _ => Some((self.face_hour(at + 1)? * 60 - 45, at + 2)),
                };
            }
            Some(Word::ThreeQuarters) => return Some((self.face_hour(at + 1)? * 60 - 15, at + 2)),
            _ => {}
        }
        // "drei viertel neun" in three words
        if matches!(self.number(at), Some((3, _))) && self.word(at + 1) == Some(Word::Quarter) {
            return Some((self.face_hour(at + 2)? * 60 - 15, at + 3));
        }
        self.minutes_face(at)
    }

    /// „fünf vor neun“, "ten minutes past eight", „fünf nach halb neun“.
    pub(super) fn minutes_face(&self, at: usize) -> Option<(u32, usize)> {
        let (minutes @ 1..=29, _) = self.number(at)? else { return None };
        let behind = at + 1 + usize::from(self.word(at + 1) == Some(Word::Unit(Unit::Minute)));
        let after = match self.word(behind)? {
            Word::Past => true,
            Word::To => false,
            _ => return None,
        };
        let (base, next) = if self.word(behind + 1) == Some(Word::Halb) {
            (self.face_hour(behind + 2)? * 60 - 30, behind + 3)
        } else {
            (self.face_hour(behind + 1)? * 60, behind + 2)
        };
        Some((if after { base + minutes } else { base - minutes }, next))
    }

    /// An hour of the face, 1–12, that no longer number begins with.
    fn face_hour(&self, at: usize) -> Option<u32> {
        match self.number(at) {
            Some((hour @ 1..=12, digits))
                if digits <= 2
                    && (self.stands_alone(at + 1) || self.word(at + 1) == Some(Word::Uhr))
                    && !self.sign(at + 1, ':') =>
            {
                Some(hour)
            }
            _ => None,
        }
    }
}

impl Clock {
    fn new(hour: u8, minute: u8, style: Style) -> Self {
        Self { hour, minute, second: 0, style }
    }

    /// From minutes on the face, `-30..=780`.
    fn face(minutes: u32) -> Self {
        let minutes = minutes % 720;
        Self::new((minutes / 60) as u8, (minutes % 60) as u8, Style::Face)
    }

    /// 24:00 is the end of a day; anything later is none.
    fn checked(hour: u32, minute: u32, second: u32, style: Style) -> Option<Self> {
        let fits = (hour < 24 && minute < 60 && second < 60) || (hour == 24 && minute == 0 && second == 0);
        // From 13 on, and at 0, a number alone leaves nothing open.
        let style = match style {
            Style::Bare if !(1..=12).contains(&hour) => Style::Exact,
            style => style,
        };
        fits.then_some(Self { hour: hour as u8, minute: minute as u8, second: second as u8, style })
    }

    /// 930, 0930, 1430.
    fn hundreds(value: u32, digits: u8) -> Option<Self> {
        if digits > 4 {
            return None;
        }
        Self::checked(value / 100, value % 100, 0, Style::Exact)
    }
}
