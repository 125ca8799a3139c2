//! `prepare-lambda --upload`.

use std::{iter, time::Instant};

use controller::{
    command::{Error, print},
    exit_code::ExitCode,
};

use super::{report, runtime, style};
use crate::{
    build::zip::Package,
    change::{Change, Mode},
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
    let lines: String = outcomes.iter().map(|outcome| lines(mode, outcome)).collect();
    let changes: usize = outcomes.iter().map(|outcome| outcome.changes.list().len()).sum();
    let seconds = started.elapsed().as_secs_f64();
    let summary = match (mode, changes) {
        (_, 0) => "nothing to change".to_owned(),
        (Mode::Apply, 1) => "1 change".to_owned(),
        (Mode::Apply, changes) => format!("{changes} changes"),
        (Mode::DryRun, 1) => "1 change to be made; nothing was changed".to_owned(),
        (Mode::DryRun, changes) => format!("{changes} changes to be made; nothing was changed"),
    };
    print(&format!("{}\n{lines}{summary}, {seconds:.1} s\n", style().bold(&deployment.function)))?;
    report(outcomes.into_iter().filter_map(|outcome| outcome.error))
}

/// A place, and a line for each change.
fn lines(mode: Mode, Outcome { place, changes, error }: &Outcome) -> String {
    let text = |change: &Change| match (mode, error) {
        (Mode::Apply, None) => change.done(),
        _ => change.to_string(),
    };
    let mut texts: Vec<_> = changes.list().iter().map(text).collect();
    if error.is_some() {
        // The last of the changes is what failed, or what was followed by a failure.
        texts.insert(0, style().error(if texts.is_empty() { "failed" } else { "failed, at:" }));
    } else if texts.is_empty() {
        texts.push("unchanged".into());
    }
    let places = iter::once(place.as_str()).chain(iter::repeat(""));
    places.zip(texts).map(|(place, text)| format!("  {place:<14}  {text}\n")).collect()
}
