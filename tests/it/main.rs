//! One test binary: scenarios that read like chats, the store's conformance suite, the real process, and the house rules.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod calm;
mod canary;
mod cases;
mod chaos;
mod cli;
mod clocks;
mod corpus;
mod digest;
mod harness;
mod hearing;
mod kill;
mod layering;
mod life;
mod load;
mod mangled;
mod nudge;
mod offers;
mod oracle;
mod other_bots;
mod pause;
mod phrases;
mod pinned;
mod privacy;
mod probe;
mod promises;
mod proof;
mod refusals;
mod retired;
mod sandbox;
mod series;
mod store;
mod strangers;
mod temperature;
mod truths;
mod wording;
