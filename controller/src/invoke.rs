//! Where a job runs.

mod local;

use std::{future::Future, pin::Pin};

use engine::{frame::Frame, job::Job, run::Signal};
use thiserror::Error;
use tokio::sync::{mpsc, watch};

pub use self::local::Local;

/// Runs jobs somewhere: on this machine, or in a function.
pub trait Invoke: Send + Sync {
    /// Runs a job to its end, and hands on its frames as they arrive.
    fn invoke(
        &self,
        job: Job,
        signal: watch::Receiver<Signal>,
        frames: mpsc::Sender<Frame>,
    ) -> Pin<Box<dyn Future<Output = Result<(), InvokeError>> + Send>>;
}

/// Why a job failed as a whole. What had arrived of it counts.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// The generator could not run it.
    #[error("{0}")]
    Generator(String),
    /// What came back is no frame.
    #[error("the generator sent something that is no frame: {0}")]
    Frame(#[source] serde_json::Error),
    /// It ended without saying so.
    #[error("the generator ended without its final frame")]
    NoFinal,
}
