//! Seconds of several threads, joined.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::frame::Second;

/// Seconds that not all threads have reported yet.
pub(super) struct Seconds {
    open: BTreeMap<u32, Second>,
    /// The newest second of each thread that still runs, by its share.
    newest: BTreeMap<u32, Option<u32>>,
}

impl Seconds {
    /// Awaits the seconds of these shares.
    pub(super) fn of(shares: impl IntoIterator<Item = u32>) -> Self {
        let newest = shares.into_iter().map(|share| (share, None)).collect();
        Self { open: BTreeMap::new(), newest }
    }

    /// Takes in a thread's second. Each thread reports its own in order.
    pub(super) fn add(&mut self, share: u32, second: Second) {
        self.newest.insert(share, Some(second.second));
        match self.open.entry(second.second) {
            Entry::Vacant(entry) => {
                entry.insert(second);
            }
            Entry::Occupied(mut entry) => {
                let joined = entry.get_mut();
                joined.users += second.users;
                joined.stats.merge(&second.stats);
                joined.health.merge(&second.health);
            }
        }
    }

    /// A thread has reported its last second.
    pub(super) fn end(&mut self, share: u32) {
        self.newest.remove(&share);
    }

    /// The seconds that are complete, in order: no thread that still runs will add to them.
    pub(super) fn complete(&mut self) -> Vec<Second> {
        let Some(slowest) = self.newest.values().min() else {
            return std::mem::take(&mut self.open).into_values().collect();
        };
        let Some(slowest) = *slowest else { return Vec::new() };
        let mut complete = Vec::new();
        while let Some(entry) = self.open.first_entry().filter(|entry| *entry.key() <= slowest) {
            complete.push(entry.remove());
        }
        complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{frame::Health, stats::Stats};

    fn second(second: u32, users: u32) -> Second {
        let (stats, health) = (Stats::default(), Health::default());
        Second { second, seconds: 1, users, stats, health }
    }

    fn complete(seconds: &mut Seconds) -> Vec<(u32, u32)> {
        seconds.complete().into_iter().map(|second| (second.second, second.users)).collect()
    }

    #[test]
    fn a_second_waits_for_the_slowest_thread() {
        let mut seconds = Seconds::of([0, 1]);
        seconds.add(0, second(0, 2));
        seconds.add(0, second(1, 2));
        assert_eq!(complete(&mut seconds), []);
        seconds.add(1, second(0, 3));
        assert_eq!(complete(&mut seconds), [(0, 5)]);
    }

    #[test]
    fn a_thread_that_has_ended_is_not_waited_for_but_the_others_are() {
        let mut seconds = Seconds::of([0, 1, 2]);
        seconds.add(0, second(0, 1));
        seconds.add(1, second(0, 1));
        seconds.end(0);
        seconds.end(1);
        assert_eq!(complete(&mut seconds), []);
        seconds.add(2, second(0, 1));
        seconds.add(2, second(1, 1));
        assert_eq!(complete(&mut seconds), [(0, 3), (1, 1)]);
    }

    #[test]
    fn threads_may_begin_in_different_seconds() {
        let mut seconds = Seconds::of([0, 1]);
        seconds.add(0, second(3, 1));
        seconds.add(0, second(4, 1));
        seconds.add(1, second(4, 1));
        assert_eq!(complete(&mut seconds), [(3, 1), (4, 2)]);
    }

    #[test]
    fn the_end_of_all_completes_the_rest() {
        let mut seconds = Seconds::of([0]);
        seconds.add(0, second(0, 1));
        assert_eq!(complete(&mut seconds), [(0, 1)]);
        seconds.end(0);
        assert_eq!(complete(&mut seconds), []);
    }
}
