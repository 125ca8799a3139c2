//! Hears the keys, on a thread of its own: they count also while the terminal takes nothing.

use std::{sync::Arc, thread, time::Duration};

use ratatui::crossterm::event::{self, Event, KeyEventKind};

use super::{desk::Desk, key::Action};
use crate::control::Remote;

/// How soon it is noticed that the full screen is over.
const LOOK: Duration = Duration::from_millis(100);

/// Hears keys from now on, until the full screen is over or there is no keyboard any more.
pub(super) fn listen(desk: Arc<Desk>, remote: Remote) {
    let work = move || {
        while !desk.is_over() {
            match event::poll(LOOK) {
                Ok(false) => {}
                Ok(true) => match event::read() {
                    Ok(event) => hear(&event, &desk, &remote),
                    Err(_) => break,
                },
                Err(_) => break,
            }
        }
    };
    // Without the thread signals still stop the run.
    let _ = thread::Builder::new().name(super::THREADS.into()).spawn(work);
}

fn hear(event: &Event, desk: &Desk, remote: &Remote) {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => match desk.press(*key) {
            Some(Action::Tell(control)) => remote.tell(control),
            Some(Action::Redraw) => desk.redraw(),
            None => {}
        },
        Event::Resize(..) => desk.redraw(),
        _ => {}
    }
}
