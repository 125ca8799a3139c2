//! What a run is held to, and how it stands.

use std::time::Duration;

use serde::Serialize;

use crate::{
    plan::Plan,
    threshold::{Figures, Judged, Status, Threshold},
    totals::Totals,
};

/// What a run is held to, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThresholdView {
    /// What is looked at: `overall`, a transaction, or a pattern that matches none yet.
    pub subject: String,
    /// Which of its figures.
    pub metric: String,
    /// What the figure may be, such as `at most 300 ms`.
    pub limit: String,
    /// What it is; none if nothing was measured.
    pub value: Option<String>,
    /// `passed`, `crossed`, or `unknown` while nothing is measured: at the end that is crossed.
    pub state: &'static str,
    /// What else there is to know.
    pub hint: Option<String>,
    /// Whether the run ends if it is crossed.
    pub abort: bool,
}

impl ThresholdView {
    /// How all thresholds of a plan stand, `elapsed` since the test's start.
    pub fn so_far(plan: &Plan, totals: &Totals, elapsed: Duration) -> Vec<Self> {
        if plan.thresholds.is_empty() {
            return Vec::new();
        }
        let judged = Figures::so_far(plan, totals, elapsed).judge_all(&plan.thresholds, None);
        let unknown = |judged: &Judged| judged.status == Status::Unmeasured;
        let view = |judged: &Judged| match unknown(judged) {
            true => Self { state: "unknown", hint: None, ..Self::from(judged) },
            false => Self::from(judged),
        };
        judged.iter().map(view).collect()
    }
}

/// How one stands at the end.

impl From<&Judged> for ThresholdView {
    fn from(judged: &Judged) -> Self {
        let Threshold { metric, limit, abort, .. } = &judged.threshold;
        Self {
            subject: judged.subject(),
            metric: metric.to_string(),
            limit: format!("{} {limit}", judged.bound),
            value: judged.measured.map(|_| judged.value()),
            state: match judged.status {
                Status::Passed => "passed",
                Status::Crossed | Status::Unmeasured => "crossed",
            },
            hint: judged.hint.clone(),
            abort: abort.is_some(),
        }
    }
}
