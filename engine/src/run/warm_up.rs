//! Users that ran before, on their way.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::frame::Continuing;

/// Which continuing users were ready in time.
#[derive(Default)]
pub(super) struct WarmUp(Cell<Continuing>);

impl WarmUp {
    /// A user is on its way.
    pub(super) fn expect(&self) {
        self.0.update(|seen| Continuing { users: seen.users + 1, ..seen });
    }

    /// A user is ready, for an instant that may have passed.
    pub(super) fn ready(&self, from: Instant) {
        let late = from.elapsed();
        self.0.update(|seen| Continuing {
            users: seen.users,
            late: seen.late + u32::from(late > Duration::ZERO),
            latest: seen.latest.max(late),
        });
    }

    /// What was seen so far.
    pub(super) fn seen(&self) -> Continuing {
        self.0.get()
    }
}
