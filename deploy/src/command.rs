//! What `prepare-lambda` does.

mod destroy;
mod upload;

use std::{env, io, time::Instant};

use controller::{
    command::{Error, print},
    config::Configuration,
    exit_code::ExitCode,
    style::Style,
};
use tokio::runtime::{Builder, Runtime};

use crate::{
    build::{self, cargo::Cargo},
    cli::Cli,
    deployment::{Architecture, Deployment},
    error,
    function::megabytes,
    policy,
    progress::Progress,
};

/// Does what the command line asks for.
///
/// # Errors
///
/// What went wrong, to be reported once, with the exit code that belongs to it.
pub fn run(cli: &Cli) -> Result<ExitCode, Error> {
    let profile = Configuration::profile(&cli.project(), &cli.selection())?;
    let mut deployment = Deployment::of(&profile);
    deployment.architecture = cli.architecture.unwrap_or(deployment.architecture);
    if let Some(task) = cli.actions.print_policy {
        print(&format!("{:#}\n", policy::person(task, &deployment)))?;
        return Ok(ExitCode::PASSED);
    }
    if cli.actions.upload {
        let variables = |name: &str| env::var(name).ok();
        deployment.secrets = Configuration::references(&cli.project(), &profile, &variables)?;
    }
    if cli.actions.destroy {
        return destroy::run(cli, &deployment);
    }
    if cli.actions.upload && deployment.regions.is_empty() {
        let message = format!("{} has no region to upload to", deployment.function);
        let hint = "name one in its profile, or several: test_header.location";
        return Err(Error::new(ExitCode::INVALID, message).with_hint(hint));
    }
    let cargo = Cargo::find()?;
    let architecture = deployment.architecture;
    if cli.actions.build && cli.dry_run {
        show_build(&cargo, architecture)?;
    } else if cli.actions.build {
        build(&cargo, architecture)?;
    }
    if !cli.actions.upload {
        return Ok(ExitCode::PASSED);
    }
    match build::packed(&cargo, architecture) {
        Err(build::Error::Missing { .. }) if cli.actions.build => {
            print("what an upload would change can be told once there is something built\n")?;
            Ok(ExitCode::PASSED)
        }
        package => upload::run(cli, &deployment, &package?),
    }
}

fn show_build(cargo: &Cargo, architecture: Architecture) -> Result<(), Error> {
    let command = cargo.shown(architecture)?;
    let path = cargo.package(architecture);
    print(&format!("would run    {command}\nwould write  {}\n", path.display()))
}

fn build(cargo: &Cargo, architecture: Architecture) -> Result<(), Error> {
    let started = Instant::now();
    let progress = Progress::stderr();
    let line = progress.line("build");
    cargo.build(architecture, &line)?;
    let built = build::pack(cargo, architecture)?;
    drop(line);
    let glibc = built.glibc.map_or("no glibc".into(), |version| format!("glibc {version}"));
    print(&format!(
        "built in {:.1} s: {:.1} MB for {}, needs {glibc}\n{}: {:.1} MB, SHA-256 {}\n",
        started.elapsed().as_secs_f64(),
        megabytes(built.binary),
        architecture,
        built.path.display(),
        megabytes(built.package.bytes().len()),
        built.package.sha256(),
    ))
}

impl From<build::Error> for Error {
    fn from(error: build::Error) -> Self {
        let code = match error {
            build::Error::Failed { .. } | build::Error::File { .. } => ExitCode::GENERATOR,
            _ => ExitCode::INVALID,
        };
        let failure = Self::of(code, &error);
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

/// Tells of failures; the last one is left to whoever reports errors.
fn report(errors: impl IntoIterator<Item = error::Error>) -> Result<ExitCode, Error> {
    let mut errors: Vec<_> = errors.into_iter().map(Error::from).collect();
    let Some(last) = errors.pop() else { return Ok(ExitCode::PASSED) };
    for error in errors {
        error.report();
    }
    Err(last)
}

fn runtime() -> Result<Runtime, Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::new(ExitCode::GENERATOR, format!("no runtime: {error}")))
}

fn style() -> Style {
    Style::of(&io::stdout())
}
