//! What a profile asks of a run: limits that decide whether a release may go out.

mod abort;
mod figures;
mod judged;
mod metric;
mod pattern;
mod quantity;

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

pub use self::{
    abort::{Aborted, Crossing, Grace},
    figures::Figures,
    judged::{Judged, Status},
    metric::{Bound, Metric, MetricError, Percentile},
    pattern::Pattern,
    quantity::{Quantity, Unit},
};

/// The time from a test's start before which a threshold does not end it, unless another is given:
/// the first requests of a test say little.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(30);

/// A limit for one figure of a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Threshold {
    /// The transactions that it is for, each judged by itself; none for all of them as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// Which figure.
    pub metric: Metric,
    /// What it may be: at most or at least, as is natural for the figure.
    pub limit: Quantity,
    /// Whether the run ends when it is crossed, and from when on.
    #[serde(default, rename = "abort_after_s", skip_serializing_if = "Option::is_none")]
    pub abort: Option<Grace>,
}

impl Threshold {
    /// What it is for: `overall`, or the pattern as written.
    pub fn subject(&self) -> &str {
        self.pattern.as_ref().map_or("overall", Pattern::as_str)
    }

    /// What it asks for, such as `p95 at most 300 ms`.
    pub fn rule(&self) -> String {
        let Self { metric, limit, .. } = self;
        format!("{metric} {} {limit}", metric.bound())
    }

    /// Whether a value is on the right side of the limit.
    pub fn allows(&self, value: f64) -> bool {
        match self.metric.bound() {
            Bound::AtMost => value <= self.limit.value,
            Bound::AtLeast => value >= self.limit.value,
        }
    }
}

/// The subject and the rule.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject(), self.rule())
    }
}

#[cfg(test)]
mod tests;
