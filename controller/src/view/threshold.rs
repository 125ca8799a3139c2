//! How thresholds stand.

use serde::Serialize;

use crate::threshold::{Judged, Status};

/// What has become of a threshold so far, for one of the transactions that it is for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ThresholdView {
    /// What is judged: `overall`, or a transaction.
    pub subject: String,
    /// Which figure of it.
    pub metric: String,
    /// What it may be, such as `at most 300 ms`.
    pub limit: String,
    /// What it is, if anything was measured.
    pub value: Option<String>,
    /// How it stands.
    pub state: ThresholdState,
    /// Whether it ends the run when it is crossed.
    pub abort: bool,
}

/// How a threshold stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdState {
    /// The value is on the right side of the limit.
    Passed,
    /// It is not.
    Crossed,
    /// Nothing was measured so far.
    Unknown,
}

impl From<Judged> for ThresholdView {
    fn from(judged: Judged) -> Self {
        let threshold = &judged.threshold;
        Self {
            subject: judged.subject(),
            metric: threshold.metric.to_string(),
            limit: format!("{} {}", judged.bound, threshold.limit),
            value: judged.measured.map(|_| judged.value()),
            state: match judged.status {
                Status::Passed => ThresholdState::Passed,
                Status::Crossed => ThresholdState::Crossed,
                Status::Unmeasured => ThresholdState::Unknown,
            },
            abort: threshold.abort.is_some(),
        }
    }
}
