//! `prepare-lambda --upload`.

use std::time::Instant;

use controller::{command::Error, exit_code::ExitCode};

use super::{print, runtime, style};
use crate::{
    build::zip::Package,
    change::Mode,
    cli::Cli,
    clients::Clients,
    deployment::Deployment,
    pace::Pace,
    progress::Progress,
    upload::{Outcome, upload},
};

pub(super) fn run(
    cli: &Cli,
    deployment: &Deployment,
    package: &Package,
) -> Result<ExitCode, Error> {
    let started = Instant::now();
    let mode = if cli.dry_run { Mode::DryRun } else { Mode::Apply };
    let outcomes = runtime()?.block_on(async {
        let clients = Clients::connect().await?;
        let progress = Progress::stderr();
        upload(&clients, deployment, package, mode, Pace::default(), &progress).await
    })?;
    let lines: String = outcomes.iter().map(line).collect();
    let changes: usize = outcomes.iter().map(|outcome| outcome.changes.list().len()).sum();
    let seconds = started.elapsed().as_secs_f64();
    let summary = match (mode, changes) {
        (_, 0) => "nothing to change".to_owned(),
        (Mode::Apply, 1) => "1 change".to_owned(),
        (Mode::Apply, changes) => format!("{changes} changes"),
        (Mode::DryRun, changes) => format!("{changes} to be made; nothing was changed"),
    };
    print(&format!("{}\n{lines}{summary}, {seconds:.1} s\n", style().bold(&deployment.function)))?;
    // The first failures are told here, and the last one by whoever reports errors.
    let mut errors = outcomes.into_iter().filter_map(|outcome| outcome.error).map(Error::from);
    let Some(last) = errors.next_back() else { return Ok(ExitCode::PASSED) };
    for error in errors {
        error.report();
    }
    Err(last)
}

fn line(outcome: &Outcome) -> String {
    let Outcome { place, changes, error } = outcome;
    let text = match error {
        None => changes.to_string(),
        Some(_) if changes.list().is_empty() => style().error("failed"),
        // The last of them is what failed, or what was followed by a failure.
        Some(_) => format!("{}; begun: {changes}", style().error("failed")),
    };
    format!("  {place:<14}  {text}\n")
}
