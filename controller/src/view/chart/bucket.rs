//! A stretch of some seconds.

use std::time::Duration;

use engine::{load::Load, stats::Latency};

use crate::{
    count::float,
    millis::millis,
    totals::{RegionSecond, SecondTotals},
};

/// What happened in a stretch, ready to be added to.
#[derive(Clone, Debug, Default)]
pub(super) struct Bucket {
    users: u64,
    requests: u64,
    failures: u64,
    dropped: u64,
    busiest: f64,
    latency: Latency,
    delay: Latency,
    regions: Vec<RegionSecond>,
}

/// What a chart shows of a stretch.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Point {
    /// Where it begins, seconds since the test's start.
    pub(super) from: u32,
    pub(super) users: u64,
    pub(super) planned: u32,
    pub(super) requests_per_s: f64,
    pub(super) failures_per_s: f64,
    pub(super) dropped_per_s: f64,
    pub(super) p50_ms: Option<f64>,
    pub(super) p95_ms: Option<f64>,
    pub(super) p99_ms: Option<f64>,
    pub(super) max_ms: Option<f64>,
    pub(super) busiest: f64,
    pub(super) delay_p99_ms: Option<f64>,
    /// Users and requests per second of each region.
    pub(super) regions: Vec<(u64, f64)>,
}

impl Bucket {
    /// Adds its next second.
    pub(super) fn add(&mut self, second: &SecondTotals, regions: &[RegionSecond]) {
        self.users = second.users;
        self.requests = self.requests.saturating_add(second.requests);
        self.failures = self.failures.saturating_add(second.failures);
        self.dropped = self.dropped.saturating_add(second.dropped);
        self.busiest = self.busiest.max(second.busiest);
        self.latency.merge(&second.latency);
        self.delay.merge(&second.delay);
        self.regions.resize(regions.len(), RegionSecond::default());
        for (own, other) in self.regions.iter_mut().zip(regions) {
            own.users = other.users;
            own.requests = own.requests.saturating_add(other.requests);
        }
    }

    /// Its figures, if it lies between two seconds.
    pub(super) fn point(&self, from: u32, to: u32, load: &Load) -> Point {
        let seconds = f64::from(to.saturating_sub(from).max(1));
        let percentile = |of: &Latency, p: f64| of.percentile(p).map(millis);
        // A user that is due at a bucket's end has started when it is counted.
        let end = Duration::from_secs(to.into()) + Duration::from_nanos(1);
        let regions = self.regions.iter();
        Point {
            from,
            users: self.users,
            planned: planned(load, end),
            requests_per_s: float(self.requests) / seconds,
            failures_per_s: float(self.failures) / seconds,
            dropped_per_s: float(self.dropped) / seconds,
            p50_ms: percentile(&self.latency, 50.0),
            p95_ms: percentile(&self.latency, 95.0),
            p99_ms: percentile(&self.latency, 99.0),
            max_ms: self.latency.max().map(millis),
            busiest: self.busiest,
            delay_p99_ms: percentile(&self.delay, 99.0),
            regions: regions.map(|all| (all.users, float(all.requests) / seconds)).collect(),
        }
    }
}

/// The users of an instant; at the test's end, those who ran until then.
fn planned(load: &Load, at: Duration) -> u32 {
    if at < load.duration() { load.users(at) } else { load.users_before(load.duration()) }
}
