//! What each command does.

mod error;
mod init;
mod list;
mod plan;

use std::io::{self, Write};

pub use self::{error::Error, plan::render as render_plan};
use crate::{
    cli::{Cli, Command, Select},
    config::{Configuration, Project},
    exit_code::ExitCode,
};

/// Does what the command line asks for.
///
/// # Errors
///
/// What went wrong, to be reported once, with the exit code that belongs to it.
pub fn run(cli: &Cli) -> Result<ExitCode, Error> {
    let project = cli.project();
    match &cli.command {
        Command::Plan(arguments) => plan::run(&project, arguments),
        Command::List(arguments) => list::run(&project, arguments),
        Command::Init(arguments) => init::run(&project, arguments),
    }
}

/// The configuration that is selected, with this process's environment variables.
///
/// # Errors
///
/// All that is not valid in it.
pub fn configuration(project: &Project, select: &Select) -> Result<Configuration, Error> {
    let variables = |name: &str| std::env::var(name).ok();
    Ok(Configuration::load(project, &select.selection(), &variables)?)
}

/// Writes a command's result. A reader that has seen enough, such as `head`, is no error.
fn print(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(ExitCode::GENERATOR, format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}
