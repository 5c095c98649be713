//! When the next thing waits: what a clock that is moved by hand wants to know.
//! Invariant: reads instants only, never whose they are.

use super::conn::{Conn, sql};
use super::error::StoreError;

/// The row a minimum comes in.
type Earliest = (Option<i64>,);

/// The earliest time after `now` at which anything is to be delivered, in any team; Unix ms of the bot's clock.
pub async fn next_due(c: &mut Conn, now: i64) -> Result<Option<i64>, StoreError> {
    const TEXT: &str = "select min(due_at) from delivery
        where state in ('scheduled', 'claimed', 'sending', 'unknown') and due_at > $1";
    let (next,) = sql!(fetch_one Earliest, c, TEXT, now)?;
    Ok(next)
}
