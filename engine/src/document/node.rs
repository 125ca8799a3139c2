//! A YAML value that knows its place.

use serde_json::{Map, Number};

use super::Place;

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub place: Place,
}

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, whole or not.
    Number(Number),
    /// Text, quoted or not.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order in which it was written.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key was written.
    pub place: Place,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The value under a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Map(entries) => {
                let pairs = entries.iter().map(|e| (e.key.clone(), e.node.to_json()));
                Json::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    /// Lays `over` on this: mappings are joined key by key, anything else is replaced. A joined
    /// mapping stays where it was, so that what is missing in it is told there.
    #[must_use]
    pub fn overlaid(self, over: Self) -> Self {
        match (self.value, over.value) {
            (Value::Map(mut entries), Value::Map(over_entries)) => {
                for over in over_entries {
                    match entries.iter_mut().find(|entry| entry.key == over.key) {
                        Some(entry) => {
                            let below = std::mem::replace(&mut entry.node, over.node.clone());
                            entry.node = below.overlaid(over.node);
                            entry.place = over.place;
                        }
                        None => entries.push(over),
                    }
                }
                Self { value: Value::Map(entries), place: self.place }
            }
            (_, value) => Self { value, place: over.place },
        }
    }

    /// A mapping that holds this under a dotted path, such as `profile.runner.clients`.
    #[must_use]
    pub fn under(self, path: &str) -> Self {
        self.under_keys(path.split('.'))
    }

    /// A mapping that holds this under keys, each in the one before.
    #[must_use]
    pub fn under_keys<K: Into<String>>(self, keys: impl DoubleEndedIterator<Item = K>) -> Self {
        keys.rev().fold(self, |node, key| {
            let place = node.place.clone();
            let entry = Entry { key: key.into(), place: place.clone(), node };
            Self { value: Value::Map(vec![entry]), place }
        })
    }

    /// What was found, for messages: ``the text `abc` ``, `the number 5`, `a list`.
    pub fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Number(number) => format!("the number {number}"),
            Value::Text(text) if text.is_empty() => "an empty text".into(),
            Value::Text(text) => {
                let start: String = text.chars().take(60).collect();
                let more = if start.len() < text.len() { ".." } else { "" };
                format!("the text `{}{more}`", start.escape_debug())
            }
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a mapping".into(),
        }
    }

    /// Changes every text in the tree; a change that fails leaves the text and is returned.
    pub fn map_text<E>(
        &mut self,
        change: &mut impl FnMut(&str) -> Result<Option<Value>, E>,
    ) -> Vec<(Place, E)> {
        match &mut self.value {
            Value::Text(text) => match change(text) {
                Ok(Some(value)) => self.value = value,
                Ok(None) => {}
                Err(error) => return vec![(self.place.clone(), error)],
            },
            Value::List(items) => {
                return items.iter_mut().flat_map(|item| item.map_text(change)).collect();
            }
            Value::Map(entries) => {
                return entries.iter_mut().flat_map(|entry| entry.node.map_text(change)).collect();
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        Vec::new()
    }
}
