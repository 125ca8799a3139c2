//! What users do: the model that scenarios in Rust and in YAML become.

mod action;
mod only;
mod task_set;
mod user_class;

use std::{collections::BTreeMap, sync::Arc};

pub(crate) use self::action::guarded;
pub use self::{
    action::{Action, TaskError, TaskResult},
    only::{Only, OnlyError},
    task_set::{Body, Order, Task, TaskSet},
    user_class::UserClass,
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

    /// The class of each user, in the order of their numbers: first those of the classes with a
    /// fixed count, then the others without end; if there are no others, no more.
    ///
    /// Classes take turns in proportion to their counts or weights, so that the users of any
    /// number are divided as evenly as whole users can be.
    pub fn classes_of_users(&self) -> impl Iterator<Item = &Arc<UserClass>> {
        let fixed = usize::try_from(self.fixed_users()).unwrap_or(usize::MAX);
        let first = self.turns(|class| class.fixed_count).take(fixed);
        let then = self.turns(UserClass::share);
        first.chain(then.take(if self.is_unlimited() { usize::MAX } else { 0 }))
    }

    /// Classes by turns, without end.
    fn turns(&self, part: impl Fn(&UserClass) -> u32) -> impl Iterator<Item = &Arc<UserClass>> {
        let parts: Vec<_> = self.classes.iter().map(|class| i64::from(part(class))).collect();
        let total: i64 = parts.iter().sum();
        let mut credit = vec![0_i64; parts.len()];
        std::iter::repeat_with(move || {
            for (credit, part) in credit.iter_mut().zip(&parts) {
                *credit += part;
            }
            let most = (0..credit.len()).rev().max_by_key(|index| credit[*index]).unwrap_or(0);
            credit[most] -= total;
            &self.classes[most]
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

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

    fn class(name: &str) -> UserClass {
        UserClass::new(name, TaskSet::weighted([]))
    }

    fn names(scenario: &Scenario, users: usize) -> String {
        scenario.classes_of_users().take(users).map(|class| &*class.name).collect()
    }

    #[test]
    fn fixed_users_come_first_and_take_turns() {
        let fixed = |name, count| class(name).weight(9).fixed_count(count);
        let scenario = Scenario::new([class("w"), fixed("A", 4), class("x"), fixed("B", 2)]);
        assert_eq!(names(&scenario, 12), "ABAABAwxwxwx");
        let all_fixed = Scenario::new([fixed("A", 2), class("none").weight(0)]);
        assert_eq!(names(&all_fixed, 12), "AA");
    }

    proptest! {
        #[test]
        fn each_class_has_exactly_its_fixed_count(counts in vec(0_u32..20, 1..6), users in 0_usize..200) {
            let classes = counts.iter().enumerate();
            let scenario =
                Scenario::new(classes.map(|(i, count)| class(&i.to_string()).fixed_count(*count)));
            let mut found = vec![0_u32; counts.len()];
            for class in scenario.classes_of_users().take(users) {
                found[class.name.parse::<usize>().unwrap()] += 1;
            }
            let fixed = counts.iter().sum::<u32>() as usize;
            for (count, found) in counts.iter().zip(&found).filter(|(count, _)| **count > 0) {
                prop_assert!(found <= count || users > fixed);
                prop_assert!(users < fixed || found == count);
            }
        }
    }
}
