//! The end of the load, for all users of a thread.

use std::{cell::Cell, rc::Rc, time::Instant};

use tokio::{select, sync::Notify, time};

/// Told once; heard by every user of the thread.
#[derive(Clone, Default)]
pub struct Stop(Rc<Inner>);

#[derive(Default)]
struct Inner {
    stopped: Cell<bool>,
    notify: Notify,
}

/// The load has ended.
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

impl Stop {
    /// Ends the load.
    pub fn stop(&self) {
        self.0.stopped.set(true);
        self.0.notify.notify_waiters();
    }

    /// Whether the load has ended.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.get()
    }

    /// Returns when the load ends.
    pub async fn stopped(&self) {
        // Nothing on this thread can tell the stop between the look and the wait.
        let told = self.0.notify.notified();
        if !self.is_stopped() {
            told.await;
        }
    }

    /// Sleeps until an instant.
    ///
    /// # Errors
    ///
    /// The load ended before, or has already.
    pub async fn sleep_until(&self, due: Instant) -> Result<(), Stopped> {
        select! {
            biased;
            () = self.stopped() => Err(Stopped),
            () = time::sleep_until(due.into()) => Ok(()),
        }
    }
}
