//! Another time for a promise, by button or in words; and its text with it where somebody corrects what they wrote.

use jiff::civil::DateTime;

use super::promise::{self, PromiseRef};
use super::{Caller, Desk, DeskError, Form, Outcome, Refused, Reply};
use crate::case::{Change, clean_text};
use crate::follow_up::phrase::{self, Note};
use crate::follow_up::{Calendar, FollowUp, Wake};
use crate::locale::Lang;
use crate::store::Conn;
use crate::view::custom_id::Promise;

use super::add_follow_up::MAX_WHAT;

/// What *+1 h* adds to the moment it is pressed.
const LATER_MS: i64 = 60 * 60 * 1000;

/// Where a promise is moved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// An hour from now.
    Later,
    /// The start of tomorrow's work.
    Tomorrow,
    /// The start of work on the Monday to come.
    NextMonday,
    /// A time in words.
    Phrase(String),
}

impl To {
    /// When that is for whoever says it, and what was assumed.
    fn read(&self, calendar: &Calendar, now: jiff::Timestamp, lang: Lang) -> Result<(i64, Vec<Note>), Refused> {
        let phrase = match self {
            // Whole seconds: what is shown is what holds.
            Self::Later => return Ok(((now.as_millisecond() + LATER_MS).div_euclid(1000) * 1000, Vec::new())),
            Self::Tomorrow => "tomorrow",
            Self::NextMonday => "next monday",
            Self::Phrase(typed) => typed,
        };
        match phrase::parse(phrase, &calendar.context(now, lang)) {
            Ok(reading) => Ok((reading.due.timestamp().as_millisecond(), reading.notes)),
            Err(refusal) => Err(Refused::When { refusal, when: phrase.to_owned(), what: String::new() }),
        }
    }
}

/// Sets the time, in the zone of whoever typed it. A wish of the customer that woke it is answered by that.
fn due(follow_up: &mut FollowUp, calendar: &Calendar, due_at: i64) {
    follow_up.move_to(due_at, calendar);
    follow_up.terms.waited_from = None;
    follow_up.terms.wake = follow_up.terms.wake.filter(|wake| *wake == Wake::Customer);
}

/// The assignee's calendar, where the time lies outside it.
async fn outside(c: &mut Conn, follow_up: &FollowUp) -> Result<Option<Box<Calendar>>, DeskError> {
    let theirs = promise::calendar(c, follow_up.guild, follow_up.assignee).await?;
    Ok((!theirs.works_at(follow_up.due_at)).then(|| Box::new(theirs)))
}

pub(super) async fn move_follow_up(desk: &Desk, caller: &Caller, which: PromiseRef, to: To) -> Outcome {
    let (caller, now) = (caller.clone(), desk.clock.now());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let before = promise::open(c, &caller, &which).await?;
                let own = promise::calendar(c, before.guild, caller.user).await?;
                let (due_at, reading) = to.read(&own, now, caller.lang)?;
                let mut after = before.clone();
                due(&mut after, &own, due_at);
                let change = Change::FollowUpMoved { follow_up: before.id.0, what: before.what.clone(), due: due_at };
                let follow_up = promise::settle(c, &caller, &before, after, change, now.as_millisecond()).await?;
                let outside = outside(c, &follow_up).await?;
                let lang = promise::team_lang(c, follow_up.guild).await?;
                Ok::<_, DeskError>(Reply::FollowUpMoved { follow_up, by: caller.user, lang, reading, outside })
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
                let own = promise::calendar(c, before.guild, caller.user).await?;
                let mut after = FollowUp { what, ..before.clone() };
                let mut reading = Vec::new();
                if !shown(&before, &own).contains(&when.trim().to_owned()) {
                    let to = To::Phrase(when).read(&own, now, caller.lang);
                    let (due_at, notes) = to.map_err(|refused| handing_back(refused, &after.what))?;
                    due(&mut after, &own, due_at);
                    // Whoever corrects the first of what repeats means all of it.
                    if let Some(series) = &mut after.terms.repeat
                        && before.civil.parse::<DateTime>().is_ok_and(|first| first == series.from)
                    {
                        series.from = after.civil.parse().unwrap_or(series.from);
                    }
                    reading = notes;
                }
                let change = Change::FollowUpEdited {
                    follow_up: after.id.0,
                    from: before.what.clone(),
                    to: after.what.clone(),
                    due: after.due_at,
                };
                let follow_up = promise::settle(c, &caller, &before, after, change, now.as_millisecond()).await?;
                let outside = outside(c, &follow_up).await?;
                Ok::<_, DeskError>(Reply::FollowUpAdded { follow_up, reading, outside })
            })
        })
        .await
}

/// The due time as the form shows it, in either language.
fn shown(follow_up: &FollowUp, calendar: &Calendar) -> [String; 2] {
    Lang::ALL.map(|lang| phrase::format(&calendar.at(follow_up.due_at), lang))
}

/// The text typed beside a time that was refused.
fn handing_back(refused: Refused, what: &str) -> Refused {
    match refused {
        Refused::When { refusal, when, .. } => Refused::When { refusal, when, what: what.to_owned() },
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
            let own = promise::calendar(c, found.guild, caller.user).await?;
            let when = phrase::format(&own.at(found.due_at), caller.lang);
            Form::EditFollowUp { promise, what: found.what, when }
        }
        other => other,
    })
}
