//! The offer of a reminder to somebody who said they would see to something: one line that repeats nothing and pings nobody.

use super::custom_id::Action;
use super::reminder::button;
use super::text::{self, moment};
use crate::chat::{Look, Message, Row};
use crate::follow_up::FollowUp;
use crate::locale::{Lang, Texts};
use crate::store::offer::Offer;

/// The offer, in the guild's language, as everybody in the thread reads it.
pub fn offer(texts: &Texts, lang: Lang, delivery: i64, offer: &Offer) -> Message {
    let voice = texts.voice(lang);
    let args = [("who", &*text::person(offer.user)), ("due", &*moment(offer.due_at))];
    let take = Action::TakeOffer(offer.case, offer.due_at.div_euclid(1000), delivery);
    Message {
        content: voice.with("offer", &args),
        rows: vec![Row::Buttons(vec![button(voice, "button-take-offer", Look::Secondary, take)])],
        ..Message::default()
    }
}

/// An offer that was taken: what came of it, for the thread. The text of the promise is on the case's card.
pub fn offer_taken(texts: &Texts, lang: Lang, promise: &FollowUp) -> Message {
    let args = [("who", &*text::person(promise.assignee)), ("due", &*moment(promise.due_at))];
    Message { content: texts.voice(lang).with("offer-taken", &args), ..Message::default() }
}
