//! A running test on the whole terminal.
//!
//! Three threads, of which none waits for another: the run's own lays down the newest [`View`], one
//! hears the keys, one draws. A terminal that takes nothing holds up the one that draws, and no other.

mod cell;
mod charts;
mod desk;
mod draw;
mod figure;
mod figures;
mod footer;
mod generator;
mod header;
mod key;
mod keyboard;
mod log;
mod model;
mod overlay;
mod painter;
mod palette;
mod prompt;
mod region;
mod screen;
mod sheet;
mod statistics;
mod tab;
mod table;
mod tabs;
mod threshold;
mod trouble;

use std::{
    io::{self, IsTerminal},
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use engine::run::Signal;

use self::{desk::Desk, painter::Painter, palette::Palette, screen::Screen};
use crate::{
    control::Remote,
    plan::Plan,
    reporter::{Moment, Reporter},
    style::Style,
    view::{Live, Note, PlanView, RunView, State, View},
};

/// What the threads of the full screen are called.
const THREADS: &str = "full screen";

/// How long the end waits for a terminal that takes nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many things that happened are kept; of more, the oldest are forgotten.
const MOST_NOTES: usize = 1000;

/// A running test on the whole terminal, until it is dropped or finished.
pub struct Tui {
    live: Live,
    run: RunView,
    notes: Vec<Note>,
    /// What other threads panicked of.
    panics: Receiver<String>,
    /// The newest view, and what it was of: the second, the signal, and how many notes.
    shown: Option<(u64, Signal, usize)>,
    elapsed: Duration,
    desk: Arc<Desk>,
    screen: Option<Screen>,
}

/// Whether there is a terminal that can be drawn on, with a keyboard.
pub fn is_possible() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

impl Tui {
    /// Takes the terminal, and shows what is planned until the first [`Moment`]. What is asked for
    /// at the keyboard is told to `remote`.
    ///
    /// # Errors
    ///
    /// The terminal does not let itself be taken.
    pub fn start(plan: &Plan, run: RunView, remote: Remote) -> io::Result<Self> {
        let (sender, panics) = channel();
        let desk = Arc::new(Desk::default());
        let screen = Screen::take(Arc::clone(&desk), sender)?;
        let palette = Palette::new(Style::of(&io::stdout()));
        let painter = Painter::new(Screen::terminal()?, palette, Arc::clone(&desk), screen::mend);
        desk.show(Arc::new(View {
            state: State::Preparing,
            message: Some("the generators get ready".into()),
            run: Some(run.clone()),
            plan: Some(PlanView::new(plan, &plan.load)),
            ..View::default()
        }));
        painter.start();
        keyboard::listen(Arc::clone(&desk), remote);
        let (live, screen) = (Live::new(plan), Some(screen));
        let (notes, shown, elapsed) = Default::default();
        Ok(Self { live, run, notes, panics, shown, elapsed, desk, screen })
    }

    /// Gives the terminal back; what happened meanwhile, the oldest first.
    pub fn finish(mut self) -> Vec<Note> {
        self.hear_panics();
        self.leave();
        std::mem::take(&mut self.notes)
    }

    fn leave(&mut self) {
        self.desk.end();
        if self.screen.is_some() {
            self.desk.wait_until_left(PATIENCE);
        }
        self.screen = None;
    }

    /// What panics again and again is told once.
    fn hear_panics(&mut self) {
        let panics: Vec<_> = self.panics.try_iter().collect();
        for panic in panics {
            if self.notes.iter().all(|note| note.text != panic) {
                self.note(&panic);
            }
        }
    }
}

impl Reporter for Tui {
    /// Looks once a second, and when something has happened.
    fn tick(&mut self, now: &Moment<'_>) {
        self.elapsed = now.elapsed;
        self.hear_panics();
        let seen = (now.elapsed.as_secs(), now.signal, self.notes.len());
        if self.shown == Some(seen) {
            return;
        }
        self.shown = Some(seen);
        let view = self.live.look(now);
        let (run, notes) = (Some(self.run.clone()), self.notes.clone());
        self.desk.show(Arc::new(View { run, notes, ..view }));
    }

    fn note(&mut self, message: &str) {
        if self.notes.len() == MOST_NOTES {
            self.notes.remove(0);
        }
        self.notes.push(Note { at_s: self.elapsed.as_secs(), text: message.to_owned() });
    }
}

impl Drop for Tui {
    fn drop(&mut self) {
        self.leave();
    }
}
