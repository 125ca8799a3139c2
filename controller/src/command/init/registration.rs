//! Adding a name to the registry's text, whose comments and order stay.

use engine::document::{Node, Source, Value, parse, parse_value};

use crate::{
    command::Error,
    config::{Project, Registry},
    exit_code::ExitCode,
};

/// The text of the registry with a name added, checked by reading it.
pub(super) fn registry_with(project: &Project, name: &str) -> Result<String, Error> {
    let path = project.path(Registry::FILE);
    if !path.exists() {
        return Ok(new_registry(name));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Error::new(ExitCode::INVALID, format!("cannot read {}: {error}", Registry::FILE))
    })?;
    let registry = Registry::load(project)?;
    if registry.registered().iter().any(|registered| registered.name == name) {
        let message = format!("`{name}` is registered already");
        return Err(Error::new(ExitCode::INVALID, message).with_hint("choose another name"));
    }
    inserted(&text, name).ok_or_else(|| {
        let message = format!("{} is written in a way that cannot be added to", Registry::FILE);
        let hint = format!(
            "add `{}: {{profile: profiles/{name}.yml}}` under `registered`, and write \
             profiles/{name}.yml by hand",
            quoted(name)
        );
        Error::new(ExitCode::INVALID, message).with_hint(hint)
    })
}

fn new_registry(name: &str) -> String {
    format!(
        "# The load tests of this project. `load-test init NAME` adds one.\n\
         current: {}   # what runs when no name is given\n\
         registered:\n{}",
        quoted(name),
        entry(name, "  ", "\n")
    )
}

fn entry(name: &str, indent: &str, newline: &str) -> String {
    let key = quoted(name);
    format!("{indent}{key}:{newline}{indent}{indent}profile: profiles/{name}.yml{newline}")
}

/// A name such as `007` or `true` is text only in quotes.
pub(super) fn quoted(name: &str) -> String {
    let plain = parse_value(&Source::option("NAME"), name);
    if plain.text() == Some(name) { name.to_owned() } else { format!("\"{name}\"") }
}

/// The text with an entry at the end of the block under `registered`; none if it has no block, or
/// if the result does not read as the same registry with the name added.
fn inserted(text: &str, name: &str) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<&str> = text.lines().collect();
    let head = lines.iter().position(|line| line.starts_with("registered:"))?;
    let below = lines.iter().enumerate().skip(head + 1);
    let block: Vec<_> = below
        .take_while(|(_, line)| is_open(line) || line.starts_with(' '))
        .filter(|(_, line)| !is_open(line))
        .collect();
    let first = block.first().map_or("  ", |(_, line)| line);
    let indent = &first[..first.len() - first.trim_start().len()];
    let last = block.last().map_or(head, |(at, _)| *at);
    let without_braces = lines[head].replacen("{}", "", 1);
    if block.is_empty() {
        lines[head] = without_braces.trim_end();
    }
    let mut new = lines[..=last].join(newline) + newline + &entry(name, indent, newline);
    for line in &lines[last + 1..] {
        new += line;
        new += newline;
    }
    is_as_meant(text, &new, name).then_some(new)
}

/// Blank lines and comments belong to whatever is around them.
fn is_open(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

fn is_as_meant(old: &str, new: &str, name: &str) -> bool {
    let read = |text: &str| parse(&Source::option(Registry::FILE), text).ok();
    let (Some(old), Some(new)) = (read(old), read(new)) else { return false };
    let added = Source::option(Registry::FILE).at(0, 0);
    let profile = Value::Text(format!("profiles/{name}.yml"));
    let added = Node { value: profile, place: added }.under("profile").under(name);
    old.overlaid(added.under("registered")).to_json() == new.to_json()
}

#[cfg(test)]
mod tests {
    use super::inserted;

    #[test]
    fn an_entry_is_added_and_all_else_stays() {
        let old = "# top\ncurrent: a # now\nregistered: # all\n    a: # first\n        \
                   profile: a.yml\n    # last words\n\n# end\n";
        let new = "# top\ncurrent: a # now\nregistered: # all\n    a: # first\n        \
                   profile: a.yml\n    b:\n        profile: profiles/b.yml\n    # last words\n\n\
                   # end\n";
        assert_eq!(inserted(old, "b").as_deref(), Some(new));
    }

    #[test]
    fn it_fits_the_text_around_it() {
        let cases = [
            (
                "registered:\r\n  a: {profile: a.yml}\r\ncurrent: a\r\n",
                "registered:\r\n  a: {profile: a.yml}\r\n  b:\r\n    profile: profiles/b.yml\r\n\
                 current: a\r\n",
            ),
            (
                "current: a\nregistered:\n a:\n  profile: a.yml",
                "current: a\nregistered:\n a:\n  profile: a.yml\n b:\n  profile: profiles/b.yml\n",
            ),
            ("registered: {} # none", "registered:  # none\n  b:\n    profile: profiles/b.yml\n"),
            ("registered:\n", "registered:\n  b:\n    profile: profiles/b.yml\n"),
        ];
        for (old, new) in cases {
            assert_eq!(inserted(old, "b").as_deref(), Some(new), "{old}");
        }
        let numeric = inserted("registered: {}\n", "007");
        assert_eq!(numeric.unwrap(), "registered:\n  \"007\":\n    profile: profiles/007.yml\n");
    }

    #[test]
    fn what_cannot_be_added_to_is_left_alone() {
        let texts = [
            "registered: {a: {profile: a.yml}}\n",
            "{current: a, registered: {a: {profile: a.yml}}}\n",
            "registered: {\n  a: {profile: a.yml}\n}\n",
            "\"registered\":\n  a: {profile: a.yml}\n",
        ];
        for text in texts {
            assert_eq!(inserted(text, "b"), None, "{text}");
        }
    }
}
