//! From YAML text to a tree of nodes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::Spanned;

use super::{Entry, Node, Place, Problem, Source, Value};

/// Parses YAML. Duplicate keys and hostile nesting are refused.
///
/// # Errors
///
/// The first place at which the text is no YAML.
pub fn parse(source: &Source, text: &str) -> Result<Node, Problem> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! { max_depth: DEEPEST, flow_nesting_limit: DEEPEST },
    };
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => Ok(raw.value.located(source, raw.referenced.line(), raw.referenced.column())),
        Err(error) => {
            let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
            Err(Problem::new(&source.at(line, column), "", message(&error)))
        }
    }
}

/// The most levels of lists and mappings in each other. Each of them takes tens of kilobytes of the
/// stack while it is read, and threads have two megabytes.
const DEEPEST: usize = 40;

/// How the parser begins what it says to programmers, and what is said instead.
const WORDING: [(&str, &str); 13] = [
    (
        "while parsing a block mapping, did not find expected key",
        "this begins in no column in which keys above it begin: keys side by side need the same one",
    ),
    (
        "while parsing a block collection, did not find expected '-' indicator",
        "this stands in the column of a list's items, but begins with no `- `",
    ),
    ("tabs disallowed", "found a tab, expected spaces to indent with"),
    (
        "mapping values are not allowed",
        "a `: ` where no key can be: put a text that has it in quotes",
    ),
    ("unexpected character: `@'", "a text that begins with `@` needs quotes"),
    ("recursion limit", TOO_DEEP),
    ("budget breached: Depth", TOO_DEEP),
    ("budget breached", "it is too large, or has too many anchors and aliases"),
    ("multiple YAML documents", "found a further document after `---` or `...`, expected one"),
    ("cannot deserialize null into string", "expected a key before the `:`"),
    ("cannot deserialize tagged scalar into string", "a key cannot have a tag"),
    ("expected string scalar", "expected a text as a key"),
    ("non-finite float", "expected a finite number"),
];

const TOO_DEEP: &str = "lists and mappings are nested too deep: 40 levels are the most";

/// What is wrong, in words for whoever wrote it. Where it is, is told apart from it.
fn message(error: &serde_saphyr::Error) -> String {
    let message = error.without_snippet().to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let message = message.split(", set DuplicateKeyPolicy").next().unwrap_or_default();
    let told = WORDING.iter().find(|(start, _)| message.starts_with(start));
    format!("not valid YAML: {}", told.map_or(message, |(_, told)| told))
}

/// Parses a single value as it stands on a command line; what is no YAML is text.
pub fn parse_value(source: &Source, text: &str) -> Node {
    let place = source.at(0, 0);
    let text_node = || Node { value: Value::Text(text.to_owned()), place: place.clone() };
    parse(source, text).map_or_else(|_| text_node(), |node| node.relocated(&place))
}

impl Node {
    /// The tree as if all of it were written at one place.
    fn relocated(mut self, place: &Place) -> Self {
        self.value = match self.value {
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| item.relocated(place)).collect())
            }
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|e| Entry { place: place.clone(), node: e.node.relocated(place), ..e })
                    .collect(),
            ),
            plain => plain,
        };
        self.place = place.clone();
        self
    }
}

/// A value as the parser gives it.
enum Raw {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl Raw {
    fn located(self, source: &Source, line: u64, column: u64) -> Node {
        let locate = |raw: Spanned<Self>| {
            let at = raw.referenced;
            raw.value.located(source, at.line(), at.column())
        };
        let value = match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::Text(text),
            Self::List(items) => Value::List(items.into_iter().map(locate).collect()),
            Self::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, raw)| Entry {
                        place: source.at(key.referenced.line(), key.referenced.column()),
                        key: key.value,
                        node: locate(raw),
                    })
                    .collect(),
            ),
        };
        Node { value, place: source.at(line, column) }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Raw, E> {
        let number = Number::from_f64(value);
        number.map(Raw::Number).ok_or_else(|| E::custom("infinite or undefined number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}
