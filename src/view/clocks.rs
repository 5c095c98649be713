//! The clocks beside a case as people read them: what each asks, and the buttons that answer it.

use super::custom_id::{Action, Promise};
use super::reminder::button;
use super::text::{self, moment};
use crate::case::Case;
use crate::chat::{Button, Look, Mentions, Message, Row};
use crate::follow_up::{FollowUp, Kind};
use crate::id::{RoleId, UserId};
use crate::locale::{Lang, Texts, Voice};

/// The first line of a clock's reminder; none for a promise somebody made.
pub(super) fn head(voice: Voice<'_>, follow_up: &FollowUp) -> Option<String> {
    let key = match follow_up.terms.kind {
        Kind::Promise => return None,
        Kind::FirstResponse => "clock-first-response",
        Kind::Update => "clock-update",
        Kind::SuccessCheck => "clock-success-check",
    };
    let case = follow_up.case.map_or_else(String::new, |number| number.to_string());
    let args = [("who", text::person(follow_up.assignee)), ("case", case), ("lapses", moment(follow_up.promised_at()))];
    Some(voice.with(key, &args))
}

/// What answers a clock; none for a promise somebody made.
pub(super) fn buttons(voice: Voice<'_>, kind: Kind, promise: Promise) -> Option<Vec<Button>> {
    let later = || button(voice, "button-later", Look::Secondary, Action::Later(promise));
    Some(match kind {
        Kind::Promise => return None,
        Kind::FirstResponse => {
            vec![button(voice, "button-answered", Look::Success, Action::Done(promise)), later()]
        }
        Kind::Update => vec![button(voice, "button-updated", Look::Success, Action::Done(promise)), later()],
        Kind::SuccessCheck => vec![
            button(voice, "button-satisfied", Look::Success, Action::Satisfied(promise)),
            button(voice, "button-unsatisfied", Look::Danger, Action::Unsatisfied(promise)),
            later(),
        ],
    })
}

/// A case of nobody that had no answer yet, told where the lead reads. Its title stays in its thread.
pub fn unowned(
    texts: &Texts,
    lang: Lang,
    delivery: i64,
    follow_up: &FollowUp,
    case: &Case,
    lead: Option<RoleId>,
) -> Message {
    let voice = texts.voice(lang);
    let promise = Promise::of(follow_up, delivery);
    let lapses = moment(follow_up.promised_at());
    let place = case.thread.map_or_else(String::new, |thread| format!(" in {}", text::channel(thread)));
    let args = [("case", &*case.number.to_string()), ("lapses", &*lapses), ("place", &*place)];
    let sentence = voice.with("clock-unowned", &args);
    let content = lead.map_or_else(|| sentence.clone(), |lead| format!("{}: {sentence}", text::role(lead)));
    let mut row = vec![button(voice, "button-claim", Look::Primary, Action::Claim(case.number))];
    row.extend(buttons(voice, Kind::FirstResponse, promise).into_iter().flatten());
    Message {
        content,
        rows: vec![Row::Buttons(row)],
        mentions: Mentions { roles: lead.into_iter().collect(), ..Mentions::default() },
        ..Message::default()
    }
}

/// What came of a check, shown in place of its question.
pub(super) fn checked(voice: Voice<'_>, case: &Case, satisfied: bool, by: UserId) -> Message {
    let key = match (satisfied, case.status.is_active()) {
        (true, _) => "checked-satisfied",
        (false, true) => "checked-reopened",
        (false, false) => "checked-unsatisfied",
    };
    let content = voice.with(key, &[("case", &case.number.to_string()), ("by", &text::person(by))]);
    Message { content, ..Message::default() }
}
