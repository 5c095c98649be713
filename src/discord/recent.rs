//! What came already: a resumed connection replays events, and each is taken once.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// The newest ids that came, at most so many.
#[derive(Debug)]
pub(super) struct Recent {
    ids: Mutex<VecDeque<u64>>,
    most: usize,
}

impl Recent {
    pub fn new(most: usize) -> Self {
        Self { ids: Mutex::default(), most }
    }

    /// Whether this id comes for the first time.
    pub fn first_time(&self, id: u64) -> bool {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.contains(&id) {
            return false;
        }
        if ids.len() == self.most {
            ids.pop_front();
        }
        ids.push_back(id);
        true
    }
}
