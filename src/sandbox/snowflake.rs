//! Ids and times as Discord writes them.
//! Invariant: ids only ever grow, even when the clock is moved back, because clients order and page by them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Discord's epoch, 2015-01-01T00:00:00Z, in Unix milliseconds (documentation, "Snowflakes").
pub const EPOCH_MS: i64 = 1_420_070_400_000;

/// Gives out ids; the upper 42 bits are milliseconds since [`EPOCH_MS`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Snowflakes {
    last: u64,
}

impl Snowflakes {
    /// The next id at `now_ms` (Unix milliseconds).
    pub fn next(&mut self, now_ms: i64) -> u64 {
        let fresh = ((now_ms - EPOCH_MS).max(0) as u64) << 22;
        self.last = fresh.max(self.last + 1);
        self.last
    }
}

/// An id in JSON: a string or, as some clients send it and Discord takes it, a number.
pub fn read(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// Unix milliseconds an id was made at.
pub fn made_at_ms(id: u64) -> i64 {
    (id >> 22) as i64 + EPOCH_MS
}

/// Unix milliseconds as Discord writes them: `2026-08-01T09:00:00.000000+00:00`.
pub fn iso(ms: i64) -> String {
    let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_grow_even_when_the_clock_goes_back() {
        let mut ids = Snowflakes::default();
        let first = ids.next(EPOCH_MS + 5_000);
        let second = ids.next(EPOCH_MS + 1_000);
        assert!(second > first);
        assert_eq!(made_at_ms(first), EPOCH_MS + 5_000);
    }

    #[test]
    fn ids_are_read_as_strings_and_as_numbers() {
        assert_eq!(
            [json!("42"), json!(42), json!("x"), json!(null)].map(|it| read(&it)),
            [Some(42), Some(42), None, None]
        );
    }

    #[test]
    fn times_carry_six_digits_and_an_offset() {
        assert_eq!(iso(1_785_574_800_250), "2026-08-01T09:00:00.250000+00:00");
    }
}
