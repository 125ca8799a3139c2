//! How often responses met what was expected of them.

use serde::{Deserialize, Serialize};

/// Requests of which something in particular was expected: beyond the status below 400 that all
/// have.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Checks {
    /// Those whose response met all of it.
    pub passed: u64,
    /// Those whose response did not, or that got none.
    pub failed: u64,
}

impl Checks {
    pub(super) fn record(&mut self, met: Option<bool>) {
        self.passed += u64::from(met == Some(true));
        self.failed += u64::from(met == Some(false));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
    }

    /// How many requests had any.
    pub fn count(self) -> u64 {
        self.passed.saturating_add(self.failed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count() == 0
    }
}
