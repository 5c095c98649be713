//! That a pause is over, and that a case's customer has grown more heated: two short lines.

use super::custom_id::Action;
use super::text;
use super::tone::button;
use crate::chat::{Look, Mentions, Message, Row};
use crate::id::UserId;
use crate::locale::{Lang, Texts};

/// Said to who paused, alone. Its button carries the delivery, by which it is found again after a lost answer.
pub fn pause_over(texts: &Texts, lang: Lang, delivery: i64) -> Message {
    let voice = texts.voice(lang);
    let again = button(voice, "button-draft-again", Look::Primary, Action::DraftAgain(delivery));
    Message { content: voice.say("pause-over"), rows: vec![Row::Buttons(vec![again])], ..Message::default() }
}

/// Said to a case's owner in its thread.
pub fn warmer(texts: &Texts, lang: Lang, owner: UserId, mood: u8) -> Message {
    let voice = texts.voice(lang);
    let args = [("who", &*text::person(owner)), ("mood", &*voice.say(&format!("mood-{mood}")))];
    let mentions = Mentions { users: vec![owner], ..Mentions::default() };
    Message { content: voice.with("warmer", &args), mentions, ..Message::default() }
}
