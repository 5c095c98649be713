//! Reminders: what is due, for whom, and the buttons that end or move it.

use super::clocks;
use super::custom_id::{Action, Promise};
use super::text::{self, moment};
use crate::case::Case;
use crate::chat::{Button, Does, Look, Mentions, Message, Row};
use crate::follow_up::FollowUp;
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

/// A reminder. Its buttons carry the delivery, by which it is found again after a lost answer.
pub fn reminder(
    texts: &Texts,
    lang: Lang,
    delivery: i64,
    follow_up: &FollowUp,
    case: Option<&Case>,
    late: bool,
    place: Place,
) -> Message {
    let voice = texts.voice(lang);
    let promise = Promise { guild: follow_up.guild, id: follow_up.id, version: follow_up.version, delivery };
    let (content, row) = if place == Place::Alert {
        let who = text::person(follow_up.assignee);
        (
            voice.with("reminder-alert", &[("who", &who)]),
            vec![button(voice, "button-reveal", Look::Primary, Action::Reveal(promise))],
        )
    } else {
        let mut content = body(voice, follow_up, case.filter(|_| place == Place::Direct), late);
        if case.is_some_and(|case| case.owner.is_none() && case.status.is_active()) {
            content.push('\n');
            content.push_str(&voice.say("reminder-nobody"));
        }
        (content, buttons(voice, follow_up, promise))
    };
    Message {
        content,
        rows: vec![Row::Buttons(row)],
        mentions: Mentions { users: vec![follow_up.assignee], ..Mentions::default() },
        ..Message::default()
    }
}

/// Said in the alert channel when a reminder reached nobody. Without the text, as others read there too.
pub fn undeliverable(texts: &Texts, lang: Lang, follow_up: &FollowUp, case: Option<&Case>) -> Message {
    let voice = texts.voice(lang);
    let who = text::person(follow_up.assignee);
    let content = match case {
        Some(case) => voice.with("undeliverable-case", &[("who", &who), ("case", &case.number.to_string())]),
        None => voice.with("undeliverable", &[("who", &who)]),
    };
    let mentions = Mentions { users: vec![follow_up.assignee, follow_up.creator], ..Mentions::default() };
    Message { content, mentions, ..Message::default() }
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
    let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
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
    if let Some(from) = follow_up.terms.waited_from {
        content.push('\n');
        content.push_str(&voice.with("reminder-waited", &[("from", &moment(from))]));
    }
    content
}

/// Done and +1 h.
pub(super) fn buttons(voice: Voice<'_>, follow_up: &FollowUp, promise: Promise) -> Vec<Button> {
    if let Some(own) = clocks::buttons(voice, follow_up.terms.kind, promise) {
        return own;
    }
    vec![
        button(voice, "button-done", Look::Success, Action::Done(promise)),
        button(voice, "button-later", Look::Secondary, Action::Later(promise)),
    ]
}

pub(super) fn button(voice: Voice<'_>, key: &str, look: Look, action: Action) -> Button {
    Button { label: voice.say(key), look, does: Does::Act(action.encode()) }
}
