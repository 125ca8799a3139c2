//! How a person watches a run: by a line that renews itself, or on the whole terminal.

use std::io::{self, IsTerminal};

use super::{
    Error,
    desk::plain,
    launch::{Finished, Launch},
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
    ui::{Outcome, Session},
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

    /// Drives a run to its end while it is watched, here and on the page if there is one.
    pub(super) fn drive(self, launch: &Launch, page: Option<&Session>) -> Result<Finished, Error> {
        let refused = |error: &Error| page.iter().for_each(|page| page.refused(&plain(error)));
        let mut controls = launch.controls().inspect_err(refused)?;
        let (plan, folder) = (launch.plan(), launch.folder());
        let begin =
            |page: &Session| page.begin(plan, folder.run(), folder.path(), controls.remote());
        let mut watcher = page.map(begin);
        let finished = match self {
            Self::Line => by_line(launch, &mut controls, &mut watcher),
            Self::Screen => on_screen(launch, &mut controls, &mut watcher),
        };
        if let Some((page, watcher)) = page.zip(watcher) {
            match &finished {
                Ok(Finished { written, totals, code }) => {
                    let report = &written.report;
                    page.end(watcher, &Outcome { plan, totals, report, code: *code });
                }
                Err(error) => page.broke(watcher, &plain(error)),
            }
        }
        finished
    }
}

fn by_line(
    launch: &Launch,
    controls: &mut Controls,
    beside: &mut impl Reporter,
) -> Result<Finished, Error> {
    let mut progress = Progress::new(launch.plan(), io::stderr().is_terminal());
    let finished = launch.drive(controls, &mut (&mut progress, beside));
    progress.finish();
    finished
}

fn on_screen(
    launch: &Launch,
    controls: &mut Controls,
    beside: &mut impl Reporter,
) -> Result<Finished, Error> {
    let (plan, folder) = (launch.plan(), launch.folder());
    let about = RunView::new(folder.run(), plan, folder.path());
    let mut screen = Tui::start(plan, about, controls.remote()).map_err(|error| {
        Error::new(ExitCode::GENERATOR, format!("cannot take the terminal: {error}"))
    })?;
    let finished = launch.drive(controls, &mut (&mut screen, beside));
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
