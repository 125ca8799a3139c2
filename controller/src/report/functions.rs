//! How the functions of a run fared, and what they cost.

use std::time::Duration;

use serde::Serialize;

use crate::{
    invoke::lambda::Offset,
    plan::{FunctionPlan, Plan},
    preflight::Preflight,
    price::{Bill, Cost, Usd},
    run_folder::InvocationRecord,
};

/// How the functions of a run fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionsReport {
    /// How many ran.
    pub functions: usize,
    /// How many of them needed an execution environment that was not there.
    pub cold_starts: usize,
    /// How often one was asked for in vain, as too many ran already.
    pub throttled: u64,
    /// How many took over from others that were lost.
    pub replacements: usize,
    /// How many handed in their frames at the end, as their answers were cut off.
    pub handed_in: usize,
    /// The most memory that one of them used, megabytes.
    pub max_memory_mb: Option<u32>,
    /// By how much their clocks were ahead of this machine's, and by how much that may be wrong.
    pub clock: Option<Offset>,
    /// What they cost.
    pub cost: CostReport,
}

/// What the functions of a run cost, without the free tier and data transfer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostReport {
    /// What was expected.
    pub expected_usd: Usd,
    /// The most that it could have been.
    pub at_most_usd: Usd,
    /// What it was.
    pub actual: Bill,
    /// The functions that did not tell what they were billed for, so that their time was taken
    /// from this machine's clock.
    pub estimated_functions: usize,
}

impl FunctionsReport {
    /// None for a run on this machine.
    pub(super) fn new(
        plan: &Plan,
        preflight: Option<&Preflight>,
        invocations: &[InvocationRecord],
    ) -> Option<Self> {
        let (functions, planned) = (plan.functions.as_ref()?, plan.cost.as_ref()?);
        let begun: Vec<_> = invocations.iter().filter(|record| record.has_begun()).collect();
        let count = |is: fn(&InvocationRecord) -> bool| begun.iter().filter(|r| is(r)).count();
        Some(Self {
            functions: begun.len(),
            cold_starts: count(|record| record.facts.cold == Some(true)),
            throttled: invocations.iter().map(|record| u64::from(record.facts.throttled)).sum(),
            replacements: count(|record| record.job.attempt > 0),
            handed_in: count(|record| record.facts.handed_in),
            max_memory_mb: begun.iter().filter_map(|record| record.facts.max_memory_mb).max(),
            clock: preflight.map(|preflight| preflight.clock),
            cost: CostReport::new(functions, planned, &begun),
        })
    }
}

impl CostReport {
    fn new(functions: &FunctionPlan, planned: &Cost, begun: &[&InvocationRecord]) -> Self {
        let life = |record: &InvocationRecord| {
            record.facts.billed.unwrap_or_else(|| seconds(record.ended_s - record.asked_s))
        };
        let lives = begun.iter().map(|record| (record.job.region.as_str(), life(record)));
        let from = begun.iter().map(|record| record.asked_s).fold(f64::INFINITY, f64::min);
        let to = begun.iter().map(|record| record.ended_s).fold(f64::NEG_INFINITY, f64::max);
        Self {
            expected_usd: planned.expected.total_usd,
            at_most_usd: planned.at_most.total_usd,
            actual: Bill::of_run(functions, lives, seconds(to - from)),
            estimated_functions: begun.iter().filter(|r| r.facts.billed.is_none()).count(),
        }
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
