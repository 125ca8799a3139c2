//! What names a run.

use std::{
    hash::{BuildHasher, RandomState},
    process,
    time::{Duration, SystemTime},
};

use engine::api::ApiVersion;
use serde::{Deserialize, Serialize};
use time::{
    OffsetDateTime,
    format_description::{StaticFormatDescription, well_known::Rfc3339},
    macros::format_description,
};

const FOLDER: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z");

/// The content of `run.json`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Run {
    /// Unique over all runs; the run's jobs carry it.
    pub id: String,
    /// The test's name.
    pub test: String,
    /// The instant of second 0, RFC 3339 in UTC.
    pub started: String,
    /// The same, milliseconds since the Unix epoch.
    pub started_epoch_ms: u64,
    /// The version of the load tester.
    pub version: String,
    /// The name of the machine that started it.
    pub machine: String,
    /// The APIs that were healthy before it, and their versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apis: Vec<ApiVersion>,
}

impl Run {
    pub(super) fn new(test: &str, started: SystemTime) -> Self {
        let since = started.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let run = Self {
            id: String::new(),
            test: test.into(),
            started: rfc3339(since),
            started_epoch_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            version: env!("CARGO_PKG_VERSION").into(),
            machine: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            apis: Vec::new(),
        };
        // Two runs may start in the same second, on two machines.
        let chance = RandomState::new().hash_one((process::id(), SystemTime::now()));
        Self { id: format!("{}-{:08x}", run.folder_name(), chance >> 32), ..run }
    }

    /// When second 0 began, since the Unix epoch.
    pub fn started_since_epoch(&self) -> Duration {
        Duration::from_millis(self.started_epoch_ms)
    }

    /// The start as a name of a folder: no colons, as some file systems refuse them.
    pub(super) fn folder_name(&self) -> String {
        stamp(SystemTime::UNIX_EPOCH + self.started_since_epoch())
    }
}

/// An instant as a part of a file's name, in UTC to the second.
pub(crate) fn stamp(at: SystemTime) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    utc(since).format(FOLDER).expect("all parts of the format are known")
}

/// An instant, RFC 3339 in UTC.
pub(crate) fn rfc3339(since_epoch: Duration) -> String {
    utc(since_epoch).format(&Rfc3339).expect("the year has four digits")
}

/// Instants beyond the year 9999 become the epoch: they come from broken clocks only.
fn utc(since_epoch: Duration) -> OffsetDateTime {
    i64::try_from(since_epoch.as_millis())
        .ok()
        .and_then(|ms| OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
