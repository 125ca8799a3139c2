//! One level of load, and whether the system held it.

use std::{ops::Range, time::Duration};

use engine::frame::Body;
use serde::Serialize;

use crate::{
    count::{float, ratio},
    grouped::counted,
    millis::millis,
    plan::Plan,
    report::{How, Report},
    run_folder::{RunFolder, RunFolderError},
    threshold::{self, Figures, Judged, Metric, Threshold},
    totals::Totals,
    verdict::Status,
};

/// Fewer requests do not tell whether a level is held.
const FEWEST_REQUESTS: u64 = 10;

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
    /// Judges a run, `all` of which was measured, by the part in which its level was `held`: until
    /// then users hatch.
    ///
    /// # Errors
    ///
    /// Its frames cannot be read.
    pub fn of(
        level: u32,
        folder: &RunFolder,
        report: &Report,
        all: &Totals,
        held: &Range<Duration>,
    ) -> Result<Self, RunFolderError> {
        let plan = folder.plan()?;
        let load_end = all.load_times().map_or(held.end, |load| load.to);
        let held = held.start..held.end.min(load_end).max(held.start);
        let since = replayed(folder, &(held.start..Duration::MAX))?;
        let during = replayed(folder, &held)?;
        let measured = Measured {
            all: Figures::of(&plan, all),
            since: Figures::within(&plan, &since, &held),
            during: Figures::within(&plan, &during, &held),
            unended: report.summary.cut_off > 0,
        };
        let requests = during.overall().requests;
        let (verdict, reasons) = outcome(report, &measured.judge_all(&plan), requests);
        let overall = since.overall();
        let latency = |percentile| overall.latency.percentile(percentile).map(millis);
        let time = (held.end - held.start).as_secs_f64();
        Ok(Self {
            level,
            held: verdict,
            reasons,
            requests_per_s: if time > 0.0 { float(requests) / time } else { 0.0 },
            failure_ratio: ratio(overall.failures, overall.requests),
            p50_ms: latency(50.0),
            p95_ms: latency(95.0),
            p99_ms: latency(99.0),
            folder: folder.path().display().to_string(),
        })
    }
}

/// What was measured in the seconds that begin in a part of a run.
fn replayed(folder: &RunFolder, part: &Range<Duration>) -> Result<Totals, RunFolderError> {
    let mut totals = Totals::default();
    folder.replay(|frame| {
        let Body::Second(second) = &frame.body else { return };
        if part.contains(&Duration::from_secs(second.second.into())) {
            totals.absorb(frame);
        }
    })?;
    Ok(totals)
}

/// What thresholds look at.
struct Measured<'a> {
    /// All of the run.
    all: Figures<'a>,
    /// From when on the level was held, with the requests in flight that ended after it.
    since: Figures<'a>,
    /// While it was held and no longer, as a rate is counted.
    during: Figures<'a>,
    /// Whether there are requests whose ends nobody knows.
    unended: bool,
}

impl Measured<'_> {
    fn judge_all(&self, plan: &Plan) -> Vec<Judged> {
        plan.thresholds.iter().enumerate().flat_map(|(at, it)| self.judge(at, it)).collect()
    }

    fn judge(&self, place: usize, threshold: &Threshold) -> Vec<Judged> {
        let figures = match threshold.metric {
            Metric::Coverage => &self.all,
            Metric::RequestsPerS => &self.during,
            _ => &self.since,
        };
        let judged = figures.judge(place, threshold);
        // What users do once, such as signing in, is over when all have hatched. If no request was
        // cut off, what was not measured since was not made.
        let is_over = threshold.pattern.is_some()
            && !self.unended
            && judged.iter().all(|judged| judged.status == threshold::Status::Unmeasured);
        if is_over { self.all.judge(place, threshold) } else { judged }
    }
}

/// What the thresholds say of a level, if so many requests can say anything.
fn outcome(report: &Report, judged: &[Judged], requests: u64) -> (Held, Vec<String>) {
    let crossed: Vec<_> = judged.iter().filter(|judged| !judged.is_passed()).map(reason).collect();
    let aborted = report.thresholds.iter().filter(|judged| judged.aborted.is_some());
    let aborted: Vec<_> = aborted.map(reason).collect();
    let doubts = || report.end.messages.iter().chain(&report.verdict.reasons).cloned().collect();
    let ended = [How::Interrupted, How::Failed, How::Killed].contains(&report.end.how);
    if ended || report.verdict.status == Status::Invalid {
        return (Held::Unknown, doubts());
    }
    if !aborted.is_empty() {
        return (Held::Broken, aborted);
    }
    if report.end.partial {
        return (Held::Unknown, doubts());
    }
    if requests < FEWEST_REQUESTS {
        let few = format!(
            "{} while the level was held, which tell too little: raise --hold",
            counted(requests, "request")
        );
        return (Held::Unknown, vec![few]);
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
