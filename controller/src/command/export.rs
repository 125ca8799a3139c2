//! `load-test export`: what runs measured, for other tools.

mod target;
mod unfinished;

use std::io::{self, IsTerminal, Write};

use self::{target::Target, unfinished::Unfinished};
use super::{Error, print};
use crate::{
    cli,
    config::Project,
    exit_code::ExitCode,
    export::{self, ExportError, Format, Table},
    report,
    run_folder::RunFolder,
    shown::{Shown, shown},
    style::Style,
};

pub(super) fn run(project: &Project, arguments: &cli::Export) -> Result<ExitCode, Error> {
    let folders = super::report::folders(project, &arguments.folders)?;
    match target::resolve(&folders, &arguments.format, arguments.output.as_deref())? {
        Target::Stdout(format) => to_stdout(&folders, format)?,
        Target::Files(files) => to_files(&folders, files)?,
    }
    Ok(ExitCode::PASSED)
}

fn to_files(folders: &[RunFolder], files: Vec<Unfinished>) -> Result<(), Error> {
    let (tables, reports): (Vec<_>, Vec<_>) =
        files.iter().partition(|file| Table::of(file.format()).is_some());
    for file in reports {
        let text = report(folders)?;
        file.writer()?.write_all(text.as_bytes()).map_err(|error| file.failed(&error))?;
    }
    if !tables.is_empty() {
        let sinks = tables.into_iter().filter_map(|file| {
            let table = Table::of(file.format())?;
            Some(file.writer().map(|writer| (table, Box::new(writer) as Box<dyn Write>)))
        });
        tell(&export::tables(folders, sinks.collect::<Result<_, _>>()?).map_err(failed)?);
    }
    for file in files {
        let path = file.finish()?;
        print(&(shown(&path.display().to_string()) + "\n"))?;
    }
    Ok(())
}

fn to_stdout(folders: &[RunFolder], format: Format) -> Result<(), Error> {
    let stdout = io::stdout();
    let is_terminal = stdout.is_terminal();
    if is_terminal && format.is_binary() {
        let message = format!("a terminal cannot show {format}");
        return Err(Error::new(ExitCode::INVALID, message)
            .with_hint("`--output FILE` names a file, and `| programme` one that reads it"));
    }
    let lock = io::BufWriter::new(stdout.lock());
    let sink: Box<dyn Write> =
        if is_terminal { Box::new(Shown::new(lock)) } else { Box::new(lock) };
    let written = match Table::of(format) {
        Some(table) => export::tables(folders, vec![(table, sink)]),
        None => write_report(folders, sink)?,
    };
    match written {
        Ok(problems) => tell(&problems),
        // A reader that has seen enough, such as `head`, is no error.
        Err(ExportError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => return Err(failed(error)),
    }
    Ok(())
}

fn write_report(
    folders: &[RunFolder],
    mut sink: impl Write,
) -> Result<Result<Vec<String>, ExportError>, Error> {
    let text = report(folders)?;
    let written = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
    Ok(written.map(|()| Vec::new()).map_err(ExportError::from))
}

/// The report of a run, or of several as one.
fn report(folders: &[RunFolder]) -> Result<String, Error> {
    let found = report::of_all(folders).map_err(|error| super::report::failed(&error))?;
    report::json::text(&found.report).map_err(Error::failed)
}

/// Says what was unreadable; the export goes on without it.
fn tell(problems: &[String]) {
    let stderr = io::stderr();
    let warning = Style::of(&stderr).warning("warning:");
    let lines: String =
        problems.iter().map(|problem| format!("{warning} {}\n", shown(problem))).collect();
    // If nobody can be told, the export is as good as it is.
    let _ = stderr.lock().write_all(lines.as_bytes());
}

fn failed(error: ExportError) -> Error {
    match error {
        ExportError::Folder(_) => Error::of(ExitCode::INVALID, &error),
        ExportError::Write(_) => Error::failed(error),
    }
}
