//! `load-test report`: all reports of a run again, or those of several as one.

use std::{fs, path::PathBuf};

use super::{Error, print, run::show};
use crate::{
    cli::{self, Format},
    compare::reference::resolve,
    config::Project,
    exit_code::ExitCode,
    report::{self, Report, ReportError, Written},
    run_folder::{RESULTS, RunFolder},
    shown::shown,
};

/// What names a run.
const HINT: &str = "a run's folder is `results/<test>/<UTC time>`, and holds its run.json; `shop` or \
                    `shop@latest` is the last one of a test";

pub(super) fn run(project: &Project, arguments: &cli::Report) -> Result<ExitCode, Error> {
    let folders = folders(project, &arguments.folders)?;
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

/// Opens the folders of runs, which may be named as `compare` takes them: `shop@latest`.
pub(super) fn folders(project: &Project, names: &[PathBuf]) -> Result<Vec<RunFolder>, Error> {
    let open = |name: &PathBuf| {
        let path = match name.to_str() {
            Some(text) if !name.exists() => resolve(&project.path(RESULTS), text)
                .map_err(|error| Error::of(ExitCode::INVALID, &error).with_hint(HINT))?,
            _ => name.clone(),
        };
        RunFolder::open(path).map_err(|error| failed(&error.into()))
    };
    names.iter().map(open).collect()
}

pub(super) fn failed(error: &ReportError) -> Error {
    let failure = Error::of(ExitCode::INVALID, error);
    match error {
        ReportError::SameRun { .. } => failure.with_hint("a run is merged once"),
        _ => failure.with_hint(HINT),
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
