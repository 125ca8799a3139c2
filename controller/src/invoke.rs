//! Where a job runs.

mod arrived;
pub mod lambda;
mod local;

use std::{future::Future, pin::Pin, time::Duration};

use engine::{job::Job, run::Orders};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::{mpsc, watch};

use crate::{descriptors::TooFew, plan::Plan};

pub use self::{arrived::Arrived, local::Local};

/// Runs jobs somewhere: on this machine, or in a function.
pub trait Invoke: Send + Sync {
    /// Runs a job to its end, and hands on its frames as they arrive.
    fn invoke(
        &self,
        job: Job,
        orders: watch::Receiver<Orders>,
        frames: mpsc::Sender<Arrived>,
    ) -> Pin<Box<dyn Future<Output = Invocation> + Send>>;

    /// How much time it needs.
    fn pace(&self) -> Pace;

    /// Makes room for so many users of a plan at once, where that is known to be needed.
    ///
    /// # Errors
    ///
    /// There is none.
    fn room(&self, _plan: &Plan, _users: u32) -> Result<(), TooFew> {
        Ok(())
    }

    /// Sees to it that nothing runs on. For when the run is over.
    fn finish(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// How much time it takes to bring a generator up, and to hear the last of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// How long before its warm-up a generator is asked for.
    pub lead: Duration,
    /// How long generators that are told to end at once may take to hand over what they have.
    pub grace: Duration,
    /// How long before its time generators must be told of a change; none if they hear of none.
    pub notice: Option<Duration>,
}

/// What became of a job.
#[derive(Debug)]
pub struct Invocation {
    /// What is known of the generator that ran it.
    pub facts: Facts,
    /// Whether it ran to its end.
    pub result: Result<(), InvokeError>,
}

/// What is known of a generator beside its frames.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Facts {
    /// How often it was asked for in vain before.
    pub throttled: u32,
    /// Names the execution environment: its log stream.
    pub environment: Option<String>,
    /// Whether the environment was made for it.
    pub cold: Option<bool>,
    /// The time that is paid for.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "seconds")]
    pub billed: Option<Duration>,
    /// The most memory that it used, megabytes.
    pub max_memory_mb: Option<u32>,
    /// Whether it surely never began.
    #[serde(default)]
    pub never_began: bool,
    /// Whether its frames came late, from the bucket, as its answer was cut off.
    pub handed_in: bool,
}

/// Why a job failed as a whole. What had arrived of it counts.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// The generator could not run it, and no other could.
    #[error("{0}")]
    Generator(String),
    /// It surely never began.
    #[error("it did not begin: {0}")]
    NotBegun(String),
    /// It began, and is surely over.
    #[error("it died: {0}")]
    Died(String),
    /// Its answer was cut off; whether it runs on is not known.
    #[error("its answer was cut off, and it may have run on: {0}")]
    CutOff(String),
    /// What came back is no frame.
    #[error("the generator sent something that is no frame: {0}")]
    Frame(#[source] serde_json::Error),
    /// It ended without saying so.
    #[error("the generator ended without its final frame")]
    NoFinal,
}

impl InvokeError {
    /// Whether another generator may take over: its users surely do not run any more, and what it
    /// failed of would not fail another.
    pub fn may_be_replaced(&self) -> bool {
        match self {
            Self::NotBegun(_) | Self::Died(_) => true,
            Self::Generator(_) | Self::CutOff(_) | Self::Frame(_) | Self::NoFinal => false,
        }
    }
}

impl From<Result<(), InvokeError>> for Invocation {
    fn from(result: Result<(), InvokeError>) -> Self {
        Self { facts: Facts::default(), result }
    }
}

/// Optional durations in seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "it is called so by what serde derives")]
    pub(super) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| time.as_secs_f64()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let seconds = Option::<f64>::deserialize(deserializer)?;
        seconds.map(Duration::try_from_secs_f64).transpose().map_err(serde::de::Error::custom)
    }
}
