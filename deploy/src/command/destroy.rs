//! `prepare-lambda --destroy`.

use std::io::{self, IsTerminal, Write};

use controller::{
    command::{Error, print},
    exit_code::ExitCode,
};

use super::{report, runtime, style};
use crate::{
    cli::Cli,
    clients::Clients,
    deployment::Deployment,
    destroy::{Destroy, Found},
    error,
    pace::Pace,
    progress::Progress,
};

pub(super) fn run(cli: &Cli, deployment: &Deployment) -> Result<ExitCode, Error> {
    runtime()?.block_on(destroy(cli, deployment))
}

async fn destroy(cli: &Cli, deployment: &Deployment) -> Result<ExitCode, Error> {
    let Deployment { function, regions, .. } = deployment;
    let clients = Clients::connect().await?;
    let progress = Progress::stderr();
    let destroy = Destroy::new(clients, function, regions, Pace::default(), progress).await?;
    let found = destroy.look().await?;
    if !found.is_some() {
        print(&format!("{}: nothing to remove\n", style().bold(function)))?;
        return conclude(found, Vec::new());
    }
    print(&format!("{}: everything that was made for it\n{found}", style().bold(function)))?;
    if cli.dry_run {
        print("nothing was removed\n")?;
        return report(found.errors);
    }
    if !cli.yes && !is_confirmed()? {
        print("nothing was removed\n")?;
        return Ok(ExitCode::PASSED);
    }
    let errors = destroy.remove(&found).await;
    // What could not be removed is there for longer than anyone wants to wait.
    let left = if errors.is_empty() { destroy.look_again().await } else { destroy.look().await };
    conclude(left?, errors)
}

/// Asks whoever sits at the terminal.
fn is_confirmed() -> Result<bool, Error> {
    if !io::stdin().is_terminal() {
        let message = "nobody can be asked whether to remove all of this";
        let hint = "add `--yes` if it is to be removed";
        return Err(Error::new(ExitCode::INVALID, message).with_hint(hint));
    }
    let mut stderr = io::stderr();
    // Whoever does not see the question does not say yes.
    let _unseen = write!(stderr, "Remove all of this? [y/N] ").and_then(|()| stderr.flush());
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.map_err(|error| Error::new(ExitCode::GENERATOR, format!("no answer: {error}")))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Says what is left, and where that cannot be known.
fn conclude(found: Found, mut errors: Vec<error::Error>) -> Result<ExitCode, Error> {
    let Found { looked, closed, .. } = &found;
    let left =
        if found.is_some() { format!("this is left:\n{found}") } else { "nothing is left".into() };
    print(&format!("looked into {looked} regions: {left}\n"))?;
    if !closed.is_empty() {
        let closed = closed.join(", ");
        print(&format!("not looked into, as they are not enabled or not allowed: {closed}\n"))?;
    }
    let is_left = found.is_some();
    errors.extend(found.errors);
    let code = report(errors)?;
    Ok(if is_left { ExitCode::GENERATOR } else { code })
}
