//! The Lambda function: `bootstrap`, as Lambda calls a program that is its own runtime.

use std::process::ExitCode;

fn main() -> ExitCode {
    generator::start_log();
    match generator::serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
