//! The laptop's side of a load test: configuration, plan, invocation, totals and reports.

pub mod cli;
pub mod command;
pub mod config;
pub mod exit_code;
pub mod plan;
pub mod style;
pub mod table;
