//! The command line of `load-test`.

mod compare;
mod history;
mod overrides;
mod page;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::{
    compare::Compare,
    history::History,
    page::{Page, Ui},
};
use crate::{
    config::{Choice, Overrides, Project, Selection},
    export,
};

/// Anything longer is a mistake, as in a profile.
const LONGEST: Duration = Duration::from_hours(720);

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
  load-test compare shop                                its last run beside the one before
  load-test doctor shop                                 could it run in AWS Lambda?
  load-test run shop --backend lambda --max-cost 5      run it there

Exit codes:
  0 ended as asked, and passed its thresholds
  1 thresholds crossed, or a limit of a comparison
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
    /// Raise the load until a threshold is crossed, and find the highest level that holds
    FindLimit(FindLimit),
    /// Show what a run would do, without starting anything
    Plan(Plan),
    /// Do everything once with one user, and show all of it
    Debug(Debug),
    /// Show how often each task is done, as Locust's --show-task-ratio does
    Tasks(Tasks),
    /// Make the reports of a run again from its folder
    Report(Report),
    /// Show by how much runs differ, and what of it is more than chance
    Compare(Compare),
    /// List the past runs of a test
    History(History),
    /// Write what runs measured in the formats of other tools
    Export(Export),
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

/// Arguments of `export`.
#[derive(Args, Debug)]
#[command(after_help = "\
Without --output, files go to the run's folder: timeline.csv, timeline.parquet, .. and report.json.
Several runs go into one file, in the order of time; json merges them as `report` does.

Examples:
  load-test export results/shop/2026-11-02T10-15-00Z --format csv
  load-test export results/shop/2026-11-02T10-15-00Z --format csv,hlog --output exports/
  load-test export results/shop/* --output all.parquet
  load-test export results/shop/2026-11-02T10-15-00Z --format jsonl --output - | jq .requests

docs/export.md tells every field.

Exit codes:
  0 written   2 no such run, or not a way to export it   3 a file could not be written")]
pub struct Export {
    /// The folder of a run; several go into one file
    #[arg(value_name = "RUN_FOLDER", required = true)]
    pub folders: Vec<PathBuf>,
    /// What to write; several with commas [default: how the output's name ends]
    #[arg(long, short, value_enum, value_delimiter = ',', value_name = "FORMAT")]
    pub format: Vec<export::Format>,
    /// A file, a folder, or - for the standard output [default: the run's folder]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
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
        Compare::augment_args(clap::Command::new("compare")).debug_assert();
        History::augment_args(clap::Command::new("history")).debug_assert();
        Export::augment_args(clap::Command::new("export")).debug_assert();
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
