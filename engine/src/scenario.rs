//! What users do: the model that scenarios in Rust and in YAML become.

mod action;
mod only;
mod task_set;
mod turns;
mod user_class;

use std::{collections::BTreeMap, sync::Arc};

pub use self::{
    action::{Action, TaskError, TaskResult},
    only::{Only, OnlyError},
    task_set::{Body, Order, Task, TaskSet},
    user_class::UserClass,
};
pub(crate) use self::{
    action::{SigningIn, guarded},
    turns::Turns,
};
use crate::{
    api::Api,
    feeder::{Feeder, Feeding, Turn},
    http::HttpSettings,
};

/// All that users of a test do.
pub struct Scenario {
    /// Its user classes; at least one.
    pub classes: Vec<Arc<UserClass>>,
    /// How their requests are made.
    pub http: HttpSettings,
    /// The test data that they take rows of.
    pub data: Vec<Arc<Feeder>>,
    /// The APIs whose health is checked before the load.
    pub apis: Vec<Arc<Api>>,
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
    /// Without a class that has users: nothing could be run.
    pub fn new(classes: impl IntoIterator<Item = UserClass>) -> Self {
        let classes = classes.into_iter().map(Arc::new).collect();
        let scenario =
            Self { classes, http: HttpSettings::default(), data: Vec::new(), apis: Vec::new() };
        assert!(scenario.has_users(), "a scenario needs a user class with a weight above 0");
        scenario
    }

    /// The same with other settings for its requests.
    #[must_use]
    pub fn http(mut self, http: HttpSettings) -> Self {
        self.http = http;
        self
    }

    /// The same with test data.
    #[must_use]
    pub fn data(mut self, feeders: impl IntoIterator<Item = Feeder>) -> Self {
        self.data.extend(feeders.into_iter().map(Arc::new));
        self
    }

    /// The same with APIs: those with a healthcheck are asked before the load.
    #[must_use]
    pub fn apis(mut self, apis: impl IntoIterator<Item = Api>) -> Self {
        self.apis.extend(apis.into_iter().map(Arc::new));
        self
    }

    /// The test data in a run.
    pub(crate) fn feeding(&self, turn: Turn) -> Vec<Feeding> {
        self.data.iter().map(|feeder| Feeding::new(Arc::clone(feeder), turn)).collect()
    }

    /// Whether any of its classes has users.
    pub fn has_users(&self) -> bool {
        self.classes.iter().any(|class| class.fixed_count > 0 || class.weight > 0)
    }

    /// How many users the classes with a fixed count have.
    pub fn fixed_users(&self) -> u64 {
        self.classes.iter().map(|class| u64::from(class.fixed_count)).sum()
    }

    /// Whether there are users for any number: not if all classes have a fixed count.
    pub fn is_unlimited(&self) -> bool {
        self.classes.iter().any(|class| class.share() > 0)
    }
}
