//! Maps that know what was changed in them, so that a change is written down as what it is and not as a whole world.
//!
//! Invariant: whatever can be changed through a table is noted when it is handed out to be changed; a reader notes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, RangeBounds};

use serde::{Deserialize, Serialize};

use super::world::Message;

/// Things by id.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Table<V> {
    all: BTreeMap<u64, V>,
    #[serde(skip)]
    changed: BTreeSet<u64>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { all: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

/// Reading is a map's.
impl<V> Deref for Table<V> {
    type Target = BTreeMap<u64, V>;

    fn deref(&self) -> &BTreeMap<u64, V> {
        &self.all
    }
}

impl<V> Table<V> {
    /// One of them, to be changed.
    pub fn get_mut(&mut self, id: u64) -> Option<&mut V> {
        let found = self.all.get_mut(&id)?;
        self.changed.insert(id);
        Some(found)
    }

    /// Adds one, or puts it in another's place.
    pub fn insert(&mut self, id: u64, value: V) {
        self.changed.insert(id);
        self.all.insert(id, value);
    }

    /// Takes one out.
    pub fn remove(&mut self, id: u64) -> Option<V> {
        let found = self.all.remove(&id)?;
        self.changed.insert(id);
        Some(found)
    }

    /// Takes out what does not stay.
    pub fn retain(&mut self, stays: impl Fn(u64) -> bool) {
        let gone: Vec<u64> = self.all.keys().copied().filter(|id| !stays(*id)).collect();
        for id in gone {
            self.remove(id);
        }
    }

    /// Takes the oldest out.
    pub fn pop_first(&mut self) -> Option<V> {
        let oldest = *self.all.keys().next()?;
        self.remove(oldest)
    }

    /// Whether something waits to be written down.
    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// What changed since this was last asked; none for what is gone.
    pub fn changes(&mut self) -> BTreeMap<u64, Option<&V>> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|id| (id, self.all.get(&id))).collect()
    }

    /// Takes over what was written down.
    pub fn apply(&mut self, changes: BTreeMap<u64, Option<V>>) {
        for (id, value) in changes {
            match value {
                Some(value) => drop(self.all.insert(id, value)),
                None => drop(self.all.remove(&id)),
            }
        }
    }
}

/// Messages, by channel and id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Messages {
    all: BTreeMap<u64, BTreeMap<u64, Message>>,
    #[serde(skip)]
    changed: BTreeSet<(u64, u64)>,
}

/// One message as it is written down: channel, id, and what it is now; none if it is gone.
pub type Change<M> = (u64, u64, Option<M>);

impl Messages {
    /// One message.
    pub fn get(&self, channel: u64, id: u64) -> Option<&Message> {
        self.all.get(&channel)?.get(&id)
    }

    /// Those of a channel within a range of ids, oldest first.
    pub fn range(&self, channel: u64, ids: impl RangeBounds<u64>) -> impl DoubleEndedIterator<Item = &Message> {
        self.all
            .get(&channel)
            .into_iter()
            .flat_map(move |all| all.range((ids.start_bound(), ids.end_bound())))
            .map(|(_, message)| message)
    }

    /// All of a channel, oldest first.
    pub fn of(&self, channel: u64) -> impl DoubleEndedIterator<Item = &Message> {
        self.all.get(&channel).into_iter().flat_map(BTreeMap::values)
    }

    /// All there are.
    pub fn iter(&self) -> impl Iterator<Item = &Message> {
        self.all.values().flat_map(BTreeMap::values)
    }

    /// Adds one, or puts it in another's place.
    pub fn insert(&mut self, message: Message) {
        self.changed.insert((message.channel, message.id));
        self.all.entry(message.channel).or_default().insert(message.id, message);
    }

    /// Takes one out.
    pub fn remove(&mut self, channel: u64, id: u64) -> Option<Message> {
        let found = self.all.get_mut(&channel)?.remove(&id)?;
        self.changed.insert((channel, id));
        Some(found)
    }

    /// Takes all of a channel out.
    pub fn remove_channel(&mut self, channel: u64) {
        let gone = self.all.remove(&channel).unwrap_or_default();
        self.changed.extend(gone.into_keys().map(|id| (channel, id)));
    }

    /// Whether something waits to be written down.
    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// What changed since this was last asked.
    pub fn changes(&mut self) -> Vec<Change<&Message>> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|(channel, id)| (channel, id, self.get(channel, id))).collect()
    }

    /// Takes over what was written down.
    pub fn apply(&mut self, changes: Vec<Change<Message>>) {
        for (channel, id, message) in changes {
            let all = self.all.entry(channel).or_default();
            match message {
                Some(message) => drop(all.insert(id, message)),
                None => drop(all.remove(&id)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_out_to_be_changed_is_noted_and_what_is_read_is_not() {
        let mut table = Table::default();
        table.insert(1, "a".to_owned());
        table.insert(2, "b".to_owned());
        table.changes();
        assert_eq!(table.get(&1).map(String::as_str), Some("a"));
        assert!(!table.is_changed());
        table.get_mut(1).unwrap().push('!');
        table.remove(2);
        assert!(table.get_mut(3).is_none() && table.remove(3).is_none());
        let now = "a!".to_owned();
        assert_eq!(table.changes(), BTreeMap::from([(1, Some(&now)), (2, None)]));
        assert!(!table.is_changed());
    }

    #[test]
    fn a_table_that_takes_over_all_changes_is_the_same_table() {
        let (mut first, mut second) = (Table::default(), Table::default());
        let written = |from: &mut Table<u8>| -> BTreeMap<u64, Option<u8>> {
            from.changes().into_iter().map(|(id, value)| (id, value.copied())).collect()
        };
        for (id, value) in [(1, 1), (2, 2), (1, 3)] {
            first.insert(id, value);
            second.apply(written(&mut first));
        }
        first.pop_first();
        second.apply(written(&mut first));
        assert_eq!(*first, *second);
        assert_eq!(second.len(), 1);
    }
}
