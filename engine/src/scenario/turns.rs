//! Which user is of which class.

use std::sync::Arc;

use super::{Scenario, UserClass};

/// The classes in the order in which users are of them: first those with a fixed count, then the
/// others again and again.
///
/// They take turns in proportion to their counts or weights, so that the users of any number are
/// divided as evenly as whole users can be.
pub(crate) struct Turns {
    /// Places of classes with a fixed count.
    first: Vec<usize>,
    /// Places of the others; empty if there are none.
    then: Vec<usize>,
}

impl Turns {
    /// Of this scenario's classes, for so many users.
    pub(crate) fn of(scenario: &Scenario, users: u32) -> Self {
        let first = round(scenario, users, |class| class.fixed_count);
        Self { first, then: round(scenario, users, UserClass::share) }
    }

    /// The place of a user's class among the scenario's; none if all classes have a fixed count,
    /// and those have their users.
    pub(crate) fn class(&self, user: u32) -> Option<usize> {
        let user = usize::try_from(user).unwrap_or(usize::MAX);
        match user.checked_sub(self.first.len()) {
            None => self.first.get(user).copied(),
            Some(user) => self.then.get(user.checked_rem(self.then.len())?).copied(),
        }
    }
}

/// One round of turns, after which each class had as many as its part; cut short at `users`, as
/// nobody comes after.
fn round(scenario: &Scenario, users: u32, part: impl Fn(&UserClass) -> u32) -> Vec<usize> {
    let part = |class: &Arc<UserClass>| i64::from(part(class));
    let parts: Vec<_> = scenario.classes.iter().map(part).collect();
    let total: i64 = parts.iter().sum();
    let mut credit = vec![0_i64; parts.len()];
    let turn = |_| {
        for (credit, part) in credit.iter_mut().zip(&parts) {
            *credit += part;
        }
        let most = (0..credit.len()).rev().max_by_key(|index| credit[*index]).unwrap_or(0);
        credit[most] -= total;
        most
    };
    (0..total.min(i64::from(users))).map(turn).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection::vec, prelude::*};

    use super::{super::TaskSet, *};

    fn class(name: &str) -> UserClass {
        UserClass::new(name, TaskSet::weighted([]))
    }

    /// The classes of so many users.
    fn classes(scenario: &Scenario, users: u32) -> Vec<&str> {
        let turns = Turns::of(scenario, users);
        let class = |user| Some(&*scenario.classes[turns.class(user)?].name);
        (0..users).filter_map(class).collect()
    }

    #[test]
    fn users_are_divided_evenly_at_any_number() {
        let class = |name, weight| class(name).weight(weight);
        let scenario = Scenario::new([class("A", 5), class("B", 3), class("C", 0), class("D", 1)]);
        for users in [10, 900] {
            let mut counts = BTreeMap::<&str, f64>::new();
            for (user, name) in classes(&scenario, users).into_iter().enumerate() {
                *counts.entry(name).or_default() += 1.0;
                for class in &scenario.classes {
                    let exact = (user as f64 + 1.0) * f64::from(class.weight) / 9.0;
                    let count = counts.get(&*class.name).copied().unwrap_or_default();
                    let name = &class.name;
                    assert!((count - exact).abs() <= 1.0, "{name} of {}: {count}", user + 1);
                }
            }
        }
    }

    #[test]
    fn fixed_users_come_first_and_take_turns() {
        let fixed = |name, count| class(name).weight(9).fixed_count(count);
        let scenario = Scenario::new([class("w"), fixed("A", 4), class("x"), fixed("B", 2)]);
        assert_eq!(classes(&scenario, 12).concat(), "ABAABAwxwxwx");
        let all_fixed = Scenario::new([fixed("A", 2), class("none").weight(0)]);
        assert_eq!(classes(&all_fixed, 12).concat(), "AA");
    }

    proptest! {
        #[test]
        fn each_class_has_exactly_its_fixed_count(counts in vec(0_u32..20, 1..6), users in 0_u32..200) {
            let named = counts.iter().enumerate();
            let scenario =
                Scenario::new(named.map(|(i, count)| class(&i.to_string()).fixed_count(*count)));
            let mut found = vec![0_u32; counts.len()];
            for name in classes(&scenario, users) {
                found[name.parse::<usize>().unwrap()] += 1;
            }
            let fixed = counts.iter().sum::<u32>();
            for (count, found) in counts.iter().zip(&found).filter(|(count, _)| **count > 0) {
                prop_assert!(found <= count || users > fixed);
                prop_assert!(users < fixed || found == count);
            }
        }
    }
}
