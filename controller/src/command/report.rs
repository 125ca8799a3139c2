//! `load-test report`: all reports of a run again.

use super::{Error, run::show};
use crate::{cli, exit_code::ExitCode, report};

pub(super) fn run(arguments: &cli::Report) -> Result<ExitCode, Error> {
    let written = report::rebuild(&arguments.folder).map_err(|error| {
        Error::of(ExitCode::INVALID, &error)
            .with_hint("a run's folder is `results/<test>/<UTC time>`, and holds its run.json")
    })?;
    show(&written)?;
    Ok(ExitCode::PASSED)
}
