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
    /// 0, or 1 for the one that replaces a generator that did not come up, or was lost.
    #[serde(default)]
    pub attempt: u32,
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, interval, region, share, attempt } = self;
        write!(f, "{run}/{interval}/{region}/{share}")?;
        if *attempt > 0 { write!(f, "/{attempt}") } else { Ok(()) }
    }
}
