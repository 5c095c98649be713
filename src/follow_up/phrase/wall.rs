//! Whose clock a time is read on when that is said: "9 Uhr MEZ", "5pm UTC", "3pm London time", „Ortszeit“.
//!
//! Only abbreviations that mean one thing among the people we write for are known. "CET" said in summer is two readings:
//! to the letter, an hour later than the clocks of Berlin, and as many people mean it.

use jiff::tz::{Offset, TimeZone};

/// A clock that was named; the number is the offset its abbreviation stands for, in hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wall {
    /// The asker's own.
    Own,
    /// UTC, and GMT to the letter.
    Universal,
    CentralEurope(Option<i8>),
    Britain(Option<i8>),
    NewYork(Option<i8>),
    LosAngeles(Option<i8>),
}

impl Wall {
    /// The zones it can stand for, the place first; `None` is the asker's own.
    pub fn zones(self) -> Option<Vec<TimeZone>> {
        let (place, hours) = match self {
            Self::Own => return None,
            Self::Universal => return Some(vec![TimeZone::UTC]),
            Self::CentralEurope(hours) => ("Europe/Berlin", hours),
            Self::Britain(hours) => ("Europe/London", hours),
            Self::NewYork(hours) => ("America/New_York", hours),
            Self::LosAngeles(hours) => ("America/Los_Angeles", hours),
        };
        let fixed = hours.map(|hours| TimeZone::fixed(Offset::constant(hours)));
        Some(TimeZone::get(place).ok().into_iter().chain(fixed).collect())
    }
}
