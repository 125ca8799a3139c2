//! One of the runs of a comparison.

use serde::Serialize;

use super::Recording;
use crate::{report::How, verdict::Status};

/// One of the runs of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// Its folder.
    pub folder: String,
    /// Unique over all runs.
    pub id: String,
    /// The test's name.
    pub test: String,
    /// When it started, RFC 3339 in UTC.
    pub started: String,
    /// The environment's name.
    pub environment: String,
    /// The base URL of the system under test.
    pub host: Option<String>,
    /// Users at the height of the test.
    pub users: u32,
    /// How long there was load, seconds.
    pub duration_s: f64,
    /// Requests, failed ones included.
    pub requests: u64,
    /// How it ended.
    pub how: How,
    /// Whether anything of what was planned is missing.
    pub partial: bool,
    /// Whether its numbers can be trusted.
    pub verdict: Status,
}

impl Side {
    pub(super) fn new(recording: &Recording) -> Self {
        let Recording { folder, report, .. } = recording;
        Self {
            folder: folder.display().to_string(),
            id: report.run.id.clone(),
            test: report.run.test.clone(),
            started: report.run.started.clone(),
            environment: report.run.environment.clone(),
            host: report.run.host.clone(),
            users: report.plan.peak,
            duration_s: report.summary.duration_s,
            requests: report.summary.requests,
            how: report.end.how,
            partial: report.end.partial,
            verdict: report.verdict.status,
        }
    }
}
