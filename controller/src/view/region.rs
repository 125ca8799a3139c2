//! A region at a glance.

use engine::stats::Transaction;
use serde::Serialize;

use super::{generator, row::percentile};
use crate::{
    plan::Plan,
    totals::{RegionSecond, Totals},
};

/// Over how many seconds rates are taken.
const RECENT: u32 = 5;

/// What was measured from a region.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegionView {
    /// Its name.
    pub region: String,
    /// How many generators were planned in it, over all intervals.
    pub generators: usize,
    /// How many of them run.
    pub running: usize,
    /// Users that ran at the end of the last second.
    pub users: u64,
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Requests per second of the last seconds.
    pub requests_per_s: f64,
    /// Failures per second of the last seconds.
    pub failures_per_s: f64,
    /// The median response time.
    pub p50_ms: Option<f64>,
    /// The 95th percentile.
    pub p95_ms: Option<f64>,
    /// The 99th percentile.
    pub p99_ms: Option<f64>,
}

pub(super) fn regions(plan: &Plan, totals: &Totals) -> Vec<RegionView> {
    totals.regions().map(|(region, all)| RegionView::new(plan, totals, region, all)).collect()
}

impl RegionView {
    fn new(plan: &Plan, totals: &Totals, region: &str, all: &Transaction) -> Self {
        let shares = plan.intervals.iter().flat_map(|interval| &interval.shares);
        let last = totals.settled().unwrap_or_default();
        let recent = (0..RECENT).filter_map(|back| last.checked_sub(back));
        let recent: Vec<RegionSecond> = recent.map(|at| totals.region_at(region, at)).collect();
        let rate = |count: fn(&RegionSecond) -> u64| rate(recent.iter().map(count));
        Self {
            region: region.to_owned(),
            generators: shares.filter(|share| share.region == region).count(),
            running: generator::running(totals, region),
            users: recent.first().map_or(0, |second| second.users),
            requests: all.requests,
            failures: all.failures,
            requests_per_s: rate(|second| second.requests),
            failures_per_s: rate(|second| second.failures),
            p50_ms: percentile(&all.latency, 50.0),
            p95_ms: percentile(&all.latency, 95.0),
            p99_ms: percentile(&all.latency, 99.0),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of some seconds are far below 2^52")]
fn rate(counts: impl ExactSizeIterator<Item = u64>) -> f64 {
    let seconds = counts.len().max(1) as f64;
    counts.sum::<u64>() as f64 / seconds
}
