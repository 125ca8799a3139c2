//! What was planned, for a page.

use std::collections::BTreeSet;

use engine::{hatch_rate::HatchRate, load::Load};
use serde::Serialize;

use crate::plan::Plan;

/// What was planned.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlanView {
    /// How long the test runs.
    pub duration_s: f64,
    /// Users at the height of the test.
    pub peak: u32,
    /// Users at the height of the test, as asked for.
    pub clients: u32,
    /// Users started per second, where the profile says so in one number.
    pub hatch_rate: Option<f64>,
    /// How many generators make its load, over all intervals.
    pub generators: usize,
    /// Into how many intervals it is cut.
    pub intervals: usize,
    /// Where one interval ends and the next begins, seconds since the test's start.
    pub cuts_s: Vec<f64>,
    /// Where the generators run.
    pub regions: BTreeSet<String>,
    /// In the open model, how many tasks are begun in a second at most.
    pub arrivals_per_s: Option<f64>,
    /// Users over time, as `[seconds, users]`, linear between the points; in the open model tasks
    /// per second.
    pub curve: Vec<(f64, f64)>,
    /// What a person should know before the start.
    pub warnings: Vec<String>,
    /// What the functions cost, dollars; none on this machine.
    pub expected_usd: Option<f64>,
    /// What they may cost at most.
    pub at_most_usd: Option<f64>,
}

impl PlanView {
    /// A plan, and the load that is made now, which may have been changed since.
    pub fn new(plan: &Plan, load: &Load) -> Self {
        let shares = || plan.intervals.iter().flat_map(|interval| &interval.shares);
        let cuts = plan.intervals.iter().skip(1).map(|interval| interval.window.from());
        let points = load.points().iter();
        Self {
            duration_s: plan.duration.as_secs_f64(),
            peak: load.peak(),
            clients: plan.clients.get(),
            hatch_rate: plan.hatch_rate.map(HatchRate::per_second),
            generators: shares().count(),
            intervals: plan.intervals.len(),
            cuts_s: cuts.map(|cut| cut.as_secs_f64()).collect(),
            regions: shares().map(|share| share.region.clone()).collect(),
            arrivals_per_s: load.arrivals().map(|arrivals| arrivals.rate.fastest()),
            curve: points.map(|point| (point.at.as_secs_f64(), point.level)).collect(),
            warnings: plan.warnings.clone(),
            expected_usd: plan.cost.as_ref().map(|cost| cost.expected.total_usd.0),
            at_most_usd: plan.cost.as_ref().map(|cost| cost.at_most.total_usd.0),
        }
    }
}
