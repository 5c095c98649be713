//! PURE. How things are said: cards, reminders and answers as messages, in one language, from the texts in `prompts/`.
//!
//! Whatever somebody typed passes through [`text::plain`] on its way into a message, so that it can neither ping,
//! nor format, nor hide a link.

mod allowance;
mod answer;
mod aside;
mod bundle;
mod card;
mod clocks;
pub mod custom_id;
mod digest;
mod forms;
mod list;
mod my_tone;
mod offer;
mod privacy;
mod profile;
mod promise;
mod refusal;
mod reminder;
mod report;
mod retired;
mod setup;
pub mod text;
mod tone;
mod tone_rules;
mod word;

pub use answer::{REOPEN, answer, choices};
pub use aside::{pause_over, warmer};
pub use bundle::bundle;
pub use card::card;
pub use clocks::unowned;
pub use digest::{digest, digest_says, team_digest};
pub use forms::form;
pub use offer::{offer, offer_taken};
pub use refusal::{failure, refusal};
pub use reminder::{How, Place, escalation, reminder, undeliverable, undeliverable_card, word};
pub use retired::retired;
pub use text::UNSEEN;
pub use word::word as whisper;
