//! A run of which only the summary is read.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader},
};

use serde::{Deserialize, Serialize};

use super::RunPlace;
use crate::{causes::with_causes, report::json};

/// A run, as far as a history tells of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Past {
    /// Its folder.
    pub folder: String,
    /// When it started, RFC 3339 in UTC; none if its `run.json` cannot be read.
    pub started: Option<String>,
    /// What its report says.
    #[serde(flatten)]
    pub found: Found,
}

/// What a run's folder says of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// There is a report.
    Report(Box<Brief>),
    /// There is none, as of a run that was killed, or goes on.
    NoReport,
    /// There is one that cannot be read.
    Broken {
        /// Why.
        reason: String,
    },
}

/// A run in a few figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Brief {
    /// Users at the height of the test.
    pub users: u64,
    /// How long there was load, seconds.
    pub duration_s: f64,
    /// Requests, failed ones included.
    pub requests: u64,
    /// Requests per second.
    pub requests_per_s: f64,
    /// Failed requests to all requests, 0 to 1; none without requests.
    pub failure_ratio: Option<f64>,
    /// Milliseconds; none without requests.
    pub p50_ms: Option<f64>,
    /// Milliseconds.
    pub p95_ms: Option<f64>,
    /// Milliseconds.
    pub p99_ms: Option<f64>,
    /// Whether its numbers can be trusted: `valid`, `doubtful` or `invalid`.
    pub verdict: String,
    /// Whether it passed its thresholds; none if it has none.
    pub passed: Option<bool>,
    /// How it ended.
    pub how: String,
    /// Whether anything of what was planned is missing.
    pub partial: bool,
}

impl Past {
    /// Reads the report of a run, but neither its seconds nor its histograms.
    pub fn read(place: &RunPlace) -> Self {
        let found = match File::open(place.path.join(json::FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::NoReport,
            Err(error) => Found::Broken { reason: with_causes(&error) },
            Ok(file) => match serde_json::from_reader(BufReader::with_capacity(1 << 16, file)) {
                Ok(report) => Found::Report(Box::new(Brief::new(report))),
                Err(error) => Found::Broken { reason: error.to_string() },
            },
        };
        Self { folder: place.path.display().to_string(), started: place.started.clone(), found }
    }

    /// Its figures, if it has a report.
    pub fn brief(&self) -> Option<&Brief> {
        if let Found::Report(brief) = &self.found { Some(brief) } else { None }
    }
}

impl Brief {
    fn new(read: Read) -> Self {
        let Read { plan, end, summary, thresholds, verdict } = read;
        let percentile = |name: &str| summary.latency.percentiles_ms.get(name).copied();
        let passed = |judged: &Judged| judged.status == "passed";
        Self {
            users: plan.peak,
            duration_s: summary.duration_s,
            requests: summary.requests,
            requests_per_s: summary.requests_per_s,
            failure_ratio: summary.failure_ratio,
            p50_ms: percentile("50"),
            p95_ms: percentile("95"),
            p99_ms: percentile("99"),
            verdict: verdict.status,
            passed: (!thresholds.is_empty()).then(|| thresholds.iter().all(passed)),
            how: end.how,
            partial: end.partial,
        }
    }
}

/// What of `report.json` is read. Everything else is passed over without being kept.
#[derive(Deserialize)]
#[serde(expecting = "an object of a report")]
struct Read {
    plan: ReadPlan,
    end: ReadEnd,
    summary: ReadSummary,
    #[serde(default)]
    thresholds: Vec<Judged>,
    verdict: ReadVerdict,
}

#[derive(Deserialize)]
#[serde(expecting = "an object of a report")]
struct ReadPlan {
    peak: u64,
}

#[derive(Deserialize)]
#[serde(expecting = "an object of a report")]
struct ReadEnd {
    how: String,
    partial: bool,
}

#[derive(Deserialize)]
#[serde(expecting = "an object of a report")]
struct ReadSummary {
    requests: u64,
    requests_per_s: f64,
    failure_ratio: Option<f64>,
    duration_s: f64,
    latency: ReadLatency,
}

#[derive(Deserialize)]
#[serde(expecting = "an object of a report")]
struct ReadLatency {
    percentiles_ms: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object of a report")]
struct Judged {
    #[serde(default)]
    status: String,
}

#[derive(Deserialize)]
#[serde(expecting = "an object of a report")]
struct ReadVerdict {
    status: String,
}
