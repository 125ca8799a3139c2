//! Hears the keys, on a thread of its own: they count also while the terminal takes nothing.

use std::{sync::Arc, thread, time::Duration};

use ratatui::crossterm::event::{self, Event, KeyEventKind};

use super::{desk::Desk, key::Action, steering::Steering};

/// How soon it is noticed that the full screen is over.
const LOOK: Duration = Duration::from_millis(100);

/// Hears keys from now on, until the full screen is over or there is no keyboard any more.
pub(super) fn listen(desk: Arc<Desk>, mut steering: Box<dyn Steering>) {
    let work = move || {
        while !desk.is_over() {
            match event::poll(LOOK) {
                Ok(false) => {}
                Ok(true) => match event::read() {
                    Ok(event) => hear(event, &desk, &mut *steering),
                    Err(_) => break,
                },
                Err(_) => break,
            }
        }
    };
    // Without the thread signals still stop the run.
    let _ = thread::Builder::new().name(super::THREADS.into()).spawn(work);
}

fn hear(event: Event, desk: &Desk, steering: &mut dyn Steering) {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            if let Some(action) = desk.press(key) {
                act(action, desk, steering);
            }
        }
        Event::Resize(..) => desk.redraw(),
        _ => {}
    }
}

/// Does what a key asks for.
pub(super) fn act(action: Action, desk: &Desk, steering: &mut dyn Steering) {
    match action {
        Action::Stop => steering.stop(),
        Action::Redraw => desk.redraw(),
        Action::Change(change) => desk.say(match steering.change(change) {
            Ok(what) | Err(what) => what,
        }),
    }
}
