//! Which load test is meant.

use std::path::PathBuf;

use clap::Args;

use crate::config::{Choice, Overrides, Selection};

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

impl Select {
    /// The same, changed as a profile's `skip_healthcheck` does.
    pub(super) fn skipping_healthcheck(&self, skip: bool) -> Self {
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
