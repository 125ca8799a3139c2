//! How many users are in the load.

use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::BinaryHeap,
    time::Duration,
};

/// The active users of a thread.
#[derive(Default)]
pub(super) struct Active {
    users: Cell<u32>,
    /// When those of them end whose load ends before the window does, soonest first.
    ends: RefCell<BinaryHeap<Reverse<Duration>>>,
}

impl Active {
    /// Another user; if its load ends before that of all, when.
    pub(super) fn add(&self, end: Option<Duration>) {
        self.users.update(|users| users + 1);
        self.ends.borrow_mut().extend(end.map(Reverse));
    }

    /// Those whose load goes on at the end of a second, in its last instant. Asked for one second
    /// after the other.
    pub(super) fn by(&self, end_of_second: Duration) -> u32 {
        let mut ends = self.ends.borrow_mut();
        while ends.peek().is_some_and(|Reverse(end)| *end < end_of_second) {
            ends.pop();
            self.users.update(|users| users - 1);
        }
        self.users.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_leave_when_their_load_ends() {
        let active = Active::default();
        let at = Duration::from_millis;
        for end in [None, Some(at(1500)), Some(at(2000)), Some(at(900)), None] {
            active.add(end);
        }
        let seconds = [1, 2, 3, 3].map(|second| active.by(Duration::from_secs(second)));
        assert_eq!(seconds, [4, 3, 2, 2]);
    }
}
