//! A transaction at a glance.

use std::time::Duration;

use engine::stats::{Key, Latency, Transaction};
use serde::Serialize;

use crate::{count::ratio, millis::millis};

/// What was measured of a transaction so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// The request's method, or the kind of what was measured.
    pub method: String,
    /// Its name.
    pub name: String,
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Requests per second: of the last seconds, or of a run that has ended.
    pub requests_per_s: f64,
    /// Failures per second likewise.
    pub failures_per_s: f64,
    /// Mean response time; none if nothing was measured, as in the others.
    pub mean_ms: Option<f64>,
    /// The shortest.
    pub min_ms: Option<f64>,
    /// The longest.
    pub max_ms: Option<f64>,
    /// The median.
    pub p50_ms: Option<f64>,
    /// The 95th percentile.
    pub p95_ms: Option<f64>,
    /// The 99th percentile.
    pub p99_ms: Option<f64>,
    /// Bytes of a response's body, on average.
    pub mean_bytes: Option<f64>,
}

impl Row {
    /// Takes the rates over all of a run; none if that had no length.
    #[expect(clippy::cast_precision_loss, reason = "rates are no more exact than that")]
    pub(super) fn average(&mut self, over: Duration) {
        let rate =
            |count: u64| if over.is_zero() { 0.0 } else { count as f64 / over.as_secs_f64() };
        self.requests_per_s = rate(self.requests);
        self.failures_per_s = rate(self.failures);
    }

    /// All that was measured so far, and the rates of requests and failures lately.
    pub(super) fn new(key: &Key, transaction: &Transaction, lately: (f64, f64)) -> Self {
        let Transaction { requests, failures, bytes, latency, .. } = transaction;
        Self {
            method: key.method.clone(),
            name: key.name.clone(),
            requests: *requests,
            failures: *failures,
            requests_per_s: lately.0,
            failures_per_s: lately.1,
            mean_ms: latency.mean().map(millis),
            min_ms: latency.min().map(millis),
            max_ms: latency.max().map(millis),
            p50_ms: percentile(latency, 50.0),
            p95_ms: percentile(latency, 95.0),
            p99_ms: percentile(latency, 99.0),
            mean_bytes: ratio(*bytes, *requests),
        }
    }
}

pub(super) fn percentile(latency: &Latency, percentile: f64) -> Option<f64> {
    latency.percentile(percentile).map(millis)
}
