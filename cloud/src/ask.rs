//! What a function is asked for.

use std::time::SystemTime;

use engine::job::Job;
use listeners::{Listening, Reference};
use serde::{Deserialize, Serialize};

use crate::lease::Leased;

/// The payload of an invocation. The answer is lines: a [`Hello`](crate::hello::Hello), and for a
/// run one [`Frame`](engine::frame::Frame) each after it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Say who you are, and what the time is.
    Ping(Ping),
    /// Run a job.
    Run(Box<Run>),
}

/// Asks who answers.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ping {
    /// Whether this bucket can be read is to be tried too.
    pub bucket: Option<String>,
    /// Whether these secrets can be read is to be tried too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Reference>,
}

/// Asks for a run.
#[derive(Deserialize, Serialize)]
pub struct Run {
    /// What to run.
    pub job: Job,
    /// Who hears of it.
    pub listening: Listening,
    /// An invocation that arrives later than this does nothing, by the function's clock.
    pub start_by: SystemTime,
    /// What keeps it running; none if there is no bucket.
    pub lease: Option<Leased>,
    /// How the answer travels.
    pub reply: Reply,
}

/// How an answer travels.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Each line as soon as it is there.
    #[default]
    Stream,
    /// All lines at the end, packed by [`reply::pack`](crate::reply::pack).
    Whole,
}

/// Why a function has no answer: the types of errors that come instead. Only after
/// the last two, anything was run.
pub mod refusal {
    /// It was asked too late.
    pub const LATE: &str = "LoadTest.Late";
    /// The job was begun by another invocation.
    pub const CLAIMED: &str = "LoadTest.Claimed";
    /// Whether another invocation has begun the job cannot be known, as the bucket failed.
    pub const UNCLAIMED: &str = "LoadTest.Unclaimed";
    /// The payload is none of this build's.
    pub const UNREADABLE: &str = "LoadTest.Unreadable";
    /// The job cannot be run, such as one whose scenario is not linked in.
    pub const JOB: &str = "LoadTest.Job";
    /// The job was begun, and did not come to its end.
    pub const FAILED: &str = "LoadTest.Failed";
    /// The job has run, but what it measured is too large for an answer in one piece.
    pub const TOO_LARGE: &str = "LoadTest.TooLarge";
}
