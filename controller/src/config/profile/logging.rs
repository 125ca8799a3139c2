//! `profile.logging`: what is logged, and who hears the statistics.

use engine::{
    document::{Fields, Node, Rejection, Setting, nearest},
    listener::ListenerKind,
};
use log::LevelFilter;

use super::items;

/// What is logged, and who hears the statistics.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Logging {
    /// What the test logs.
    pub loglevel: LogLevel,
    /// What the HTTP client logs.
    pub hyperclient_console_log_level: LogLevel,
    /// Whether listeners hear only once, at the end.
    pub final_stats: bool,
    /// Who else hears the statistics; nobody twice.
    pub listeners: Vec<ListenerKind>,
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
        }
    }
}

impl Logging {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        let default = Self::default();
        let loglevel = fields.get("loglevel").unwrap_or(default.loglevel);
        let final_stats = fields.get("final_stats").unwrap_or(default.final_stats);
        let mut listeners = Vec::new();
        for Named(kind) in items(&mut fields, "listeners") {
            if !listeners.contains(&kind) {
                listeners.push(kind);
            }
        }
        let hyperclient_console_log_level = fields
            .get("hyperclient_console_log_level")
            .unwrap_or(default.hyperclient_console_log_level);
        fields.finish();
        Self { loglevel, hyperclient_console_log_level, final_stats, listeners }
    }

    /// Says which listeners will hear nothing, if any.
    pub fn warning(&self) -> Option<String> {
        let missing: Vec<_> =
            self.listeners.iter().filter(|kind| !kind.is_available()).map(|k| k.name()).collect();
        (!missing.is_empty())
            .then(|| format!("this version does not send statistics to {}", missing.join(" and ")))
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

/// A listener by its name.
struct Named(ListenerKind);

impl Setting for Named {
    const EXPECTED: &'static str = "any of Sfx, Splunk, Debug";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let kind = ListenerKind::ALL.into_iter().find(|kind| kind.name() == text);
        kind.map(Self).ok_or_else(|| {
            match nearest(text, ListenerKind::ALL.into_iter().map(ListenerKind::name)) {
                Some(near) => Rejection::Because(format!(
                    "no such listener, expected {}; did you mean `{near}`?",
                    Self::EXPECTED
                )),
                None => Rejection::Unexpected,
            }
        })
    }
}
