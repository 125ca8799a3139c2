//! What users do: the model that scenarios in Rust and in YAML become.

mod action;
mod task_set;
mod user_class;

use std::{collections::BTreeMap, sync::Arc};

pub(crate) use self::action::{SigningIn, guarded};
pub use self::{
    action::{Action, TaskError, TaskResult},
    task_set::{Body, Order, Task, TaskSet},
    user_class::UserClass,
};
use crate::{
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
        Self { classes, http: HttpSettings::default(), data: Vec::new() }
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

    /// The test data in a run.
    pub(crate) fn feeding(&self, turn: Turn) -> Vec<Feeding> {
        self.data.iter().map(|feeder| Feeding::new(Arc::clone(feeder), turn)).collect()
    }

    /// The class of each user, in the order of their numbers.
    ///
    /// Classes take turns in proportion to their weights, so that the users of any number are
    /// divided as evenly as whole users can be.
    pub fn classes_of_users(&self) -> impl Iterator<Item = &Arc<UserClass>> {
        let total: i64 = self.classes.iter().map(|class| i64::from(class.weight)).sum();
        let mut credit = vec![0_i64; self.classes.len()];
        std::iter::repeat_with(move || {
            for (credit, class) in credit.iter_mut().zip(&self.classes) {
                *credit += i64::from(class.weight);
            }
            let most = (0..credit.len()).rev().max_by_key(|index| credit[*index]).unwrap_or(0);
            credit[most] -= total;
            &self.classes[most]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_divided_evenly_at_any_number() {
        let class = |name, weight| UserClass::new(name, TaskSet::weighted([])).weight(weight);
        let scenario = Scenario::new([class("A", 5), class("B", 3), class("C", 0), class("D", 1)]);
        let mut counts = BTreeMap::<&str, f64>::new();
        for (index, class) in scenario.classes_of_users().take(900).enumerate() {
            *counts.entry(&*class.name).or_default() += 1.0;
            for class in &scenario.classes {
                let exact = (index as f64 + 1.0) * f64::from(class.weight) / 9.0;
                let count = counts.get(&*class.name).copied().unwrap_or_default();
                assert!((count - exact).abs() <= 1.0, "{} of {}: {count}", class.name, index + 1);
            }
        }
        assert_eq!(counts, BTreeMap::from([("A", 500.0), ("B", 300.0), ("D", 100.0)]));
    }
}
