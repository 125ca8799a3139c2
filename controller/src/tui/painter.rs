//! Draws, on a thread of its own: a terminal that takes nothing holds up nobody else.

use std::{sync::Arc, thread, time::Duration};

use ratatui::{Terminal, backend::Backend};

use super::{desk::Desk, draw::draw, palette::Palette};

/// The least time between two drawings.
const PAUSE: Duration = Duration::from_millis(150);

/// Who draws.
pub(super) struct Painter<B: Backend> {
    terminal: Terminal<B>,
    palette: Palette,
    desk: Arc<Desk>,
    /// Puts the terminal right if somebody else has changed it; whether that was so.
    mend: fn() -> bool,
}

impl<B: Backend> Painter<B> {
    pub(super) fn new(
        terminal: Terminal<B>,
        palette: Palette,
        desk: Arc<Desk>,
        mend: fn() -> bool,
    ) -> Self {
        Self { terminal, palette, desk, mend }
    }

    /// Draws what lies on the desk until the full screen is over, or cannot be drawn.
    fn run(mut self) {
        while let Some(drawing) = self.desk.next() {
            if ((self.mend)() || drawing.clear) && self.clear().is_err() {
                break;
            }
            let palette = self.palette;
            let mut page = 0;
            let drawn = self.terminal.draw(|frame| {
                page = draw(frame, &drawing.view, &drawing.model, palette);
            });
            if drawn.is_err() {
                break;
            }
            self.desk.note_page(page);
            self.desk.rest(PAUSE);
        }
    }

    /// Has the next drawing draw everything. Not by `Terminal::clear`: that asks the terminal where
    /// its cursor is, and waits for an answer that the keyboard's thread reads.
    fn clear(&mut self) -> Result<(), B::Error> {
        let area = self.terminal.get_frame().area();
        self.terminal.resize(area)
    }
}

impl<B: Backend + Send + 'static> Painter<B> {
    /// Draws from now on.
    pub(super) fn start(self) {
        let desk = Arc::clone(&self.desk);
        let work = move || {
            let _left = Leaving(desk);
            self.run();
        };
        // Without the thread nothing is drawn, and nothing else is missing.
        let _ = thread::Builder::new().name(super::THREADS.into()).spawn(work);
    }
}

/// Says so when nobody draws any more, also if that came by a panic.
struct Leaving(Arc<Desk>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.leave();
    }
}

#[cfg(test)]
mod tests;
