//! What went wrong, and how often.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A way in which a transaction failed.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Failure {
    /// The request's method.
    pub method: String,
    /// The transaction's name.
    pub name: String,
    /// Why it failed.
    pub reason: String,
}

/// An error of a task itself.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Exception {
    /// The task, with its user class.
    pub task: String,
    /// What it said.
    pub message: String,
}

/// How often something happened, and when.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Occurrences {
    /// How often.
    pub count: u64,
    /// First seen, milliseconds since the Unix epoch.
    pub first_ms: u64,
    /// Last seen, milliseconds since the Unix epoch.
    pub last_ms: u64,
}

impl Occurrences {
    /// Counts one more.
    pub fn add_one(&mut self, at: SystemTime) {
        let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.merge(&Self { count: 1, first_ms: ms, last_ms: ms });
    }

    /// Adds what `other` counted.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.first_ms =
            if self.count == 0 { other.first_ms } else { self.first_ms.min(other.first_ms) };
        self.last_ms = self.last_ms.max(other.last_ms);
        self.count = self.count.saturating_add(other.count);
    }
}
