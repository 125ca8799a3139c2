//! Jobs on this machine.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use engine::{
    frame::Body, generator::run_job, job::Job, listener::Listener, run::Orders, scenario::Linked,
};
use listeners::{Audience, Hearing, Listening, Vault};
use tokio::sync::{mpsc, watch};

use super::{Arrived, Invocation, Invoke, InvokeError, Pace};
use crate::{
    descriptors::{TooFew, connections, make_room},
    plan::Plan,
};

/// How many lines may wait to be read before the generator waits.
const WAITING: usize = 64;

/// A thread is there at once, and so is its answer.
const PACE: Pace = Pace {
    lead: Duration::from_millis(500),
    grace: Duration::from_secs(2),
    notice: Some(Duration::from_millis(300)),
};

/// Runs jobs in this process, but through the same bytes as anywhere else.
pub struct Local {
    linked: Linked,
    listening: Option<Listening>,
    vault: Option<Arc<dyn Vault>>,
    beside_demo: bool,
}

impl Local {
    /// With these scenarios linked in.
    pub fn new(linked: Linked) -> Self {
        Self { linked, listening: None, vault: None, beside_demo: false }
    }

    /// With somebody who hears of each job, as far as that needs no function.
    #[must_use]
    pub fn heard_by(self, listening: &Listening) -> Self {
        Self { listening: Some(listening.of_generators().outside_functions()), ..self }
    }

    /// With what is kept in AWS, for those who hear.
    #[must_use]
    pub fn with_vault(self, vault: Option<Arc<dyn Vault>>) -> Self {
        Self { vault, ..self }
    }

    /// With the sample API in this process, too, if that is so.
    #[must_use]
    pub fn beside_demo(self, beside_demo: bool) -> Self {
        Self { beside_demo, ..self }
    }
}

impl Invoke for Local {
    fn invoke(
        &self,
        job: Job,
        orders: watch::Receiver<Orders>,
        frames: mpsc::Sender<Arrived>,
    ) -> Pin<Box<dyn Future<Output = Invocation> + Send>> {
        let (linked, listening) = (self.linked.clone(), self.listening.clone());
        let vault = self.vault.clone();
        Box::pin(async move {
            let job = serde_json::to_vec(&job).expect("a job is valid JSON");
            let job: Job = serde_json::from_slice(&job).expect("it was encoded here");
            let listener = listening.and_then(|listening| listener(&listening, &job, vault));
            let (sender, lines) = mpsc::channel(WAITING);
            let (ended, received) = tokio::join!(
                run_job(job, &linked, orders, listener, sender),
                receive(lines, frames)
            );
            let ended = ended.map_err(|error| InvokeError::Generator(error.to_string()));
            ended.and(received).into()
        })
    }

    fn pace(&self) -> Pace {
        PACE
    }

    fn room(&self, plan: &Plan, users: u32) -> Result<(), TooFew> {
        make_room(connections(users, plan, self.beside_demo))
    }
}

/// Who hears of a job. Without a thread for them it runs all the same.
fn listener(
    listening: &Listening,
    job: &Job,
    vault: Option<Arc<dyn Vault>>,
) -> Option<Box<dyn Listener>> {
    let started = Audience::start(listening, Hearing::of_job(listening, job), vault);
    started.inspect_err(|error| log::error!("{error}")).ok().flatten()
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
