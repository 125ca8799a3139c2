//! The arguments of `load-test plan`.

use clap::Args;

use super::Select;

/// Arguments of `plan`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  load-test plan                                 the registry's current test
  load-test plan shop --clients 500 --interval 5m
  load-test plan shop --backend lambda           how many functions, and what they cost
  load-test plan shop --json | jq .intervals[0]")]
pub struct Plan {
    /// Which load test.
    #[command(flatten)]
    pub select: Select,
    /// The plan as JSON
    #[arg(long)]
    pub json: bool,
}
