//! The functions of several runs.

use super::{
    super::{CostReport, FunctionsReport},
    Part,
};
use crate::price::{Bill, Usd};

/// None if none of the runs had any.
pub(super) fn merged(parts: &[Part]) -> Option<FunctionsReport> {
    let all: Vec<_> = parts.iter().filter_map(|part| part.report.functions.as_ref()).collect();
    let sum = |of: fn(&FunctionsReport) -> usize| all.iter().map(|functions| of(functions)).sum();
    (!all.is_empty()).then(|| FunctionsReport {
        functions: sum(|functions| functions.functions),
        cold_starts: sum(|functions| functions.cold_starts),
        throttled: all.iter().map(|functions| functions.throttled).sum(),
        replacements: sum(|functions| functions.replacements),
        handed_in: sum(|functions| functions.handed_in),
        max_memory_mb: all.iter().filter_map(|functions| functions.max_memory_mb).max(),
        // Each is beside the clock of a machine, and there may be several.
        clock: None,
        cost: cost(&all),
    })
}

fn cost(all: &[&FunctionsReport]) -> CostReport {
    let costs = || all.iter().map(|functions| &functions.cost);
    let bill = |of: fn(&Bill) -> Usd| costs().map(|cost| of(&cost.actual)).sum();
    CostReport {
        expected_usd: costs().map(|cost| cost.expected_usd).sum(),
        at_most_usd: costs().map(|cost| cost.at_most_usd).sum(),
        actual: Bill {
            gb_seconds: costs().map(|cost| cost.actual.gb_seconds).sum(),
            compute_usd: bill(|bill| bill.compute_usd),
            requests_usd: bill(|bill| bill.requests_usd),
            storage_usd: bill(|bill| bill.storage_usd),
            total_usd: bill(|bill| bill.total_usd),
        },
        estimated_functions: costs().map(|cost| cost.estimated_functions).sum(),
    }
}
