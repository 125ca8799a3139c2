//! The laptop's side of a load test: configuration, plan, invocation, totals and reports.

mod attempts;
pub mod cli;
pub mod command;
pub mod config;
pub mod coverage;
pub mod debug_view;
pub mod demo_api;
pub mod descriptors;
pub mod exit_code;
mod grouped;
pub mod interrupt;
pub mod invoke;
mod millis;
pub mod plan;
pub mod progress;
pub mod report;
pub mod reporter;
pub mod run;
pub mod run_folder;
mod shown;
pub mod style;
mod table;
pub mod totals;
pub mod verdict;
