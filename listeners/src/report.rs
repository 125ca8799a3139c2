//! What was measured in a stretch of time.

use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use engine::stats::Stats;

/// What was measured in a stretch of time.
#[derive(Clone, Debug)]
pub struct Report {
    /// The stretch, in seconds since the test's start.
    pub seconds: Range<u32>,
    /// The stretch's end, by the clock.
    pub at: SystemTime,
    /// Users at its end.
    pub users: u32,
    /// What was measured.
    pub stats: Stats,
}

impl Report {
    /// How long the stretch is: at least a second.
    pub fn over(&self) -> Duration {
        Duration::from_secs(self.seconds.len().max(1) as u64)
    }

    /// The stretch's beginning, by the clock.
    pub fn from(&self) -> SystemTime {
        self.at - self.over()
    }

    /// So many, per second.
    #[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are below 2^52")]
    pub fn rate(&self, count: u64) -> f64 {
        count as f64 / self.over().as_secs_f64()
    }
}
