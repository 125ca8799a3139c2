//! A request that failed, in detail.

use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;

use crate::{stats::Phases, trace::TraceId};

/// A request that failed, in detail. Secrets are masked in all of it.
#[derive(Clone, Debug)]
pub struct FailedRequest {
    /// When it began.
    pub at: SystemTime,
    /// The user's number.
    pub user: u32,
    /// The user's class.
    pub class: String,
    /// Its method.
    pub method: String,
    /// The transaction it counts under.
    pub name: String,
    /// Where it went; none of what is no HTTP request.
    pub url: Option<String>,
    /// The HTTP status, if a response came.
    pub status: Option<u16>,
    /// Why it failed.
    pub reason: String,
    /// What was expected of the response and not met, and what was found instead.
    pub unmet: Vec<Unmet>,
    /// The body's beginning, as far as it was kept, if a response came.
    pub body: Option<String>,
    /// From its start to its end.
    pub elapsed: Duration,
    /// Where the time went.
    pub phases: Phases,
    /// Its trace, if the target was asked to keep it.
    pub trace: Option<TraceId>,
}

/// An expectation that was not met.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unmet {
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
}

/// How much of the requests that failed is wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// The most of them, per second and generator. What is beyond is counted in the statistics
    /// only.
    pub per_second: u32,
    /// Of each body, at most so many bytes.
    pub body: usize,
}

/// Where requests that failed are told, one by one. What finds no room is left out.
#[derive(Clone, Debug)]
pub struct Failures {
    /// Where.
    pub to: mpsc::Sender<FailedRequest>,
    /// How much.
    pub wanted: Wanted,
}
