//! Time that goes on while the machine sleeps.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tokio::time::{self, Instant};

/// After a sleep, what is due is noticed this soon.
const LOOK: Duration = Duration::from_secs(1);

/// Knows how long the machine has slept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Awake {
    behind: Duration,
}

impl Awake {
    /// From now on.
    pub(super) fn new() -> Self {
        Self { behind: behind() }
    }

    /// How long the machine has slept since.
    pub(super) fn slept(self) -> Duration {
        behind().saturating_sub(self.behind)
    }

    /// Sleeps until an instant, which a sleep of the machine does not put off; for ever if there is
    /// none.
    pub(super) async fn sleep_until(self, at: Option<Instant>) {
        let Some(at) = at else { return std::future::pending().await };
        loop {
            let left = at.saturating_duration_since(Instant::now() + self.slept());
            if left.is_zero() {
                return;
            }
            time::sleep(left.min(LOOK)).await;
        }
    }
}

/// By how much the clock of timers, which stands still while the machine sleeps, is behind.
#[cfg(target_os = "linux")]
fn behind() -> Duration {
    let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    let running = read(ClockId::Monotonic);
    read(ClockId::Boottime).saturating_sub(running)
}

/// Elsewhere it is not told apart.
#[cfg(not(target_os = "linux"))]
fn behind() -> Duration {
    Duration::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_instant_is_met() {
        let begun = Instant::now();
        Awake::new().sleep_until(Some(begun + Duration::from_millis(2_500))).await;
        let took = begun.elapsed().as_millis();
        assert!((2_500..2_502).contains(&took), "{took}");
    }
}
