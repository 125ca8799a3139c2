//! What was measured from one region.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::Serialize;

use super::{Distribution, summary::PerSecond};
use crate::{
    attempts::{self, Attempts},
    millis::millis,
    plan::Plan,
    totals::Totals,
};

/// One region: all its transactions and generators as one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegionReport {
    /// Its name.
    pub region: String,
    /// How many generators were planned in it, over all intervals.
    pub generators: usize,
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Requests per second of the run.
    pub requests_per_s: f64,
    /// Failures per second of the run.
    pub failures_per_s: f64,
    /// Response times from the actual start.
    pub latency: Distribution,
    /// How much later than that of the earliest region its load began; none if nobody told.
    pub start_skew_ms: Option<f64>,
}

/// The regions of the plan, and those from which anything came, in order.
pub(super) fn reports(plan: &Plan, totals: &Totals, per_second: PerSecond) -> Vec<RegionReport> {
    let mut planned: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, share) in attempts::planned(plan) {
        *planned.entry(&share.region).or_default() += 1;
    }
    let begins = begins(plan, totals);
    let earliest = begins.values().min();
    let names: BTreeSet<&str> =
        planned.keys().copied().chain(totals.regions().map(|(name, _)| name)).collect();
    let measured: BTreeMap<_, _> = totals.regions().collect();
    let report = |region: &str| {
        let all = measured.get(region);
        let (requests, failures) = all.map_or((0, 0), |all| (all.requests, all.failures));
        let begin = begins.get(region).zip(earliest);
        RegionReport {
            region: region.into(),
            generators: planned.get(region).copied().unwrap_or_default(),
            requests,
            failures,
            requests_per_s: per_second.of(requests),
            failures_per_s: per_second.of(failures),
            latency: all.map(|all| Distribution::new(&all.latency)).unwrap_or_default(),
            start_skew_ms: begin.map(|(own, earliest)| millis(*own - *earliest)),
        }
    };
    names.into_iter().map(report).collect()
}

/// When the first generator of each region began to make load, in the plan's first interval.
fn begins<'a>(plan: &'a Plan, totals: &'a Totals) -> BTreeMap<&'a str, Duration> {
    let attempts = Attempts::of(totals);
    let mut begins: BTreeMap<&str, Duration> = BTreeMap::new();
    for interval in plan.intervals.iter().take(1) {
        for share in &interval.shares {
            if let Some(load) = attempts.begin(interval.index, share) {
                let begin = begins.entry(&share.region).or_insert(load.from);
                *begin = load.from.min(*begin);
            }
        }
    }
    begins
}
