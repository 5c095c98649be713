//! A reminder after its promise has ended, moved or changed hands: what became of it, in place of the question.

use super::text::{self, moment};
use crate::chat::Message;
use crate::follow_up::{FollowUp, Kind, State};
use crate::locale::{Lang, Texts};

/// What stands where a reminder stood, in the guild's language. `says_what`: it said what was promised, so this does, too.
pub fn retired(texts: &Texts, lang: Lang, follow_up: &FollowUp, says_what: bool) -> Message {
    let voice = texts.voice(lang);
    let outcome = follow_up.outcome.as_deref().filter(|_| follow_up.terms.kind != Kind::SuccessCheck);
    let args = [
        ("what", text::what_line(voice, &follow_up.what, 1_000)),
        ("who", text::person(follow_up.assignee)),
        ("by", text::person_or(follow_up.ended_by, voice, "nobody-bot")),
        ("due", moment(follow_up.promised_at())),
    ];
    let key = match (follow_up.state, says_what) {
        (State::Open, false) => "retired-open",
        (_, false) => "retired-ended",
        (State::Open, true) => "follow-up-changed",
        (State::Done, true) => "follow-up-done",
        // Nobody took it back: another occurrence took its place.
        (State::Cancelled, true) if follow_up.ended_by.is_none() => "follow-up-lapsed",
        (State::Cancelled, true) => "follow-up-cancelled",
    };
    let mut content = voice.with(key, &args);
    if let Some(outcome) = outcome.filter(|_| says_what) {
        content.push('\n');
        content.push_str(&text::outcome(voice, follow_up.state, outcome));
    }
    Message { content, ..Message::default() }
}
