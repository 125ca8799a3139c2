//! How long the shop takes over a request.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::dice::Dice;

/// One in how many requests is slow.
const SLOW_ONE_IN: u64 = 50;

/// The time the shop pretends to work: 2 to 25 ms, and now and then up to 80 ms.
#[derive(Default)]
pub(super) struct ThinkTime(Dice);

impl ThinkTime {
    fn take(&self) -> Duration {
        let milliseconds = match self.0.roll(SLOW_ONE_IN) {
            0 => 26 + self.0.roll(55),
            _ => 2 + self.0.roll(24),
        };
        Duration::from_millis(milliseconds)
    }
}

/// Holds a request back for the time the shop takes over it.
pub(super) async fn think(
    State(think_time): State<Arc<ThinkTime>>,
    request: Request,
    next: Next,
) -> Response {
    tokio::time::sleep(think_time.take()).await;
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_are_short_and_a_few_are_long() {
        let think_time = ThinkTime::default();
        let times: Vec<_> = (0..10_000).map(|_| think_time.take().as_millis()).collect();
        assert!(times.iter().all(|time| (2..=80).contains(time)), "{times:?}");
        assert!(times.iter().any(|&time| time > 60), "{times:?}");
        let slow = times.iter().filter(|&&time| time > 25).count();
        assert!((100..300).contains(&slow), "{slow}");
    }
}
