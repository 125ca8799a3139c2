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
            let own = seconds.entry(second).or_default();
            own.users = own.users.saturating_add(report.users.into());
            own.requests = own.requests.saturating_add(even(requests));
            own.failures = own.failures.saturating_add(even(failures));
        }
    }

    /// What a region did in a second.
    pub(super) fn at(&self, region: &str, second: u32) -> RegionSecond {
        let seconds = self.regions.get(region);
        seconds.and_then(|seconds| seconds.get(&second)).copied().unwrap_or_default()
    }
}
