//! Users that ran before, on their way.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::frame::Continuing;

/// Which continuing users were ready in time.
#[derive(Default)]
pub(super) struct WarmUp {
    seen: Cell<Continuing>,
    /// Users on their way that are not ready.
    missing: Cell<u32>,
}

impl WarmUp {
    /// A user is on its way.
    pub(super) fn expect(&self) {
        self.missing.update(|missing| missing + 1);
        self.seen.update(|seen| Continuing { users: seen.users + 1, ..seen });
    }

    /// A user is ready, for an instant that may have passed.
    pub(super) fn ready(&self, from: Instant) {
        self.missing.update(|missing| missing - 1);
        self.late(1, from.elapsed());
    }

    /// A user's load has ended before it was ready. Nobody misses it if that was before the instant
    /// for which it was to be.
    pub(super) fn give_up(&self, from: Instant) {
        if Instant::now() < from {
            self.missing.update(|missing| missing - 1);
        }
    }

    /// By how much the latest of those that came was late.
    pub(super) fn latest(&self) -> Duration {
        self.seen.get().latest
    }

    /// What was seen up to the end, so long after the instant for which users were to be ready:
    /// those that never were are late as well.
    pub(super) fn end(&self, after: Duration) -> Continuing {
        self.late(self.missing.take(), after);
        self.seen.get()
    }

    fn late(&self, users: u32, by: Duration) {
        if users > 0 && by > Duration::ZERO {
            self.seen.update(|seen| Continuing {
                users: seen.users,
                late: seen.late + users,
                latest: seen.latest.max(by),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_never_comes_is_late() {
        let ms = Duration::from_millis;
        let warm_up = WarmUp::default();
        (0..3).for_each(|_| warm_up.expect());
        warm_up.ready(Instant::now() + ms(1000));
        warm_up.ready(Instant::now() - ms(10));
        assert!((ms(10)..ms(1000)).contains(&warm_up.latest()));
        let end = warm_up.end(ms(2000));
        assert_eq!((end.users, end.late, end.latest), (3, 2, ms(2000)));
        let warm_up = WarmUp::default();
        (0..2).for_each(|_| warm_up.expect());
        warm_up.give_up(Instant::now() + ms(1000));
        warm_up.give_up(Instant::now() - ms(10));
        assert_eq!(warm_up.end(ms(2000)).late, 1, "only one of them was missed");
        let warm_up = WarmUp::default();
        warm_up.expect();
        assert_eq!(warm_up.end(Duration::ZERO).late, 0, "the load ended before it began");
    }
}
