//! Which frames of a generator have come.

use std::collections::BTreeSet;

/// A set of sequence numbers, small as long as they come about in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sequences {
    /// All below this have come.
    next: u64,
    /// Those beyond a gap.
    ahead: BTreeSet<u64>,
}

impl Sequences {
    /// Adds a number; false if it was there.
    pub(crate) fn insert(&mut self, sequence: u64) -> bool {
        if sequence < self.next || !self.ahead.insert(sequence) {
            return false;
        }
        while self.next < u64::MAX && self.ahead.remove(&self.next) {
            self.next += 1;
        }
        true
    }

    /// Whether a number was added.
    pub(super) fn contains(&self, sequence: u64) -> bool {
        sequence < self.next || self.ahead.contains(&sequence)
    }

    /// How many have come.
    pub(super) fn count(&self) -> u64 {
        self.next.saturating_add(self.ahead.len() as u64)
    }

    /// How many are missing below the highest that has come.
    pub(super) fn missing(&self) -> u64 {
        let end = self.ahead.last().map_or(self.next, |highest| highest.saturating_add(1));
        end.saturating_sub(self.count())
    }

    /// Whether all up to and including `last` have come.
    pub(super) fn cover(&self, last: u64) -> bool {
        self.next > last
    }

    /// How many lie beyond `last`.
    pub(super) fn beyond(&self, last: u64) -> u64 {
        let in_order = self.next.saturating_sub(last.saturating_add(1));
        let ahead = self.ahead.iter().filter(|sequence| **sequence > last).count();
        in_order.saturating_add(ahead as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_doubles_show() {
        let mut sequences = Sequences::default();
        let news: Vec<_> = [0, 2, 2, 4, 0].map(|n| sequences.insert(n)).into();
        assert_eq!(news, [true, true, false, true, false]);
        assert_eq!((sequences.count(), sequences.missing()), (3, 2));
        assert_eq!(
            [0, 1, 2, 3, 4, 5].map(|n| sequences.contains(n)),
            [true, false, true, false, true, false]
        );
        assert!(sequences.insert(1) && sequences.insert(3));
        assert_eq!((sequences.count(), sequences.missing()), (5, 0));
        assert!(sequences.cover(4) && !sequences.cover(5));
        assert_eq!(sequences.beyond(3), 1);
    }

    #[test]
    fn absurd_numbers_do_no_harm() {
        let mut sequences = Sequences::default();
        assert!(sequences.insert(u64::MAX) && !sequences.insert(u64::MAX));
        assert_eq!(sequences.beyond(u64::MAX), 0);
        assert!(sequences.missing() > 0);
    }
}
