//! The log of this process.

use std::{fs::File, io::Write as _, time::SystemTime};

use env_logger::{Builder, Target};
use log::LevelFilter;

use crate::{config::Logging, run_folder::rfc3339};

/// The name under which the HTTP client logs.
const HTTP_CLIENT: &str = "hyperclient";

/// Logs from now on: to a file if there is one, so as not to disturb the progress on a terminal;
/// otherwise to the standard error stream.
pub(super) fn start(logging: &Logging, file: Option<File>) {
    let mut builder = Builder::new();
    builder
        .filter_level(LevelFilter::Off)
        .filter_module("engine", logging.loglevel.filter())
        .filter_module("controller", logging.loglevel.filter())
        .filter_module(HTTP_CLIENT, logging.hyperclient_console_log_level.filter())
        .format(|out, record| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let (level, target) = (record.level(), record.target());
            writeln!(out, "{} {level:<5} {target}: {}", rfc3339(now), record.args())
        });
    builder.target(match file {
        Some(file) => Target::Pipe(Box::new(file)),
        None => Target::Stderr,
    });
    // A second logger in one process is only met in tests; the first one stays.
    let _ = builder.try_init();
}
