//! The rules in use, exchanged as a whole while messages are being read.
//!
//! Invariant: a reader holds one set of rules from the first to the last word of a message; whoever asks after an exchange gets the
//! new one. Nothing waits for a reader.

use super::Rules;
use std::sync::{Arc, PoisonError, RwLock};

/// A set of rules that can be exchanged.
#[derive(Debug)]
pub struct Live(RwLock<Arc<Rules>>);

impl Live {
    /// Begins with these rules.
    pub fn new(rules: Rules) -> Self {
        Self(RwLock::new(Arc::new(rules)))
    }

    /// The rules now in use, to be kept for one message.
    pub fn now(&self) -> Arc<Rules> {
        // The lock is only ever held to copy or exchange a pointer, so a poisoned one still holds whole rules.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other rules in their place; returns those that were in use.
    pub fn exchange(&self, rules: Rules) -> Arc<Rules> {
        let rules = Arc::new(rules);
        std::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_keeps_its_rules_and_the_next_one_gets_the_new() {
        let live = Live::new(Rules::embedded());
        let held = live.now();
        let old = live.exchange(Rules::embedded());
        assert!(Arc::ptr_eq(&held, &old));
        assert!(!Arc::ptr_eq(&held, &live.now()));
        assert!(held.assess("Danke, alles gut", None).heat == 0);
    }
}
