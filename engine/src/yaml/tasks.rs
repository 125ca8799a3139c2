//! Tasks and sets of tasks.

use super::{Reading, step, wait_time};
use crate::{
    document::{Entry, Fields, Node, Value},
    scenario::{Body, Order, Task, TaskSet},
};

/// Whether tasks are written at all, well or not.
pub(super) fn is_mentioned(fields: &Fields<'_>) -> bool {
    fields.entries().iter().any(|entry| ["tasks", "sequence"].contains(&entry.key.as_str()))
}

/// Reads `tasks` or `sequence`, whichever is there.
pub(super) fn read(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<TaskSet> {
    let (weighted, sequence) = (fields.node("tasks"), fields.node("sequence"));
    let (key, node) = match (weighted, sequence) {
        (Some(node), None) => ("tasks", node),
        (None, Some(node)) => ("sequence", node),
        (None, None) => return None,
        (Some(_), Some(_)) => {
            fields.reject("sequence", "expected either `tasks` or `sequence`, found both");
            return None;
        }
    };
    let order = if key == "tasks" { Order::Weighted } else { Order::Sequential };
    let set = read_set(node, &fields.key(key), order, fields, reading)?;
    let weight: u64 = set.tasks.iter().map(|task| u64::from(task.weight)).sum();
    if set.tasks.is_empty() || (order == Order::Weighted && weight == 0) {
        fields.reject(key, "expected at least one task with a weight above 0");
    }
    Some(set)
}

fn read_set(
    node: &Node,
    path: &str,
    order: Order,
    fields: &Fields<'_>,
    reading: &Reading<'_>,
) -> Option<TaskSet> {
    let Value::Map(entries) = &node.value else {
        let message = format!(
            "found {}, expected tasks by name, such as `browse: [{{get: /}}]`",
            node.describe()
        );
        reading.reject(&node.place, path, message);
        return None;
    };
    let read = |entry: &Entry| read_task(entry, &format!("{path}.{}", entry.key), fields, reading);
    let tasks = entries.iter().filter_map(read).collect::<Vec<_>>();
    Some(match order {
        Order::Weighted => TaskSet::weighted(tasks),
        Order::Sequential => TaskSet::sequence(tasks),
    })
}

/// A task is a list of steps, or a mapping with a weight and steps, tasks or a sequence.
fn read_task(entry: &Entry, path: &str, outer: &Fields<'_>, reading: &Reading<'_>) -> Option<Task> {
    if let Value::List(steps) = &entry.node.value {
        let steps = step::read_all(steps, path, reading);
        return Some(Task::new(&entry.key, steps));
    }
    if !matches!(entry.node.value, Value::Map(_)) {
        let message = format!(
            "found {}, expected a list of steps, such as `[{{get: /}}]`, or a mapping with `steps`, \
             `tasks` or `sequence`",
            entry.node.describe()
        );
        reading.reject(&entry.node.place, path, message);
        return None;
    }
    let mut fields = Fields::of(&entry.node, path, outer.problems())?;
    let weight = fields.get("weight").unwrap_or(1);
    let tags: Vec<String> = fields.get("tags").unwrap_or_default();
    let steps = step::read_steps(&mut fields, "steps", reading);
    let set = reading.nested(|| read(&mut fields, reading));
    let body = match (steps, set) {
        (Some(steps), None) => Some(Body::Action(Box::new(steps))),
        (None, Some(set)) => Some(Body::Set(with_own_settings(set, &mut fields, reading))),
        (None, None) if is_mentioned(&fields) => None,
        _ => {
            let message = "expected one of `steps`, `tasks` or `sequence`";
            reading.reject(&entry.node.place, path, message);
            None
        }
    };
    fields.finish();
    let task = Task::of(&entry.key, body?).weight(weight);
    Some(task.tags(tags.iter().map(String::as_str)))
}

fn with_own_settings(mut set: TaskSet, fields: &mut Fields<'_>, reading: &Reading<'_>) -> TaskSet {
    set.wait_time = wait_time::read(fields);
    set.on_start = step::read_action(fields, "on_start", reading);
    set.on_stop = step::read_action(fields, "on_stop", reading);
    set
}
