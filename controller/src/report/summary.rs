//! A run in a few figures.

use std::{collections::BTreeSet, time::Duration};

use engine::{api::ApiVersion, curve::RateCurve, scenario::Only, stats::Checks};
use serde::Serialize;

use super::Distribution;
use crate::{count::ratio, plan::Plan, run_folder::Run, totals::Totals};

/// What made a report.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Tool {
    /// `load-test`.
    pub name: &'static str,
    /// The version that ran the test.
    pub version: String,
}

/// Which run a report is about.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RunHeader {
    /// Unique over all runs.
    pub id: String,
    /// The test's name.
    pub test: String,
    /// What the test is for.
    pub description: String,
    /// The environment's name.
    pub environment: String,
    /// The base URL of the system under test.
    pub host: Option<String>,
    /// Which part of the scenario ran.
    pub only: Only,
    /// The APIs that were healthy before it, and their versions.
    pub apis: Vec<ApiVersion>,
    /// The instant of second 0, RFC 3339 in UTC.
    pub started: String,
    /// The same, milliseconds since the Unix epoch.
    pub started_epoch_ms: u64,
    /// The machine that started it.
    pub machine: String,
}

/// What was planned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanSummary {
    /// Users at the height of the test, as asked for.
    pub clients: u32,
    /// Users at the height of the test, as the curve reaches them.
    pub peak: u32,
    /// In the open model, how many tasks were to be begun.
    pub arrivals: Option<u32>,
    /// In the open model, how many of them in a second at most.
    pub arrivals_per_s: Option<f64>,
    /// How long the test runs.
    pub duration_s: f64,
    /// How long requests in flight may go on when the load ends.
    pub stop_timeout_s: f64,
    /// From which users' random choices follow; none for several runs that differ in it.
    pub seed: Option<u64>,
    /// Into how many intervals it is cut.
    pub intervals: usize,
    /// How many generators make its load, over all intervals.
    pub generators: usize,
    /// Where they run.
    pub regions: BTreeSet<String>,
    /// What was told before the start.
    pub warnings: Vec<String>,
}

/// Everything that was measured, in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Failed requests to all requests, 0 to 1; none without requests.
    pub failure_ratio: Option<f64>,
    /// Requests that met what was expected of them, and that did not.
    pub checks: Checks,
    /// Requests per second of `duration_s`.
    pub requests_per_s: f64,
    /// Failures per second of `duration_s`.
    pub failures_per_s: f64,
    /// The most users that ran at the end of a second.
    pub users_peak: u64,
    /// How long there was load, as measured.
    pub duration_s: f64,
    /// Bytes of response bodies.
    pub bytes: u64,
    /// Errors of tasks themselves.
    pub exceptions: u64,
    /// Arrivals that began no task, as no client was idle.
    pub dropped: u64,
    /// Requests cut off as they outlasted the stop timeout.
    pub cut_off: u64,
    /// Requests sent again on a new connection.
    pub resent: u64,
    /// Response times from the actual start.
    pub latency: Distribution,
}

/// Counts per second of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct PerSecond {
    seconds: f64,
}

impl PerSecond {
    /// A count per second; 0 if there was no time at all.
    #[expect(clippy::cast_precision_loss, reason = "counts of a test are below 2^52")]
    pub(super) fn of(self, count: u64) -> f64 {
        if self.seconds > 0.0 { count as f64 / self.seconds } else { 0.0 }
    }
}

impl Tool {
    pub(super) fn new(run: &Run) -> Self {
        Self { name: "load-test", version: run.version.clone() }
    }
}

impl RunHeader {
    pub(super) fn new(run: &Run, plan: &Plan) -> Self {
        Self {
            id: run.id.clone(),
            test: run.test.clone(),
            description: plan.description.clone(),
            environment: plan.environment.clone(),
            host: plan.host.clone(),
            only: plan.only.clone(),
            apis: run.apis.clone(),
            started: run.started.clone(),
            started_epoch_ms: run.started_epoch_ms,
            machine: run.machine.clone(),
        }
    }
}

impl PlanSummary {
    pub(super) fn new(plan: &Plan) -> Self {
        let rate = plan.load.arrivals().map(|arrivals| &arrivals.rate);
        let shares = || plan.intervals.iter().flat_map(|interval| &interval.shares);
        Self {
            clients: plan.clients.get(),
            peak: plan.peak,
            arrivals: rate.map(RateCurve::total),
            arrivals_per_s: rate.map(RateCurve::fastest),
            duration_s: plan.duration.as_secs_f64(),
            stop_timeout_s: plan.stop_timeout.as_secs_f64(),
            seed: Some(plan.seed),
            intervals: plan.intervals.len(),
            generators: shares().count(),
            regions: shares().map(|share| share.region.clone()).collect(),
            warnings: plan.warnings.clone(),
        }
    }
}

impl Summary {
    pub(super) fn new(totals: &Totals) -> Self {
        Self::over(totals.load_time(), totals)
    }

    /// With so much time of load.
    pub(super) fn over(duration: Duration, totals: &Totals) -> Self {
        let all = totals.stats().aggregated();
        let duration_s = duration.as_secs_f64();
        let per_second = PerSecond { seconds: duration_s };
        let endings = || totals.generators().filter_map(|(_, generator)| generator.ending());
        Self {
            requests: all.requests,
            failures: all.failures,
            failure_ratio: ratio(all.failures, all.requests),
            checks: all.checks,
            requests_per_s: per_second.of(all.requests),
            failures_per_s: per_second.of(all.failures),
            users_peak: totals.most_users(),
            duration_s,
            bytes: all.bytes,
            exceptions: totals.stats().exceptions().iter().map(|(_, seen)| seen.count).sum(),
            dropped: totals.dropped(),
            cut_off: endings().map(|ending| ending.cut_off).sum(),
            resent: endings().map(|ending| ending.resent).sum(),
            latency: Distribution::new(&all.latency),
        }
    }

    pub(super) fn per_second(&self) -> PerSecond {
        PerSecond { seconds: self.duration_s }
    }
}
