//! From a tree back to YAML text.

use engine::document::{Entry, Node, Source, Value, parse_value};

/// Writes a tree as YAML that reads as the same tree.
pub(super) fn write(node: &Node) -> String {
    let mut text = String::new();
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => write_map(entries, 0, &mut text),
        Value::List(items) if is_block(node) => write_list(items, 0, &mut text),
        _ => text = inline(node) + "\n",
    }
    text
}

fn write_map(entries: &[Entry], depth: usize, text: &mut String) {
    for entry in entries {
        indent(depth, text);
        *text += &scalar(&entry.key);
        text.push(':');
        write_value(&entry.node, depth, text);
    }
}

fn write_list(items: &[Node], depth: usize, text: &mut String) {
    for item in items {
        indent(depth, text);
        text.push('-');
        write_value(item, depth, text);
    }
}

/// What follows a key or a dash: on the same line, or as a block below it.
fn write_value(node: &Node, depth: usize, text: &mut String) {
    match &node.value {
        Value::Map(entries) if is_block(node) => {
            text.push('\n');
            write_map(entries, depth + 1, text);
        }
        Value::List(items) if is_block(node) => {
            text.push('\n');
            write_list(items, depth + 1, text);
        }
        _ => {
            text.push(' ');
            *text += &inline(node);
            text.push('\n');
        }
    }
}

/// Mappings stand in blocks, and so do lists that hold anything but plain values.
fn is_block(node: &Node) -> bool {
    match &node.value {
        Value::Map(entries) => !entries.is_empty(),
        Value::List(items) => {
            items.iter().any(|item| matches!(item.value, Value::Map(_) | Value::List(_)))
        }
        _ => false,
    }
}

fn inline(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => scalar(text),
        Value::Map(_) => "{}".into(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
    }
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

/// A text without quotes if it is safe, and reads as the same text.
fn scalar(text: &str) -> String {
    let safe = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_alphanumeric() || " _-./".contains(c))
        && !WORDS.contains(&text.to_lowercase().as_str());
    let reads_back = || parse_value(&Source::option(""), text).text() == Some(text);
    if safe && reads_back() { text.to_owned() } else { quoted(text) }
}

/// What some readers of YAML take for no text.
const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

fn quoted(text: &str) -> String {
    let mut result = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => result += "\\\"",
            '\\' => result += "\\\\",
            '\n' => result += "\\n",
            '\t' => result += "\\t",
            c if c.is_control() || !c.is_alphanumeric() && !c.is_ascii() => {
                let escape = format!("\\U{:08X}", u32::from(c));
                result += &escape;
            }
            c => result.push(c),
        }
    }
    result.push('"');
    result
}

#[cfg(test)]
mod tests {
    use engine::document::{Entry, Node, Source, Value, parse};
    use proptest::prelude::*;
    use serde_json::Number;

    use super::write;

    fn node(value: Value) -> Node {
        Node { value, place: Source::option("test").at(0, 0) }
    }

    fn map(entries: std::collections::BTreeMap<String, Node>) -> Node {
        let entries = entries.into_iter().map(|(key, node)| {
            let place = node.place.clone();
            Entry { key, place, node }
        });
        node(Value::Map(entries.collect()))
    }

    fn any_node() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|n| Value::Number(n.into())),
            any::<u64>().prop_map(|n| Value::Number(n.into())),
            (-1e9..1e9).prop_map(|n| Value::Number(Number::from_f64(n).unwrap())),
            any::<String>().prop_map(Value::Text),
            "[a-z0-9 :#.,'-]{0,8}".prop_map(Value::Text),
        ];
        leaf.prop_map(node).prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(|l| node(Value::List(l))),
                prop::collection::btree_map("[a-z0-9 :#~-]{0,6}", inner, 0..5).prop_map(map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same(node in any_node()) {
            let text = write(&node);
            let back = parse(&Source::file("back.yml", &text), &text);
            let back = back.map_err(|p| TestCaseError::fail(format!("{p}\n{text}")))?;
            prop_assert_eq!(back.to_json(), node.to_json(), "{}", text);
        }
    }

    #[test]
    fn it_is_readable() {
        let text = "a:\n  b: 3m\n  c: [Sfx, Splunk]\n  d: \"yes\"\n  e: {}\n  f: []\n\
                    g:\n  -\n    h: \"12\"\n  - i j/k.yml\nl: 0.5\nm: null\n";
        let node = parse(&Source::file("a.yml", text), text).unwrap();
        assert_eq!(write(&node), text);
    }
}
