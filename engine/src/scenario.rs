//! What users do: the model that scenarios in Rust and in YAML become.

mod action;
mod task_set;
mod turns;
mod user_class;

use std::{collections::BTreeMap, sync::Arc};

pub(crate) use self::{action::guarded, turns::Turns};
pub use self::{
    action::{Action, TaskError, TaskResult},
    task_set::{Body, Order, Task, TaskSet},
    user_class::UserClass,
};
use crate::http::HttpSettings;

/// All that users of a test do.
pub struct Scenario {
    /// Its user classes; at least one.
    pub classes: Vec<Arc<UserClass>>,
    /// How their requests are made.
    pub http: HttpSettings,
}

/// The scenarios that are linked into a binary, by name.
#[derive(Clone, Default)]
pub struct Linked(BTreeMap<&'static str, fn() -> Scenario>);

impl Linked {
    /// Adds a scenario.
    #[must_use]
    pub fn with(mut self, name: &'static str, scenario: fn() -> Scenario) -> Self {
        self.0.insert(name, scenario);
        self
    }

    /// Makes a scenario, if there is one of this name.
    pub fn make(&self, name: &str) -> Option<Scenario> {
        self.0.get(name).map(|make| make())
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

impl Scenario {
    /// A scenario of these user classes.
    ///
    /// # Panics
    ///
    /// Without a class, or where all weights are 0: nothing could be run.
    pub fn new(classes: impl IntoIterator<Item = UserClass>) -> Self {
        let classes: Vec<_> = classes.into_iter().map(Arc::new).collect();
        let weights: u64 = classes.iter().map(|class| u64::from(class.weight)).sum();
        assert!(weights > 0, "a scenario needs a user class with a weight above 0");
        Self { classes, http: HttpSettings::default() }
    }

    /// The same with other settings for its requests.
    #[must_use]
    pub fn http(mut self, http: HttpSettings) -> Self {
        self.http = http;
        self
    }
}
