//! What a generator is told to do.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::{
    environment::Environment, job_id::JobId, listener::Listening, load::Load, share::Share,
    window::Window,
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
    /// Where they do it.
    pub environment: Environment,
    /// The load of the whole test.
    pub load: Load,
    /// The stretch of the test in which this generator makes load.
    pub window: Window,
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
    /// Who else hears the statistics.
    pub listening: Listening,
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
    },
    /// A Rust scenario linked into the generator, by name.
    Linked(String),
}
