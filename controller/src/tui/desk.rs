//! Where the threads of the full screen meet: one lays the newest view down, one the keys, and one
//! takes what there is and draws it. None of them waits for another that draws.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ratatui::crossterm::event::KeyEvent;

use super::{
    key::{self, Action},
    model::Model,
};
use crate::view::View;

/// What there is to draw, and whether still.
#[derive(Debug, Default)]
pub(super) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
    /// Whether the full screen is to end.
    over: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    view: Arc<View>,
    model: Model,
    /// Whether something is to be drawn.
    dirty: bool,
    /// Whether what is on the terminal can no longer be relied on.
    clear: bool,
    /// Whether nobody draws any more.
    left: bool,
}

/// What is to be drawn.
#[derive(Debug)]
pub(super) struct Drawing {
    /// The newest view.
    pub(super) view: Arc<View>,
    /// What of it.
    pub(super) model: Model,
    /// Whether everything is to be drawn anew.
    pub(super) clear: bool,
}

impl Desk {
    /// Lays a view down; the one before is seen no more, whether it was drawn or not.
    pub(super) fn show(&self, view: Arc<View>) {
        self.change(|state| state.view = view);
    }

    /// Takes a key.
    pub(super) fn press(&self, key: KeyEvent) -> Option<Action> {
        self.change(|state| {
            let view = Arc::clone(&state.view);
            key::press(&mut state.model, key, &view)
        })
    }

    /// Has everything drawn anew.
    pub(super) fn redraw(&self) {
        self.change(|state| state.clear = true);
    }

    /// Has the full screen end.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.change(|_| ());
    }

    /// The same without waiting for anybody: from a panic, whose thread may be at the desk.
    pub(super) fn end_at_once(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.changed.notify_all();
    }

    /// Whether the full screen is to end.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// Waits for something to draw; none when the full screen is to end.
    pub(super) fn next(&self) -> Option<Drawing> {
        let idle = |state: &mut State| !state.dirty && !self.is_over();
        let state = self.changed.wait_while(self.lock(), idle);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        if self.is_over() {
            return None;
        }
        state.dirty = false;
        let clear = std::mem::take(&mut state.clear);
        Some(Drawing { view: Arc::clone(&state.view), model: state.model.clone(), clear })
    }

    /// Waits for a while, but no longer than the full screen lasts.
    pub(super) fn rest(&self, time: Duration) {
        let goes_on = |_: &mut State| !self.is_over();
        drop(self.changed.wait_timeout_while(self.lock(), time, goes_on));
    }

    /// Notes how many rows the last drawing had room for.
    pub(super) fn note_page(&self, page: usize) {
        self.lock().model.page = page;
    }

    /// Says that nobody draws any more.
    pub(super) fn leave(&self) {
        self.change(|state| state.left = true);
    }

    /// Waits until nobody draws any more, but not longer than so; whether that is so.
    pub(super) fn wait_until_left(&self, most: Duration) -> bool {
        let draws = |state: &mut State| !state.left;
        let waited = self.changed.wait_timeout_while(self.lock(), most, draws);
        waited.unwrap_or_else(PoisonError::into_inner).0.left
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        state.dirty = true;
        drop(state);
        self.changed.notify_all();
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_at_the_desk_ends_it_without_waiting_for_itself() {
        let desk = Desk::default();
        desk.change(|_| desk.end_at_once());
        assert!(desk.is_over());
        assert!(desk.next().is_none());
    }
}
