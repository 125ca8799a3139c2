//! Which seconds are known of.

use std::{collections::BTreeMap, ops::Range};

/// A set of seconds, small as long as they are next to each other.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Stretches {
    /// The end of each stretch by its start; they neither touch nor overlap.
    ends: BTreeMap<u32, u32>,
}

impl Stretches {
    /// Adds seconds, whether or not some of them are there.
    pub(super) fn insert(&mut self, seconds: Range<u32>) {
        let Range { mut start, mut end } = seconds;
        if start >= end {
            return;
        }
        while let Some((from, to)) = self.touching(start, end) {
            self.ends.remove(&from);
            (start, end) = (start.min(from), end.max(to));
        }
        self.ends.insert(start, end);
    }

    fn touching(&self, start: u32, end: u32) -> Option<(u32, u32)> {
        let (from, to) = self.ends.range(..=end).next_back()?;
        (*to >= start).then_some((*from, *to))
    }

    /// The stretches in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Range<u32>> {
        self.ends.iter().map(|(start, end)| *start..*end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set_of_seconds(ranges in prop::collection::vec((0_u32..60, 0_u32..6), 0..30)) {
            let (mut stretches, mut set) = (Stretches::default(), BTreeSet::new());
            for (start, length) in ranges {
                stretches.insert(start..start + length);
                set.extend(start..start + length);
            }
            prop_assert_eq!(stretches.iter().flatten().collect::<Vec<_>>(), Vec::from_iter(set));
            let all: Vec<_> = stretches.iter().collect();
            prop_assert!(all.windows(2).all(|pair| pair[0].end < pair[1].start));
        }
    }
}
