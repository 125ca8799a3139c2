//! What a generator reports: one line a second, and one at the end.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    job_id::JobId,
    stats::{Latency, Stats},
};

/// A message from a generator. As JSON it is one line.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Frame {
    /// The job it belongs to.
    pub job: JobId,
    /// 0, 1, 2, .. within the job, so that a lost or doubled frame shows.
    pub sequence: u64,
    /// What it says.
    pub body: Body,
}

/// The content of a frame.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// What happened in one second.
    Second(Second),
    /// The job is done.
    Final(Final),
}

/// What happened in the seconds `[second, second + seconds)` of the test.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Second {
    /// Whole seconds since the test's start.
    pub second: u32,
    /// How many seconds it covers: more than one where space is short.
    #[serde(default = "one")]
    pub seconds: u32,
    /// Users that ran at the end of it.
    pub users: u32,
    /// What was measured.
    pub stats: Stats,
    /// How the generator itself fared.
    pub health: Health,
}

fn one() -> u32 {
    1
}

/// The end of a job. A job without it failed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Final {
    /// The generator's own totals: the sum of its seconds must equal them.
    pub totals: Stats,
    /// When the load began and ended, as measured.
    pub load: Option<LoadTimes>,
    /// Users that should have run by the job's end.
    pub users: u32,
    /// Users that continued from an earlier interval, and how many of them were late.
    pub continuing: Continuing,
    /// Requests that were cut off because they outlasted the stop timeout.
    pub cut_off: u64,
    /// Requests sent again on a new connection, as the server had closed the old one unused.
    pub resent: u64,
    /// Whether it was stopped before its window ended.
    pub stopped_early: bool,
}

/// When a generator's load really began and ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LoadTimes {
    /// When the users were let go, time since the test's start.
    #[serde(with = "crate::duration::seconds")]
    pub from: Duration,
    /// When no user began anything new, time since the test's start.
    #[serde(with = "crate::duration::seconds")]
    pub to: Duration,
}

/// Users that ran before this interval too.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Continuing {
    /// How many.
    pub users: u32,
    /// How many were not ready (signed in, connected) when the interval began.
    pub late: u32,
    /// By how much the latest of them was late.
    #[serde(with = "crate::duration::seconds")]
    pub latest: Duration,
}

/// How a generator itself fared in a second: what tells whether its numbers can be trusted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Health {
    /// Processor time of each of its threads, microseconds; none if it was not measured.
    pub thread_cpu_us: Vec<u64>,
    /// The time over which that was measured, microseconds.
    pub over_us: u64,
    /// By how much things happened later than they were due: starts of users and ends of waits.
    pub delay: Latency,
}

impl Health {
    /// Adds another thread's or generator's health in the same second.
    pub fn merge(&mut self, other: &Self) {
        self.thread_cpu_us.extend(&other.thread_cpu_us);
        self.over_us = self.over_us.max(other.over_us);
        self.delay.merge(&other.delay);
    }

    /// The busiest thread's part of its core, 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds within seconds are far below 2^52"
    )]
    pub fn busiest(&self) -> f64 {
        let most = self.thread_cpu_us.iter().copied().max().unwrap_or(0);
        if self.over_us == 0 { 0.0 } else { most as f64 / self.over_us as f64 }
    }
}
