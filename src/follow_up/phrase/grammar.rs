//! The grammar: a phrase is a row of pieces (a day, a weekday, a clock time, a part of the day, a span), each at most
//! once, in any order, with the prepositions that belong to them. Every way to read the whole row is kept.

use std::cell::Cell;

use jiff::civil::Weekday;

use super::draft::{Day, Draft, Expect, Piece, Span, Which};
use super::lexicon::Word;
use super::token::{Kind, Token};
use super::{Note, Part, Refusal, Unit};

/// More readings than this are no reading.
const MAX_DRAFTS: usize = 16;

/// A piece, the notes that come with it, how unusual the reading is, and the token behind it.
pub(super) type Step = (Piece, Vec<Note>, u8, usize);

/// The tokens and what was noticed on the way.
pub(super) struct Grammar<'a> {
    text: &'a str,
    tokens: &'a [Token],
    /// The farthest token that no piece could be made of.
    farthest: Cell<usize>,
    /// Something like "yesterday" was said.
    past: Cell<bool>,
    /// Something like "the next days" was said.
    pub(super) vague: Cell<bool>,
}

/// Every way to read the whole phrase, or why there is none.
pub(super) fn drafts(text: &str, tokens: &[Token]) -> Result<Vec<Draft>, Refusal> {
    if tokens.iter().any(|token| token.kind == Kind::Word(Word::Vague)) {
        return Err(Refusal::Vague);
    }
    // „jetzt bitte“
    let filler = |token: &Token| matches!(token.kind, Kind::Word(Word::Now | Word::Filler));
    if tokens.iter().all(filler) && tokens.iter().any(|token| token.kind == Kind::Word(Word::Now)) {
        return Err(Refusal::Now);
    }
    let grammar = Grammar { text, tokens, farthest: Cell::new(0), past: Cell::new(false), vague: Cell::new(false) };
    let mut out = Vec::new();
    grammar.walk(0, &Draft::default(), &mut out, &mut 0);
    if !out.is_empty() {
        return Ok(out);
    }
    if grammar.past.get() {
        return Err(Refusal::Past);
    }
    if grammar.vague.get() {
        return Err(Refusal::Vague);
    }
    let from = tokens.get(grammar.farthest.get()).map_or(0, |token| token.span.start);
    Err(Refusal::not_understood(&text[from..]))
}

impl Grammar<'_> {
    fn walk(&self, at: usize, draft: &Draft, out: &mut Vec<Draft>, steps: &mut usize) {
        *steps += 1;
        if out.len() >= MAX_DRAFTS || *steps > 400 {
            return;
        }
        if at == self.tokens.len() {
            if draft.complete() {
                out.push(draft.clone());
            }
            return;
        }
        self.farthest.set(self.farthest.get().max(at));
        for (piece, notes, rank, next) in self.steps(at, draft) {
            if let Some(draft) = draft.with(piece, &notes, rank) {
                self.walk(next, &draft, out, steps);
            }
        }
    }

    /// What can start at a token.
    fn steps(&self, at: usize, draft: &Draft) -> Vec<Step> {
        let expect = draft.expect;
        let open = matches!(expect, Expect::Free | Expect::Any);
        let one = |piece: Piece, next: usize| vec![(piece, Vec::new(), 0, next)];
        let Some(kind) = self.kind(at) else { return Vec::new() };
        let word = match kind {
            Kind::Word(word) => word,
            Kind::Sign(',') if at > 0 && expect == Expect::Free && at + 1 < self.tokens.len() => {
                return one(Piece::Skip, at + 1);
            }
            Kind::Sign('.') if at + 1 == self.tokens.len() && expect == Expect::Free && at > 0 => {
                return one(Piece::Skip, at + 1);
            }
            Kind::Sign(_) => return Vec::new(),
            Kind::Num { .. } => return self.numeric(at, draft),
        };
        match word {
            Word::Filler if matches!(expect, Expect::Free | Expect::Any | Expect::Time(_) | Expect::In) => {
                return one(Piece::Skip, at + 1);
            }
            Word::Article if self.takes_article(at + 1) => {
                return one(Piece::Skip, at + 1);
            }
            // „an Heiligabend“, "at Easter"
            Word::One | Word::At if open && matches!(self.word(at + 1), Some(Word::Feast(..))) => {
                return one(Piece::Skip, at + 1);
            }
            Word::Sharp if matches!(expect, Expect::Time(_)) || self.at_end(at + 1) && expect == Expect::Free => {
                return one(Piece::Skip, at + 1);
            }
            Word::Within if open => return self.within(at),
            Word::Wall(wall) if expect == Expect::Free => {
                let timed = draft.clock.is_some() || draft.part == Some(Part::Noon);
                return if timed { one(Piece::Wall(wall), at + 1) } else { Vec::new() };
            }
            Word::About if matches!(expect, Expect::Free | Expect::Any | Expect::Time(_) | Expect::In) => {
                return one(Piece::About, at + 1);
            }
            Word::From | Word::Ab | Word::Past if open && draft.span.is_some() && draft.day.is_none() => {
                return one(Piece::Prefix(Expect::From), at + 1);
            }
            Word::Latest if self.at_end(at + 1) && expect == Expect::Free => return one(Piece::Skip, at + 1),
            // „nach 3 Werktagen“, "after 2 hours"
            Word::Past | Word::From
                if open && !draft.says_when() && (self.business(at + 1).is_some() || self.span(at + 1).is_some()) =>
            {
                return one(Piece::Prefix(Expect::In), at + 1);
            }
            Word::Later => self.vague.set(true),
            Word::By | Word::Ab | Word::Latest if open => return one(Piece::Prefix(Expect::Any), at + 1),
            Word::At if open => return one(Piece::Prefix(Expect::Time(false)), at + 1),
            Word::Um | Word::Sharp if open => return one(Piece::Prefix(Expect::Time(true)), at + 1),
            // "a week tomorrow", and below the British "a week on Monday": a week after that day.
            Word::Today | Word::Tomorrow
                if open && draft.day.is_none() && draft.span.is_some_and(|span| !span.marked && span.whole_weeks()) =>
            {
                return one(Piece::Prefix(Expect::From), at);
            }
            Word::On if open && draft.span.is_some_and(|span| !span.marked && span.whole_weeks()) => {
                return one(Piece::Prefix(Expect::From), at + 1);
            }
            Word::Am | Word::On if open => return one(Piece::Prefix(Expect::Day), at + 1),
            Word::In if open && self.is_within(at) => return self.within(at),
            Word::In if open && !matches!(self.kind(at + 1), Some(Kind::Word(Word::In))) => {
                return one(Piece::Prefix(Expect::In), at + 1);
            }
            Word::From | Word::Past if open => {
                let weekend = at + 1 + usize::from(self.word(at + 1) == Some(Word::Article));
                if self.word(weekend) == Some(Word::Weekend) {
                    return one(Piece::Weekday(Weekday::Monday, Which::Coming), weekend + 1);
                }
            }
            // British "Monday week", "tomorrow week", "Friday fortnight"
            Word::Unit(unit @ (Unit::Week | Unit::Fortnight))
                if expect == Expect::Free
                    && draft.span.is_none()
                    && matches!(
                        (draft.day, draft.weekday),
                        (None, Some((_, Which::Bare))) | (Some(Day::Offset(0 | 1)), None)
                    )
                    && self.number(at + 1).is_none() =>
            {
                let days = if unit == Unit::Week { 7 } else { 14 };
                let week = Span { days, marked: true, ..Span::default() };
                return one(Piece::Span(week), at + 1);
            }
            Word::Of if expect == Expect::Free && draft.weekday.is_some() => {
                return one(Piece::Prefix(Expect::Day), at + 1);
            }
            Word::Yesterday => self.past.set(true),
            Word::Last if expect != Expect::In && self.nth(-1, at + 1).is_some() => {
                return self.nth(-1, at + 1).into_iter().collect();
            }
            Word::Last if matches!(self.word(at + 1), Some(Word::Weekday(_) | Word::Mo | Word::So | Word::Unit(_))) => {
                self.past.set(true);
            }
            Word::To if at == 0 && self.span(at + 1).is_some() => self.past.set(true),
            _ => {}
        }
        let mut steps = Vec::new();
        if matches!(expect, Expect::Free | Expect::Any | Expect::In)
            && let Some(step) = self.wait(at, expect)
        {
            return vec![step];
        }
        if matches!(expect, Expect::Free | Expect::Any | Expect::Time(_)) {
            steps.extend(self.clock(at, draft));
        }
        if steps.is_empty() {
            steps.extend(self.named(at, draft));
        }
        steps
    }

    /// A span or a number of working days, with what may stand behind it; "ago" makes it the past.
    pub(super) fn wait(&self, at: usize, expect: Expect) -> Option<Step> {
        if let Some((days, mut next)) = self.business(at) {
            if self.from(next) && matches!(self.word(next + 1), Some(Word::Now | Word::Today)) {
                next += 2;
            }
            next += usize::from(self.word(next) == Some(Word::Later));
            return Some((Piece::Day(Day::Business(days)), Vec::new(), 0, next));
        }
        let (mut span, notes, mut next) = self.span(at)?;
        if self.word(next) == Some(Word::Ago) {
            self.past.set(true);
        }
        // "from now" adds nothing.
        if self.from(next) && self.word(next + 1) == Some(Word::Now) {
            next += 2;
            span.marked = true;
        }
        // "3 days later" is told from now on.
        if self.word(next) == Some(Word::Later) {
            next += 1;
            span.marked = true;
        }
        // "in three days' time"
        next += usize::from(expect == Expect::In && self.word(next) == Some(Word::Time));
        span.marked |= expect == Expect::In || matches!(self.word(next), Some(Word::From | Word::Ab | Word::Past));
        Some((Piece::Span(span), notes, 0, next))
    }

    /// Whether "the" may stand before a token: an article in front of nothing is a phrase that breaks off.
    fn takes_article(&self, at: usize) -> bool {
        match self.kind(at) {
            // "the 24th" and „der 3. Januar“, but not "the 9am" or „die 5 Minuten“
            Some(Kind::Num { .. }) => {
                !self.sign(at + 1, ':')
                    && !matches!(
                        self.word(at + 1),
                        Some(
                            Word::Uhr
                                | Word::Am
                                | Word::Pm
                                | Word::H
                                | Word::Oclock
                                | Word::Unit(_)
                                | Word::BusinessDay
                        )
                    )
            }
            Some(Kind::Word(Word::Unit(Unit::Week | Unit::Month))) => self.from(at + 1),
            Some(Kind::Word(Word::Unit(Unit::Second))) => true,
            Some(Kind::Word(word)) => matches!(
                word,
                Word::Weekday(_)
                    | Word::Mo
                    | Word::So
                    | Word::Ordinal(_)
                    | Word::Next
                    | Word::AfterNext
                    | Word::Coming
                    | Word::Last
                    | Word::Start
                    | Word::Middle
                    | Word::End
                    | Word::Part(_)
                    | Word::Morgen
                    | Word::Weekend
                    | Word::EndOfWeek
                    | Word::EndOfMonth
                    | Word::EndOfQuarter
                    | Word::Feast(..)
                    | Word::EndOfYear
                    | Word::CalendarWeek
                    | Word::Calendar
                    | Word::Unit(Unit::Day)
            ),
            _ => false,
        }
    }

    /// "from", „ab“.
    fn from(&self, at: usize) -> bool {
        matches!(self.word(at), Some(Word::From | Word::Ab))
    }

    /// Whether "in" is followed by „den nächsten“ and an amount: "in the next 2 hours".
    fn is_within(&self, at: usize) -> bool {
        let article = usize::from(self.word(at + 1) == Some(Word::Article));
        matches!(self.word(at + 1 + article), Some(Word::Next | Word::Coming)) && !self.within(at).is_empty()
    }

    /// "within 2 days", „innerhalb der nächsten Stunde“: the end of that span.
    fn within(&self, at: usize) -> Vec<Step> {
        let mut to = at + 1;
        while matches!(self.word(to), Some(Word::Of | Word::Article | Word::Next | Word::Coming)) {
            to += 1;
        }
        if let Some((piece, mut notes, rank, next)) = self.wait(to, Expect::In) {
            notes.push(Note::Within);
            return vec![(piece, notes, rank, next)];
        }
        // One hour, said without a number; several („den nächsten Stunden“) are nothing definite.
        if self.word(to) == Some(Word::Unit(Unit::Hour)) && !self.several(to) && to > at + 1 {
            let span = Span { seconds: 3600, marked: true, ..Span::default() };
            return vec![(Piece::Span(span), vec![Note::Within], 0, to + 1)];
        }
        Vec::new()
    }

    /// Whether a unit is written in its plural.
    pub(super) fn several(&self, at: usize) -> bool {
        const PLURALS: [&str; 15] = [
            "tage", "tagen", "days", "wochen", "weeks", "wks", "monate", "monaten", "months", "jahre", "jahren",
            "years", "stunden", "hours", "hrs",
        ];
        let Some(token) = self.tokens.get(at) else { return false };
        PLURALS.iter().any(|plural| self.text[token.span.clone()].eq_ignore_ascii_case(plural))
    }

    /// What a token is.
    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The word at a place, if it is one.
    pub(super) fn word(&self, at: usize) -> Option<Word> {
        match self.kind(at)? {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The number at a place with the count of its digits (0 for a number in words).
    pub(super) fn number(&self, at: usize) -> Option<(u32, u8)> {
        match self.kind(at)? {
            Kind::Num { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    /// Whether a sign stands at a place.
    pub(super) fn sign(&self, at: usize, sign: char) -> bool {
        self.kind(at) == Some(Kind::Sign(sign))
    }

    /// Whether a token follows the one before it without a space.
    pub(super) fn glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// Whether nothing stands at a place any more.
    pub(super) fn at_end(&self, at: usize) -> bool {
        at >= self.tokens.len()
    }
}
