//! `profile.logging`: what is logged, and who hears the statistics.

use engine::{
    document::{Fields, Node, Rejection, Setting},
    trace::Sampled,
};
use listeners::{EmitFrom, Kind};
use log::LevelFilter;

use super::items;
use crate::config::limits::part;

/// What is logged, and who hears the statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Logging {
    /// What the test logs.
    pub loglevel: LogLevel,
    /// What the HTTP client logs.
    pub hyperclient_console_log_level: LogLevel,
    /// Whether listeners hear only once, at the end.
    pub final_stats: bool,
    /// Who else hears the statistics; nobody twice.
    pub listeners: Vec<Kind>,
    /// Who reports to them.
    pub emit_from: EmitFrom,
    /// The part of the requests whose traces the target is asked to keep; without one, it is told
    /// of no traces.
    pub traceparent: Option<Sampled>,
}

/// How grave something must be to be logged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogLevel {
    /// Everything.
    Debug,
    /// What happens in the normal course.
    Info,
    /// What may be wrong.
    Warning,
    /// What is wrong.
    Error,
    /// What ends the run; nothing else.
    Critical,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            loglevel: LogLevel::Info,
            hyperclient_console_log_level: LogLevel::Critical,
            final_stats: false,
            listeners: Vec::new(),
            emit_from: EmitFrom::default(),
            traceparent: None,
        }
    }
}

impl Logging {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        let default = Self::default();
        let loglevel = fields.get("loglevel").unwrap_or(default.loglevel);
        let final_stats = fields.get("final_stats").unwrap_or(default.final_stats);
        let mut listeners = Vec::new();
        for kind in items(&mut fields, "listeners") {
            if !listeners.contains(&kind) {
                listeners.push(kind);
            }
        }
        let emit_from = fields.get::<From>("emit_from").map_or(default.emit_from, |from| from.0);
        let hyperclient_console_log_level = fields
            .get("hyperclient_console_log_level")
            .unwrap_or(default.hyperclient_console_log_level);
        let traceparent = fields.get::<Part>("traceparent").map(|part| part.0);
        fields.finish();
        Self {
            loglevel,
            hyperclient_console_log_level,
            final_stats,
            listeners,
            emit_from,
            traceparent,
        }
    }
}

impl LogLevel {
    const ALL: [(&'static str, Self); 5] = [
        ("DEBUG", Self::Debug),
        ("INFO", Self::Info),
        ("WARNING", Self::Warning),
        ("ERROR", Self::Error),
        ("CRITICAL", Self::Critical),
    ];

    /// The same for the `log` crate, in which nothing is graver than an error.
    pub fn filter(self) -> LevelFilter {
        match self {
            Self::Debug => LevelFilter::Debug,
            Self::Info => LevelFilter::Info,
            Self::Warning => LevelFilter::Warn,
            Self::Error => LevelFilter::Error,
            Self::Critical => LevelFilter::Off,
        }
    }
}

impl Setting for LogLevel {
    const EXPECTED: &'static str = "one of DEBUG, INFO, WARNING, ERROR, CRITICAL";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let level = Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        level.map(|(_, level)| *level).ok_or(Rejection::Unexpected)
    }
}

/// Who reports to the listeners.
struct From(EmitFrom);

impl Setting for From {
    const EXPECTED: &'static str = "generators or controller";

    fn read(node: &Node) -> Result<Self, Rejection> {
        match node.text() {
            Some("generators") => Ok(Self(EmitFrom::Generators)),
            Some("controller") => Ok(Self(EmitFrom::Controller)),
            _ => Err(Rejection::Unexpected),
        }
    }
}

/// A part of the requests.
struct Part(Sampled);

impl Setting for Part {
    const EXPECTED: &'static str = "a part of the requests above 0, such as 1% or 0.01, up to 100%";

    fn read(node: &Node) -> Result<Self, Rejection> {
        Sampled::try_new(part(node)?).map(Self).map_err(|_| Rejection::Unexpected)
    }
}
