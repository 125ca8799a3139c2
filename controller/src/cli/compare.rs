//! Arguments of `compare`.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::Format;
use crate::compare::{Limit, Percentile};

/// Arguments of `compare`.
#[derive(Args, Debug)]
#[command(after_help = "\
A run is its folder, or TEST@latest, TEST@previous, TEST@START with the beginning of its folder's
name; TEST alone is its last run. A single run is compared with the one before it.

Each difference has a 95 % confidence interval, and is told from chance; docs/compare.md says how.
A limit is crossed if the difference is beyond it for sure: the near end of the interval, too.
Figures: requests_per_s, mean, percentiles such as p95 (in % of the base), failure_ratio (in pp).

Examples:
  load-test compare shop                         the last run beside the one before
  load-test compare shop@2026-11-02 shop         an older one beside the last
  load-test compare results/shop/2026-11-02T10-15-00Z results/shop/2026-11-09T10-15-00Z
  load-test compare shop --skip 30s --percentiles 50,90,99.9 --html compared.html
  load-test compare shop --fail-if 'p95>10%' --fail-if 'failure_ratio>0.5pp' \\
                         --fail-if 'requests_per_s<-5%'

Exit codes:
  0 compared   1 a limit of --fail-if was crossed   2 not valid, or no such run   3 something failed")]
pub struct Compare {
    /// The run to compare with, then those that are compared
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<String>,
    /// The percentiles to compare
    #[arg(long, value_name = "P,..", value_delimiter = ',', default_value = "50,95,99")]
    pub percentiles: Vec<Percentile>,
    /// Leave out the beginning of each run, as its ramp-up
    #[arg(long, value_name = "TIME", value_parser = whole_seconds, default_value = "0s")]
    pub skip: Duration,
    /// Exit with 1 if a figure of any transaction changed by more, such as `p95>10%`; may be repeated
    #[arg(long, value_name = "LIMIT")]
    pub fail_if: Vec<Limit>,
    /// Hold the differences themselves to the limits, even where they may be chance
    #[arg(long, requires = "fail_if")]
    pub strict: bool,
    /// Show all transactions, also those that do not differ
    #[arg(long)]
    pub all: bool,
    /// The comparison as JSON: a list with an entry for each run but the first
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Also write a page with charts
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// What the comparison looks like on the standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

fn whole_seconds(text: &str) -> Result<Duration, String> {
    let time = engine::duration::parse(text).map_err(|error| error.to_string())?;
    if time.subsec_nanos() == 0 {
        Ok(time)
    } else {
        Err("frames are kept by the second: expected whole seconds, such as 30s".into())
    }
}
