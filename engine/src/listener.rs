//! Who else hears the statistics while a generator runs.

mod debug;

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

pub use self::debug::Debug;
use crate::{api::ApiVersion, frame::Second, stats::Stats};

/// Which listeners a job starts, and when they hear.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listening {
    /// Which.
    pub listeners: Vec<ListenerKind>,
    /// Time between two reports to them.
    #[serde(with = "crate::duration::seconds")]
    pub every: Duration,
    /// Whether they hear only once, at the end.
    pub final_only: bool,
    /// The APIs under test, and their versions.
    pub apis: Vec<ApiVersion>,
}

/// A kind of listener.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum ListenerKind {
    /// `SignalFx`.
    Sfx,
    /// Splunk's HTTP event collector.
    Splunk,
    /// The generator's own log.
    Debug,
}

impl ListenerKind {
    /// All kinds, by their names in a profile.
    pub const ALL: [Self; 3] = [Self::Sfx, Self::Splunk, Self::Debug];

    /// Its name in a profile.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sfx => "Sfx",
            Self::Splunk => "Splunk",
            Self::Debug => "Debug",
        }
    }

    /// Whether this version can send to it.
    pub fn is_available(self) -> bool {
        self == Self::Debug
    }
}

impl fmt::Display for ListenerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Hears a generator's statistics: what happened since it last heard.
pub trait Listener: Send {
    /// Called with each report.
    fn hear(&mut self, report: &Report<'_>);
}

/// What a listener hears.
pub struct Report<'a> {
    /// The test's name.
    pub test: &'a str,
    /// The APIs under test, and their versions.
    pub apis: &'a [ApiVersion],
    /// Users at the end of the stretch.
    pub users: u32,
    /// How long the stretch was.
    pub over: Duration,
    /// What was measured in it.
    pub stats: &'a Stats,
}

/// Gathers seconds into reports for a job's listeners.
pub struct Listeners {
    test: String,
    all: Vec<Box<dyn Listener>>,
    listening: Listening,
    gathered: Stats,
    users: u32,
    over: Duration,
}

impl Listeners {
    /// Starts a job's listeners.
    pub fn start(test: &str, listening: &Listening) -> Self {
        let available = listening.listeners.iter().filter(|kind| kind.is_available());
        let all = available.map(|_| Box::new(Debug) as Box<dyn Listener>).collect();
        Self {
            test: test.into(),
            all,
            listening: listening.clone(),
            gathered: Stats::default(),
            users: 0,
            over: Duration::ZERO,
        }
    }

    /// Takes in a second, and reports if it is time.
    pub fn hear(&mut self, second: &Second) {
        if self.all.is_empty() {
            return;
        }
        self.gathered.merge(&second.stats);
        self.users = second.users;
        self.over += Duration::from_secs(second.span().len() as u64);
        if !self.listening.final_only && self.over >= self.listening.every {
            self.report();
        }
    }

    /// Reports what is left.
    pub fn finish(&mut self) {
        if self.over > Duration::ZERO {
            self.report();
        }
    }

    fn report(&mut self) {
        let report = Report {
            test: &self.test,
            apis: &self.listening.apis,
            users: self.users,
            over: self.over,
            stats: &self.gathered,
        };
        self.all.iter_mut().for_each(|listener| listener.hear(&report));
        self.gathered = Stats::default();
        self.over = Duration::ZERO;
    }
}
