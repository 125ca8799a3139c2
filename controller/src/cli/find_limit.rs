//! The arguments of `load-test find-limit`.

use std::time::Duration;

use clap::Args;

use super::Select;

/// Anything longer is a mistake, as in a profile.
const LONGEST: Duration = Duration::from_hours(720);

/// Arguments of `find-limit`.
#[derive(Args, Debug)]
#[command(after_help = "\
Each level is a run of its own: users hatch as in the profile, the system settles, and the level is
held. What is measured meanwhile is judged by the profile's thresholds. Levels double until one
breaks; then what lies between is halved. In the open model a level is a number of arrivals per
second. All that it may take, and cost, is told before the first one.

Examples:
  load-test find-limit shop                      up to the profile's clients
  load-test find-limit shop --from 50 --to 5000 --hold 2m
  load-test find-limit shop --set profile.thresholds.overall.p95=300ms --json | jq .highest_held
  load-test find-limit shop --backend lambda --max-cost 10

Exit codes:
  0 a level held   1 not even the lowest one did   2 not valid, nothing was started
  3 a run failed, or the generators were the bottleneck   130 interrupted")]
pub struct FindLimit {
    /// Which load test.
    #[command(flatten)]
    pub select: Select,
    /// The first level [default: an eighth of the last one]
    #[arg(long, value_name = "N")]
    pub from: Option<u32>,
    /// The level that is never exceeded [default: the height of the profile's load]
    #[arg(long, value_name = "N")]
    pub to: Option<u32>,
    /// How long the system gets to settle before a level is held
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = pause)]
    pub settle: Duration,
    /// How long each level is held
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = length)]
    pub hold: Duration,
    /// How close the limit is to be known
    #[arg(long, value_name = "PART", default_value = "5%", value_parser = part)]
    pub precision: f64,
    /// What was found as JSON, on the standard output
    #[arg(long)]
    pub json: bool,
}

/// A duration above zero.
fn length(text: &str) -> Result<Duration, String> {
    let length = pause(text).ok().filter(|length| !length.is_zero());
    length.ok_or_else(|| "expected a duration above zero up to 720h, such as 30s, 2m or 1h".into())
}

/// The same, or nothing.
fn pause(text: &str) -> Result<Duration, String> {
    let pause = engine::duration::parse(text).ok().filter(|pause| *pause <= LONGEST);
    pause.ok_or_else(|| "expected a duration up to 720h, such as 5s, or 0s".into())
}

/// A part of a whole: `5%` or `0.05`.
fn part(text: &str) -> Result<f64, String> {
    let number = match text.strip_suffix('%') {
        // Read as the decimal number that it is.
        Some(percent) => format!("{}e-2", percent.trim()).parse(),
        None => text.parse(),
    };
    number.map_err(|_| "expected a part of a whole, such as 5% or 0.05".into())
}
