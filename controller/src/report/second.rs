//! One second of a run.

use serde::Serialize;

use super::Percentiles;
use crate::{
    millis::{mean, millis},
    totals::{SecondTotals, Totals},
};

/// What happened in one second, over all generators.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SecondReport {
    /// Whole seconds since the test's start.
    pub second: u32,
    /// The same, as whole seconds since the Unix epoch.
    pub epoch_s: u64,
    /// Users that ran at its end.
    pub users: u64,
    /// Requests that ended in it, failed ones included.
    pub requests: u64,
    /// Requests that failed in it.
    pub failures: u64,
    /// Arrivals that were dropped in it, as no client was idle.
    pub dropped: u64,
    /// Bytes of response bodies.
    pub bytes: u64,
    /// The mean response time.
    pub mean_ms: Option<f64>,
    /// The shortest response time.
    pub min_ms: Option<f64>,
    /// The longest response time.
    pub max_ms: Option<f64>,
    /// Percentiles of the response times.
    pub percentiles_ms: Percentiles,
    /// The busiest thread of all generators: its part of its core, 0 to 1.
    pub busiest_thread: f64,
    /// The 99th percentile of scheduling delay.
    pub delay_p99_ms: Option<f64>,
    /// The longest scheduling delay.
    pub delay_max_ms: Option<f64>,
}

impl SecondReport {
    fn new(started_epoch_ms: u64, second: &SecondTotals) -> Self {
        let SecondTotals { latency, delay, .. } = second;
        Self {
            second: second.second,
            epoch_s: (started_epoch_ms / 1000).saturating_add(second.second.into()),
            users: second.users,
            requests: second.requests,
            failures: second.failures,
            dropped: second.dropped,
            bytes: second.bytes,
            mean_ms: mean(latency),
            min_ms: latency.min().map(millis),
            max_ms: latency.max().map(millis),
            percentiles_ms: Percentiles::new(latency),
            busiest_thread: second.busiest,
            delay_p99_ms: delay.percentile(99.0).map(millis),
            delay_max_ms: delay.max().map(millis),
        }
    }
}

/// All seconds; second 0 is that of the clock in which `started_epoch_ms` lies.
pub(super) fn since(started_epoch_ms: u64, totals: &Totals) -> Vec<SecondReport> {
    totals.seconds().map(|second| SecondReport::new(started_epoch_ms, &second)).collect()
}
