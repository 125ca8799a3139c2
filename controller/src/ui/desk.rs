//! What the page may ask for before a run.

use serde::Serialize;

use super::Order;
use crate::plan::Plan;

/// Knows the tests that can be started, and what a run of one would be.
pub trait Desk: Send + Sync {
    /// The tests that can be started.
    fn tests(&self) -> Vec<TestView>;

    /// What a run would be; checked as far as it can be without starting anything.
    ///
    /// # Errors
    ///
    /// All that stands against it, as the terminal would say it.
    fn plan(&self, order: &Order) -> Result<Plan, String>;
}

/// A test that can be started, with its own settings as they are written.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct TestView {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Users at the height of the test; empty if the profile has no such setting.
    pub clients: String,
    /// Users started per second; likewise.
    pub hatch_rate: String,
    /// How long it runs; likewise.
    pub duration: String,
    /// The system under test.
    pub host: Option<String>,
    /// Where its load comes from: `local` or `lambda`.
    pub backend: &'static str,
    /// Whether it is the one to begin with.
    pub current: bool,
    /// Why it cannot be started as it is.
    pub problem: Option<String>,
}
