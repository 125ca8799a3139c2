//! `test_header.location`: where functions run.

use engine::document::{Entry, Fields, Node, Rejection, Setting, Value};

use super::items;
use crate::location::Location;

/// The largest weight: beyond it one is a mistake.
const HEAVIEST: u32 = 1_000;

/// Reads a region, a list of them, or a mapping of them to weights.
pub(super) fn read(fields: &mut Fields<'_>) -> Vec<Location> {
    let node = fields.node("location");
    if let Some(Value::Map(entries)) = node.map(|node| &node.value) {
        return weighted(entries, fields);
    }
    let mut locations: Vec<Location> = Vec::new();
    for Region(region) in items(fields, "location") {
        if locations.iter().any(|location| location.region == region) {
            fields.reject("location", format!("the region {region} is there twice"));
        }
        locations.push(Location { region, weight: 1 });
    }
    locations
}

fn weighted(entries: &[Entry], fields: &Fields<'_>) -> Vec<Location> {
    let location = |entry: &Entry| {
        let path = fields.key("location");
        let name = Node { value: Value::Text(entry.key.clone()), place: entry.place.clone() };
        let region = fields.read::<Region>(&name, &path);
        let weight = fields.read::<Weight>(&entry.node, &format!("{path}.{}", entry.key));
        Some(Location { region: region?.0, weight: weight?.0 })
    };
    entries.iter().filter(|entry| entry.node.value != Value::Null).filter_map(location).collect()
}

/// An AWS region.
pub(super) struct Region(String);

impl Setting for Region {
    const EXPECTED: &'static str = "an AWS region such as us-west-2, a list of them, or weights such as {us-west-2: 3, \
         eu-west-1: 1}";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let valid = text.split('-').count() >= 3 && text.split('-').all(|part| !part.is_empty());
        let valid = valid && text.chars().all(allowed);
        if valid { Ok(Self(text.into())) } else { Err(Rejection::Unexpected) }
    }
}

/// A region's weight.
struct Weight(u32);

impl Setting for Weight {
    const EXPECTED: &'static str = "a weight, a whole number from 1 to 1,000";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let weight = u32::read(node)?;
        if (1..=HEAVIEST).contains(&weight) { Ok(Self(weight)) } else { Err(Rejection::Unexpected) }
    }
}
