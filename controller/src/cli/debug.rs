//! The arguments of `load-test debug`.

use clap::Args;

use super::Select;

/// Arguments of `debug`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  load-test debug shop                           one user, once, and everything it did
  load-test debug shop --env staging")]
pub struct Debug {
    /// Which load test.
    #[command(flatten)]
    pub select: Select,
    /// Do not ask the APIs whether they are healthy, as where only the functions reach them
    #[arg(long)]
    pub skip_healthcheck: bool,
}

impl Debug {
    /// Which load test, with all that is changed.
    pub fn select(&self) -> Select {
        self.select.skipping_healthcheck(self.skip_healthcheck)
    }
}
