//! What a process knows of channels: who is speaking there, so that what is said is said in order, and what kind they are.
//!
//! Invariant: a channel is free again when its [`Turn`] is dropped, however that happens.

use std::collections::{HashMap, HashSet};
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

/// Channels kept before everything is forgotten and asked again.
const KNOWN: usize = 4096;

/// Where threads for a home channel go, as far as asked: the channel itself and whether it is a forum. Neither changes
/// while a channel exists; one that is gone says so when a thread is opened.
#[derive(Debug, Default)]
pub(super) struct Homes(Mutex<HashMap<ChannelId, (ChannelId, bool)>>);

impl Homes {
    /// What is known.
    pub(super) fn get(&self, home: ChannelId) -> Option<(ChannelId, bool)> {
        self.lock().get(&home).copied()
    }

    /// Remembers.
    pub(super) fn put(&self, home: ChannelId, parent: ChannelId, forum: bool) {
        let mut known = self.lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(home, (parent, forum));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChannelId, (ChannelId, bool)>> {
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

/// What is known of somebody, and since when.
type Known = (Presence, i64);

/// Who is in which team, as far as asked lately. Discord tells nobody who leaves without a right few bots have.
#[derive(Debug, Default)]
pub(super) struct People(Mutex<HashMap<(GuildId, UserId), Known>>);

impl People {
    /// What was learnt after `since`.
    pub(super) fn get(&self, guild: GuildId, user: UserId, since: i64) -> Option<Presence> {
        let known = self.lock();
        known.get(&(guild, user)).filter(|(_, at)| *at > since).map(|(presence, _)| presence.clone())
    }

    /// Remembers.
    pub(super) fn put(&self, guild: GuildId, user: UserId, presence: Presence, now: i64) {
        let mut known = self.lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert((guild, user), (presence, now));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(GuildId, UserId), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The channels for direct messages, as far as asked. A person's never changes.
#[derive(Debug, Default)]
pub(super) struct Directs(Mutex<HashMap<UserId, ChannelId>>);

impl Directs {
    /// What is known.
    pub(super) fn get(&self, user: UserId) -> Option<ChannelId> {
        self.lock().get(&user).copied()
    }

    /// Remembers.
    pub(super) fn put(&self, user: UserId, channel: ChannelId) {
        let mut known = self.lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(user, channel);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, ChannelId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
