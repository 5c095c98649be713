//! Reminders: what is due, for whom, and the buttons that end or move it.

use super::clocks;
use super::custom_id::{Action, Promise};
use super::text::{self, moment};
use crate::case::Case;
use crate::chat::{Button, Does, Look, Mentions, Message, Row};
use crate::follow_up::{FollowUp, State, Wake};
use crate::id::{RoleId, UserId};
use crate::locale::{Lang, Texts, Voice};

/// Where a reminder is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the case's thread.
    Thread,
    /// In a direct message.
    Direct,
    /// In the alert channel, because a case is nobody's.
    Lead,
    /// In a shared channel, because nothing else worked: without its text.
    Alert,
}

/// How a reminder comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    /// Where it is read.
    pub place: Place,
    /// After its time.
    pub late: bool,
    /// No other reminder of its case stands: what is to be said of the case itself is said now, and not each time.
    pub first: bool,
}

/// A reminder. Its buttons carry the delivery, by which it is found again after a lost answer.
pub fn reminder(
    texts: &Texts,
    lang: Lang,
    delivery: i64,
    follow_up: &FollowUp,
    case: Option<&Case>,
    How { place, late, first }: How,
) -> Message {
    let voice = texts.voice(lang);
    let promise = Promise::of(follow_up, delivery);
    let (content, rows) = if place == Place::Alert {
        let who = text::person(follow_up.assignee);
        (voice.with("reminder-alert", &[("who", &who)]), vec![reveal(voice, promise)])
    } else {
        let mut content = body(voice, follow_up, case.filter(|_| place == Place::Direct), late);
        if first && case.is_some_and(|case| case.owner.is_none() && case.status.is_active()) {
            content.push('\n');
            content.push_str(&voice.say("reminder-nobody"));
        }
        (content, buttons(voice, follow_up, promise))
    };
    Message {
        content,
        rows,
        mentions: Mentions { users: vec![follow_up.assignee], ..Mentions::default() },
        ..Message::default()
    }
}

/// What became of a promise, for whoever must hear it: its creator of its end, a new assignee of having it now.
pub fn word(texts: &Texts, lang: Lang, delivery: i64, follow_up: &FollowUp, reader: UserId, place: Place) -> Message {
    let voice = texts.voice(lang);
    let promise = Promise::of(follow_up, delivery);
    let args = [
        ("who", text::person(reader)),
        ("by", text::person_or(follow_up.ended_by, voice, "nobody-bot")),
        ("what", text::what_line(voice, &follow_up.what, 1_000)),
        ("due", moment(follow_up.due_at)),
    ];
    let (key, rows) = match follow_up.state {
        _ if place == Place::Alert => ("word-alert", vec![reveal(voice, promise)]),
        State::Open => ("word-handed-over", buttons(voice, follow_up, promise)),
        State::Done => ("word-done", vec![reveal(voice, promise)]),
        State::Cancelled => ("word-cancelled", vec![reveal(voice, promise)]),
    };
    let mut content = voice.with(key, &args);
    if let Some(outcome) = follow_up.outcome.as_deref().filter(|_| place != Place::Alert) {
        content.push('\n');
        content.push_str(&text::outcome(voice, follow_up.state, outcome));
    }
    Message { content, rows, mentions: Mentions { users: vec![reader], ..Mentions::default() }, ..Message::default() }
}

/// To the lead: nobody has kept this promise for as long as its maker allowed.
pub fn escalation(
    texts: &Texts,
    lang: Lang,
    delivery: i64,
    follow_up: &FollowUp,
    lead: Option<RoleId>,
    place: Place,
) -> Message {
    let voice = texts.voice(lang);
    let promise = Promise::of(follow_up, delivery);
    let args = [
        ("lead", lead.map_or_else(|| text::person(follow_up.creator), text::role)),
        ("who", text::person(follow_up.assignee)),
        ("what", text::what_line(voice, &follow_up.what, 1_000)),
        ("due", moment(follow_up.due_at)),
    ];
    let (key, rows) = match place {
        Place::Alert => ("escalation-alert", vec![reveal(voice, promise)]),
        Place::Thread | Place::Direct | Place::Lead => ("escalation", buttons(voice, follow_up, promise)),
    };
    let mut users = vec![follow_up.assignee];
    users.extend(lead.is_none().then_some(follow_up.creator));
    let mentions = Mentions { users, roles: lead.into_iter().collect() };
    Message { content: voice.with(key, &args), rows, mentions, ..Message::default() }
}

/// Said in the alert channel when a reminder reached nobody. Without the text, as others read there too.
pub fn undeliverable(
    texts: &Texts,
    lang: Lang,
    delivery: i64,
    follow_up: &FollowUp,
    case: Option<&Case>,
    lead: Option<RoleId>,
    left: bool,
) -> Message {
    let voice = texts.voice(lang);
    let who = text::person(follow_up.assignee);
    let number = case.map(|case| case.number.to_string()).unwrap_or_default();
    let key = match (case.is_some(), left) {
        (true, false) => "undeliverable-case",
        (false, false) => "undeliverable",
        (true, true) => "undeliverable-left-case",
        (false, true) => "undeliverable-left",
    };
    let content = voice.with(key, &[("who", &who), ("case", &number)]);
    let mut users = vec![follow_up.assignee, follow_up.creator];
    users.extend(case.and_then(|case| case.owner));
    // Who has left is named, but there is nobody to ping.
    users.retain(|user| !left || *user != follow_up.assignee);
    let mentions = Mentions { users, roles: lead.into_iter().collect() };
    let promise = Promise::of(follow_up, delivery);
    let rows = match follow_up.state {
        State::Open => vec![Row::Buttons(vec![
            button(voice, "button-retry", Look::Primary, Action::Retry(promise)),
            button(voice, "button-hand-over", Look::Secondary, Action::AskHandOver(promise)),
        ])],
        State::Done | State::Cancelled => Vec::new(),
    };
    // The lead and the owner of the case read it, too.
    let named = |user: &UserId| *user != follow_up.assignee;
    let mut others: Vec<String> = mentions.roles.iter().map(|role| text::role(*role)).collect();
    others.extend(mentions.users.iter().copied().filter(|user| named(user)).map(text::person));
    others.dedup();
    let content = if others.is_empty() { content } else { format!("{} – {content}", others.join(" ")) };
    Message { content, rows, mentions, ..Message::default() }
}

/// Said in the alert channel when a case's card could not be placed anywhere.
pub fn undeliverable_card(texts: &Texts, lang: Lang, case: &Case) -> Message {
    let args = [("case", &*case.number.to_string()), ("who", &*text::person(case.opener))];
    let mentions = Mentions { users: vec![case.opener], ..Mentions::default() };
    Message { content: texts.voice(lang).with("undeliverable-card", &args), mentions, ..Message::default() }
}

/// The text of a reminder.
pub(super) fn body(voice: Voice<'_>, follow_up: &FollowUp, case: Option<&Case>, late: bool) -> String {
    let args = [
        ("who", text::person(follow_up.assignee)),
        ("what", text::what(voice, &follow_up.what, 1_200)),
        ("due", moment(follow_up.due_at)),
    ];
    let clock = clocks::head(voice, follow_up);
    let on_time = clock.is_some() && !late;
    let mut content = clock.unwrap_or_else(|| voice.with("reminder", &args));
    if let Some(case) = case {
        let place = case.thread.map_or_else(String::new, |thread| format!(" · {}", text::channel(thread)));
        content.push('\n');
        content.push_str(&text::headline(case.number, &case.title));
        content.push_str(&place);
    }
    // A clock has said its time already.
    if !on_time {
        content.push('\n');
        content.push_str(&voice.with(if late { "reminder-late" } else { "reminder-due" }, &args));
    }
    if follow_up.terms.wake == Some(Wake::Replied) {
        content.push('\n');
        content.push_str(&voice.say("reminder-replied"));
    }
    if let Some(from) = follow_up.terms.waited_from {
        content.push('\n');
        content.push_str(&voice.with("reminder-waited", &[("from", &moment(from))]));
    }
    content
}

/// What one may do with a promise that is due.
pub(super) fn buttons(voice: Voice<'_>, follow_up: &FollowUp, promise: Promise) -> Vec<Row> {
    if let Some(own) = clocks::buttons(voice, follow_up.terms.kind, promise) {
        return vec![Row::Buttons(own)];
    }
    vec![
        Row::Buttons(vec![
            button(voice, "button-done", Look::Success, Action::Done(promise)),
            button(voice, "button-later", Look::Secondary, Action::Later(promise)),
            button(voice, "button-tomorrow", Look::Secondary, Action::Tomorrow(promise)),
            button(voice, "button-next-monday", Look::Secondary, Action::NextMonday(promise)),
            button(voice, "button-pick", Look::Secondary, Action::AskTime(promise)),
        ]),
        Row::Buttons(vec![button(voice, "button-hand-over", Look::Secondary, Action::AskHandOver(promise))]),
    ]
}

/// Shows the text to whoever presses it and may read it.
fn reveal(voice: Voice<'_>, promise: Promise) -> Row {
    Row::Buttons(vec![button(voice, "button-reveal", Look::Primary, Action::Reveal(promise))])
}

pub(super) fn button(voice: Voice<'_>, key: &str, look: Look, action: Action) -> Button {
    Button { label: voice.say(key), look, does: Does::Act(action.encode()) }
}
