//! What a run has cost so far.

use std::{collections::BTreeMap, time::Duration};

use engine::job_id::JobId;
use tokio::time::Instant;

use crate::{
    invoke::Facts,
    plan::FunctionPlan,
    price::{Usd, billed},
};

/// Adds up what functions cost: those that have ended as they were billed, the others by the time
/// since they were asked for.
#[derive(Debug)]
pub(super) struct Meter {
    functions: FunctionPlan,
    running: BTreeMap<JobId, Instant>,
    ended: Usd,
}

impl Meter {
    pub(super) fn new(functions: FunctionPlan) -> Self {
        Self { functions, running: BTreeMap::new(), ended: Usd::default() }
    }

    /// A function was asked for.
    pub(super) fn begin(&mut self, job: JobId, at: Instant) {
        self.running.insert(job, at);
    }

    /// It is over.
    pub(super) fn end(&mut self, job: &JobId, facts: &Facts, at: Instant) {
        if let Some(asked) = self.running.remove(job) {
            let time = facts.billed.unwrap_or_else(|| at.saturating_duration_since(asked));
            self.ended += self.cost(job, time);
        }
    }

    /// The cost so far.
    pub(super) fn total(&self, now: Instant) -> Usd {
        let running = self.running.iter();
        let running = running.map(|(job, asked)| self.cost(job, now.duration_since(*asked)));
        self.ended + running.sum()
    }

    fn cost(&self, job: &JobId, time: Duration) -> Usd {
        let FunctionPlan { architecture, memory_mb, .. } = self.functions;
        billed(&job.region, architecture, memory_mb, time)
    }
}
