//! What became of a threshold.

use std::time::Duration;

use engine::{duration, stats::Key};
use serde::Serialize;

use super::{Aborted, Bound, Crossing, Quantity, Threshold};

/// What became of a threshold, for one of the transactions that it is for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    /// Its place in the plan.
    #[serde(skip)]
    pub place: usize,
    /// The threshold.
    #[serde(flatten)]
    pub threshold: Threshold,
    /// On which side of the limit the figure is to be.
    pub bound: Bound,
    /// The transaction; none for all of them as one, or where the pattern matches none.
    pub transaction: Option<Key>,
    /// What was measured, if anything was.
    pub measured: Option<Quantity>,
    /// What became of it.
    pub status: Status,
    /// What else there is to know: a sentence without its full stop.
    pub hint: Option<String>,
    /// How it ended the run, if it did.
    pub aborted: Option<Crossing>,
}

/// What became of a threshold.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The value is on the right side of the limit.
    Passed,
    /// It is not; or it was not when that ended the run.
    Crossed,
    /// Nothing was measured, so nothing was kept: a gate stays shut.
    Unmeasured,
}

impl Status {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Crossed => "crossed",
            Self::Unmeasured => "nothing measured",
        }
    }
}

impl Judged {
    /// Whether it lets the release out.
    pub fn is_passed(&self) -> bool {
        self.status == Status::Passed
    }

    /// What was judged: `overall`, a transaction as `METHOD name`, or a pattern that matches none.
    pub fn subject(&self) -> String {
        subject(self.transaction.as_ref(), &self.threshold)
    }

    /// The value as it is read beside its limit.
    pub fn value(&self) -> String {
        let limit = self.threshold.limit;
        self.measured.map_or_else(|| "N/A".into(), |measured| measured.beside(limit))
    }

    /// The same, if it is what ended the run: crossed, whatever the requests that still came have
    /// made of the value.
    #[must_use]
    pub fn with_abort(self, aborted: Option<&Aborted>) -> Self {
        let is_it = |aborted: &&Aborted| {
            aborted.threshold == self.place && aborted.transaction == self.transaction
        };
        let Some(Aborted { crossing, .. }) = aborted.filter(is_it) else { return self };
        let then = crossing.measured.beside(self.threshold.limit);
        let at = duration::format(Duration::from_secs(crossing.at.as_secs()));
        let hint = format!("ended the run after {at}, at {then}");
        Self { status: Status::Crossed, hint: Some(hint), aborted: Some(*crossing), ..self }
    }
}

pub(super) fn subject(transaction: Option<&Key>, threshold: &Threshold) -> String {
    match transaction {
        Some(Key { method, name }) => format!("{method} {name}"),
        None => threshold.subject().into(),
    }
}
