//! What a project's files and the command line come to, or what is said of them.

mod environment;
mod functions;
mod load;
mod overrides;
mod profile;
mod registry;
mod rejected;
mod thresholds;
mod whole;

use std::{fs, time::Duration};

use cloud::ask::Reply;
use engine::{document::Problem, job::ScenarioSource};
use listeners::{Kind, System};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    functions::{Architecture, Functions, Vpc},
    location::Location,
    plan::{Ramp, Shape},
    price::Usd,
};

const EXACT: &str = r"test_header:
  name: TPData        # name of the test and of its Lambda function
  description: Create and check treatment variants
  env: cs1            # config/<env>.yml
  location: us-west-2 # AWS region; a list too
profile:
  runner:
    clients: 50
    hatch_rate: 5
    duration: 3m
    step_load: false
    step_duration: 2m
    step_clients: 150
  test:
    locustfile: tests/TPData/locustfile.py   # our own key is `scenario`
    debug: false
  logging:
    loglevel: INFO    # DEBUG/INFO/WARNING/ERROR/CRITICAL
    final_stats: false
    listeners: [Sfx, Splunk]   # any of Sfx, Splunk, Debug
    hyperclient_console_log_level: CRITICAL
";

const CREDENTIALS: &str = "stats_interval: 5
sfx: {realm: us1, token: abc}
splunk: {host: 'https://splunk:8088', token: def}
";

const SHORT: &str = "test_header: {name: shop}
profile:
  runner: {clients: 10, hatch_rate: 2, duration: 1m}
  test: {scenario: shop}
";

const REGISTRY: &str = "current: shop\nregistered:\n  shop: {profile: p.yml}\n";

/// A project on disk, and a command line.
struct Given {
    folder: TempDir,
    selection: Selection,
}

impl Given {
    fn profile(text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let given = Self { folder, selection: Selection::default() };
        given.file("p.yml", text).file("config/loadtest_registry.yml", REGISTRY)
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn choice(mut self, choice: Choice) -> Self {
        self.selection.choice = choice;
        self
    }

    fn with(mut self, option: &str, value: &str) -> Self {
        self.selection.overrides.push(option, value);
        self
    }

    fn project(&self) -> Project {
        Project::new(self.folder.path())
    }

    fn load(&self) -> Result<Configuration, ConfigError> {
        let variables = |name: &str| (name == "HOST").then(|| "shop.example.org".to_owned());
        Configuration::load(&self.project(), &self.selection, &variables)
    }

    fn loaded(&self) -> Configuration {
        self.load().unwrap_or_else(|error| panic!("{}", self.shown(error.problems())))
    }

    /// The problems with paths as in the project, and without the lines that they show.
    fn problems(&self) -> Vec<String> {
        let Err(error) = self.load() else { return Vec::new() };
        let texts =
            error.problems().iter().map(|problem| self.shown(std::slice::from_ref(problem)));
        texts.map(|text| text.lines().next().unwrap_or_default().to_owned()).collect()
    }

    fn shown(&self, problems: &[Problem]) -> String {
        let text =
            problems.iter().map(|problem| format!("{problem}\n")).collect::<Vec<_>>().concat();
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}
