//! The command line of `prepare-lambda`.

use std::path::PathBuf;

use clap::{Args, Parser};
use controller::config::{Choice, Overrides, Project, Selection};

use crate::{deployment::Architecture, policy::Task};

/// Puts a load test's function into the regions of its profile, and takes it away again.
///
/// What is there is compared with what is to be there, and only differences are changed: it can be
/// run at any time, and again after a failure.
#[derive(Debug, Parser)]
#[command(name = "prepare-lambda", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// The load test, a name in `config/loadtest_registry.yml` [default: its `current`]
    pub name: Option<String>,
    /// A profile that need not be registered
    #[arg(long, value_name = "FILE", conflicts_with = "name", help_heading = "Which test")]
    pub profile: Option<PathBuf>,
    /// The directory that holds `config/`, instead of the current one
    #[arg(long, value_name = "DIR", help_heading = "Which test")]
    pub project: Option<PathBuf>,
    /// Change a key of the profile, such as test_header.location=eu-west-1
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Which test")]
    pub set: Vec<String>,
    /// The processor that the function is for, instead of the profile's
    #[arg(long, value_name = "NAME", help_heading = "Which test")]
    pub architecture: Option<Architecture>,

    /// What is to be done.
    #[command(flatten)]
    pub actions: Actions,
    /// Show what would be done, and do nothing
    #[arg(long, help_heading = "What to do")]
    pub dry_run: bool,
    /// Do not ask before anything is removed
    #[arg(long, conflicts_with_all = ["build", "upload", "print_policy"], help_heading = "What to do")]
    pub yes: bool,
}

/// What `prepare-lambda` can do.
#[derive(Args, Debug)]
#[group(id = "action", required = true, multiple = true)]
pub struct Actions {
    /// Build the function
    #[arg(long, help_heading = "What to do")]
    pub build: bool,
    /// Put what was built into all regions of the profile
    #[arg(long, help_heading = "What to do")]
    pub upload: bool,
    /// Remove everything that was made for the test, in all regions
    #[arg(long, conflicts_with_all = ["build", "upload"], help_heading = "What to do")]
    pub destroy: bool,
    /// Print the IAM policies that a person needs for the test, or that of one task
    #[arg(
        long,
        value_name = "TASK",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all",
        conflicts_with_all = ["build", "upload", "destroy", "dry_run"],
        help_heading = "What to do"
    )]
    pub print_policy: Option<Task>,
}

const EXAMPLES: &str = "\
Examples:
  prepare-lambda shop --build --upload           the function of shop, in all its regions
  prepare-lambda shop --upload --dry-run         what that would change
  prepare-lambda shop --build --architecture arm64
  prepare-lambda shop --destroy                  nothing of shop is left afterwards
  prepare-lambda shop --print-policy=upload      what whoever uploads must be allowed to do

Exit codes:
  0 done   2 not valid, nothing was changed   3 something failed, or is left";

impl Cli {
    /// The project.
    pub fn project(&self) -> Project {
        Project::new(self.project.clone().unwrap_or_default())
    }

    /// The load test that is asked for.
    pub fn selection(&self) -> Selection {
        let choice = match (&self.name, &self.profile) {
            (Some(name), _) => Choice::Named(name.clone()),
            (None, Some(file)) => Choice::File(file.clone()),
            (None, None) => Choice::Current,
        };
        let mut overrides = Overrides::default();
        self.set.iter().for_each(|setting| overrides.push("set", setting));
        Selection { choice, overrides }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(arguments: &str) -> Result<Cli, clap::Error> {
        let line = format!("prepare-lambda {arguments}");
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn something_is_to_be_done() {
        assert!(parse("shop").is_err());
        assert!(parse("shop --dry-run").is_err());
        assert!(parse("shop --build --upload --dry-run").is_ok());
        assert!(parse("shop --destroy --upload").is_err());
        assert!(parse("shop --upload --yes").is_err());
    }

    #[test]
    fn a_policy_is_that_of_one_task_or_of_all() {
        let task = |arguments| parse(arguments).unwrap().actions.print_policy;
        assert_eq!(task("--print-policy"), Some(Task::All));
        assert_eq!(task("--print-policy=run shop"), Some(Task::Run));
        // What follows is the test's name.
        let cli = parse("--print-policy shop").unwrap();
        assert_eq!(
            (cli.name.as_deref(), cli.actions.print_policy),
            (Some("shop"), Some(Task::All))
        );
    }

    #[test]
    fn a_test_is_chosen_in_one_way() {
        let choice = |arguments| parse(arguments).unwrap().selection().choice;
        assert_eq!(choice("--build"), Choice::Current);
        assert_eq!(choice("--build shop"), Choice::Named("shop".into()));
        assert_eq!(choice("--build --profile a.yml"), Choice::File("a.yml".into()));
        assert!(parse("--build shop --profile a.yml").is_err());
    }
}
