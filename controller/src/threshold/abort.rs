//! Thresholds that end a run when they are crossed.

use std::time::Duration;

use engine::{duration, stats::Key};
use serde::{Deserialize, Serialize};

use super::{Figures, Judged, Quantity, Status, Threshold, judged::subject};
use crate::{plan::Plan, totals::Totals};

/// The time from a test's start before which a threshold does not end it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Grace(#[serde(with = "engine::duration::seconds")] pub Duration);

/// A threshold that has ended a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Aborted {
    /// Which, by its place in the plan.
    pub threshold: usize,
    /// Of which transaction; none for all of them as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Key>,
    /// When, and at what.
    pub crossing: Crossing,
}

/// When a threshold ended a run, and what was measured until then.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Crossing {
    /// When, since the test's start.
    #[serde(rename = "at_s", with = "engine::duration::seconds")]
    pub at: Duration,
    /// What was measured until then.
    pub measured: Quantity,
}

impl Aborted {
    /// The first threshold that ends a run now, `at` since the test's start, if any does. One of
    /// which nothing was measured is not crossed before the run's own end.
    pub fn look(plan: &Plan, totals: &Totals, at: Duration) -> Option<Self> {
        let due = |t: &Threshold| t.abort.is_some_and(|Grace(grace)| at >= grace);
        let due = plan.thresholds.iter().enumerate().filter(|(_, threshold)| due(threshold));
        let due: Vec<_> = due.collect();
        if due.is_empty() {
            return None;
        }
        let figures = Figures::so_far(plan, totals, at);
        due.into_iter()
            .flat_map(|(place, threshold)| figures.judge(place, threshold))
            .find(|judged| judged.status == Status::Crossed)
            .and_then(|judged| Self::of(judged, at))
    }

    fn of(judged: Judged, at: Duration) -> Option<Self> {
        let Judged { place, transaction, measured, .. } = judged;
        let crossing = Crossing { at, measured: measured? };
        Some(Self { threshold: place, transaction, crossing })
    }

    /// What happened, as a sentence without its full stop. The thresholds are those of the plan.
    pub fn message(&self, thresholds: &[Threshold]) -> String {
        let Crossing { at, measured } = self.crossing;
        let at = duration::format(Duration::from_secs(at.as_secs()));
        let Some(threshold) = thresholds.get(self.threshold) else {
            return format!("a threshold ended the run after {at}");
        };
        let subject = subject(self.transaction.as_ref(), threshold);
        let measured = measured.beside(threshold.limit);
        let Threshold { metric, limit, .. } = threshold;
        let bound = metric.bound();
        format!(
            "a threshold ended the run after {at}: {metric} of {subject} was {measured}, expected \
             {bound} {limit}"
        )
    }
}
