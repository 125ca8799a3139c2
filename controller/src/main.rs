//! The `load-test` command.

use std::process::ExitCode;

use clap::Parser;
use controller::{cli::Cli, command};

fn main() -> ExitCode {
    command::run(&Cli::parse(), &scenarios::linked()).unwrap_or_else(|error| error.report()).into()
}
