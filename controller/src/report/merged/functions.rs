//! The functions of several runs.

use super::{
    super::{CostReport, FunctionsReport},
    Part,
};
use crate::price::Bill;

/// None if none of the runs had any.
pub(super) fn merged(parts: &[Part]) -> Option<FunctionsReport> {
    parts.iter().filter_map(|part| part.report.functions.clone()).reduce(sum)
}

fn sum(a: FunctionsReport, b: FunctionsReport) -> FunctionsReport {
    FunctionsReport {
        functions: a.functions + b.functions,
        cold_starts: a.cold_starts + b.cold_starts,
        throttled: a.throttled + b.throttled,
        replacements: a.replacements + b.replacements,
        handed_in: a.handed_in + b.handed_in,
        max_memory_mb: a.max_memory_mb.max(b.max_memory_mb),
        // Each is that of a laptop, and there are several.
        clock: None,
        cost: CostReport {
            expected_usd: a.cost.expected_usd + b.cost.expected_usd,
            at_most_usd: a.cost.at_most_usd + b.cost.at_most_usd,
            actual: Bill {
                gb_seconds: a.cost.actual.gb_seconds + b.cost.actual.gb_seconds,
                compute_usd: a.cost.actual.compute_usd + b.cost.actual.compute_usd,
                requests_usd: a.cost.actual.requests_usd + b.cost.actual.requests_usd,
                storage_usd: a.cost.actual.storage_usd + b.cost.actual.storage_usd,
                total_usd: a.cost.actual.total_usd + b.cost.actual.total_usd,
            },
            estimated_functions: a.cost.estimated_functions + b.cost.estimated_functions,
        },
    }
}
