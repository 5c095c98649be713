//! Ruhepol, a Discord bot for customer-support teams: cases, calm wording, promises kept.
//!
//! Read from the bottom up: *cases, follow-ups and tone are what we know; the desk acts; the store remembers; delivery keeps
//! promises; discord talks; the sandbox pretends to be Discord.* ARCHITECTURE.md has the arrows between them.

// Builds everything, supervises it, drains it at the end.
pub mod app;
// PURE. What a case is.
pub mod case;
// PORT. What we need of a chat platform.
pub mod chat;
// Time as an argument.
pub mod clock;
// The configuration tree.
pub mod config;
// The outbox: claim, send, reconcile, give up loudly.
pub mod delivery;
// What the bot does, one file per behaviour.
pub mod desk;
// The only place with serenity.
pub mod discord;
// Places where tests kill the process.
pub mod failpoint;
// PURE. When we come back.
pub mod follow_up;
// Identifiers, one type per kind.
pub mod id;
// JSON lines in and out.
pub mod lines;
// German and English.
pub mod locale;
// A loopback Discord and its page; knows nothing of the bot.
#[cfg(feature = "sandbox")]
pub mod sandbox;
// The only place with SQL.
pub mod report;
pub mod store;
// PURE. How words land.
pub mod tone;
// PURE. How things are said.
pub mod view;
