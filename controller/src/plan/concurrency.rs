//! How many functions are alive at once.

use std::{collections::BTreeMap, time::Duration};

use super::Interval;

/// The most functions that may be alive at once, by region.
pub(super) fn by_region(intervals: &[Interval]) -> BTreeMap<String, u32> {
    // An end comes before a beginning at the same instant, as false comes before true.
    let mut changes: BTreeMap<&str, Vec<(Duration, bool, u32)>> = BTreeMap::new();
    for interval in intervals {
        let (from, to) = interval.alive();
        for (region, functions) in functions(interval) {
            let changes = changes.entry(region).or_default();
            changes.extend([(from, true, functions), (to, false, functions)]);
        }
    }
    changes.into_iter().map(|(region, changes)| (region.to_owned(), highest(changes))).collect()
}

/// An interval's functions by region.
fn functions(interval: &Interval) -> BTreeMap<&str, u32> {
    let mut functions = BTreeMap::new();
    for share in &interval.shares {
        *functions.entry(share.region.as_str()).or_default() += 1;
    }
    functions
}

fn highest(mut changes: Vec<(Duration, bool, u32)>) -> u32 {
    changes.sort_unstable();
    let (mut alive, mut highest) = (0, 0);
    for (_, begins, functions) in changes {
        if begins {
            alive += functions;
        } else {
            alive -= functions;
        }
        highest = highest.max(alive);
    }
    highest
}
