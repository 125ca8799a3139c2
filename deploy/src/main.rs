//! The `prepare-lambda` command.

use std::process::ExitCode;

use clap::Parser;
use deploy::{cli::Cli, command};

fn main() -> ExitCode {
    command::run(&Cli::parse()).unwrap_or_else(|error| error.report()).into()
}
