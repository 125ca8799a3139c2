//! The arguments of `load-test run`.

use clap::{Args, ValueEnum};

use super::{Page, Select};

/// Arguments of `run`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  load-test run                                  the registry's current test
  load-test run shop --clients 500 --duration 10m
  load-test run shop --ui --open                 with a live page, opened in the browser
  load-test run shop --env staging --host https://localhost:8443
  load-test run shop --set profile.logging.loglevel=DEBUG --set profile.runner.step_load=false
  load-test run shop --backend lambda --max-cost 5
                                                 from AWS Lambda, for at most 5 dollars
  load-test run --demo                           a first run, without any configuration
  load-test run shop --tui                       watched on the whole terminal; ? lists the keys
  load-test run shop --format github >> \"$GITHUB_STEP_SUMMARY\"
                                                 a summary for a pull request

If the profile has thresholds and one is crossed, it exits with 1, and with 3 if the numbers cannot be
trusted. `load-test plan` takes the same options, and shows what the run would do.")]
pub struct Run {
    /// Which load test.
    #[command(flatten)]
    pub select: Select,
    /// Do not ask the APIs whether they are healthy, as where only the functions reach them
    #[arg(long)]
    pub skip_healthcheck: bool,
    /// Show the running test on the whole terminal: charts, tables, log; `?` lists the keys
    #[arg(long)]
    pub tui: bool,
    /// What the results look like on the standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
    /// Show it in a browser while it runs; on a terminal until Ctrl-C
    #[arg(long, help_heading = "Live page")]
    pub ui: bool,
    /// Where.
    #[command(flatten)]
    pub page: Page,
}

/// What the results look like on the standard output.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Format {
    /// Tables for a terminal
    #[default]
    Console,
    /// A summary in Markdown, for a pull request or the page of a job on GitHub
    Github,
}

impl Run {
    /// Whether there is a live page.
    pub fn has_page(&self) -> bool {
        let Page { open, ui_port, ui_bind } = self.page;
        self.ui || open || ui_port.is_some() || ui_bind.is_some()
    }

    /// Which load test, with all that is changed.
    pub fn select(&self) -> Select {
        self.select.skipping_healthcheck(self.skip_healthcheck)
    }
}
