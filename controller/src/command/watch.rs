//! How a person watches a run: by a line that renews itself, or on the whole terminal.

use std::io::{self, IsTerminal};

use super::{
    Error,
    launch::{Finished, Launch},
    tell,
};
use crate::{
    cli,
    exit_code::ExitCode,
    progress::Progress,
    shown::shown,
    tui::{self, Tui},
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

    /// Drives a run to its end while it is watched.
    pub(super) fn drive(self, launch: &Launch) -> Result<Finished, Error> {
        match self {
            Self::Line => by_line(launch),
            Self::Screen => on_screen(launch),
        }
    }
}

fn by_line(launch: &Launch) -> Result<Finished, Error> {
    let mut progress = Progress::new(launch.plan(), io::stderr().is_terminal());
    let finished = launch.drive(launch.controls()?, &mut progress);
    progress.finish();
    finished
}

fn on_screen(launch: &Launch) -> Result<Finished, Error> {
    let controls = launch.controls()?;
    let screen = Tui::start(launch.plan(), about(launch), controls.remote());
    let mut screen = screen.map_err(|error| {
        Error::new(ExitCode::GENERATOR, format!("cannot take the terminal: {error}"))
    })?;
    let finished = launch.drive(controls, &mut screen);
    repeat(&screen.finish(), finished.as_ref().ok());
    finished
}

/// Tells again what was told on the screen, which is gone, but for what the report tells.
fn repeat(notes: &[Note], finished: Option<&Finished>) {
    let told = finished.map_or(&[][..], |finished| &finished.written.report.end.messages);
    for note in notes.iter().filter(|note| !told.contains(&note.text)) {
        tell(&shown(&note.text));
    }
}

fn about(launch: &Launch) -> RunView {
    let (plan, run) = (launch.plan(), launch.folder().run());
    RunView {
        id: run.id.clone(),
        test: plan.test.clone(),
        description: plan.description.clone(),
        environment: plan.environment.clone(),
        host: plan.host.clone(),
        started_epoch_ms: run.started_epoch_ms,
        folder: launch.folder().path().display().to_string(),
        backend: if plan.functions.is_some() { "lambda" } else { "local" },
    }
}
