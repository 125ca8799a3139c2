//! What was measured of one transaction.

use std::collections::BTreeMap;

use engine::{
    stats::{Checks, Key, Phase, PhaseTotals, Stats, Statuses, Transaction},
    trace::{TraceId, Traced},
};
use serde::Serialize;

use super::{Distribution, summary::PerSecond};
use crate::millis::millis;

/// One transaction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransactionReport {
    /// The request's method, or the kind of what was measured.
    pub method: String,
    /// Its name.
    pub name: String,
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Requests that met what was expected of them, and that did not.
    pub checks: Checks,
    /// Requests per second of the run.
    pub requests_per_s: f64,
    /// Failures per second of the run.
    pub failures_per_s: f64,
    /// Bytes of response bodies.
    pub bytes: u64,
    /// How often each HTTP status was answered.
    pub statuses: Statuses,
    /// Response times from the actual start.
    pub latency: Distribution,
    /// Response times from the intended start, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_intended: Option<Distribution>,
    /// The phases that happened, by name.
    pub phases: BTreeMap<&'static str, PhaseReport>,
    /// Of its requests whose traces the target was asked to keep, the slowest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slowest_trace: Option<SlowestTrace>,
}

/// One phase over the requests in which it happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseReport {
    /// In how many requests.
    pub count: u64,
    /// Its mean time.
    pub mean_ms: f64,
    /// Its longest time.
    pub max_ms: f64,
}

pub(super) fn reports(stats: &Stats, per_second: PerSecond) -> Vec<TransactionReport> {
    let transactions = stats.transactions().into_iter();
    transactions.map(|(key, t)| TransactionReport::new(key, t, per_second)).collect()
}

/// A slow request, and its trace.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SlowestTrace {
    /// From its start to its end.
    pub elapsed_ms: f64,
    /// The trace: 32 hexadecimal digits.
    pub trace: TraceId,
}

impl From<Traced> for SlowestTrace {
    fn from(Traced { elapsed, trace }: Traced) -> Self {
        Self { elapsed_ms: millis(elapsed), trace }
    }
}

impl TransactionReport {
    fn new(key: &Key, transaction: &Transaction, per_second: PerSecond) -> Self {
        let intended = &transaction.from_intended;
        Self {
            method: key.method.clone(),
            name: key.name.clone(),
            requests: transaction.requests,
            failures: transaction.failures,
            checks: transaction.checks,
            requests_per_s: per_second.of(transaction.requests),
            failures_per_s: per_second.of(transaction.failures),
            bytes: transaction.bytes,
            statuses: transaction.statuses.clone(),
            latency: Distribution::new(&transaction.latency),
            from_intended: (!intended.is_empty()).then(|| Distribution::new(intended)),
            phases: phases(&transaction.phases),
            slowest_trace: transaction.slowest.map(SlowestTrace::from),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and sums of a test are below 2^52")]
fn phases(totals: &PhaseTotals) -> BTreeMap<&'static str, PhaseReport> {
    let happened = Phase::ALL.map(|phase| (phase.name(), totals.get(phase)));
    let happened = happened.into_iter().filter(|(_, total)| total.count > 0);
    happened
        .map(|(name, total)| {
            let report = PhaseReport {
                count: total.count,
                mean_ms: total.sum_us as f64 / total.count as f64 / 1000.0,
                max_ms: millis(std::time::Duration::from_micros(total.max_us)),
            };
            (name, report)
        })
        .collect()
}
