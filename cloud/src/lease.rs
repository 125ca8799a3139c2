//! What keeps functions running: an object that the laptop renews and the functions watch.
//!
//! A function cannot be told anything once it was invoked, and runs on when its caller is gone.
//! So it looks at an object each second: it obeys its signal, and stops by itself when the object
//! was not renewed for too long.

use std::time::Duration;

use engine::{job_id::JobId, run::Signal};
use serde::{Deserialize, Serialize};

/// The object's content.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lease {
    /// Rises with each renewal.
    pub renewal: u64,
    /// What all functions of the run are told.
    pub signal: Signal,
}

/// Where a job finds its run's objects, and how it watches them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Leased {
    /// The bucket.
    pub bucket: String,
    /// How often the lease is looked at.
    #[serde(with = "engine::duration::seconds")]
    pub every: Duration,
    /// How long it may stay without a renewal, or unreadable, until the job stops by itself.
    #[serde(with = "engine::duration::seconds")]
    pub patience: Duration,
}

/// The key of an object that tells whether there is a bucket that can be written and read.
pub const PROBE: &str = "runs/probe";

/// The key of a run's lease.
pub fn lease_key(run: &str) -> String {
    format!("runs/{run}/lease.json")
}

/// The key under which a job's first invocation claims it.
pub fn claim_key(job: &JobId) -> String {
    job_key(job, "claim")
}

/// The key under which a job hands in its lines when it ends, whether they have arrived or not:
/// whoever misses them may notice that too late to ask. They are packed by [`reply::pack`](crate::reply::pack).
pub fn hand_in_key(job: &JobId) -> String {
    job_key(job, "lines")
}

fn job_key(job: &JobId, what: &str) -> String {
    let JobId { run, interval, region, share, attempt } = job;
    format!("runs/{run}/jobs/{interval}-{region}-{share}-{attempt}.{what}")
}
