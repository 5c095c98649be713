//! PURE. How things are said: cards, reminders and answers as messages, in one language, from the texts in `prompts/`.
//!
//! Whatever somebody typed passes through [`text::plain`] on its way into a message, so that it can neither ping,
//! nor format, nor hide a link.

mod answer;
mod bundle;
mod card;
mod clocks;
pub mod custom_id;
mod digest;
mod forms;
mod list;
mod offer;
mod privacy;
mod profile;
mod refusal;
mod reminder;
mod report;
mod setup;
pub mod text;
mod tone;

pub use answer::{REOPEN, answer, choices};
pub use bundle::bundle;
pub use card::card;
pub use clocks::unowned;
pub use digest::{digest, digest_says, team_digest};
pub use forms::form;
pub use offer::offer;
pub use refusal::{failure, refusal};
pub use reminder::{Place, reminder, undeliverable, undeliverable_card};
