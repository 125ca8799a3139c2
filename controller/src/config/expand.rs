//! Environment variables in texts: `${NAME}`, `${NAME:-default}`, and `$${` for a plain `${`.

use engine::document::{Node, Problem, Problems, Value};

use super::Variables;

/// Replaces the variables in all texts of a tree; whether all of them could be.
pub(super) fn expand_all(tree: &mut Node, variables: Variables<'_>, problems: &Problems) -> bool {
    let unset = tree.map_text(&mut |text| Ok(expand(text, variables)?.map(Value::Text)));
    let is_complete = unset.is_empty();
    for (place, message) in unset {
        let message: String = message;
        problems.add(Problem::new(&place, "", message));
    }
    is_complete
}

/// The text with its variables replaced, or nothing if it has none.
///
/// As in a shell, a default also stands in for a variable that is set but empty.
///
/// # Errors
///
/// Names all variables that are not set, or tells what is no variable.
fn expand(text: &str, variables: Variables<'_>) -> Result<Option<String>, String> {
    if !text.contains("${") {
        return Ok(None);
    }
    let mut expanded = String::with_capacity(text.len());
    let mut wrong = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, reference) = (&rest[..at], &rest[at + 2..]);
        if let Some(escaped) = before.strip_suffix('$') {
            expanded.push_str(escaped);
            expanded.push_str("${");
            rest = reference;
            continue;
        }
        expanded.push_str(before);
        let Some((reference, after)) = reference.split_once('}') else {
            wrong.push("found `${` without `}`; a plain `${` is written `$${`".to_owned());
            break;
        };
        match look_up(reference, variables) {
            Ok(value) => expanded.push_str(&value),
            Err(error) => wrong.push(error),
        }
        rest = after;
    }
    if wrong.is_empty() { Ok(Some(expanded + rest)) } else { Err(wrong.join("; ")) }
}

fn look_up(reference: &str, variables: Variables<'_>) -> Result<String, String> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    if !is_variable(name) {
        // It is not repeated: it may be a part of a secret.
        let message = "found `${..}` without the name of an environment variable in it; a plain \
                       `${` is written `$${`";
        return Err(message.to_owned());
    }
    match (variables(name), default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(format!(
            "the environment variable {name} is not set; `${{{name}:-text}}` gives it a default"
        )),
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::expand;

    fn expanded(text: &str) -> Result<Option<String>, String> {
        let variables = |name: &str| match name {
            "HOST" => Some("shop".to_owned()),
            "EMPTY" => Some(String::new()),
            "TRICKY" => Some("${HOST}".to_owned()),
            _ => None,
        };
        expand(text, &variables)
    }

    #[test]
    fn variables_are_replaced() {
        let cases = [
            ("https://${HOST}.example", "https://shop.example"),
            ("${HOST}${HOST}", "shopshop"),
            ("${NONE:-a:-b}", "a:-b"),
            ("${NONE:-}", ""),
            ("${EMPTY:-full}", "full"),
            ("${EMPTY}", ""),
            ("$${HOST} and ${HOST}", "${HOST} and shop"),
            ("${TRICKY}", "${HOST}"),
            ("5$${", "5${"),
        ];
        for (text, expected) in cases {
            assert_eq!(expanded(text), Ok(Some(expected.into())), "{text}");
        }
        assert_eq!(expanded("costs $5 {a}"), Ok(None));
    }

    #[test]
    fn what_cannot_be_replaced_is_told() {
        let cases = [
            (
                "${A} ${B}",
                "the environment variable A is not set; `${A:-text}` gives it a default; \
                 the environment variable B is not set; `${B:-text}` gives it a default",
            ),
            (
                "u-${user.id}",
                "found `${..}` without the name of an environment variable in it; a plain `${` is \
                 written `$${`",
            ),
            ("${HOST", "found `${` without `}`; a plain `${` is written `$${`"),
            (
                "${}",
                "found `${..}` without the name of an environment variable in it; a plain `${` is \
                 written `$${`",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(expanded(text), Err(expected.into()), "{text}");
        }
    }
}
