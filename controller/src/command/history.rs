//! `load-test history`: the runs of a test, one after the other.

use std::io::{self, IsTerminal};

use serde::Serialize;

use super::{Error, print, terminal_width};
use crate::{
    cli,
    config::{Project, Registry},
    exit_code::ExitCode,
    history::{Bars, History, console},
    report::console::Look,
    run_folder::{RESULTS, file_name},
    style::Style,
};

pub(super) fn run(project: &Project, arguments: &cli::History) -> Result<ExitCode, Error> {
    let results = project.path(RESULTS);
    let look = Look { width: terminal_width(), style: Style::of(&io::stdout()) };
    let Some(test) = test(project, arguments) else {
        let histories = History::last_of_all(&results);
        if histories.is_empty() {
            return Err(none("there are no runs here"));
        }
        print(&if arguments.json {
            json(&histories)?
        } else {
            console::overview(&histories, look)
        })?;
        return Ok(ExitCode::PASSED);
    };
    let history = History::read(&test, &results.join(file_name(&test)), arguments.limit.get());
    if history.runs.is_empty() {
        let test = crate::shown::shown(&test);
        return Err(none(&format!("there are no runs of `{test}` here")));
    }
    let bars = Bars::of(io::stdout().is_terminal(), &|name| std::env::var(name).ok());
    print(&if arguments.json { json(&history)? } else { console::text(&history, look, bars) })?;
    Ok(ExitCode::PASSED)
}

/// The test that is named, or the registry's current one; none if all of them are asked for, or
/// there is no registry to tell.
fn test(project: &Project, arguments: &cli::History) -> Option<String> {
    if arguments.all {
        return None;
    }
    let current = || Some(Registry::load(project).ok()?.current().name.clone());
    arguments.test.clone().or_else(current)
}

fn none(message: &str) -> Error {
    Error::new(ExitCode::INVALID, message).with_hint(
        "runs are in results/TEST of the project; `load-test history --all` shows which tests have any",
    )
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(value).map_err(Error::failed)? + "\n")
}
