//! User classes.

use super::{Reading, sign_in, step, tasks, wait_time};
use crate::{
    document::{Entry, Fields, Value},
    http::Target,
    scenario::{TaskSet, UserClass},
};

/// Reads all classes under `users`.
pub(super) fn read_all(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Vec<UserClass> {
    let expected = "user classes by name, such as `Visitor: {tasks: {..}}`";
    let Some(node) = fields.require_node("users", expected) else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        fields.reject("users", format!("found {}, expected {expected}", node.describe()));
        return Vec::new();
    };
    let problems = fields.problems();
    let read = |entry: &Entry| {
        let path = format!("users.{}", entry.key);
        let fields = Fields::of(&entry.node, &path, problems)?;
        Some(read(&entry.key, fields, reading))
    };
    entries.iter().filter_map(read).collect()
}

fn read(name: &str, mut fields: Fields<'_>, reading: &Reading<'_>) -> UserClass {
    let wait_time = wait_time::read(&mut fields).unwrap_or_default();
    let mut class = UserClass::new(name, TaskSet::weighted([])).wait_time(wait_time);
    class.weight = fields.get("weight").unwrap_or(1);
    class.fixed_count = fields.get("fixed_count").unwrap_or(0);
    class.host = host(&mut fields, reading);
    reading.of_class(class.host.is_some());
    class.sign_in = sign_in::of_class(&mut fields, reading);
    class.on_start = step::read_action(&mut fields, "on_start", reading);
    class.on_stop = step::read_action(&mut fields, "on_stop", reading);
    match tasks::read(&mut fields, reading) {
        Some(tasks) => class.tasks = tasks,
        None if !tasks::is_mentioned(&fields) => {
            let expected = "expected `tasks` (done by chance) or `sequence` (done in order)";
            fields.problems().add(crate::document::Problem::new(
                fields.place(),
                fields.path(),
                expected,
            ));
        }
        None => {}
    }
    fields.finish();
    class
}

/// A host is the same for all users of a class or an API, so only the environment can stand in it.
pub(super) fn host(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<String> {
    let node = fields.node("host")?;
    let path = fields.key("host");
    let host = reading.constant(node, &path)?;
    if let Err(error) = Target::parse(&host) {
        fields.reject("host", format!("{error}, expected one such as https://example.org"));
    }
    Some(host)
}
