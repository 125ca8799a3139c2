//! The command line of `load-test`.

mod overrides;

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{Choice, Overrides, Project, Selection};

/// Load tests with exact percentiles, in the words of Locust.
///
/// A test is a profile (how many users, how fast they arrive, for how long) and a scenario (what a
/// user does). Both are YAML files; a scenario may be written in Rust too.
#[derive(Debug, Parser)]
#[command(name = "load-test", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// The directory that holds `config/`, instead of the current one
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  load-test run --demo                                  a first run, on this machine alone
  load-test init shop --host https://shop.example.org   write a first profile and scenario
  load-test plan shop                                   see what a run would do
  load-test plan shop --clients 500 --duration 10m      the same with other numbers
  load-test debug shop                                  one user, once, and everything it did
  load-test run shop                                    run it
  load-test run shop --ui --open                        and see it in a browser
  load-test ui --open                                   start, change and stop tests there
  load-test doctor shop                                 could it run in AWS Lambda?
  load-test run shop --backend lambda --max-cost 5      run it there

Exit codes:
  0 ended as asked, and passed its thresholds   1 thresholds crossed
  2 not valid, nothing was started
  3 something failed; with thresholds, also: the numbers cannot be trusted
  4 debug or doctor found failures   130 interrupted
  Of several, 130 wins over 3, and 3 over 1.";

/// What `load-test` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a load test
    Run(Run),
    /// Start load tests and see them run in a browser
    Ui(Ui),
    /// Show what a run would do, without starting anything
    Plan(Plan),
    /// Do everything once with one user, and show all of it
    Debug(Debug),
    /// Show how often each task is done, as Locust's --show-task-ratio does
    Tasks(Tasks),
    /// Make the reports of a run again from its folder
    Report(Report),
    /// Check that a run in AWS Lambda could start
    Doctor(Doctor),
    /// List the registered load tests
    List(List),
    /// Write a first profile and scenario, and register them
    Init(Init),
    /// Serve the sample API on this machine
    DemoApi(DemoApi),
}

/// Which load test, and what of it is changed.
#[derive(Args, Clone, Debug)]
#[group(id = "choice", multiple = false, args = ["name", "profile", "demo"])]
pub struct Select {
    /// A name in `config/loadtest_registry.yml` [default: its `current`]
    pub name: Option<String>,
    /// A profile that need not be registered
    #[arg(long, value_name = "FILE", help_heading = "Which test")]
    pub profile: Option<PathBuf>,
    /// The built-in test of the demo API; needs no files
    #[arg(long, help_heading = "Which test")]
    pub demo: bool,
    /// What is changed for this run.
    #[command(flatten)]
    pub overrides: Overrides,
}

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
    /// A summary in Markdown, for a pull request or $GITHUB_STEP_SUMMARY
    Github,
}

/// Arguments of `ui`.
#[derive(Args, Debug)]
#[command(after_help = "\
A page to start load tests from, to see them run, to change and to stop them, and to take their
results along. The tests are those of the registry, and the built-in demo. One runs at a time, here or
in AWS Lambda, just as `load-test run` runs it: with its progress, summary and results here as well.

Only this machine can reach the page, unless --ui-bind says otherwise: then the address that is printed
holds a token, and whoever has it can start and stop tests. There is no encryption.

Examples:
  load-test ui                                   try the demo, or start what is registered
  load-test ui --open shop                       in the browser, with `shop` chosen
  load-test ui --ui-bind 0.0.0.0 --ui-port 9000  for others, too

Ctrl-C ends it; if a test runs, that is stopped first, and its exit code told (see `load-test --help`).")]
pub struct Ui {
    /// The test that is chosen at first [default: the registry's `current`]
    pub name: Option<String>,
    /// Where.
    #[command(flatten)]
    pub page: Page,
}

/// Where the live page is.
#[derive(Args, Clone, Copy, Debug)]
pub struct Page {
    /// Open the page in the browser
    #[arg(long, help_heading = "Live page")]
    pub open: bool,
    /// The page's port, 0 for any [default: 8089, or the next that is free]
    #[arg(long, value_name = "N", help_heading = "Live page")]
    pub ui_port: Option<u16>,
    /// The address the page listens on; others than loopback need a token [default: 127.0.0.1]
    #[arg(long, value_name = "ADDR", help_heading = "Live page")]
    pub ui_bind: Option<IpAddr>,
}

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

/// Arguments of `report`.
#[derive(Args, Debug)]
#[command(after_help = "\
A run folder holds all that was measured, so reports can be made again at any time. If the run had
thresholds, the exit code is that of the run: 1 if one was crossed.

Examples:
  load-test report results/shop/2026-11-02T10-15-00Z
  load-test report results/shop/2026-11-02T10-15-00Z --format github >> \"$GITHUB_STEP_SUMMARY\"")]
pub struct Report {
    /// The folder of a run
    #[arg(value_name = "RUN_FOLDER")]
    pub folder: PathBuf,
    /// What the report looks like on the standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Arguments of `list`.
#[derive(Args, Debug)]
pub struct List {
    /// The list as JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `init`.
#[derive(Args, Debug)]
#[command(after_help = "\
Writes profiles/NAME.yml and tests/NAME/scenario.yml, and adds NAME to the registry. Nothing that is
there already is overwritten: another name is asked for instead. In an empty directory it also writes
the registry and config/common.yml; elsewhere --host is kept in config/NAME.yml.

Example:
  load-test init shop --host https://shop.example.org")]
pub struct Init {
    /// The test's name: at most 64 letters, digits, - and _
    pub name: String,
    /// Where the system under test is [default in a new project: the demo API]
    #[arg(long, value_name = "URL")]
    pub host: Option<String>,
}

/// Arguments of `demo-api`.
#[derive(Args, Debug)]
#[command(after_help = "\
A small shop that answers on this machine, to try load tests on:
  POST /login            {user, password} -> {token, user}
  GET  /products         a list of {id, name, price}
  GET  /products/{id}    one of them, or 404
  POST /cart             with `Authorization: Bearer TOKEN` -> 201
  GET  /health           {status, version}")]
pub struct DemoApi {
    /// The port to listen on
    #[arg(long, value_name = "N", default_value_t = 8088)]
    pub port: u16,
}

impl Cli {
    /// The project.
    pub fn project(&self) -> Project {
        Project::new(self.project.clone().unwrap_or_default())
    }
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

impl Debug {
    /// Which load test, with all that is changed.
    pub fn select(&self) -> Select {
        self.select.skipping_healthcheck(self.skip_healthcheck)
    }
}

impl Select {
    /// The same, changed as a profile's `skip_healthcheck` does.
    fn skipping_healthcheck(&self, skip: bool) -> Self {
        let mut select = self.clone();
        if skip {
            select.overrides.push("skip-healthcheck", "true");
        }
        select
    }

    /// The load test that is asked for.
    pub fn selection(&self) -> Selection {
        let choice = match (&self.name, &self.profile, self.demo) {
            (_, _, true) => Choice::Demo,
            (_, Some(file), _) => Choice::File(file.clone()),
            (Some(name), ..) => Choice::Named(name.clone()),
            (None, None, false) => Choice::Current,
        };
        Selection { choice, overrides: self.overrides.clone() }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn selection(arguments: &str) -> Result<Selection, clap::Error> {
        let line = format!("load-test plan {arguments}");
        let cli = Cli::try_parse_from(line.split_whitespace())?;
        let Command::Plan(plan) = cli.command else { panic!("parsed something else") };
        Ok(plan.select.selection())
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
        Run::augment_args(clap::Command::new("run")).debug_assert();
        Ui::augment_args(clap::Command::new("ui")).debug_assert();
        Debug::augment_args(clap::Command::new("debug")).debug_assert();
        Tasks::augment_args(clap::Command::new("tasks")).debug_assert();
        Report::augment_args(clap::Command::new("report")).debug_assert();
        DemoApi::augment_args(clap::Command::new("demo-api")).debug_assert();
    }

    #[test]
    fn a_test_is_chosen_in_one_way() {
        assert_eq!(selection("").unwrap().choice, Choice::Current);
        assert_eq!(selection("shop").unwrap().choice, Choice::Named("shop".into()));
        assert_eq!(selection("--profile a.yml").unwrap().choice, Choice::File("a.yml".into()));
        assert_eq!(selection("--demo").unwrap().choice, Choice::Demo);
        assert!(selection("shop --demo").is_err());
        assert!(selection("--demo --profile a.yml").is_err());
    }

    #[test]
    fn overrides_keep_their_order() {
        let given = selection("--clients 5 --set a.b=1 --clients 6 --host http://x --set a.b=2");
        let mut expected = Overrides::default();
        for (option, value) in
            [("clients", "5"), ("set", "a.b=1"), ("clients", "6"), ("host", "http://x")]
        {
            expected.push(option, value);
        }
        expected.push("set", "a.b=2");
        assert_eq!(given.unwrap().overrides, expected);
    }
}
