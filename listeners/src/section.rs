//! Reading a system's settings.
//!
//! No message here repeats a value: any of them may be a secret that was put in the wrong place.

use engine::document::{Entry, Fields, Node, Problem, Problems, Setting, Value};
use url::Url;

use crate::{Reference, Secret};

const NOT_EMPTY: &str = "a text that is not empty";
const ADDRESS: &str = "an address such as https://collector.example.org:8088";
const SECRET: &str = "a text that is not empty, {secret: NAME, key: KEY} of Secrets Manager, or \
                      {parameter: NAME} of the parameter store";

/// A system's settings, key by key.
pub(crate) struct Section<'a> {
    fields: Fields<'a>,
}

impl<'a> Section<'a> {
    /// Begins to read; `path` is its dotted key.
    pub(crate) fn of(node: &'a Node, path: &str, problems: &'a Problems) -> Option<Self> {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            let message = "found a value, expected a mapping of keys";
            problems.add(Problem::new(&node.place, path, message));
            return None;
        }
        Fields::of(node, path, problems).map(|fields| Self { fields })
    }

    /// A text that may be there.
    pub(crate) fn optional_text(&mut self, key: &'static str) -> Option<String> {
        let text = String::read(self.fields.node(key)?).ok();
        let text = text.filter(|text| !text.trim().is_empty());
        self.expect(key, text, NOT_EMPTY)
    }

    /// An address that may be there.
    fn optional_address(&mut self, key: &'static str) -> Option<Url> {
        let text = String::read(self.fields.node(key)?).ok();
        let url = text.and_then(|text| Url::parse(&text).ok());
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        self.expect(key, url, ADDRESS)
    }

    /// Whether an address is there, which must be.
    pub(crate) fn requires_address(&mut self, key: &'static str) -> bool {
        self.fields.require_node(key, ADDRESS).is_some()
    }

    /// An address that may be there, and holds no proof of who speaks.
    pub(crate) fn bare_address(&mut self, key: &'static str) -> Option<Url> {
        let url = self.optional_address(key)?;
        if url.username().is_empty() && url.password().is_none() {
            return Some(url);
        }
        self.reject(key, "found a user name or a password in the address, expected them beside it");
        None
    }

    /// Secrets by the names that a person gives them; none if there are none.
    pub(crate) fn secrets(&mut self, key: &'static str) -> Vec<(String, Secret)> {
        let Some(fields) = self.fields.fields(key) else { return Vec::new() };
        let secrets = fields.entries().iter().map(|entry| {
            let secret = read_secret(&entry.node, &fields.key(&entry.key), fields.problems());
            if secret.is_none() {
                wrong_secret(&fields, entry);
            }
            Some((entry.key.clone(), secret?))
        });
        secrets.flatten().collect()
    }

    /// A secret that must be there.
    pub(crate) fn secret(&mut self, key: &'static str) -> Option<Secret> {
        self.fields.require_node(key, SECRET)?;
        self.optional_secret(key)
    }

    /// A secret that may be there.
    pub(crate) fn optional_secret(&mut self, key: &'static str) -> Option<Secret> {
        let node = self.fields.node(key)?;
        let secret = read_secret(node, &self.fields.key(key), self.fields.problems());
        self.expect(key, secret, SECRET)
    }

    /// Any other value that may be there.
    pub(crate) fn optional<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        let value = T::read(self.fields.node(key)?).ok();
        self.expect(key, value, T::EXPECTED)
    }

    /// Settings below a key.
    pub(crate) fn section(&mut self, key: &'static str) -> Option<Self> {
        let node = self.fields.node(key)?;
        Self::of(node, &self.fields.key(key), self.fields.problems())
    }

    /// The node under a key, for what is none of these.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.fields.node(key)
    }

    /// Notes what is wrong with a key.
    pub(crate) fn reject(&self, key: &'static str, message: impl Into<String>) {
        self.fields.reject(key, message);
    }

    /// Tells of the keys that nobody asked for.
    pub(crate) fn finish(self) {
        self.fields.finish_discreetly();
    }

    fn expect<T>(&self, key: &'static str, value: Option<T>, expected: &str) -> Option<T> {
        if value.is_none() {
            self.fields.reject(key, format!("expected {expected}"));
        }
        value
    }
}

/// Notes that what a name stands for is no secret. What can be no name may be one in its place.
fn wrong_secret(fields: &Fields<'_>, entry: &Entry) {
    let is_name =
        entry.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let path = if is_name { fields.key(&entry.key) } else { fields.key("") };
    let path = path.trim_end_matches('.');
    fields.problems().add(Problem::new(&entry.place, path, format!("expected {SECRET}")));
}

/// A secret, or where it is kept; none if it is neither.
fn read_secret(node: &Node, path: &str, problems: &Problems) -> Option<Secret> {
    if matches!(node.value, Value::Map(_)) {
        return read_reference(Fields::of(node, path, problems)?).map(Secret::Kept);
    }
    let text = String::read(node).ok().filter(|text| !text.trim().is_empty());
    text.map(Secret::Plain)
}

fn read_reference(mut fields: Fields<'_>) -> Option<Reference> {
    let text = |fields: &mut Fields<'_>, key| {
        let text = fields.node(key).and_then(|node| String::read(node).ok());
        text.filter(|text| !text.trim().is_empty())
    };
    let (id, part) = (text(&mut fields, "secret"), text(&mut fields, "key"));
    let name = text(&mut fields, "parameter");
    fields.finish_discreetly();
    let reference = match (id, part, name) {
        (Some(id), key, None) => Reference::SecretsManager { id, key },
        (None, None, Some(name)) => Reference::Parameter { name },
        _ => return None,
    };
    reference.is_usable().then_some(reference)
}
