//! Captures of a request.

use http::HeaderName;
use regex::Regex;

use super::{Reading, json_path};
use crate::{
    capture::{Capture, From, Input},
    document::{Entry, Fields, Node, Value},
};

const EXPECTED: &str =
    "where the value is: {json: $.id}, {header: Location}, {regex: 'id=(\\d+)'} or {input: name}";

/// Reads the mapping under `capture`: variables, and where their values are.
pub(super) fn read_all(node: &Node, path: &str, reading: &Reading<'_>) -> Vec<Capture> {
    let Value::Map(entries) = &node.value else {
        let found = node.describe();
        let message = format!("found {found}, expected variables by name, each with {EXPECTED}");
        reading.reject(&node.place, path, message);
        return Vec::new();
    };
    let read = |entry: &Entry| {
        let path = format!("{path}.{}", entry.key);
        let variable = reading.declare(&entry.key, &entry.place, &path)?;
        Some(Capture { variable, from: read(&entry.node, &path, reading)? })
    };
    entries.iter().filter_map(read).collect()
}

/// Reads where a value is.
pub(super) fn read(node: &Node, path: &str, reading: &Reading<'_>) -> Option<From> {
    let single = match &node.value {
        Value::Map(entries) if entries.len() == 1 => entries.first(),
        _ => None,
    };
    let Some((kind, node, text)) =
        single.and_then(|e| Some((e.key.as_str(), &e.node, e.node.text()?)))
    else {
        let message = format!("found {}, expected {EXPECTED}", node.describe());
        reading.reject(&node.place, path, message);
        return None;
    };
    let parsed = match kind {
        "json" => json_path::parse(text).map(From::Json),
        "header" => HeaderName::try_from(text)
            .map(From::Header)
            .map_err(|_| format!("`{text}` is not a header's name")),
        "regex" => Regex::new(text)
            .map(From::Regex)
            .map_err(|error| format!("not a regular expression: {error}")),
        "input" => Ok(From::Input(Input::named(text))),
        other => Err(format!("unknown key `{other}`, expected {EXPECTED}")),
    };
    parsed.map_err(|message| reading.reject(&node.place, path, message)).ok()
}

/// Names that stand for headers.
pub(super) fn header_entries<'a>(
    fields: &mut Fields<'a>,
    key: &'static str,
    reading: &Reading<'_>,
) -> Vec<(HeaderName, &'a Node)> {
    let Some(node) = fields.node(key) else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        let message = format!("found {}, expected headers by name", node.describe());
        fields.reject(key, message);
        return Vec::new();
    };
    let named = entries.iter().filter_map(|entry| {
        let name = HeaderName::try_from(entry.key.as_str());
        if name.is_err() {
            let path = fields.key(key);
            reading.reject(&entry.place, &path, format!("`{}` is not a header's name", entry.key));
        }
        Some((name.ok()?, &entry.node))
    });
    named.collect()
}
