//! What an export is made of.

use std::sync::Arc;

use engine::stats::Latency;

use crate::{report::Distribution, run_folder::Run};

/// What happened in one second of a run.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The run.
    pub run: Arc<Run>,
    /// Whole seconds since its start.
    pub second: u32,
    /// What was measured, in order of region, name and method; never empty.
    pub rows: Vec<Row>,
}

/// What was measured of one transaction, in one second, from one region.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where its generators ran.
    pub region: String,
    /// The transaction's method.
    pub method: String,
    /// The transaction's name.
    pub name: String,
    /// Requests that ended in that second, failed ones included; at least one.
    pub requests: u64,
    /// Requests that failed.
    pub failures: u64,
    /// Bytes of response bodies.
    pub bytes: u64,
    /// Response times from the actual start.
    pub latency: Latency,
    /// The same in milliseconds.
    pub times: Distribution,
}

impl Moment {
    /// When it began: milliseconds since the Unix epoch.
    pub fn started_epoch_ms(&self) -> u64 {
        self.run.started_epoch_ms.saturating_add(u64::from(self.second) * 1000)
    }

    /// The same second as reports tell it: whole seconds since the Unix epoch.
    pub fn epoch_s(&self) -> u64 {
        self.started_epoch_ms() / 1000
    }
}
