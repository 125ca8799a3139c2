//! The arguments of `load-test tasks`.

use clap::Args;

use super::Select;

/// Arguments of `tasks`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  load-test tasks shop                           of each user class, and of all that is done
  load-test tasks shop --tags read --clients 100
  load-test tasks shop --json | jq .total")]
pub struct Tasks {
    /// Which load test.
    #[command(flatten)]
    pub select: Select,
    /// The ratios as JSON, as Locust's --show-task-ratio-json
    #[arg(long)]
    pub json: bool,
}
