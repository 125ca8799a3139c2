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

    /// A user that was added with this end is gone: before it, or after what it was just doing
    /// then, when it may not be counted any more.
    pub(super) fn leave(&self, end: Option<Duration>) {
        let mut gone = end;
        self.ends.borrow_mut().retain(|Reverse(end)| gone.take_if(|gone| gone == end).is_none());
        if end.is_none() || gone.is_none() {
            self.users.update(|users| users - 1);
        }
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
        active.leave(None);
        assert_eq!(active.by(at(4000)), 1);
    }

    #[test]
    fn a_user_that_leaves_early_does_not_leave_again() {
        let active = Active::default();
        let end = Some(Duration::from_secs(5));
        for end in [end, end, None] {
            active.add(end);
        }
        active.leave(end);
        let seconds = [1, 5, 6].map(|second| active.by(Duration::from_secs(second)));
        assert_eq!(seconds, [2, 2, 1]);
    }

    #[test]
    fn a_user_that_stops_after_its_end_has_left_before() {
        let active = Active::default();
        let end = Some(Duration::from_millis(1500));
        for end in [end, None] {
            active.add(end);
        }
        assert_eq!(active.by(Duration::from_secs(2)), 1);
        active.leave(end);
        assert_eq!(active.by(Duration::from_secs(3)), 1);
    }
}
