//! What became of an invocation.

use engine::job_id::JobId;
use serde::{Deserialize, Serialize};

use crate::invoke::Facts;

/// What became of an invocation.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct InvocationRecord {
    /// Of which job.
    pub job: JobId,
    /// When the generator was asked for, seconds since the test's start; negative before it.
    pub asked_s: f64,
    /// When it was over, likewise.
    pub ended_s: f64,
    /// What is known of the generator.
    #[serde(flatten)]
    pub facts: Facts,
    /// What went wrong.
    pub error: Option<String>,
}

impl InvocationRecord {
    /// Whether there was a generator, as far as is known.
    pub fn has_begun(&self) -> bool {
        self.facts.billed.is_some() || !self.facts.never_began
    }
}
