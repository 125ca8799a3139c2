//! The users of the open model that have nothing to do.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Instant,
};

use tokio::{select, sync::Notify, task};

use super::stop::{Stop, Stopped};

/// The idle users of a thread, those that have been so the shortest last.
#[derive(Default)]
pub(super) struct Pool {
    idle: RefCell<Vec<Rc<Seat>>>,
    /// Arrivals that their users have not heard of yet.
    unheard: Cell<u32>,
}

/// Where a user of the pool waits.
#[derive(Default)]
struct Seat {
    /// The arrival that is its user's.
    arrival: Cell<Option<Instant>>,
    told: Notify,
}

/// A user's place in a pool.
pub(super) struct Member {
    pool: Rc<Pool>,
    seat: Rc<Seat>,
}

impl Pool {
    /// Gives an arrival to the user that has been idle the shortest, so that no more users work
    /// than must. Tells whether there is one.
    pub(super) fn give(&self, arrival: Instant) -> bool {
        let Some(seat) = self.idle.borrow_mut().pop() else { return false };
        seat.arrival.set(Some(arrival));
        seat.told.notify_one();
        self.unheard.update(|unheard| unheard + 1);
        true
    }

    /// Returns when all arrivals that were given are with their users.
    pub(super) async fn heard(&self) {
        while self.unheard.get() > 0 {
            task::yield_now().await;
        }
    }

    /// A place for another user.
    pub(super) fn join(self: &Rc<Self>) -> Member {
        Member { pool: Rc::clone(self), seat: Rc::default() }
    }
}

impl Member {
    /// Waits for the next arrival, idle until then; returns its instant.
    pub(super) async fn next(&self, stop: &Stop) -> Result<Instant, Stopped> {
        self.pool.idle.borrow_mut().push(Rc::clone(&self.seat));
        loop {
            if let Some(arrival) = self.seat.arrival.take() {
                self.pool.unheard.update(|unheard| unheard - 1);
                return Ok(arrival);
            }
            select! {
                biased;
                () = self.seat.told.notified() => {}
                () = stop.stopped() => return Err(Stopped),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::LocalSet;

    use super::*;

    #[tokio::test]
    async fn the_most_recently_idle_is_next() {
        let (pool, stop) = (Rc::<Pool>::default(), Stop::default());
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        let heard = Rc::<RefCell<Vec<_>>>::default();
        let local = LocalSet::new();
        for user in 0..3 {
            let (member, stop, heard) = (pool.join(), stop.clone(), Rc::clone(&heard));
            local.spawn_local(async move {
                while let Ok(arrival) = member.next(&stop).await {
                    heard.borrow_mut().push((user, arrival));
                    // The first one is busy for long.
                    if arrival == begun {
                        stop.stopped().await;
                    }
                }
            });
        }
        local
            .run_until(async {
                task::yield_now().await;
                for arrival in [0, 1, 2].map(at) {
                    assert!(pool.give(arrival));
                    pool.heard().await;
                    task::yield_now().await;
                }
                assert!(pool.give(at(3)) && pool.give(at(4)));
                assert!(!pool.give(at(5)), "all are busy");
                pool.heard().await;
                stop.stop();
            })
            .await;
        local.await;
        let expected = [(2, at(0)), (1, at(1)), (1, at(2)), (1, at(3)), (0, at(4))];
        assert_eq!(*heard.borrow(), expected);
    }
}
