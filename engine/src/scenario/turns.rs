//! Which user is of which class.

use std::sync::Arc;

use super::{Scenario, UserClass};

/// The classes in the order in which users are of them, again and again.
///
/// They take turns in proportion to their weights, so that the users of any number are divided as
/// evenly as whole users can be.
pub(crate) struct Turns {
    /// Places of classes.
    order: Vec<usize>,
}

impl Turns {
    /// Of this scenario's classes, for so many users.
    pub(crate) fn of(scenario: &Scenario, users: u32) -> Self {
        let weight = |class: &Arc<UserClass>| i64::from(class.weight);
        let total: i64 = scenario.classes.iter().map(weight).sum();
        let mut credit = vec![0_i64; scenario.classes.len()];
        let mut turn = || {
            for (credit, class) in credit.iter_mut().zip(&scenario.classes) {
                *credit += weight(class);
            }
            let most = (0..credit.len()).rev().max_by_key(|index| credit[*index]).unwrap_or(0);
            credit[most] -= total;
            let is_over = credit.iter().all(|credit| *credit == 0);
            (most, is_over)
        };
        let mut order = Vec::new();
        for _ in 0..users.max(1) {
            let (class, is_over) = turn();
            order.push(class);
            // What follows is the same again.
            if is_over {
                break;
            }
        }
        Self { order }
    }

    /// The place of a user's class among the scenario's.
    pub(crate) fn class(&self, user: u32) -> usize {
        let place = u64::from(user) % self.order.len() as u64;
        self.order[usize::try_from(place).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{super::TaskSet, *};

    #[test]
    fn users_are_divided_evenly_at_any_number() {
        let class = |name, weight| UserClass::new(name, TaskSet::weighted([])).weight(weight);
        let scenario = Scenario::new([class("A", 5), class("B", 3), class("C", 0), class("D", 1)]);
        for users in [10, 900] {
            let turns = Turns::of(&scenario, users);
            let mut counts = BTreeMap::<&str, f64>::new();
            for user in 0..users {
                let class = &scenario.classes[turns.class(user)];
                *counts.entry(&*class.name).or_default() += 1.0;
                for class in &scenario.classes {
                    let exact = (f64::from(user) + 1.0) * f64::from(class.weight) / 9.0;
                    let count = counts.get(&*class.name).copied().unwrap_or_default();
                    let name = &class.name;
                    assert!((count - exact).abs() <= 1.0, "{name} of {}: {count}", user + 1);
                }
            }
        }
        let order: Vec<_> = (0..18).map(|user| Turns::of(&scenario, 18).class(user)).collect();
        assert_eq!(order[..9], order[9..]);
        assert_eq!(order[..9].iter().filter(|class| **class == 0).count(), 5);
    }
}
