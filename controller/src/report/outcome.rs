//! How a run ended, and what went wrong in it.

use std::time::Duration;

use engine::stats::{Occurrences, Stats};
use serde::Serialize;

use crate::run_folder::{self, End, Ending};

/// How a run ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Outcome {
    /// How.
    pub how: How,
    /// Whether anything of what was planned is missing.
    pub partial: bool,
    /// What is to be said about it, as sentences.
    pub messages: Vec<String>,
}

/// The ways in which a run ends, the best first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// All intervals ran.
    Completed,
    /// Its user stopped it.
    Interrupted,
    /// A threshold ended it.
    Aborted,
    /// Something broke.
    Failed,
    /// It could not note its end.
    Killed,
}

impl How {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Interrupted => "interrupted",
            Self::Aborted => "aborted",
            Self::Failed => "failed",
            Self::Killed => "killed",
        }
    }
}

impl Outcome {
    pub(super) fn new(end: Option<&End>, complete: bool, problems: Vec<String>) -> Self {
        let how = match end.map(|end| end.how) {
            None => How::Killed,
            Some(Ending::Completed) => How::Completed,
            Some(Ending::Interrupted) => How::Interrupted,
            Some(Ending::Aborted) => How::Aborted,
            Some(Ending::Failed) => How::Failed,
        };
        let partial = how != How::Completed || !complete || !problems.is_empty();
        let mut messages = end.map(|end| end.messages.clone()).unwrap_or_default();
        messages.extend(problems);
        Self { how, partial, messages }
    }
}

/// A way in which a transaction failed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FailureReport {
    /// The request's method.
    pub method: String,
    /// The transaction's name.
    pub name: String,
    /// Why it failed.
    pub reason: String,
    /// How often, and when.
    #[serde(flatten)]
    pub seen: Tally,
}

/// An error of a task itself.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ExceptionReport {
    /// The task, with its user class.
    pub task: String,
    /// What it said.
    pub message: String,
    /// How often, and when.
    #[serde(flatten)]
    pub seen: Tally,
}

/// How often something happened, and when.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// When first, RFC 3339 in UTC, by the generator's clock.
    pub first_seen: String,
    /// When last, likewise.
    pub last_seen: String,
    /// When first, milliseconds since the Unix epoch.
    pub first_seen_epoch_ms: u64,
    /// When last, likewise.
    pub last_seen_epoch_ms: u64,
}

impl From<&Occurrences> for Tally {
    fn from(occurrences: &Occurrences) -> Self {
        let Occurrences { count, first_ms, last_ms } = *occurrences;
        Self {
            count,
            first_seen: run_folder::rfc3339(Duration::from_millis(first_ms)),
            last_seen: run_folder::rfc3339(Duration::from_millis(last_ms)),
            first_seen_epoch_ms: first_ms,
            last_seen_epoch_ms: last_ms,
        }
    }
}

pub(super) fn failures(stats: &Stats) -> Vec<FailureReport> {
    let failures = stats.failures().into_iter();
    failures
        .map(|(failure, occurrences)| FailureReport {
            method: failure.method.clone(),
            name: failure.name.clone(),
            reason: failure.reason.clone(),
            seen: occurrences.into(),
        })
        .collect()
}

pub(super) fn exceptions(stats: &Stats) -> Vec<ExceptionReport> {
    let exceptions = stats.exceptions().into_iter();
    exceptions
        .map(|(exception, occurrences)| ExceptionReport {
            task: exception.task.clone(),
            message: exception.message.clone(),
            seen: occurrences.into(),
        })
        .collect()
}
