//! Jobs on this machine.

use std::{future::Future, pin::Pin, time::Duration};

use engine::{frame::Body, generator::run_job, job::Job, run::Signal, scenario::Linked};
use tokio::sync::{mpsc, watch};

use super::{Arrived, Invocation, Invoke, InvokeError, Pace};

/// How many lines may wait to be read before the generator waits.
const WAITING: usize = 64;

/// A thread is there at once, and so is its answer.
const PACE: Pace = Pace { lead: Duration::from_millis(500), grace: Duration::from_secs(2) };

/// Runs jobs in this process, but through the same bytes as anywhere else.
pub struct Local {
    linked: Linked,
}

impl Local {
    /// With these scenarios linked in.
    pub fn new(linked: Linked) -> Self {
        Self { linked }
    }
}

impl Invoke for Local {
    fn invoke(
        &self,
        job: Job,
        signal: watch::Receiver<Signal>,
        frames: mpsc::Sender<Arrived>,
    ) -> Pin<Box<dyn Future<Output = Invocation> + Send>> {
        let linked = self.linked.clone();
        Box::pin(async move {
            let job = serde_json::to_vec(&job).expect("a job is valid JSON");
            let job: Job = serde_json::from_slice(&job).expect("it was encoded here");
            let (sender, lines) = mpsc::channel(WAITING);
            let (ended, received) =
                tokio::join!(run_job(job, &linked, signal, sender), receive(lines, frames));
            let ended = ended.map_err(|error| InvokeError::Generator(error.to_string()));
            ended.and(received).into()
        })
    }

    fn pace(&self) -> Pace {
        PACE
    }
}

/// Reads frames until their end.
async fn receive(
    mut lines: mpsc::Receiver<Vec<u8>>,
    frames: mpsc::Sender<Arrived>,
) -> Result<(), InvokeError> {
    let mut complete = false;
    while let Some(line) = lines.recv().await {
        let frame = Arrived::read(line).map_err(InvokeError::Frame)?;
        complete |= matches!(frame.frame().body, Body::Final(_));
        if frames.send(frame).await.is_err() {
            break;
        }
    }
    if complete { Ok(()) } else { Err(InvokeError::NoFinal) }
}
