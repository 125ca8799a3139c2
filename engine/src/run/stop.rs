//! The end of the load, for all users of a thread or for one of them.

use std::{cell::Cell, rc::Rc, time::Instant};

use tokio::{select, sync::Notify, time};

/// Told once; heard by every user of the thread. A user may have an end of its own before that.
#[derive(Clone, Default)]
pub struct Stop {
    all: Rc<All>,
    own: Option<Instant>,
}

#[derive(Default)]
struct All {
    stopped: Cell<bool>,
    notify: Notify,
}

/// The load has ended.
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

impl Stop {
    /// The same for a user whose load ends at an instant, if it has not before.
    pub(crate) fn at(&self, own: Option<Instant>) -> Self {
        Self { all: Rc::clone(&self.all), own }
    }

    /// Ends the load of all.
    pub fn stop(&self) {
        self.all.stopped.set(true);
        self.all.notify.notify_waiters();
    }

    /// Whether the load has ended.
    pub fn is_stopped(&self) -> bool {
        self.all.stopped.get() || self.own.is_some_and(|own| own <= Instant::now())
    }

    /// Returns when the load ends.
    pub async fn stopped(&self) {
        match self.own {
            Some(own) => drop(self.sleep_until(own).await),
            None if self.is_stopped() => {}
            // Nothing on this thread can tell the stop between the look and the wait.
            None => self.all.notify.notified().await,
        }
    }

    /// Sleeps until an instant.
    ///
    /// # Errors
    ///
    /// The load ended before, or has already.
    pub async fn sleep_until(&self, due: Instant) -> Result<(), Stopped> {
        let told = self.all.notify.notified();
        if self.is_stopped() {
            return Err(Stopped);
        }
        let own = self.own.filter(|own| *own <= due);
        select! {
            biased;
            () = told => Err(Stopped),
            () = time::sleep_until(own.unwrap_or(due).into()) => {
                if own.is_some() { Err(Stopped) } else { Ok(()) }
            }
        }
    }
}
