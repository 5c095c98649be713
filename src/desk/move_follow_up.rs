//! Another time for a promise, by button or in words; and its text with it where somebody corrects what they wrote.

use jiff::civil::{Date, DateTime, Weekday};

use super::promise::{self, PromiseRef};
use super::{Caller, Desk, DeskError, Form, Outcome, Refused, Reply, Then};
use crate::case::{Change, clean_text};
use crate::follow_up::phrase::{self, Note};
use crate::follow_up::{Calendar, FollowUp, Wake};
use crate::locale::Lang;
use crate::store::{Conn, profile, recurring};
use crate::view::custom_id::Promise;

use super::add_follow_up::MAX_WHAT;

/// What *+1 h* adds to the moment it is pressed.
const LATER_MS: i64 = 60 * MINUTE_MS;
const MINUTE_MS: i64 = 60 * 1000;

/// Where a promise is moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// An hour from now.
    Later,
    /// The start of tomorrow's work, or of the next day on which its assignee works.
    Tomorrow,
    /// The start of work on the Monday to come, or on the next working day after it.
    NextMonday,
    /// A time in words.
    Phrase(String),
}

/// What is worth saying about a new time.
#[derive(Debug, Clone, Default)]
pub struct MoveNotes {
    /// What was assumed about the words.
    pub reading: Vec<Note>,
    /// The assignee's calendar, where the time lies outside it.
    pub outside: Option<Box<Calendar>>,
    /// Somebody typed the time; else the bot computed it.
    pub typed: bool,
    /// Not the day that was asked for, but the next on which the assignee works.
    pub workday: bool,
    /// The next occurrence of what repeats, which this one takes with it.
    pub absorbed: Option<FollowUp>,
}

impl To {
    /// When that is, and what is to be said about it: words in the zone and hours of whoever says them, everything else in
    /// those of whoever owes the promise.
    fn read(
        &self,
        calendars: (&Calendar, &Calendar),
        now: jiff::Timestamp,
        lang: Lang,
    ) -> Result<(i64, MoveNotes), Refused> {
        let ((own, theirs), now_ms) = (calendars, now.as_millisecond());
        let today = theirs.at(now_ms).date();
        let day = |wanted: Option<Date>| {
            let wanted = wanted.unwrap_or(today);
            let before = theirs.end_of_day(wanted.yesterday().unwrap_or(wanted)) - 1;
            let (found, start) = theirs.next_workday(before).unwrap_or((wanted, before + 1));
            (start, MoveNotes { workday: found != wanted, ..MoveNotes::default() })
        };
        Ok(match self {
            // Whole minutes: what is shown is what holds.
            Self::Later => (whole_minute(now_ms + LATER_MS), MoveNotes::default()),
            Self::Tomorrow => day(today.tomorrow().ok()),
            Self::NextMonday => day(today.nth_weekday(1, Weekday::Monday).ok()),
            Self::Phrase(typed) => match phrase::parse(typed, &own.context(now, lang)) {
                Ok(reading) => {
                    let notes = MoveNotes { reading: reading.notes, typed: true, ..MoveNotes::default() };
                    (reading.due.timestamp().as_millisecond(), notes)
                }
                Err(refusal) => return Err(Refused::When { refusal, when: typed.clone(), what: String::new() }),
            },
        })
    }

    /// On whose clock the new time is meant.
    const fn calendar<'a>(&self, own: &'a Calendar, theirs: &'a Calendar) -> &'a Calendar {
        match self {
            Self::Phrase(_) => own,
            Self::Later | Self::Tomorrow | Self::NextMonday => theirs,
        }
    }
}

/// Up to the next minute: never earlier than asked for.
const fn whole_minute(ms: i64) -> i64 {
    (ms + MINUTE_MS - 1).div_euclid(MINUTE_MS) * MINUTE_MS
}

/// Sets the time, in the zone of whoever meant it. A wish of the customer that woke it is answered by that.
fn due(follow_up: &mut FollowUp, calendar: &Calendar, due_at: i64) {
    follow_up.move_to(due_at, calendar);
    follow_up.terms.waited_from = None;
    follow_up.terms.wake = follow_up.terms.wake.filter(|wake| *wake == Wake::Customer);
}

/// The calendar, where the time lies outside it.
fn outside(follow_up: &FollowUp, theirs: Calendar) -> Option<Box<Calendar>> {
    (!theirs.works_at(follow_up.due_at)).then(|| Box::new(theirs))
}

pub(super) async fn move_follow_up(desk: &Desk, caller: &Caller, which: PromiseRef, to: To) -> Outcome {
    let (caller, now) = (caller.clone(), desk.clock.now());
    let now_ms = now.as_millisecond();
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let before = promise::open(c, &caller, &which).await?;
                let own = profile::calendar(c, before.guild, caller.user).await?;
                let theirs = profile::calendar(c, before.guild, before.assignee).await?;
                let read = to.read((&own, &theirs), now, caller.lang);
                let (due_at, mut notes) =
                    read.map_err(|refused| settled_by(refused, Then::Move(Promise::of(&before, 0)), ""))?;
                let mut after = before.clone();
                due(&mut after, to.calendar(&own, &theirs), due_at);
                let change = Change::FollowUpMoved { follow_up: before.id.0, what: before.what.clone(), due: due_at };
                let follow_up = promise::settle(c, &caller, &before, after, change, now_ms).await?;
                notes.absorbed = recurring::absorb(c, follow_up.guild, &follow_up, now_ms).await?;
                notes.outside = outside(&follow_up, theirs);
                let lang = promise::team_lang(c, follow_up.guild).await?;
                Ok::<_, DeskError>(Reply::FollowUpMoved { follow_up, by: caller.user, lang, notes: Box::new(notes) })
            })
        })
        .await
}

/// Text and time as typed into the form behind *Change*. A time left as it was shown stays to the second.
pub(super) async fn edit_follow_up(
    desk: &Desk,
    caller: &Caller,
    promise: Promise,
    what: String,
    when: String,
) -> Outcome {
    if what.chars().count() > MAX_WHAT {
        return Err(Refused::TooLong { most: MAX_WHAT, typed: what }.into());
    }
    let what = clean_text(&what);
    if what.is_empty() {
        return Err(Refused::NoText.into());
    }
    let (caller, now) = (caller.clone(), desk.clock.now());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let before = promise::open(c, &caller, &PromiseRef::Button(promise)).await?;
                let own = profile::calendar(c, before.guild, caller.user).await?;
                let theirs = profile::calendar(c, before.guild, before.assignee).await?;
                let mut after = FollowUp { what, ..before.clone() };
                let mut notes = MoveNotes { typed: true, ..MoveNotes::default() };
                if !shown(&before, &own).contains(&when.trim().to_owned()) {
                    let to = To::Phrase(when).read((&own, &theirs), now, caller.lang);
                    let due_at;
                    (due_at, notes) = to.map_err(|refused| settled_by(refused, Then::Edit(promise), &after.what))?;
                    due(&mut after, &own, due_at);
                    // Whoever corrects the first of what repeats means all of it.
                    if let Some(series) = &mut after.terms.repeat
                        && before.civil.parse::<DateTime>().is_ok_and(|first| first == series.from)
                    {
                        series.from = after.civil.parse().unwrap_or(series.from);
                    }
                }
                let change = Change::FollowUpEdited {
                    follow_up: after.id.0,
                    from: before.what.clone(),
                    to: after.what.clone(),
                    due: after.due_at,
                };
                let now_ms = now.as_millisecond();
                let follow_up = promise::settle(c, &caller, &before, after, change, now_ms).await?;
                promise::alike(c, &follow_up).await?;
                notes.absorbed = recurring::absorb(c, follow_up.guild, &follow_up, now_ms).await?;
                notes.outside = outside(&follow_up, theirs);
                Ok::<_, DeskError>(Reply::FollowUpAdded { follow_up, notes: Box::new(notes) })
            })
        })
        .await
}

/// The due time as the form shows it, in either language.
fn shown(follow_up: &FollowUp, calendar: &Calendar) -> [String; 2] {
    Lang::ALL.map(|lang| phrase::format(&calendar.at(follow_up.due_at), lang))
}

/// A time that was refused, with the text typed beside it; one that was only ambiguous is settled by a press.
fn settled_by(refused: Refused, then: Then, what: &str) -> Refused {
    match refused {
        Refused::When { refusal, when, .. } => then.or_refused(refusal, when, what.to_owned()),
        other => other,
    }
}

/// A form about a promise, filled in with what it says now, for whoever may change it.
pub(super) async fn ask(c: &mut Conn, caller: &Caller, form: Form) -> Result<Form, DeskError> {
    Ok(match form {
        Form::PickTime(promise) => {
            promise::open(c, caller, &PromiseRef::Button(promise)).await?;
            form
        }
        Form::EditFollowUp { promise, .. } => {
            let found = promise::open(c, caller, &PromiseRef::Button(promise)).await?;
            let own = profile::calendar(c, found.guild, caller.user).await?;
            let when = phrase::format(&own.at(found.due_at), caller.lang);
            Form::EditFollowUp { promise, what: found.what, when }
        }
        other => other,
    })
}
