//! The laptop's side of a load test: configuration, plan, invocation, totals and reports.

pub mod demo_api;
pub mod plan;
