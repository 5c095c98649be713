//! Whether the bot can do its work in a channel, asked before somebody is told that it will.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Desk;
use crate::chat::{ChannelInfo, ChatError, Right};
use crate::clock::Stopwatch;
use crate::id::ChannelId;

/// A channel found in order is believed to be for this long.
const BELIEVED: Duration = Duration::from_mins(1);
/// Most channels remembered.
const REMEMBERED: usize = 10_000;

/// Channels found in order a short while ago. Forgetting them costs a question, nothing else.
#[derive(Debug, Default)]
pub struct Places(Mutex<HashMap<ChannelId, Stopwatch>>);

impl Desk {
    /// The rights the bot is known to lack in a channel; empty where all is well or nobody can say.
    pub(super) async fn missing_in(&self, channel: ChannelId) -> Vec<Right> {
        let fresh = |since: &Stopwatch| since.elapsed() < BELIEVED;
        if self.places.0.lock().unwrap_or_else(PoisonError::into_inner).get(&channel).is_some_and(fresh) {
            return Vec::new();
        }
        // Slow is no harm: an answer that takes long is deferred by whoever waits for it.
        self.look(channel).await.map_or_else(|_| Vec::new(), |info| info.missing)
    }

    /// Asks about a channel, and remembers one that is in order.
    pub(super) async fn look(&self, channel: ChannelId) -> Result<ChannelInfo, ChatError> {
        let info = self.chat.channel(channel).await?;
        if info.missing.is_empty() {
            let mut places = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
            if places.len() >= REMEMBERED {
                places.clear();
            }
            places.insert(channel, Stopwatch::start());
        }
        Ok(info)
    }
}
