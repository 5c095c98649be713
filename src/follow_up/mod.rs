//! When we come back: promises and their states, the phrases people type for a time, public holidays and working hours.
//!
//! Pure: every function takes the time it is as an argument and gives the same answer for the same arguments.

pub mod holidays;
pub mod phrase;
mod state;
pub mod working_hours;

pub use holidays::Land;
pub use state::{FollowUp, FollowUpId, State};
