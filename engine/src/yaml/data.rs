//! Test data.

use super::Reading;
use crate::{
    document::{Entry, Fields, Node, Rejection, Setting, Value, nearest},
    feeder::{self, Exhausted, Feeder, Order, keys},
};

/// Reads all test data under `data`. Each becomes a variable, whose keys are the columns.
pub(super) fn read_all(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Vec<Feeder> {
    let expected = "test data by name, such as `accounts: {file: accounts.csv}`";
    let Some(node) = fields.node("data") else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        fields.reject("data", format!("found {}, expected {expected}", node.describe()));
        return Vec::new();
    };
    let problems = fields.problems();
    let read = |entry: &Entry| {
        let path = format!("data.{}", entry.key);
        let mut fields = Fields::of(&entry.node, &path, problems)?;
        let name = reading.declare(&entry.key, &entry.place, &path);
        // Before its rows, so that a `feed` of data with a problem is none itself.
        if let Some(name) = &name {
            reading.of_data(name);
        }
        let rows = rows(&mut fields, reading);
        let order = fields.get("order").unwrap_or(Order::Sequential);
        let exhausted = fields.get("exhausted").unwrap_or(order.exhausted());
        fields.finish();
        let (name, rows) = (name?, rows?);
        reading.of_rows(&name, keys(&rows));
        Some(Feeder::new(&name, rows).order(order).exhausted(exhausted))
    };
    entries.iter().filter_map(read).collect()
}

/// The rows of a file, or those that are written here.
fn rows(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Vec<serde_json::Value>> {
    match (fields.node("file"), fields.node("rows")) {
        (Some(file), None) => {
            let content = reading.file(file, &fields.key("file"))?;
            let name = file.text()?;
            let rows = feeder::parse(name, &content);
            let rejected = |error| fields.reject("file", format!("`{name}`: {error}"));
            rows.map_err(rejected).ok()
        }
        (None, Some(node)) => written(node, fields),
        _ => {
            let message = "expected either `file` (ending in .csv, .json or .jsonl) or `rows`";
            reading.reject(fields.place(), fields.path(), message);
            None
        }
    }
}

fn written(node: &Node, fields: &Fields<'_>) -> Option<Vec<serde_json::Value>> {
    let Value::List(rows) = &node.value else {
        fields.reject("rows", format!("found {}, expected a list of rows", node.describe()));
        return None;
    };
    if rows.is_empty() {
        fields.reject("rows", "expected at least one row");
        return None;
    }
    Some(rows.iter().map(Node::to_json).collect())
}

impl Setting for Order {
    const EXPECTED: &'static str = "one of sequential, shuffled, random, unique";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let orders = [
            ("sequential", Self::Sequential),
            ("shuffled", Self::Shuffled),
            ("random", Self::Random),
            ("unique", Self::Unique),
        ];
        one_of(node, &orders)
    }
}

impl Setting for Exhausted {
    const EXPECTED: &'static str = "one of recycle, stop, fail";

    fn read(node: &Node) -> Result<Self, Rejection> {
        one_of(node, &[("recycle", Self::Recycle), ("stop", Self::Stop), ("fail", Self::Fail)])
    }
}

/// The value of a name.
pub(super) fn one_of<T: Copy>(node: &Node, values: &[(&str, T)]) -> Result<T, Rejection> {
    let text = node.text().ok_or(Rejection::Unexpected)?;
    let found = values.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let near = nearest(text, values.iter().map(|(name, _)| *name));
        near.map_or(Rejection::Unexpected, |near| {
            Rejection::Because(format!("did you mean `{near}`?"))
        })
    })
}
