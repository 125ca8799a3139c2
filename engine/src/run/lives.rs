//! Who is in the load, and until when.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::{select, sync::Notify, task::AbortHandle, time};

use super::{clock::Clock, stop::End};
use crate::curve::{Life, LoadCurve};

/// The lives of a thread's users that have begun.
#[derive(Default)]
pub(super) struct Lives {
    /// Those that are not over, and those that ended by themselves: nobody has these again.
    begun: RefCell<BTreeMap<Key, Own>>,
    /// How many are in the load.
    users: Cell<u32>,
    /// When those of them end that do so before the window does, soonest first.
    ends: RefCell<BTreeSet<(Duration, Key)>>,
    /// The same of those whose tasks go on, maybe beyond it; and these tasks.
    open: RefCell<BTreeMap<(Duration, Key), AbortHandle>>,
    /// The first of these is another one.
    sooner: Notify,
}

/// A user's number, and which of its lives.
type Key = (u32, u32);

/// A life that has begun.
struct Own {
    end: End,
    /// The same since the test's start; none if it is that of the window.
    to: Option<Duration>,
    /// What the user does; none once it stopped by itself.
    task: Option<AbortHandle>,
}

impl Lives {
    /// A life has begun that ends when this says, which is at `to` if it ends before the window.
    pub(super) fn begin(&self, life: &Life, end: End, to: Option<Duration>, task: AbortHandle) {
        let key = key(life);
        self.users.update(|users| users + 1);
        if let Some(to) = to {
            self.ends.borrow_mut().insert((to, key));
            self.watch(to, key, task.clone());
        }
        self.begun.borrow_mut().insert(key, Own { end, to, task: Some(task) });
    }

    /// A life is over: at its end and after what the user was just doing then, or before if the
    /// user stopped by itself.
    pub(super) fn over(&self, life: &Life, end: &End, by_itself: bool) {
        let mut lives = self.begun.borrow_mut();
        let key = key(life);
        let Some(own) = lives.get_mut(&key).filter(|own| own.end.is(end)) else { return };
        own.task = None;
        let to = own.to;
        if !by_itself {
            lives.remove(&key);
        }
        let is_counted = to.is_none_or(|to| {
            self.open.borrow_mut().remove(&(to, key));
            by_itself && self.ends.borrow_mut().remove(&(to, key))
        });
        if by_itself && is_counted {
            self.users.update(|users| users - 1);
        }
    }

    /// Whether a life has begun, and is not over by an instant since the test's start; or is, as
    /// the user stopped by itself.
    pub(super) fn has(&self, life: &Life, at: Duration) -> bool {
        let lives = self.begun.borrow();
        let goes_on = |own: &Own| own.task.is_none() || own.to.is_none_or(|to| to > at);
        lives.get(&key(life)).is_some_and(goes_on)
    }

    /// Has the lives that go on end as another curve says, whose window ends at `window_to`.
    pub(super) fn follow(&self, curve: &LoadCurve, window_to: Duration, clock: Clock) {
        let now = clock.now();
        for (key, own) in &mut *self.begun.borrow_mut() {
            let Some(task) = own.task.clone().filter(|_| own.to.is_none_or(|to| to > now)) else {
                continue;
            };
            let life = curve.lives_of(key.0).into_iter().find(|life| life.number == key.1);
            // What the curve has not, or not any more, ends at once.
            let to = life.map_or(now, |life| life.to.max(now));
            let to = (to < window_to).then_some(to);
            if to != own.to {
                self.move_end(*key, task, own.to, to);
                own.end.set(to.map(|to| clock.instant(to)));
                own.to = to;
            }
        }
    }

    fn move_end(&self, key: Key, task: AbortHandle, from: Option<Duration>, to: Option<Duration>) {
        if let Some(from) = from {
            self.ends.borrow_mut().remove(&(from, key));
            self.open.borrow_mut().remove(&(from, key));
        }
        if let Some(to) = to {
            self.ends.borrow_mut().insert((to, key));
            self.watch(to, key, task);
        }
    }

    fn watch(&self, to: Duration, key: Key, task: AbortHandle) {
        let mut open = self.open.borrow_mut();
        open.insert((to, key), task);
        if open.keys().next() == Some(&(to, key)) {
            self.sooner.notify_one();
        }
    }

    /// Those whose load goes on at the end of a second, in its last instant. Asked for one second
    /// after the other.
    pub(super) fn by(&self, end_of_second: Duration) -> u32 {
        let mut ends = self.ends.borrow_mut();
        while ends.first().is_some_and(|(end, _)| *end < end_of_second) {
            ends.pop_first();
            self.users.update(|users| users - 1);
        }
        self.users.get()
    }

    /// Ends what goes on for too long after the end of its life, which cuts off its request. Never
    /// returns.
    pub(super) async fn cut_off(&self, clock: Clock, stop_timeout: Duration) {
        loop {
            let first = self.open.borrow().keys().next().copied();
            let Some((to, key)) = first else {
                self.sooner.notified().await;
                continue;
            };
            select! {
                biased;
                () = self.sooner.notified() => {}
                () = time::sleep_until(clock.instant(to + stop_timeout).into()) => {
                    self.end(to, key);
                }
            }
        }
    }

    fn end(&self, to: Duration, key: Key) {
        let Some(task) = self.open.borrow_mut().remove(&(to, key)) else { return };
        task.abort();
        let mut lives = self.begun.borrow_mut();
        // It may go on again, in another task, if it was heard of too late that it should not end.
        if lives.get(&key).is_some_and(|own| own.to == Some(to)) {
            lives.remove(&key);
        }
    }
}

fn key(life: &Life) -> Key {
    (life.user, life.number)
}

#[cfg(test)]
mod tests;
