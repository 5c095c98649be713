//! Answers about promises: written down, ended, moved, handed over, listed; each with what may be done next.

use super::custom_id::{Action, Promise, PromiseList, PromiseView};
use super::reminder::{self, button};
use super::text::{self, moment};
use super::{answer, profile};
use crate::case::{Case, clip};
use crate::chat::{Choice, Embed, Look, Message, People, Row, Select};
use crate::desk::MoveNotes;
use crate::follow_up::{Calendar, Every, FollowUp, State, Wake};
use crate::id::UserId;
use crate::locale::{Lang, Voice};
use crate::store::follow_up::Lines;

/// Edge colour of lists.
const COLOUR: u32 = 0x2f_7f_79;
/// Discord: most characters of a choice.
const CHOICE: usize = 100;
/// Characters of why a reminder reached nobody, in a line of a list.
pub(super) const REASON: usize = 150;

/// Written down, with the time as it was understood, and the way back.
pub(super) fn added(voice: Voice<'_>, follow_up: &FollowUp, notes: &MoveNotes) -> Message {
    let args = [
        ("what", text::what_line(voice, &follow_up.what, 300)),
        ("who", text::person(follow_up.assignee)),
        ("due", moment(follow_up.due_at)),
    ];
    let own = follow_up.assignee == follow_up.creator;
    let mut lines = vec![voice.with(if own { "follow-up-added" } else { "follow-up-added-for" }, &args)];
    if let Some(number) = follow_up.case {
        lines.push(voice.with("follow-up-for-case", &[("case", &number.to_string())]));
    }
    if let Some(series) = &follow_up.terms.repeat {
        lines.push(voice.with("follow-up-repeats", &[("rule", &rule(voice, series.every))]));
    }
    if let Some(after) = follow_up.terms.escalate_after {
        lines.push(voice.with("follow-up-escalates", &[("at", &moment(follow_up.due_at.saturating_add(after)))]));
    }
    if follow_up.terms.wake == Some(Wake::Customer) {
        lines.push(voice.say("follow-up-wakes"));
    }
    lines.extend(noted(voice, follow_up, notes, own));
    let row = vec![
        button(voice, "button-change", Look::Secondary, Action::AskEdit(Promise::of(follow_up, 0))),
        button(voice, "button-undo", Look::Secondary, Action::Undo(Promise::of(follow_up, 0))),
    ];
    Message { content: lines.join("\n"), rows: vec![Row::Buttons(row)], ..Message::default() }
}

/// What is worth saying about a time. `own`: whoever reads it owes the promise.
fn noted(voice: Voice<'_>, follow_up: &FollowUp, notes: &MoveNotes, own: bool) -> Vec<String> {
    let mut lines: Vec<String> = notes.reading.iter().map(|note| note.sentence(voice.lang)).collect();
    if notes.workday {
        lines.push(voice.with("follow-up-workday", &[("who", &text::person(follow_up.assignee))]));
    }
    lines.extend(notes.outside.as_ref().map(|calendar| outside_hours(voice, follow_up, calendar, notes.typed, own)));
    if let Some(absorbed) = &notes.absorbed {
        lines.push(voice.with("follow-up-absorbed", &[("due", &moment(absorbed.due_at))]));
    }
    lines
}

/// That a time lies outside its assignee's hours, and that it stays nevertheless.
fn outside_hours(voice: Voice<'_>, follow_up: &FollowUp, calendar: &Calendar, typed: bool, own: bool) -> String {
    let hours = format!("{}, {}", profile::hours(voice, &calendar.hours), calendar.zone_name());
    let holiday = calendar.holiday(follow_up.due_at).map(|holiday| match voice.lang {
        Lang::De => holiday.german(),
        Lang::En => holiday.english(),
    });
    let args = [
        ("who", text::person(follow_up.assignee)),
        ("hours", hours),
        ("holiday", holiday.unwrap_or_default().to_owned()),
    ];
    let where_it_lies = match (holiday, own) {
        (Some(_), _) => "follow-up-on-holiday",
        (None, true) => "follow-up-outside-hours",
        (None, false) => "follow-up-outside-hours-of",
    };
    let stays = if typed { "follow-up-stays-as-typed" } else { "follow-up-stays-an-hour" };
    format!("{} {}", voice.with(where_it_lies, &args), voice.say(stays))
}

/// How often, in words.
pub(super) fn rule(voice: Voice<'_>, every: Every) -> String {
    match every {
        Every::Days(n) => voice.count("repeat-days", i64::from(n), &[]),
        Every::Weeks(n) => voice.count("repeat-weeks", i64::from(n), &[]),
        Every::Months(n) => voice.count("repeat-months", i64::from(n), &[]),
        Every::Day => voice.say("repeat-daily"),
        Every::WorkingDay => voice.say("repeat-working-days"),
        Every::Week => voice.say("repeat-weekly"),
        Every::Month => voice.say("repeat-monthly"),
    }
}

/// Kept or taken back, by whom, with what came of it and when it comes again.
pub(super) fn ended(voice: Voice<'_>, follow_up: &FollowUp, next: Option<&FollowUp>, by: UserId) -> Message {
    let args = [
        ("what", text::what_line(voice, &follow_up.what, 1_000)),
        ("by", text::person(by)),
        ("due", next.map_or_else(String::new, |next| moment(next.due_at))),
    ];
    let done = follow_up.state != State::Cancelled;
    let mut lines = vec![voice.with(if done { "follow-up-done" } else { "follow-up-cancelled" }, &args)];
    if let Some(outcome) = &follow_up.outcome {
        lines.push(text::outcome(voice, follow_up.state, outcome));
    }
    if next.is_some() {
        lines.push(voice.with("follow-up-next", &args));
    } else if !done && follow_up.terms.repeat.is_some() {
        lines.push(voice.say("follow-up-series-ended"));
    }
    Message { content: lines.join("\n"), ..Message::default() }
}

pub(super) fn moved(voice: Voice<'_>, follow_up: &FollowUp, by: UserId, notes: &MoveNotes) -> Message {
    let args = [
        ("what", text::what_line(voice, &follow_up.what, 1_000)),
        ("by", text::person(by)),
        ("who", text::person(follow_up.assignee)),
        ("due", moment(follow_up.due_at)),
    ];
    let mut lines = vec![voice.with("follow-up-moved", &args)];
    // The whole team may read it where the reminder stood.
    lines.extend(noted(voice, follow_up, notes, false));
    Message { content: lines.join("\n"), ..Message::default() }
}

/// To whom? `people`: these, by name, where there is no list of the server's people to choose from.
pub(super) fn hand_over_offered(
    voice: Voice<'_>,
    follow_up: &FollowUp,
    promise: Promise,
    people: Option<&[(UserId, String)]>,
) -> Message {
    let (custom_id, placeholder) = (Action::HandOver(promise).encode(), voice.say("hand-over-choose"));
    let what = text::what_line(voice, &follow_up.what, 1_000);
    let mut content = voice.with("hand-over-offered", &[("what", &what)]);
    let row = match people {
        None => Row::People(People { custom_id, placeholder }),
        Some(people) => {
            content.push('\n');
            content.push_str(&voice.say("hand-over-named"));
            let entry = |(user, name): &(UserId, String)| Choice { label: clip(name, CHOICE), value: user.to_string() };
            Row::Select(Select { custom_id, placeholder, options: people.iter().map(entry).collect() })
        }
    };
    Message { content, rows: vec![row], ..Message::default() }
}

pub(super) fn handed_over(voice: Voice<'_>, follow_up: &FollowUp) -> Message {
    let what = text::what_line(voice, &follow_up.what, 1_000);
    let args = [("who", text::person(follow_up.assignee)), ("what", what), ("due", moment(follow_up.due_at))];
    Message { content: voice.with("follow-up-handed-over", &args), ..Message::default() }
}

pub(super) fn retried(voice: Voice<'_>, follow_up: &FollowUp) -> Message {
    let what = text::what_line(voice, &follow_up.what, 1_000);
    Message { content: voice.with("follow-up-retried", &[("what", &what)]), ..Message::default() }
}

/// One promise, and everything that may be done with it while it is open.
pub(super) fn shown(
    voice: Voice<'_>,
    follow_up: &FollowUp,
    case: Option<&Case>,
    promise: Promise,
    undelivered: Option<&str>,
) -> Message {
    let mut content = reminder::body(voice, follow_up, case, false);
    if follow_up.state != State::Open {
        let by = text::person_or(follow_up.ended_by, voice, "nobody-bot");
        let args = [("by", by.as_str()), ("what", &*text::what_line(voice, &follow_up.what, 1_000))];
        let key = if follow_up.state == State::Done { "follow-up-done" } else { "follow-up-cancelled" };
        content = voice.with(key, &args);
        if let Some(outcome) = &follow_up.outcome {
            content.push('\n');
            content.push_str(&text::outcome(voice, follow_up.state, outcome));
        }
        return Message { content, ..Message::default() };
    }
    if let Some(series) = &follow_up.terms.repeat {
        content.push('\n');
        content.push_str(&voice.with("follow-up-repeats", &[("rule", &rule(voice, series.every))]));
    }
    let mut rows = reminder::buttons(voice, follow_up, promise);
    if let Some(Row::Buttons(second)) = rows.get_mut(1) {
        second.push(button(voice, "button-change", Look::Secondary, Action::AskEdit(promise)));
        second.push(button(voice, "button-take-back", Look::Secondary, Action::Undo(promise)));
        if undelivered.is_some() {
            second.push(button(voice, "button-retry", Look::Primary, Action::Retry(promise)));
        }
    }
    if let Some(reason) = undelivered {
        content.push('\n');
        content.push_str(&voice.with("follow-up-undelivered", &[("reason", &text::hindrances(voice, reason))]));
    }
    Message { content, rows, ..Message::default() }
}

/// A line of a list.
pub(super) fn line(voice: Voice<'_>, follow_up: &FollowUp, undelivered: Option<&str>, now_ms: i64) -> String {
    let what = text::what_line(voice, &follow_up.what, 80);
    let case = follow_up.case.map_or_else(String::new, |number| format!("{number} · "));
    let key = if follow_up.overdue_at() < now_ms { "follow-up-line-overdue" } else { "follow-up-line" };
    let (who, due) = (text::person(follow_up.assignee), moment(follow_up.promised_at()));
    let number = follow_up.id.0.to_string();
    let args = [("n", &*number), ("case", &*case), ("what", &*what), ("who", &*who), ("due", &*due)];
    let mut line = voice.with(key, &args);
    if let Some(series) = &follow_up.terms.repeat {
        line.push_str(" · ");
        line.push_str(&rule(voice, series.every));
    }
    if let Some(reason) = undelivered {
        let reason = clip(&text::hindrances(voice, reason), REASON);
        line.push_str(" · ");
        line.push_str(&voice.with("follow-up-line-undelivered", &[("reason", &reason)]));
    }
    line
}

/// A page of promises, a list to choose one from, and the way to the pages beside it.
pub(super) fn listed(voice: Voice<'_>, lines: &Lines, shown: &PromiseList, now_ms: i64) -> Message {
    let described: Vec<String> =
        lines.lines.iter().map(|one| line(voice, &one.follow_up, one.undelivered.as_deref(), now_ms)).collect();
    let none = match shown.view {
        PromiseView::Overdue => "follow-ups-none-overdue",
        PromiseView::Undelivered => "follow-ups-none-undelivered",
        PromiseView::Mine | PromiseView::Team => "follow-ups-none",
    };
    let mut description = if described.is_empty() { voice.say(none) } else { described.join("\n") };
    if lines.lines.iter().any(|one| one.undelivered.is_some()) {
        description.push_str("\n\n");
        description.push_str(&voice.say("follow-ups-undelivered-how"));
    }
    let footer = if shown.page > 0 || lines.more {
        voice.with("list-page", &[("page", &shown.page.saturating_add(1).to_string())])
    } else {
        String::new()
    };
    let options: Vec<Choice> = lines
        .lines
        .iter()
        .map(|one| Choice { label: label(voice, &one.follow_up), value: one.follow_up.id.0.to_string() })
        .collect();
    let mut rows = Vec::new();
    if !options.is_empty() {
        let custom_id = Action::ShowPromise.encode();
        rows.push(Row::Select(Select { custom_id, placeholder: voice.say("follow-ups-choose"), options }));
    }
    let turn = |key, page| button(voice, key, Look::Secondary, Action::Promises(PromiseList { page, ..*shown }));
    let mut buttons = Vec::new();
    if let Some(previous) = shown.page.checked_sub(1) {
        buttons.push(turn("button-sooner", previous));
    }
    if lines.more {
        buttons.push(turn("button-further", shown.page.saturating_add(1)));
    }
    if !buttons.is_empty() {
        rows.push(Row::Buttons(buttons));
    }
    let title = voice.say(match shown.view {
        PromiseView::Overdue => "follow-ups-overdue",
        PromiseView::Undelivered => "follow-ups-undelivered",
        PromiseView::Mine | PromiseView::Team => "follow-ups-title",
    });
    Message {
        embeds: vec![Embed { title, description, colour: COLOUR, footer, ..Embed::default() }],
        rows,
        ..Message::default()
    }
}

/// A promise in one line of a list to choose from: no markup works there.
pub(super) fn label(voice: Voice<'_>, follow_up: &FollowUp) -> String {
    let case = follow_up.case.map_or_else(String::new, |number| format!("{number} · "));
    clip(&format!("{case}{}", text::one_line(&text::unmarked(voice, &follow_up.what))), CHOICE)
}

/// A promise as a suggestion while somebody types.
pub(super) fn suggestion(voice: Voice<'_>, follow_up: &FollowUp, due: &jiff::Zoned) -> Choice {
    let due = answer::clock_time(voice, due);
    let room = CHOICE.saturating_sub(due.chars().count() + 3);
    Choice { label: format!("{} – {due}", clip(&label(voice, follow_up), room)), value: follow_up.id.0.to_string() }
}
