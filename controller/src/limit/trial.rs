//! One level of load, and whether the system held it.

use std::time::Duration;

use engine::frame::Body;
use serde::Serialize;

use crate::{
    millis::millis,
    plan::Plan,
    report::Report,
    run_folder::{RunFolder, RunFolderError},
    threshold::{Figures, Judged, Metric, Threshold},
    totals::Totals,
    verdict::Status,
};

/// A level that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// The level.
    pub level: u32,
    /// Whether it was held.
    pub held: Held,
    /// Why not, as sentences.
    pub reasons: Vec<String>,
    /// Requests per second while the level was held.
    pub requests_per_s: f64,
    /// Failed requests to all requests, 0 to 1, likewise; none without requests.
    pub failure_ratio: Option<f64>,
    /// The median response time, likewise.
    pub p50_ms: Option<f64>,
    /// The 95th percentile, likewise.
    pub p95_ms: Option<f64>,
    /// The 99th percentile, likewise.
    pub p99_ms: Option<f64>,
    /// The folder of its run.
    pub folder: String,
}

/// Whether a level was held.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// No threshold was crossed.
    Held,
    /// One was.
    Broken,
    /// The numbers say nothing of the system under test: the run did not come to its end, or the
    /// generators themselves were the bottleneck.
    Unknown,
}

impl Held {
    /// The word in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Broken => "broke",
            Self::Unknown => "unknown",
        }
    }
}

impl Trial {
    /// Judges a run by what was measured from `steady` since its start on: until then users hatch.
    ///
    /// # Errors
    ///
    /// Its frames cannot be read.
    pub fn of(
        level: u32,
        folder: &RunFolder,
        report: &Report,
        steady: Duration,
    ) -> Result<Self, RunFolderError> {
        let plan = folder.plan()?;
        let (all, held) = (replayed(folder, Duration::ZERO)?, replayed(folder, steady)?);
        let judged = judged(&plan, &all, &held);
        let (verdict, reasons) = outcome(report, &judged);
        let overall = held.overall();
        let latency = |percentile| overall.latency.percentile(percentile).map(millis);
        let time = held.load_time().as_secs_f64();
        Ok(Self {
            level,
            held: verdict,
            reasons,
            requests_per_s: if time > 0.0 { float(overall.requests) / time } else { 0.0 },
            failure_ratio: (overall.requests > 0)
                .then(|| float(overall.failures) / float(overall.requests)),
            p50_ms: latency(50.0),
            p95_ms: latency(95.0),
            p99_ms: latency(99.0),
            folder: folder.path().display().to_string(),
        })
    }
}

/// What was measured from an instant on. All of it has the generators' ends; a part of it is known
/// by its seconds.
fn replayed(folder: &RunFolder, from: Duration) -> Result<Totals, RunFolderError> {
    let mut totals = Totals::default();
    folder.replay(|frame| {
        let counts = match &frame.body {
            Body::Second(second) => Duration::from_secs(second.second.into()) >= from,
            Body::Final(_) => from.is_zero(),
        };
        if counts {
            totals.absorb(frame);
        }
    })?;
    Ok(totals)
}

/// What has become of the thresholds: while the level was held, but coverage over all of it.
fn judged(plan: &Plan, all: &Totals, held: &Totals) -> Vec<Judged> {
    let is_of_all = |threshold: &Threshold| threshold.metric == Metric::Coverage;
    let (of_all, of_held): (Vec<_>, Vec<_>) = plan.thresholds.iter().cloned().partition(is_of_all);
    let of_held = Figures::of(plan, held).judge_all(&of_held, None);
    of_held.into_iter().chain(Figures::of(plan, all).judge_all(&of_all, None)).collect()
}

fn outcome(report: &Report, judged: &[Judged]) -> (Held, Vec<String>) {
    let crossed: Vec<_> = judged.iter().filter(|judged| !judged.is_passed()).map(reason).collect();
    let aborted = report.thresholds.iter().filter(|judged| judged.aborted.is_some());
    let aborted: Vec<_> = aborted.map(reason).collect();
    let doubts = || report.end.messages.iter().chain(&report.verdict.reasons).cloned().collect();
    if report.verdict.status == Status::Invalid {
        return (Held::Unknown, doubts());
    }
    if !aborted.is_empty() {
        return (Held::Broken, aborted);
    }
    if report.end.partial {
        return (Held::Unknown, doubts());
    }
    if crossed.is_empty() { (Held::Held, crossed) } else { (Held::Broken, crossed) }
}

fn reason(judged: &Judged) -> String {
    let Judged { threshold, hint, .. } = judged;
    let hint = hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
    format!(
        "{} of {} was {}, expected {} {}{hint}",
        threshold.metric,
        judged.subject(),
        judged.value(),
        judged.bound,
        threshold.limit,
    )
}

#[expect(clippy::cast_precision_loss, reason = "counts of a test are below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}
