//! What was measured of a transaction in a stretch of a run.

use engine::stats::{Latency, Transaction};

/// What is not added up yet is so when there is more of it.
const MOST_PENDING: usize = 1_024;

/// Counts and times of a transaction in a stretch of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) requests: u64,
    pub(super) failures: u64,
    /// The sum of its times, microseconds.
    pub(super) sum_us: u64,
    /// The longest of its times, microseconds.
    pub(super) max_us: u64,
    /// The highest value of each bucket, and how often it was counted: ascending up to `added`.
    buckets: Vec<(u64, u64)>,
    added: usize,
}

impl Cell {
    pub(super) fn absorb(&mut self, transaction: &Transaction) {
        let Transaction { requests, failures, latency, .. } = transaction;
        self.absorb_part(*requests, *failures, latency);
    }

    pub(super) fn absorb_part(&mut self, requests: u64, failures: u64, latency: &Latency) {
        self.requests = self.requests.saturating_add(requests);
        self.failures = self.failures.saturating_add(failures);
        self.sum_us = self.sum_us.saturating_add(micros(latency.sum()));
        self.max_us = self.max_us.max(latency.max().map_or(0, micros));
        self.take(latency.buckets());
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.failures = self.failures.saturating_add(other.failures);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
        self.max_us = self.max_us.max(other.max_us);
        self.take(other.buckets.iter().copied());
    }

    /// Each bucket once, ascending.
    pub(super) fn into_buckets(mut self) -> Vec<(u64, u64)> {
        self.add_up();
        self.buckets
    }

    fn take(&mut self, buckets: impl Iterator<Item = (u64, u64)>) {
        self.buckets.extend(buckets);
        if self.buckets.len() > 2 * self.added + MOST_PENDING {
            self.add_up();
        }
    }

    fn add_up(&mut self) {
        self.buckets.sort_unstable_by_key(|(value, _)| *value);
        self.buckets.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
        self.added = self.buckets.len();
    }
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
