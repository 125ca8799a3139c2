//! The arguments of `load-test report`.

use std::path::PathBuf;

use clap::Args;

use super::Format;

/// Arguments of `report`.
#[derive(Args, Debug)]
#[command(after_help = "\
A run folder holds all that was measured, so reports can be made again at any time. If the run had
thresholds, the exit code is that of the run: 1 if one was crossed.

Several folders, of the same test from several machines or in pieces, are reported as one: on the
terminal only, if no --output takes the files. Requests per second are over the time in which any
of the runs made load.

Examples:
  load-test report results/shop/2026-11-02T10-15-00Z
  load-test report mine/2026-11-02T10-15-00Z theirs/2026-11-02T10-15-01Z
  load-test report results/shop/2026-11-02T* --output results/shop/merged
  load-test report results/shop/2026-11-02T10-15-00Z --format github >> \"$GITHUB_STEP_SUMMARY\"")]
pub struct Report {
    /// The folder of a run; several are reported as one
    #[arg(value_name = "RUN_FOLDER", required = true)]
    pub folders: Vec<PathBuf>,
    /// The folder that the reports are written to [default: the run's own, if it is one]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// What the report looks like on the standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}
