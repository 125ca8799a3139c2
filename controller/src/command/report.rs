//! `load-test report`: all reports of a run again.

use super::{Error, print, run::show};
use crate::{
    cli::{self, Format},
    exit_code::ExitCode,
    report,
};

pub(super) fn run(arguments: &cli::Report) -> Result<ExitCode, Error> {
    let written = report::rebuild(&arguments.folder).map_err(|error| {
        Error::of(ExitCode::INVALID, &error)
            .with_hint("a run's folder is `results/<test>/<UTC time>`, and holds its run.json")
    })?;
    if arguments.format == Format::Console {
        let run = &written.report.run;
        let host = run.host.as_deref().unwrap_or("the hosts of its scenario");
        print(&format!("{}, started {}, against {host}\n", run.test, run.started))?;
    }
    show(&written, arguments.format)?;
    Ok(ExitCode::of_report(&written.report))
}
