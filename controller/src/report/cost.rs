//! What a run in functions cost.

use std::time::Duration;

use serde::Serialize;

use crate::{
    plan::Plan,
    price::{Bill, Usd},
    run_folder::InvocationRecord,
};

/// What a run in functions cost, without the free tier and data transfer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostReport {
    /// What it was expected to cost.
    pub expected_usd: Usd,
    /// The most that it could cost.
    pub at_most_usd: Usd,
    /// What it did cost.
    pub actual: Bill,
    /// How many functions that was.
    pub functions: usize,
    /// Those of them that did not tell what they were billed for, so that their time was taken
    /// from this machine's clock.
    pub estimated_functions: usize,
}

impl CostReport {
    pub(super) fn new(plan: &Plan, invocations: &[InvocationRecord]) -> Option<Self> {
        let (functions, planned) = (plan.functions.as_ref()?, plan.cost.as_ref()?);
        let life = |record: &InvocationRecord| {
            record.facts.billed.unwrap_or_else(|| seconds(record.ended_s - record.asked_s))
        };
        let lives = invocations.iter().filter(|record| record.has_begun());
        let lives: Vec<_> =
            lives.map(|record| (record.job.region.as_str(), life(record))).collect();
        let begun = invocations.iter().map(|record| record.asked_s).fold(f64::INFINITY, f64::min);
        let ended = invocations.iter().map(|record| record.ended_s).fold(0.0, f64::max);
        let unbilled =
            |record: &&InvocationRecord| record.has_begun() && record.facts.billed.is_none();
        Some(Self {
            expected_usd: planned.expected.total_usd,
            at_most_usd: planned.at_most.total_usd,
            functions: lives.len(),
            actual: Bill::of_run(functions, lives, seconds(ended - begun)),
            estimated_functions: invocations.iter().filter(unbilled).count(),
        })
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
