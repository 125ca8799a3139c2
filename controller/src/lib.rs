//! The laptop's side of a load test: configuration, plan, invocation, totals and reports.

mod millis;
pub mod plan;
pub mod progress;
pub mod report;
pub mod run_folder;
pub mod totals;
pub mod verdict;
