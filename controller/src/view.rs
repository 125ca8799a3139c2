//! What a person sees of a run, while it goes on and after: the live page, the terminal's full
//! screen and `report.html` show the same.

mod chart;
mod generator;
mod heat;
mod lately;
mod live;
mod plan;
mod region;
mod row;
mod threshold;
mod trouble;

use std::{path::Path, time::Duration};

use engine::curve::Change;
use serde::Serialize;

pub use self::{
    chart::{Chart, Charts, RegionChart},
    generator::{GeneratorState, GeneratorView},
    heat::Heat,
    live::Live,
    plan::PlanView,
    region::RegionView,
    row::Row,
    threshold::ThresholdView,
    trouble::{ExceptionView, FailureView},
};
use crate::{plan::Plan, run_folder::Run, verdict::Verdict};

/// Everything there is to see at an instant. It is complete in itself, so that who missed others
/// misses nothing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct View {
    /// What goes on.
    pub state: State,
    /// What is being done, or why nothing could be.
    pub message: Option<String>,
    /// Which run.
    pub run: Option<RunView>,
    /// What was planned.
    pub plan: Option<PlanView>,
    /// Seconds since the test's start.
    pub elapsed_s: f64,
    /// The last seconds.
    pub now: Now,
    /// Counts so far.
    pub totals: Counts,
    /// All of it over time.
    pub chart: Chart,
    /// What was measured of each transaction.
    pub transactions: Vec<Row>,
    /// The same of all of them.
    pub aggregated: Option<Row>,
    /// Why requests failed, the most frequent first.
    pub failures: Vec<FailureView>,
    /// How many are left out.
    pub more_failures: usize,
    /// What went wrong in tasks, the most frequent first.
    pub exceptions: Vec<ExceptionView>,
    /// How many are left out.
    pub more_exceptions: usize,
    /// The regions, in order of their names.
    pub regions: Vec<RegionView>,
    /// The generators, the busiest first.
    pub generators: Vec<GeneratorView>,
    /// How many are left out.
    pub more_generators: usize,
    /// How much of the load that was planned until now was made.
    pub coverage: Option<CoverageView>,
    /// What functions have cost so far, dollars; none on this machine.
    pub cost_usd: Option<f64>,
    /// What it is held to, and how it stands.
    pub thresholds: Vec<ThresholdView>,
    /// How the number of users was changed, the newest last.
    pub changes: Vec<ChangeView>,
    /// What happened, as sentences, the newest last.
    pub notes: Vec<Note>,
    /// Whether the numbers can be trusted; none before the end.
    pub verdict: Option<Verdict>,
    /// What the shell is told; none before the end.
    pub exit_code: Option<u8>,
    /// The files of the run's folder; none before the end.
    pub files: Vec<FileView>,
}

/// What goes on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing yet.
    #[default]
    Idle,
    /// A run is being checked and started.
    Preparing,
    /// Load is made.
    Running,
    /// Its generators were told to stop.
    Stopping,
    /// It is over.
    Ended,
}

/// Which run.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct RunView {
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
    /// When it started, milliseconds since the Unix epoch.
    pub started_epoch_ms: u64,
    /// Where everything is kept.
    pub folder: String,
    /// Where its load comes from: `local` or `lambda`.
    pub backend: &'static str,
}

impl View {
    /// With the rates of the whole run in its tables instead of those of the last seconds.
    #[must_use]
    pub fn averaged(mut self, over: Duration) -> Self {
        for row in self.transactions.iter_mut().chain(&mut self.aggregated) {
            row.average(over);
        }
        self
    }
}

impl RunView {
    /// A run and where its folder is.
    pub fn new(run: &Run, plan: &Plan, folder: &Path) -> Self {
        Self {
            id: run.id.clone(),
            test: run.test.clone(),
            description: plan.description.clone(),
            environment: plan.environment.clone(),
            host: plan.host.clone(),
            started_epoch_ms: run.started_epoch_ms,
            folder: folder.display().to_string(),
            backend: plan.backend.name(),
        }
    }
}

/// The last seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Now {
    /// The last of them, since the test's start; none before the first report.
    pub second: Option<u32>,
    /// Users that ran at its end.
    pub users: u64,
    /// Requests per second.
    pub requests_per_s: f64,
    /// Failures per second.
    pub failures_per_s: f64,
    /// The median response time.
    pub p50_ms: Option<f64>,
    /// The 95th percentile.
    pub p95_ms: Option<f64>,
    /// The 99th percentile.
    pub p99_ms: Option<f64>,
}

/// Counts so far.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Arrivals that were dropped.
    pub dropped: u64,
    /// Errors of tasks themselves.
    pub exceptions: u64,
}

/// How much of the planned load was made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CoverageView {
    /// Covered to planned, 0 to 1; none if nothing was planned yet.
    pub ratio: Option<f64>,
    /// Generator-seconds that were planned.
    pub planned_s: f64,
    /// Those that were made.
    pub covered_s: f64,
}

/// A change of the number of users while a run went on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ChangeView {
    /// From when on, seconds since the test's start.
    pub at_s: f64,
    /// To how many.
    pub clients: u32,
    /// How fast, users per second.
    pub hatch_rate: f64,
}

impl From<&Change> for ChangeView {
    fn from(change: &Change) -> Self {
        Self {
            at_s: change.at.as_secs_f64(),
            clients: change.clients.get(),
            hatch_rate: change.hatch_rate.per_second(),
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Note {
    /// When, whole seconds since the test's start.
    pub at_s: u64,
    /// What, as a sentence.
    pub text: String,
}

/// A file of the run's folder.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}
