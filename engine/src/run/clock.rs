//! The test's time on this machine's clock.

use std::time::{Duration, Instant, SystemTime};

/// Knows the instant of the test's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    /// The clock of a test that starts at a time of day, past or to come.
    pub(crate) fn of(start: SystemTime) -> Option<Self> {
        let now = Instant::now();
        let start = match start.duration_since(SystemTime::now()) {
            Ok(ahead) => now.checked_add(ahead),
            Err(past) => now.checked_sub(past.duration()),
        };
        start.map(|start| Self { start })
    }

    /// The instant of a time since the test's start.
    pub(crate) fn instant(self, at: Duration) -> Instant {
        self.start + at
    }

    /// The time since the test's start; zero before it.
    pub(crate) fn now(self) -> Duration {
        self.start.elapsed()
    }
}
