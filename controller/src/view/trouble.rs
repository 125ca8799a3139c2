//! What went wrong, the most frequent first.

use std::cmp::Reverse;

use engine::stats::{Occurrences, Stats};
use serde::Serialize;

/// How many of each kind are shown.
const MOST: usize = 100;

/// A way in which a transaction failed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FailureView {
    /// The request's method.
    pub method: String,
    /// The transaction's name.
    pub name: String,
    /// Why it failed.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// When first, milliseconds since the Unix epoch, by the generator's clock.
    pub first_seen_epoch_ms: u64,
    /// When last.
    pub last_seen_epoch_ms: u64,
}

/// An error of a task itself.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ExceptionView {
    /// The task, with its user class.
    pub task: String,
    /// What it said.
    pub message: String,
    /// How often.
    pub count: u64,
    /// When first, milliseconds since the Unix epoch, by the generator's clock.
    pub first_seen_epoch_ms: u64,
    /// When last.
    pub last_seen_epoch_ms: u64,
}

/// The most frequent failures, and how many more there are.
pub(super) fn failures(stats: &Stats) -> (Vec<FailureView>, usize) {
    let (frequent, more) = frequent(stats.failures());
    let views = frequent.into_iter().map(|(failure, seen)| FailureView {
        method: failure.method.clone(),
        name: failure.name.clone(),
        reason: failure.reason.clone(),
        count: seen.count,
        first_seen_epoch_ms: seen.first_ms,
        last_seen_epoch_ms: seen.last_ms,
    });
    (views.collect(), more)
}

/// The most frequent exceptions, and how many more there are.
pub(super) fn exceptions(stats: &Stats) -> (Vec<ExceptionView>, usize) {
    let (frequent, more) = frequent(stats.exceptions());
    let views = frequent.into_iter().map(|(exception, seen)| ExceptionView {
        task: exception.task.clone(),
        message: exception.message.clone(),
        count: seen.count,
        first_seen_epoch_ms: seen.first_ms,
        last_seen_epoch_ms: seen.last_ms,
    });
    (views.collect(), more)
}

fn frequent<T>(mut all: Vec<(T, &Occurrences)>) -> (Vec<(T, &Occurrences)>, usize) {
    all.sort_by_key(|(_, seen)| Reverse(seen.count));
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    (all, more)
}
