//! The log of this process.

use std::{
    fs::File,
    io::Write,
    sync::{PoisonError, RwLock},
    time::SystemTime,
};

use env_logger::{Builder, Logger, Target};
use log::{LevelFilter, Log, Metadata, Record};

use crate::{config::Logging, run_folder::rfc3339};

/// The name under which the HTTP client logs.
const HTTP_CLIENT: &str = "hyperclient";

/// The names under which listeners say what goes wrong, and the listener Debug what it hears.
const LISTENERS: &str = "listeners";
const STATISTICS: &str = "statistics";

/// The one logger of this process.
static LOG: Current = Current(RwLock::new(None));

/// Logs from now on: to a file if there is one, so as not to disturb the progress on a terminal;
/// otherwise to the standard error stream. Each run of a process has a file of its own, and its own
/// levels.
pub(super) fn start(logging: &Logging, file: Option<File>) {
    let mut builder = Builder::new();
    builder
        .filter_level(LevelFilter::Off)
        .filter_module("engine", logging.loglevel.filter())
        .filter_module("controller", logging.loglevel.filter())
        .filter_module(LISTENERS, logging.loglevel.filter())
        .filter_module(STATISTICS, LevelFilter::Info)
        .filter_module(HTTP_CLIENT, logging.hyperclient_console_log_level.filter())
        .format(|out, record| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let (level, target) = (record.level(), record.target());
            writeln!(out, "{} {level:<5} {target}: {}", rfc3339(now), record.args())
        });
    builder.target(file.map_or(Target::Stderr, |file| Target::Pipe(Box::new(file))));
    let logger = builder.build();
    // A process has one logger: another run only changes where that leads.
    let _ = log::set_logger(&LOG);
    log::set_max_level(logger.filter());
    *LOG.0.write().unwrap_or_else(PoisonError::into_inner) = Some(logger);
}

/// Whichever log there is now.
struct Current(RwLock<Option<Logger>>);

impl Current {
    fn with<T>(&self, use_it: impl FnOnce(&Logger) -> T) -> Option<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(use_it)
    }
}

impl Log for Current {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.with(|logger| logger.enabled(metadata)).unwrap_or_default()
    }

    fn log(&self, record: &Record<'_>) {
        self.with(|logger| logger.log(record));
    }

    fn flush(&self) {
        self.with(Log::flush);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::LogLevel;

    #[test]
    fn each_run_has_its_own_file_and_levels() {
        let folder = tempfile::tempdir().unwrap();
        for (name, loglevel) in
            [("one", LogLevel::Error), ("two", LogLevel::Debug), ("three", LogLevel::Error)]
        {
            let logging = Logging {
                loglevel,
                hyperclient_console_log_level: LogLevel::Error,
                ..Logging::default()
            };
            start(&logging, Some(File::create(folder.path().join(name)).unwrap()));
            log::error!("grave in {name}");
            log::debug!("slight in {name}");
        }
        for (name, slight) in [("one", false), ("two", true), ("three", false)] {
            let text = fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(text.contains(&format!("grave in {name}")), "{text}");
            assert_eq!(text.contains(&format!("slight in {name}")), slight, "{text}");
        }
    }
}
