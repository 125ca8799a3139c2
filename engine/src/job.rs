//! What a generator is told to do.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::{
    curve::Change,
    environment::Environment,
    files::{Directory, Files},
    generator::ScenarioError,
    job_id::JobId,
    load::Load,
    run::Orders,
    scenario::Only,
    share::Share,
    trace::Sampled,
    window::Window,
    yaml,
};

/// One generator's part of a test: the whole load, and which window and share of it is its own.
#[derive(Clone, Deserialize, Serialize)]
pub struct Job {
    /// Names this part of this run, and nothing else.
    pub id: JobId,
    /// The test's name.
    pub test: String,
    /// What the users do.
    pub scenario: ScenarioSource,
    /// Which part of it.
    pub only: Only,
    /// Where they do it.
    pub environment: Environment,
    /// The load of the whole test, as it was planned.
    pub load: Load,
    /// How it was changed until the job was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The stretch of the test in which this generator makes load.
    pub window: Window,
    /// Into how many such stretches the test is cut.
    pub intervals: u32,
    /// The users and arrivals that are this generator's.
    pub share: Share,
    /// The instant of the test's start.
    pub start: SystemTime,
    /// How long before the window continuing users, or those of the pool, begin to sign in and
    /// connect.
    #[serde(with = "crate::duration::seconds")]
    pub warm_up: Duration,
    /// How long requests in flight may go on when the load ends.
    #[serde(with = "crate::duration::seconds")]
    pub stop_timeout: Duration,
    /// From which users' random choices follow.
    pub seed: u64,
    /// The part of the requests whose traces the target is asked to keep; without one, it is told
    /// of no traces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traces: Option<Sampled>,
}

impl Job {
    /// The load of the whole test, as it was changed by now. Each generator of a run finds the same.
    pub(crate) fn load_by(&self, orders: &Orders) -> Load {
        self.load.with(self.changes_by(orders))
    }

    /// How the load was changed by now.
    pub(crate) fn changes_by<'a>(&'a self, orders: &'a Orders) -> &'a [Change] {
        let told = &orders.changes;
        if told.len() > self.changes.len() { told } else { &self.changes }
    }
}

/// Where a job's scenario is found.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioSource {
    /// A YAML scenario, which travels with the job.
    Yaml {
        /// The file it came from, for messages.
        file: String,
        /// Its text.
        text: String,
        /// The files that it refers to.
        #[serde(default, skip_serializing_if = "Files::is_empty")]
        files: Files,
    },
    /// A Rust scenario linked into the generator, by name.
    Linked(String),
}

impl ScenarioSource {
    /// A YAML scenario without files.
    pub fn yaml(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Yaml { file: file.into(), text: text.into(), files: Files::default() }
    }

    /// The same with the files that it refers to, which are beside its own. Reading it is what
    /// tells which.
    ///
    /// # Errors
    ///
    /// YAML with problems, a missing file among them.
    pub fn with_files(self, environment: &Environment) -> Result<Self, ScenarioError> {
        let Self::Yaml { file, text, .. } = self else { return Ok(self) };
        let directory = Directory::new(Path::new(&file).parent().unwrap_or(Path::new("")));
        yaml::read(&file, &text, environment, &directory).map_err(ScenarioError::Yaml)?;
        Ok(Self::Yaml { file, text, files: directory.into_loaded() })
    }
}
