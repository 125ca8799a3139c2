//! Arguments of `history`.

use std::num::NonZeroUsize;

use clap::Args;

/// Arguments of `history`.
#[derive(Args, Debug)]
#[command(after_help = "\
Reads results/TEST/*/report.json. The newest run is the last one.

Examples:
  load-test history                              the registry's current test
  load-test history shop --limit 50
  load-test history --all                        all tests, with their last run
  load-test history shop --json | jq '.runs[].p95_ms'")]
pub struct History {
    /// Which test [default: the registry's `current`, or all if there is no registry]
    pub test: Option<String>,
    /// All tests, each with its last run
    #[arg(long, conflicts_with = "test")]
    pub all: bool,
    /// At most so many runs, the newest
    #[arg(long, value_name = "N", default_value = "20")]
    pub limit: NonZeroUsize,
    /// The history as JSON
    #[arg(long)]
    pub json: bool,
}
