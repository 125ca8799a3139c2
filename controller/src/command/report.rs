//! `load-test report`: all reports of a run again, or those of several as one.

use std::{fs, path::PathBuf};

use super::{Error, print, run::show};
use crate::{
    cli::{self, Format},
    exit_code::ExitCode,
    report::{self, Report, ReportError, Written},
    run_folder::RunFolder,
    shown::shown,
};

pub(super) fn run(arguments: &cli::Report) -> Result<ExitCode, Error> {
    let folders = folders(&arguments.folders)?;
    let found = report::of_all(&folders).map_err(|error| failed(&error))?;
    let output = match (&arguments.output, &*folders) {
        (Some(output), _) => Some(prepared(output)?),
        (None, [folder]) => Some(folder.path().to_owned()),
        (None, _) => None,
    };
    let written = match output {
        Some(output) => found.write(&output).map_err(|error| failed(&error))?,
        None => Written { report: found.report, files: Vec::new() },
    };
    if arguments.format == Format::Console {
        print(&heading(&written.report))?;
    }
    show(&written, arguments.format)?;
    Ok(ExitCode::of_report(&written.report))
}

fn heading(report: &Report) -> String {
    let run = &report.run;
    let host = run.host.as_deref().unwrap_or("the hosts of its scenario");
    let test = shown(&run.test);
    format!("{test}, started {}, against {}\n", run.started, shown(host))
}

/// Opens the folders of runs.
pub(super) fn folders(paths: &[PathBuf]) -> Result<Vec<RunFolder>, Error> {
    let folders = paths.iter().map(RunFolder::open).collect::<Result<_, _>>();
    folders.map_err(|error| failed(&error.into()))
}

pub(super) fn failed(error: &ReportError) -> Error {
    let failure = Error::of(ExitCode::INVALID, error);
    match error {
        ReportError::SameRun { .. } => failure.with_hint("a run is merged once"),
        _ => failure
            .with_hint("a run's folder is `results/<test>/<UTC time>`, and holds its run.json"),
    }
}

/// A folder for reports: made if it is not there. That of a run has its own.
fn prepared(output: &PathBuf) -> Result<PathBuf, Error> {
    if RunFolder::is_one(output) {
        let message = format!("{} is the folder of a run, which has its own", output.display());
        return Err(
            Error::new(ExitCode::INVALID, message).with_hint("`--output` takes another one")
        );
    }
    fs::create_dir_all(output).map_err(|error| {
        let message = format!("cannot make the folder {}: {error}", output.display());
        Error::new(ExitCode::GENERATOR, message)
    })?;
    Ok(output.clone())
}
