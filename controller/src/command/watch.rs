//! How a person watches a run: by a line that renews itself, or on the whole terminal.

use std::io::{self, IsTerminal};

use super::{
    Error,
    launch::{Finished, Launch},
    page::OnPage,
    tell,
};
use crate::{
    cli,
    control::Controls,
    exit_code::ExitCode,
    progress::Progress,
    reporter::Reporter,
    shown::shown,
    tui::{self, Tui},
    ui::{Session, Watcher},
    view::{Note, RunView},
};

/// How a run is watched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Watch {
    /// By a line on standard error.
    Line,
    /// On the whole terminal.
    Screen,
}

impl Watch {
    /// What is asked for.
    pub(super) fn new(arguments: &cli::Run) -> Result<Self, Error> {
        match arguments.tui {
            false => Ok(Self::Line),
            true if tui::is_possible() => Ok(Self::Screen),
            true => {
                let message = "--tui needs a terminal, and here is none to draw on or to read from";
                let hint = "without --tui there is a line of progress, also in a pipe";
                Err(Error::new(ExitCode::INVALID, message).with_hint(hint))
            }
        }
    }

    /// Drives a run to its end while it is watched, on a page too if there is one.
    pub(super) fn drive(self, launch: &Launch, page: Option<&Session>) -> Result<Finished, Error> {
        let controls = launch.controls()?;
        let mut on_page = page.map(|page| OnPage::begin(page, launch, controls.remote()));
        let watcher = on_page.as_mut().map(OnPage::watcher);
        let finished = match self {
            Self::Line => by_line(launch, controls, watcher),
            Self::Screen => on_screen(launch, controls, watcher),
        };
        if let Some(on_page) = on_page {
            on_page.end(launch.plan(), &finished);
        }
        finished
    }
}

fn by_line(
    launch: &Launch,
    controls: Controls,
    page: Option<&mut Watcher>,
) -> Result<Finished, Error> {
    let mut progress = Progress::new(launch.plan(), io::stderr().is_terminal());
    let finished = launch.drive(controls, &mut with(&mut progress, page));
    progress.finish();
    finished
}

fn on_screen(
    launch: &Launch,
    controls: Controls,
    page: Option<&mut Watcher>,
) -> Result<Finished, Error> {
    let (run, folder) = (launch.folder().run(), launch.folder().path());
    let about = RunView::new(run, launch.plan(), folder);
    let screen = Tui::start(launch.plan(), about, controls.remote());
    let mut screen = screen.map_err(|error| {
        Error::new(ExitCode::GENERATOR, format!("cannot take the terminal: {error}"))
    })?;
    let finished = launch.drive(controls, &mut with(&mut screen, page));
    repeat(&screen.finish(), finished.as_ref().ok());
    finished
}

fn with<'a>(
    terminal: &'a mut dyn Reporter,
    page: Option<&'a mut Watcher>,
) -> Vec<Box<dyn Reporter + 'a>> {
    let mut all: Vec<Box<dyn Reporter + 'a>> = vec![Box::new(terminal)];
    all.extend(page.map(|page| Box::new(page) as Box<dyn Reporter + 'a>));
    all
}

/// Tells again what was told on the screen, which is gone, but for what the report tells.
fn repeat(notes: &[Note], finished: Option<&Finished>) {
    let told = finished.map_or(&[][..], |finished| &finished.written.report.end.messages);
    for note in notes.iter().filter(|note| !told.contains(&note.text)) {
        tell(&shown(&note.text));
    }
}
