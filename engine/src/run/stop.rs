//! The end of the load, for all users of a thread or for one of them.

use std::{cell::Cell, rc::Rc, time::Instant};

use tokio::{select, sync::Notify, time};

/// Told once; heard by every user of the thread. A user may have an end of its own before that.
#[derive(Clone, Default)]
pub struct Stop {
    all: Rc<All>,
    own: End,
}

/// When a user's own load ends, if it does so before that of all. It may be put off or brought
/// forward while the user lives.
#[derive(Clone, Default)]
pub(crate) struct End(Rc<Cell<Option<Instant>>>);

#[derive(Default)]
struct All {
    stopped: Cell<bool>,
    notify: Notify,
}

/// The load has ended.
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

impl End {
    pub(crate) fn at(instant: Option<Instant>) -> Self {
        Self(Rc::new(Cell::new(instant)))
    }

    /// Moves it. Who sleeps hears of that by [`Stop::look_again`].
    pub(super) fn set(&self, instant: Option<Instant>) {
        self.0.set(instant);
    }

    /// Whether both are of the same life.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Stop {
    /// The same for a user with an end of its own.
    pub(crate) fn with(&self, own: End) -> Self {
        Self { all: Rc::clone(&self.all), own }
    }

    /// Ends the load of all.
    pub fn stop(&self) {
        self.all.stopped.set(true);
        self.look_again();
    }

    /// Has all that sleep look when their load ends.
    pub(super) fn look_again(&self) {
        self.all.notify.notify_waiters();
    }

    /// Whether the load has ended.
    pub fn is_stopped(&self) -> bool {
        self.all.stopped.get() || self.own.0.get().is_some_and(|own| own <= Instant::now())
    }

    /// Returns when the load ends.
    pub async fn stopped(&self) {
        loop {
            // Nothing on this thread can tell the stop between the look and the wait.
            let told = self.all.notify.notified();
            match self.own.0.get() {
                _ if self.is_stopped() => return,
                None => told.await,
                Some(own) => select! {
                    biased;
                    () = told => {}
                    () = time::sleep_until(own.into()) => {}
                },
            }
        }
    }

    /// Sleeps until an instant.
    ///
    /// # Errors
    ///
    /// The load ended before, or has already.
    pub async fn sleep_until(&self, due: Instant) -> Result<(), Stopped> {
        loop {
            let told = self.all.notify.notified();
            if self.is_stopped() {
                return Err(Stopped);
            }
            let own = self.own.0.get().filter(|own| *own <= due);
            select! {
                biased;
                () = told => {}
                () = time::sleep_until(own.unwrap_or(due).into()) => {
                    return if own.is_some() { Err(Stopped) } else { Ok(()) };
                }
            }
        }
    }
}
