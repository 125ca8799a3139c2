//! The instant at which Lambda ends the process.

use std::{
    future::pending,
    time::{Duration, SystemTime},
};

use engine::run::{Orders, Signal};
use tokio::{sync::watch, time::sleep};

use crate::orders::tell;

/// What handing over the results may take.
const RESERVE: Duration = Duration::from_secs(2);

/// Stops a job early enough for its requests in flight to end and its results to get out. Never
/// returns.
pub(crate) async fn watch(
    deadline: SystemTime,
    stop_timeout: Duration,
    orders: &watch::Sender<Orders>,
) -> ! {
    let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
    let left = left.saturating_sub(RESERVE);
    let drain = stop_timeout.min(left);
    sleep(left - drain).await;
    log::warn!("the function's time is up: its job is stopped");
    tell(orders, &Signal::Stop.into());
    sleep(drain).await;
    tell(orders, &Signal::Abort.into());
    pending().await
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    async fn told(left: u64, stop_timeout: u64) -> Vec<(Signal, Duration)> {
        let (orders, mut heard) = watch::channel(Orders::default());
        let began = Instant::now();
        let mut told = Vec::new();
        let listen = async {
            while heard.changed().await.is_ok() {
                told.push((heard.borrow_and_update().signal, began.elapsed()));
            }
        };
        let deadline = SystemTime::now() + Duration::from_secs(left);
        let watch = watch(deadline, Duration::from_secs(stop_timeout), &orders);
        let both = async { tokio::join!(watch, listen) };
        timeout(Duration::from_hours(1), both).await.unwrap_err();
        told
    }

    fn rounded(told: Vec<(Signal, Duration)>) -> Vec<(Signal, f64)> {
        told.into_iter().map(|(signal, at)| (signal, at.as_secs_f64().round())).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn requests_in_flight_have_their_time_before_the_reserve() {
        assert_eq!(rounded(told(900, 10).await), [(Signal::Stop, 888.0), (Signal::Abort, 898.0)]);
        assert_eq!(rounded(told(10, 30).await), [(Signal::Stop, 0.0), (Signal::Abort, 8.0)]);
    }
}
