//! Who is told what happens while a test runs.

use std::time::Duration;

use crate::totals::Totals;

/// Hears of a running test. Nothing else prints while it runs.
pub trait Reporter {
    /// Called several times a second: the time since the test's start, and what has arrived.
    fn tick(&mut self, elapsed: Duration, totals: &Totals);

    /// Something happened that a person should know at once.
    fn note(&mut self, message: &str);
}
