//! The command line of `load-test`.

mod compare;
mod debug;
mod demo_api;
mod doctor;
mod export;
mod find_limit;
mod history;
mod init;
mod list;
mod overrides;
mod page;
mod plan;
mod report;
mod run;
mod select;
mod tasks;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use self::{
    compare::Compare,
    debug::Debug,
    demo_api::DemoApi,
    doctor::Doctor,
    export::Export,
    find_limit::FindLimit,
    history::History,
    init::Init,
    list::List,
    page::{Page, Ui},
    plan::Plan,
    report::Report,
    run::{Format, Run},
    select::Select,
    tasks::Tasks,
};
use crate::config::Project;

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

impl Cli {
    /// The project.
    pub fn project(&self) -> Project {
        Project::new(self.project.clone().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, CommandFactory};

    use super::*;
    use crate::config::{Choice, Overrides, Selection};

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
