//! A deadline that costs next to nothing while it is not reached.

use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use std::future::poll_fn;

use tokio::time::{Instant, Sleep, sleep_until};

/// A user's timer. It is left running from one request to the next: a deadline later than the one
/// it is set to needs no change, as waking early only sets it anew. So a request's timeout touches
/// the runtime's timers once per timeout's length, not once per request.
#[derive(Default)]
pub(super) struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
}

/// The deadline passed first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Elapsed;

impl Timer {
    /// Runs a future until the deadline.
    pub(super) async fn until<F: Future>(
        &mut self,
        deadline: Instant,
        future: F,
    ) -> Result<F::Output, Elapsed> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            self.poll(deadline, cx).map(|()| Err(Elapsed))
        })
        .await
    }

    fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{advance, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn deadlines_hold_in_any_order() {
        let mut timer = Timer::default();
        for (work, limit, kept) in
            [(10, 20, true), (30, 20, false), (10, 50, true), (45, 50, true), (5, 4, false)]
        {
            let begun = Instant::now();
            let limit = Duration::from_millis(limit);
            let result = timer.until(begun + limit, sleep(Duration::from_millis(work))).await;
            assert_eq!(result.is_ok(), kept);
            assert_eq!(begun.elapsed(), Duration::from_millis(work).min(limit));
            advance(Duration::from_millis(3)).await;
        }
    }
}
