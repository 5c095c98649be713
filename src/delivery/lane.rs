//! What a process knows of channels: who is speaking there, so that what is said is said in order, and what kind they are.
//!
//! Invariant: a channel is free again when its [`Turn`] is dropped, however that happens.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::delivery::timer::Timer;
use crate::id::{ChannelId, GuildId, RoleId, UserId};

/// How often somebody who waits looks again, ms.
const LOOK: i64 = 20;
/// How often before putting the row down again: 2 s.
const LOOKS: u32 = 100;

/// The channels somebody is at.
#[derive(Debug, Clone, Default)]
pub(super) struct Lanes(Arc<Mutex<HashSet<ChannelId>>>);

/// The right to speak in a channel.
#[derive(Debug)]
pub(super) struct Turn {
    lanes: Lanes,
    channel: ChannelId,
}

impl Lanes {
    /// Waits up to 2 s for the channel; none: somebody is still at it.
    pub(super) async fn turn(&self, channel: ChannelId, timer: &dyn Timer) -> Option<Turn> {
        for _ in 0..LOOKS {
            if self.lock().insert(channel) {
                return Some(Turn { lanes: self.clone(), channel });
            }
            timer.sleep(LOOK).await;
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<ChannelId>> {
        // Inserting and removing an id cannot leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.lanes.lock().remove(&self.channel);
    }
}

/// Entries kept before everything is forgotten and asked again.
const KNOWN: usize = 4096;

/// What Discord said lately, by what it was asked.
#[derive(Debug)]
pub(super) struct Known<K, V>(Mutex<HashMap<K, V>>);

/// Where threads for a home channel go: the channel itself and whether it is a forum. Neither changes while a channel
/// exists; one that is gone says so when a thread is opened.
pub(super) type Homes = Known<ChannelId, (ChannelId, bool)>;
/// The channels for direct messages. A person's never changes.
pub(super) type Directs = Known<UserId, ChannelId>;
/// Who is in which team, and since when that is known. Discord tells nobody who leaves without a right few bots have.
pub(super) type People = Known<(GuildId, UserId), (Presence, i64)>;

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Known<K, V> {
    /// What is known.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.lock().get(key).cloned()
    }

    /// Remembers.
    pub(super) fn put(&self, key: K, value: V) {
        let mut known = self.lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(key, value);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, V>> {
        // A copy of what Discord said cannot be half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether somebody is in a team.
#[derive(Debug, Clone)]
pub(super) enum Presence {
    /// With these roles.
    Here(Vec<RoleId>),
    Left,
}
