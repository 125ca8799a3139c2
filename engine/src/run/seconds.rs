//! Seconds of several threads, joined.

use std::collections::BTreeMap;

use crate::frame::Second;

/// Seconds that not all threads have reported yet.
#[derive(Default)]
pub(super) struct Seconds {
    open: BTreeMap<u32, (usize, Second)>,
}

impl Seconds {
    /// Takes in a thread's second.
    pub(super) fn add(&mut self, second: Second) {
        match self.open.entry(second.second) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert((1, second));
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                let (reports, joined) = entry.get_mut();
                *reports += 1;
                joined.users += second.users;
                joined.stats.merge(&second.stats);
                joined.health.merge(&second.health);
            }
        }
    }

    /// The seconds that are complete, in order: all threads that still run have reported them.
    pub(super) fn complete(&mut self, running: usize) -> Vec<Second> {
        let mut complete = Vec::new();
        while let Some(entry) = self.open.first_entry() {
            if entry.get().0 < running {
                break;
            }
            complete.push(entry.remove().1);
        }
        complete
    }
}
