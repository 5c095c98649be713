//! When we come back: promises and their states, the phrases people type for a time, public holidays and working hours.
//!
//! Pure: every function takes the time it is as an argument and gives the same answer for the same arguments.

mod calendar;
pub mod holidays;
mod kinds;
pub mod phrase;
pub mod promise_words;
pub mod recurrence;
mod repeat_words;
mod state;
pub mod timetable;
mod workday;
pub mod working_hours;
pub mod zones;

pub use calendar::{Calendar, Computed};
pub use holidays::{Land, Municipal};
pub use kinds::GRACE_MS;
pub use recurrence::{Every, Series};
pub use state::{FollowUp, FollowUpId, Kind, State, Terms, Wake, assignees};
pub use workday::lead;
