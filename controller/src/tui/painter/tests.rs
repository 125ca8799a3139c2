use std::{
    io::{self, Write},
    sync::mpsc::{Receiver, Sender, channel},
    time::{Duration, Instant},
};

use ratatui::{
    TerminalOptions, Viewport,
    backend::CrosstermBackend,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
    layout::Rect,
};

use super::*;
use crate::{
    control::Control,
    tui::key::Action,
    view::{RunView, View},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A terminal that says that it is written to, and then takes nothing until it is let.
struct Slow {
    writes: Sender<Vec<u8>>,
    lets: Receiver<()>,
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes.send(bytes.to_vec()).map_err(io::Error::other)?;
        // Once it is let for ever, nothing is waited for.
        let _ = self.lets.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn named(test: &str) -> Arc<View> {
    let run = RunView { test: test.into(), ..RunView::default() };
    Arc::new(View { run: Some(run), ..View::default() })
}

#[test]
fn a_terminal_that_takes_nothing_holds_up_nobody_and_is_shown_the_newest() {
    let ((writes, written), (lets, let_go)) = (channel(), channel());
    let backend =
        CrosstermBackend::new(io::BufWriter::with_capacity(1 << 20, Slow { writes, lets: let_go }));
    let viewport = Viewport::Fixed(Rect::new(0, 0, 80, 24));
    let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
    let desk = Arc::new(Desk::default());
    let palette = Palette::new(crate::style::Style::Plain);
    Painter::new(terminal, palette, Arc::clone(&desk), || false).start();

    desk.show(named("first"));
    let first = written.recv_timeout(PATIENCE).unwrap();
    assert!(String::from_utf8_lossy(&first).contains("first"));

    // It writes, and gets no further. Views and keys do.
    let begun = Instant::now();
    for number in 0..10_000 {
        desk.show(named(&format!("view {number}")));
    }
    let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(desk.press(key), Some(Action::Tell(Control::Stop)));
    assert!(begun.elapsed() < PATIENCE);
    assert!(written.try_recv().is_err(), "it was drawn while the terminal took nothing");
    assert!(!desk.wait_until_left(Duration::from_millis(1)));

    // Let go, it draws the newest, and none of those between.
    drop(lets);
    let mut later = String::new();
    while !later.contains("9999") {
        later += &String::from_utf8_lossy(&written.recv_timeout(PATIENCE).unwrap());
    }
    assert!(!later.contains("9998"), "{later}");
    desk.end();
    assert!(desk.wait_until_left(PATIENCE));
}
