//! The only place that talks Discord: what arrives becomes a [`Wish`](crate::desk::Wish), what comes of it becomes an
//! answer within three seconds.
//!
//! serenity alone, without a command framework on top: names and descriptions come from `prompts/`, choices keep stable
//! string values, and buttons must work after any restart, which frameworks keep in memory.

mod answer;
mod commands;
mod focus;
mod gateway;
mod listen;
mod reading;
mod recent;
pub mod render;
mod rest;
mod road;
mod translate;

pub use commands::definitions;
pub use gateway::{Connection, Ended, Settings, connect};
pub use rest::Rest;
pub use road::Road;
