//! What each region did second by second.

use std::collections::BTreeMap;

use engine::frame::Second;

/// Users, requests and failures of each region, by second.
#[derive(Clone, Debug, Default)]
pub(super) struct Regional {
    regions: BTreeMap<String, BTreeMap<u32, RegionSecond>>,
}

/// A second of a region.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RegionSecond {
    /// Users that ran at its end.
    pub users: u64,
    /// Requests that ended in it, failed ones included.
    pub requests: u64,
    /// Requests that failed in it.
    pub failures: u64,
}

impl RegionSecond {
    fn merge(&mut self, other: Self) {
        self.users = self.users.saturating_add(other.users);
        self.requests = self.requests.saturating_add(other.requests);
        self.failures = self.failures.saturating_add(other.failures);
    }
}

impl Regional {
    /// Adds what one generator reported. Of seconds that it joined, each takes an even part.
    pub(super) fn absorb(&mut self, region: &str, report: &Second) {
        if !self.regions.contains_key(region) {
            self.regions.insert(region.into(), BTreeMap::new());
        }
        let Some(seconds) = self.regions.get_mut(region) else { return };
        let requests: u64 = report.stats.each().map(|transaction| transaction.requests).sum();
        let failures: u64 = report.stats.each().map(|transaction| transaction.failures).sum();
        let span = report.span();
        let length = (span.len() as u64).max(1);
        for (at, second) in (0..).zip(span) {
            let even = |count: u64| count / length + u64::from(at < count % length);
            let (requests, failures) = (even(requests), even(failures));
            let part = RegionSecond { users: report.users.into(), requests, failures };
            seconds.entry(second).or_default().merge(part);
        }
    }

    /// Adds other regions, of which each second is so many seconds later here.
    pub(super) fn join(&mut self, other: Self, later: u32) {
        for (region, seconds) in other.regions {
            let own = self.regions.entry(region).or_default();
            for (second, part) in seconds {
                own.entry(second.saturating_add(later)).or_default().merge(part);
            }
        }
    }

    /// What a region did in a second.
    pub(super) fn at(&self, region: &str, second: u32) -> RegionSecond {
        let seconds = self.regions.get(region);
        seconds.and_then(|seconds| seconds.get(&second)).copied().unwrap_or_default()
    }
}
