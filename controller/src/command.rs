//! What each command does.

mod compare;
mod debug;
mod demo;
mod demo_api;
mod desk;
mod doctor;
mod error;
mod export;
mod find_limit;
mod health;
mod history;
mod init;
mod launch;
mod list;
mod log;
mod page;
mod payload;
mod plan;
mod report;
mod run;
mod scenario;
mod tasks;
mod ui;
mod watch;

use std::io::{self, Write};

use engine::scenario::Linked;

use self::scenario::scenario;
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
pub fn run(cli: &Cli, linked: &Linked) -> Result<ExitCode, Error> {
    let project = cli.project();
    match &cli.command {
        Command::Run(arguments) => run::run(&project, arguments, linked),
        Command::Ui(arguments) => ui::run(&project, arguments, linked),
        Command::Debug(arguments) => debug::run(&project, arguments, linked),
        Command::Report(arguments) => report::run(&project, arguments),
        Command::Compare(arguments) => compare::run(&project, arguments),
        Command::History(arguments) => history::run(&project, arguments),
        Command::Export(arguments) => export::run(&project, arguments),
        Command::DemoApi(arguments) => demo_api::run(arguments),
        Command::FindLimit(arguments) => find_limit::run(&project, arguments, linked),
        Command::Plan(arguments) => plan::run(&project, arguments, linked),
        Command::Tasks(arguments) => tasks::run(&project, arguments, linked),
        Command::Doctor(arguments) => doctor::run(&project, arguments),
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

/// The width of the terminal that results are shown on; none if they go elsewhere.
fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// Says what is being done, while a person waits. Whoever does not see it misses nothing.
fn tell(what: &str) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// Writes a command's result. A reader that has seen enough, such as `head`, is no error.
///
/// # Errors
///
/// The result cannot be written for another reason.
pub fn print(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::new(ExitCode::GENERATOR, format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}
