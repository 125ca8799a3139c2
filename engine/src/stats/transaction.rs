//! The measurements of one transaction.

use serde::{Deserialize, Serialize};

use super::{Checks, Latency, Outcome, PhaseTotals, Sample, Statuses};
use crate::trace::Traced;

/// What was measured of one transaction, or of several merged.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Transaction {
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// How many met what was expected of them.
    #[serde(default, skip_serializing_if = "Checks::is_empty")]
    pub checks: Checks,
    /// Bytes of response bodies as they came over the wire.
    pub bytes: u64,
    /// How often each HTTP status was answered; requests without a response are in none.
    pub statuses: Statuses,
    /// Response times from the actual start.
    pub latency: Latency,
    /// Response times from the intended start; empty where there was none.
    #[serde(default, skip_serializing_if = "Latency::is_empty")]
    pub from_intended: Latency,
    /// Where the time went.
    pub phases: PhaseTotals,
    /// Of the requests whose traces are kept, the slowest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slowest: Option<Traced>,
}

impl Transaction {
    pub(super) fn record(&mut self, sample: &Sample<'_>) {
        self.requests += 1;
        self.failures += u64::from(sample.outcome != Outcome::Passed);
        self.checks.record(sample.met);
        self.bytes += sample.bytes;
        if let Some(status) = sample.status {
            *self.statuses.entry(status).or_default() += 1;
        }
        self.latency.record(sample.elapsed);
        if let Some(from_intended) = sample.from_intended {
            self.from_intended.record(from_intended);
        }
        self.phases.record(&sample.phases);
    }

    /// Adds what `other` counted.
    pub fn merge(&mut self, other: &Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.failures = self.failures.saturating_add(other.failures);
        self.checks.merge(other.checks);
        self.bytes = self.bytes.saturating_add(other.bytes);
        for (status, count) in &other.statuses {
            let own = self.statuses.entry(*status).or_default();
            *own = own.saturating_add(*count);
        }
        self.latency.merge(&other.latency);
        self.from_intended.merge(&other.from_intended);
        self.phases.merge(&other.phases);
        self.slowest = self.slowest.max(other.slowest);
    }

    pub(super) fn clear(&mut self) {
        self.requests = 0;
        self.failures = 0;
        self.checks = Checks::default();
        self.bytes = 0;
        self.statuses.clear();
        self.latency.clear();
        self.from_intended.clear();
        self.phases = PhaseTotals::default();
        self.slowest = None;
    }
}
