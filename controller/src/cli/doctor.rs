//! The arguments of `load-test doctor`.

use clap::Args;

use super::Select;

/// Arguments of `doctor`.
#[derive(Args, Debug)]
#[command(after_help = "\
Looks at the credentials, and in each region at the function, its build, memory, quota, lease and
clock. Nothing is changed but a small object in the lease's bucket. Exits with 4 if no run can start.

Example:
  load-test doctor shop")]
pub struct Doctor {
    /// Which load test.
    #[command(flatten)]
    pub select: Select,
}
