//! Times in words, German and English: „morgen 9 Uhr“, "in 3 business days", "next Friday 5pm".
//!
//! Strict: [`parse`] understands the whole phrase or refuses it, never a part of it; what it had to assume it says in
//! [`Reading::notes`], and where two readings are likely it gives both. [`find`] looks inside a sentence and only ever
//! suggests. The way of a phrase: `token` (words and numbers) → `grammar` (what is said) → `resolve` (when that is).

mod clock;
mod date;
mod draft;
mod feasts;
mod find;
mod format;
mod grammar;
mod lexicon;
mod named;
mod names;
mod nth;
mod numbers;
mod resolve;
mod shown;
mod span;
mod token;
mod typos;
mod wall;
mod wording;

#[cfg(test)]
mod tests;

use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time, Weekday};

use super::holidays::{Land, Municipal};
use super::working_hours::Hours;
use crate::locale::Lang;
pub use find::find;
pub use format::format;
pub use shown::choice;

/// The longest phrase that is read, in Unicode scalar values.
pub const MAX_CHARS: usize = 200;

/// The farthest future that is accepted, in years.
pub const MAX_YEARS: i32 = 5;

/// What a phrase is read against.
#[derive(Debug, Clone)]
pub struct Context {
    /// The time it is, in the zone of whoever asks.
    pub now: Zoned,
    /// Whose public holidays are no working days; `None` knows no holidays.
    pub land: Option<Land>,
    /// Holidays of the asker's municipality that are no working days either.
    pub municipal: Municipal,
    /// What the parts of the day mean.
    pub parts: DayParts,
    /// The asker's language. Phrases of both are understood; it only settles the language of answers.
    pub lang: Option<Lang>,
    /// When the asker works, where that may settle which of two times was meant; `None` plays no part.
    pub hours: Option<Hours>,
}

impl Context {
    /// With no holidays, the usual parts of the day, no language and no hours.
    pub fn new(now: Zoned) -> Self {
        Self { now, land: None, municipal: Municipal::default(), parts: DayParts::default(), lang: None, hours: None }
    }
}

/// The clock times that parts of the day stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayParts {
    /// früh, morning; default 09:00.
    pub morning: Time,
    /// Mittag, noon; default 12:00.
    pub noon: Time,
    /// Nachmittag, afternoon; default 14:00.
    pub afternoon: Time,
    /// Abend, evening, tonight; default 18:00.
    pub evening: Time,
    /// Feierabend, EOD, the end of a week, month or year; default 17:00.
    pub end_of_day: Time,
    /// The time of a day named without a time; default 09:00.
    pub start_of_work: Time,
}

impl Default for DayParts {
    fn default() -> Self {
        Self {
            morning: Time::constant(9, 0, 0, 0),
            noon: Time::constant(12, 0, 0, 0),
            afternoon: Time::constant(14, 0, 0, 0),
            evening: Time::constant(18, 0, 0, 0),
            end_of_day: Time::constant(17, 0, 0, 0),
            start_of_work: Time::constant(9, 0, 0, 0),
        }
    }
}

/// What a phrase means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// When, in the asker's zone; whole seconds, always after now.
    pub due: Zoned,
    /// The civil time as it was said; differs from `due`'s own only where the clocks skip it.
    pub civil: DateTime,
    /// What was assumed; empty when the phrase left nothing open.
    pub notes: Vec<Note>,
}

impl Reading {
    /// The notes as sentences, `None` when nothing was assumed.
    pub fn text(&self, lang: Lang) -> Option<String> {
        (!self.notes.is_empty())
            .then(|| self.notes.iter().map(|note| note.sentence(lang)).collect::<Vec<_>>().join(" "))
    }
}

/// One thing that was assumed about a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// „nächsten Freitag“ said before Friday: the one of the following week.
    FollowingWeek,
    /// „übernächsten Freitag“ said before Friday: the one of the week after the following.
    WeekAfterNext,
    /// The weekday is today's, and was taken as the one in a week.
    WeekFromToday,
    /// A date or calendar week without a year has passed: the next one.
    NextYear(i16),
    /// A day of the month has passed: the next month that has it.
    NextMonth,
    /// The end of this week, month or year has passed: the next one.
    NextEnd,
    /// A week, month or year was named without a day: its first day.
    FirstDay,
    /// The middle of a week is Wednesday.
    MiddleOfWeek,
    /// The middle of a month is its 15th.
    MiddleOfMonth,
    /// The middle of a quarter is the 15th of its second month.
    MiddleOfQuarter,
    /// The middle of a year is the 1st of July.
    MiddleOfYear,
    /// The weekend is its Saturday.
    Saturday,
    /// A clock time without "am" or "pm" was taken as after noon.
    AfterNoon(Time),
    /// A small clock time was taken as it stands: at night.
    AtNight(Time),
    /// „heute Nacht“ without a clock time: ten in the evening.
    AtTen,
    /// "2h" was taken as a span, not as two o'clock.
    AsSpan,
    /// "around nine": taken as exactly nine.
    Exactly,
    /// "A couple" is two.
    Two,
    /// "within 2 days": the end of that span.
    Within,
    /// Said on another clock; the due time is on the asker's.
    Converted,
    /// The month is shorter than the day asked for: its last day.
    ShorterMonth,
    /// Only one way to read the date is still to come.
    OnlyFuture,
    /// The clocks skip that time; moved after the gap.
    Gap,
    /// That time comes twice; the first was taken.
    Fold,
}

/// Why a phrase gives no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was typed.
    #[error("nothing was typed")]
    Empty,
    /// More than [`MAX_CHARS`] characters.
    #[error("longer than {MAX_CHARS} characters")]
    TooLong,
    /// Not a time, or more than a time.
    #[error("not understood: {what}")]
    NotUnderstood {
        /// The part that could not be read, at most 40 characters of it.
        what: String,
    },
    /// "Soon", "a few days": nobody can say when.
    #[error("too vague")]
    Vague,
    /// Before now, or now.
    #[error("in the past")]
    Past,
    /// Now, or in no time: nothing to be reminded of.
    #[error("now")]
    Now,
    /// Today without a time, when the start of work has passed.
    #[error("today's start of work has passed")]
    TodayBegun {
        /// When work starts.
        start: Time,
        /// A full hour still to come today; `None` late in the evening.
        hour: Option<i8>,
    },
    /// "This week" without a day, when its first has passed.
    #[error("its first day has passed")]
    FirstDayPassed,
    /// A calendar week without a day that is the present one, when its Monday has passed.
    #[error("calendar week {number} has begun")]
    ThisWeek {
        /// Which week.
        number: i8,
        /// The year it comes again.
        again: i16,
    },
    /// More than [`MAX_YEARS`] years ahead.
    #[error("more than {MAX_YEARS} years ahead")]
    TooFar,
    /// The 31st of February.
    #[error("no such date")]
    NoSuchDate,
    /// „Freitag, 24.12.“ when the 24th is a Thursday.
    #[error("{date} is not a {said:?}")]
    WeekdayContradictsDate {
        /// The date as understood.
        date: Date,
        /// The weekday that was said.
        said: Weekday,
    },
    /// "15 Uhr morgens".
    #[error("the parts contradict each other")]
    Contradiction,
    /// Two or more likely readings, in order of time.
    #[error("more than one reading")]
    Ambiguous(Vec<Reading>),
}

impl Refusal {
    fn not_understood(what: &str) -> Self {
        Self::NotUnderstood { what: what.trim().chars().take(40).collect() }
    }
}

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
    /// "tonight" without a clock time is the evening; with one it may be after midnight.
    Tonight,
    /// Has no clock time of its own.
    Night,
    EndOfDay,
    StartOfWork,
    /// The time it is now.
    SameTime,
}

/// A unit of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Quarter,
    HalfYear,
    Year,
}

/// Reads the whole phrase or refuses it.
pub fn parse(text: &str, context: &Context) -> Result<Reading, Refusal> {
    read(text, context, Spelling::Forgiving)
}

/// Whether a word written almost like one we know is taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// Somebody typed a time: „Moregn“ can only be „morgen“.
    Forgiving,
    /// Inside a sentence it is more likely another word.
    Exact,
}

fn read(text: &str, context: &Context, spelling: Spelling) -> Result<Reading, Refusal> {
    // The byte length settles the very long ones without counting.
    if text.len() > MAX_CHARS * 4 || text.chars().count() > MAX_CHARS {
        return Err(Refusal::TooLong);
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '„' | '“' | '”'));
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    if let Some(read) = shown::typed_back(text, context, spelling) {
        return read;
    }
    plain(text, context, spelling)
}

/// A phrase without anything the bot puts behind times it shows.
fn plain(text: &str, context: &Context, spelling: Spelling) -> Result<Reading, Refusal> {
    if let Some(instant) = date::iso_instant(text) {
        return resolve::instant(instant?, context);
    }
    let (tokens, _) = token::cut(text, spelling)?;
    let drafts = grammar::drafts(text, &tokens)?;
    resolve::best(&drafts, context).map_err(|refusal| match refusal {
        Refusal::NotUnderstood { .. } => Refusal::not_understood(text),
        other => other,
    })
}

/// The language a phrase is written in, `None` when it could be either.
pub fn language(text: &str) -> Option<Lang> {
    match token::leaning(text) {
        0 => None,
        1.. => Some(Lang::De),
        _ => Some(Lang::En),
    }
}
