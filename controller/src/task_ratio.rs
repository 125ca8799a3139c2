//! How often what is done, as Locust's `--show-task-ratio` shows it.

use std::fmt::Write;

use engine::scenario::{Body, Order, Scenario, TaskSet};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::shown::{shown, width};

/// The parts of user classes and of their tasks.
#[derive(Debug, Serialize)]
pub struct TaskRatio {
    /// Of each class's tasks within the class, and of a set's tasks within the set.
    pub per_class: Ratios,
    /// Of all that all users do.
    pub total: Ratios,
}

/// Parts by name, in the order of the scenario.
#[derive(Debug)]
pub struct Ratios(Vec<(String, Ratio)>);

/// A part, 0 to 1, and what it consists of.
#[derive(Debug, Serialize)]
pub struct Ratio {
    ratio: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    tasks: Option<Ratios>,
}

impl TaskRatio {
    /// The parts in a test with so many users: those of classes with a fixed count come first, and
    /// the rest of them are divided by weights.
    pub fn new(scenario: &Scenario, users: u32) -> Self {
        Self {
            per_class: of_classes(scenario, users, false),
            total: of_classes(scenario, users, true),
        }
    }

    /// Two tables, as Locust prints them.
    pub fn table(&self) -> String {
        let line = "-".repeat(80);
        let mut text = format!(" Task ratio per User class\n{line}\n");
        self.per_class.write(&mut text, 0);
        let _ = write!(text, "\n Total task ratio\n{line}\n");
        self.total.write(&mut text, 0);
        text
    }
}

fn of_classes(scenario: &Scenario, users: u32, is_total: bool) -> Ratios {
    let weights: f64 = scenario.classes.iter().map(|class| f64::from(class.share())).sum();
    #[expect(clippy::cast_precision_loss, reason = "users are fewer than 2^52")]
    let weighted = (f64::from(users) - scenario.fixed_users() as f64).max(0.0);
    let counts = scenario.classes.iter().map(|class| match class.share() {
        0 => f64::from(class.fixed_count),
        weight => f64::from(weight) / weights * weighted,
    });
    let counts: Vec<_> = counts.collect();
    let all: f64 = counts.iter().sum();
    let classes = scenario.classes.iter().zip(counts).map(|(class, count)| {
        let ratio = count / all;
        let tasks = Some(of_tasks(&class.tasks, ratio, is_total));
        (class.name.to_string(), Ratio { ratio, tasks })
    });
    Ratios(classes.collect())
}

fn of_tasks(set: &TaskSet, around: f64, is_total: bool) -> Ratios {
    let around = if is_total { around } else { 1.0 };
    let weights = set.tasks.iter().map(|task| match set.order {
        Order::Sequential => 1.0,
        Order::Weighted => f64::from(task.weight),
    });
    let weights: Vec<_> = weights.collect();
    let all: f64 = weights.iter().sum();
    let tasks = set.tasks.iter().zip(weights).filter(|(_, weight)| *weight > 0.0);
    let tasks = tasks.map(|(task, weight)| {
        let ratio = weight * around / all;
        let tasks = match &task.body {
            Body::Action(_) => None,
            Body::Set(set) => Some(of_tasks(set, ratio, is_total)),
        };
        (task.name.to_string(), Ratio { ratio, tasks })
    });
    Ratios(tasks.collect())
}

impl Ratios {
    fn write(&self, text: &mut String, level: usize) {
        let padding = " ".repeat(2 * level);
        for (name, Ratio { ratio, tasks }) in &self.0 {
            let percent = format!("{padding}{:<6.1}", ratio * 100.0);
            let name = format!("{padding}{}", shown(name));
            let fill = " ".repeat(50_usize.saturating_sub(width(&name)));
            let _ = writeln!(text, " {percent:<10} {name}{fill}");
            if let Some(tasks) = tasks {
                tasks.write(text, level + 1);
            }
        }
    }
}

impl Serialize for Ratios {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, ratio) in &self.0 {
            map.serialize_entry(name, ratio)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use engine::{environment::Environment, files::Files, scenario::Only, yaml};
    use serde_json::{Value, json, to_value};

    use super::*;

    /// The same as `tests/golden/locust/locustfile.py`.
    const SCENARIO: &str = "
users:
  Visitor:
    weight: 3
    tasks:
      look: {weight: 5, steps: []}
      Forum:
        sequence:
          read: []
          Thread:
            tasks:
              reply: {weight: 3, steps: []}
              leave: []
          back: []
  Customer:
    tasks:
      buy: {weight: 2, steps: []}
      rate: []
  Admin:
    fixed_count: 2
    tasks: {check: []}
";

    fn scenario(only: &Only) -> Scenario {
        let whole =
            yaml::read("s.yml", SCENARIO, &Environment::default(), &Files::default()).ok().unwrap();
        only.of(whole).unwrap()
    }

    fn golden(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_ratios_are_those_of_locust() {
        let user_classes = vec!["Visitor".into(), "Customer".into()];
        let weighted = scenario(&Only { user_classes, ..Only::default() });
        let expected = golden(include_str!("../tests/golden/locust/weights.json"));
        for users in [4, 10, 1000] {
            assert_eq!(to_value(TaskRatio::new(&weighted, users)).unwrap(), expected);
        }
        let ratio = TaskRatio::new(&scenario(&Only::default()), 10);
        let expected = golden(include_str!("../tests/golden/locust/fixed.json"));
        assert_eq!(to_value(&ratio).unwrap(), expected);
        let expected = include_str!("../tests/golden/locust/fixed.txt");
        assert_eq!(ratio.table(), expected.trim_start_matches('\n'));
    }

    #[test]
    fn fewer_users_than_fixed_ones_are_all_of_those() {
        let ratio = to_value(TaskRatio::new(&scenario(&Only::default()), 1)).unwrap();
        let of = |class: &str| ratio["total"][class]["ratio"].clone();
        assert_eq!([of("Visitor"), of("Admin")], [json!(0.0), json!(1.0)]);
    }
}
