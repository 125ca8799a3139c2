//! The log of this process.

use std::{
    fs::File,
    io::{self, Write},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use env_logger::{Builder, Target};
use log::LevelFilter;

use crate::{config::Logging, run_folder::rfc3339};

/// The name under which the HTTP client logs.
const HTTP_CLIENT: &str = "hyperclient";

/// The file that is logged to.
static FILE: Mutex<Option<File>> = Mutex::new(None);

/// Logs from now on: to a file if there is one, so as not to disturb the progress on a terminal;
/// otherwise to the standard error stream. Each run of a process has a file of its own.
pub(super) fn start(logging: &Logging, file: Option<File>) {
    let to_file = file.is_some();
    *FILE.lock().unwrap_or_else(PoisonError::into_inner) = file;
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
    builder.target(if to_file { Target::Pipe(Box::new(Current)) } else { Target::Stderr });
    // A process has one logger: a later run only changes its file.
    let _ = builder.try_init();
}

/// Writes to whichever file is logged to.
struct Current;

impl Write for Current {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *FILE.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(file) => file.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
