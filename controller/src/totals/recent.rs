//! The last seconds, for a live line.

use std::time::Duration;

use engine::stats::Latency;

use super::Totals;

/// A generator that lags further behind than this no longer holds the live line back.
const LONGEST_LAG: u32 = 3;

/// What happened lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recent {
    /// The last of the seconds; none before the first report.
    pub second: Option<u32>,
    /// Users that ran at its end.
    pub users: u64,
    /// Requests per second.
    pub requests_per_s: f64,
    /// Failures per second.
    pub failures_per_s: f64,
    /// The median response time.
    pub median: Option<Duration>,
    /// The 95th percentile of the response times.
    pub p95: Option<Duration>,
    /// The 99th percentile of the response times.
    pub p99: Option<Duration>,
}

impl Totals {
    /// What happened in the last `seconds` that all running generators have reported.
    pub fn recent(&self, seconds: u32) -> Recent {
        let Some(last) = self.settled() else { return Recent::default() };
        // The last requests in flight end in a second of their own, which says nothing of rates.
        let busy = self
            .series
            .within(last.saturating_sub(1)..last.saturating_add(1))
            .filter(|s| s.users > 0);
        let last = busy.map(|second| second.second).max().unwrap_or(last);
        let from = last.saturating_add(1).saturating_sub(seconds.max(1));
        let (mut requests, mut failures, mut users) = (0, 0, 0);
        let mut latency = Latency::default();
        for second in self.series.within(from..last.saturating_add(1)) {
            requests += second.requests;
            failures += second.failures;
            users = if second.second == last { second.users } else { 0 };
            latency.merge(&second.latency);
        }
        let length = last - from + 1;
        Recent {
            second: Some(last),
            users,
            requests_per_s: per_second(requests, length),
            failures_per_s: per_second(failures, length),
            median: latency.percentile(50.0),
            p95: latency.percentile(95.0),
            p99: latency.percentile(99.0),
        }
    }

    /// The last second that all running generators have reported, so that the sum over them is
    /// not short of those that are about to.
    pub fn settled(&self) -> Option<u32> {
        let newest = self.series.newest()?;
        let running = self.generators.values().filter(|generator| generator.ending().is_none());
        let slowest = running.filter_map(super::Generator::newest).min().unwrap_or(newest);
        Some(slowest.max(newest.saturating_sub(LONGEST_LAG)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of some seconds are far below 2^52")]
fn per_second(count: u64, seconds: u32) -> f64 {
    count as f64 / f64::from(seconds)
}
