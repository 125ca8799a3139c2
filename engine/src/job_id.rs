//! The name of a job.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A job's name, unique over all runs.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct JobId {
    /// The run.
    pub run: String,
    /// The interval within the run, from 0.
    pub interval: u32,
    /// The region in which it runs.
    pub region: String,
    /// The share of the users.
    pub share: u32,
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.run, self.interval, self.region, self.share)
    }
}
