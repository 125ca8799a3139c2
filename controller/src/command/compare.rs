//! `load-test compare`: a run beside another.

use std::{fs, io, path::PathBuf, thread};

use super::{Error, print, terminal_width};
use crate::{
    causes::with_causes,
    cli::{self, Format},
    compare::{
        Comparison, Recording, Settings, console, html, markdown,
        reference::{self, ReferenceError},
    },
    config::Project,
    exit_code::ExitCode,
    report::{ReportError, console::Look},
    run_folder::RESULTS,
    shown::shown,
    style::Style,
};

pub(super) fn run(project: &Project, arguments: &cli::Compare) -> Result<ExitCode, Error> {
    let folders = folders(project, &arguments.runs)?;
    let recordings = read(&folders, arguments)?;
    let settings = Settings::new(arguments.percentiles.clone()).with_limits(&arguments.fail_if);
    let Some((base, others)) = recordings.split_first() else {
        return Err(Error::new(ExitCode::INVALID, "there is nothing to compare"));
    };
    let comparisons: Vec<_> = others
        .iter()
        .map(|other| Comparison::new(base, other, &settings))
        .map(|comparison| comparison.held_to(&arguments.fail_if, arguments.strict))
        .collect();
    if let Some(file) = &arguments.html {
        fs::write(file, html::page(&comparisons)).map_err(|error| {
            let file = shown(&file.display().to_string());
            Error::new(ExitCode::GENERATOR, format!("cannot write {file}: {error}"))
        })?;
    }
    print(&text(&comparisons, arguments)?)?;
    let crossed = comparisons.iter().any(|comparison| !comparison.crossed.is_empty());
    Ok(if crossed { ExitCode::CROSSED } else { ExitCode::PASSED })
}

/// The base's folder, then those of the others. A run alone is compared with the one before it.
fn folders(project: &Project, runs: &[String]) -> Result<Vec<PathBuf>, Error> {
    let results = project.path(RESULTS);
    let found: Result<Vec<_>, _> =
        runs.iter().map(|run| reference::resolve(&results, run)).collect();
    let mut folders = found.map_err(|error| unknown(&error))?;
    if let [run] = folders.as_slice() {
        let base = reference::before(run).map_err(|error| unknown(&error))?;
        folders.insert(0, base);
    }
    Ok(folders)
}

fn unknown(error: &ReferenceError) -> Error {
    Error::new(ExitCode::INVALID, error.to_string()).with_hint(
        "a run is its folder, TEST@latest, TEST@previous, or TEST@START with the beginning of the \
         folder's name; `load-test history` lists them",
    )
}

/// Reads all runs at once.
fn read(folders: &[PathBuf], arguments: &cli::Compare) -> Result<Vec<Recording>, Error> {
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = folders
            .iter()
            .map(|folder| scope.spawn(|| Recording::read(folder, arguments.skip)))
            .collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let joined = results.into_iter().zip(folders).map(|(result, folder)| match result {
        Ok(Ok(recording)) => Ok(recording),
        Ok(Err(error)) => Err(unreadable(&error)),
        Err(_) => {
            let folder = shown(&folder.display().to_string());
            Err(Error::new(ExitCode::GENERATOR, format!("cannot read {folder}")))
        }
    });
    joined.collect()
}

fn unreadable(error: &ReportError) -> Error {
    Error::new(ExitCode::INVALID, shown(&with_causes(error))).with_hint(
        "a run's folder is `results/<test>/<UTC time>`, and holds run.json and plan.json",
    )
}

fn text(comparisons: &[Comparison], arguments: &cli::Compare) -> Result<String, Error> {
    if arguments.json {
        let json = serde_json::to_string_pretty(comparisons).map_err(Error::failed)?;
        return Ok(json + "\n");
    }
    let look = Look { width: terminal_width(), style: Style::of(&io::stdout()) };
    let texts = comparisons.iter().map(|comparison| match arguments.format {
        Format::Console => console::text(comparison, arguments.all, look),
        Format::Github => markdown::text(comparison),
    });
    Ok(texts.collect::<Vec<_>>().join("\n"))
}
