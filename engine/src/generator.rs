//! A job in, frames as lines out: the same on a laptop and in a function.

use std::fmt;

use thiserror::Error;
use tokio::sync::{mpsc, watch};

use crate::{
    document::Problem,
    frame::Frame,
    job::{Job, ScenarioSource},
    listener::Listener,
    run::{Orders, RunError, Runnable},
    scenario::{Linked, OnlyError, Scenario},
    yaml,
};

/// How many frames may wait to be sent before the generator waits for them.
const WAITING: usize = 64;

/// Why a job failed as a whole.
#[derive(Debug, Error)]
pub enum JobError {
    /// The job's scenario is none.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The job could not run.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Why a job's scenario cannot be made.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// No scenario of this name is linked in.
    #[error("no scenario `{0}` is linked into this binary")]
    NotLinked(String),
    /// The YAML has problems.
    #[error("failed to read the scenario: {}", list(.0))]
    Yaml(Vec<Problem>),
    /// It has no such part as the one that is asked for.
    #[error("nothing is left of the scenario: {}", list(.0))]
    Only(Vec<OnlyError>),
}

fn list(problems: &[impl fmt::Display]) -> String {
    problems.iter().map(|problem| format!("\n{problem}")).collect()
}

/// A generator whose job can run.
pub struct Generator {
    job: Runnable,
}

impl Generator {
    /// Prepares a job.
    ///
    /// # Errors
    ///
    /// A job that cannot be run.
    pub fn new(job: Job, linked: &Linked) -> Result<Self, JobError> {
        let scenario = scenario(&job, linked)?;
        Ok(Self { job: Runnable::new(job, scenario)? })
    }

    /// Runs the job; each frame is sent as one line of JSON with its line feed.
    ///
    /// # Errors
    ///
    /// A job that does not come to its end.
    ///
    /// # Panics
    ///
    /// Never: a frame is always valid JSON.
    pub async fn run(
        self,
        orders: watch::Receiver<Orders>,
        listener: Option<Box<dyn Listener>>,
        lines: mpsc::Sender<Vec<u8>>,
    ) -> Result<(), JobError> {
        let (sender, mut frames) = mpsc::channel::<Frame>(WAITING);
        let encode = async {
            while let Some(frame) = frames.recv().await {
                let mut line = serde_json::to_vec(&frame).expect("a frame is valid JSON");
                line.push(b'\n');
                if lines.send(line).await.is_err() {
                    // The run ends by itself when its frames find no receiver.
                    break;
                }
            }
            drop(frames);
        };
        let (ended, ()) = tokio::join!(self.job.run(orders, listener, sender), encode);
        Ok(ended?)
    }
}

/// Runs a job: a [`Generator`] from its beginning to its end.
///
/// # Errors
///
/// A job that cannot be run, or does not come to its end.
pub async fn run_job(
    job: Job,
    linked: &Linked,
    orders: watch::Receiver<Orders>,
    listener: Option<Box<dyn Listener>>,
    lines: mpsc::Sender<Vec<u8>>,
) -> Result<(), JobError> {
    Generator::new(job, linked)?.run(orders, listener, lines).await
}

fn scenario(job: &Job, linked: &Linked) -> Result<Scenario, ScenarioError> {
    let whole = make_scenario(&job.scenario, &job.environment, linked)?;
    job.only.of(whole).map_err(ScenarioError::Only)
}

/// Makes a scenario from where it is found.
///
/// # Errors
///
/// A name that is not linked in, or YAML with problems.
pub fn make_scenario(
    source: &ScenarioSource,
    environment: &crate::environment::Environment,
    linked: &Linked,
) -> Result<Scenario, ScenarioError> {
    match source {
        ScenarioSource::Linked(name) => {
            linked.make(name).ok_or_else(|| ScenarioError::NotLinked(name.clone()))
        }
        ScenarioSource::Yaml { file, text, files } => {
            yaml::read(file, text, environment, files).map_err(ScenarioError::Yaml)
        }
    }
}
