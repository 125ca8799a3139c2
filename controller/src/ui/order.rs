//! What the page's form asks for.

use serde_json::{Map, Value};

use crate::config::Overrides;

/// The keys of a form that change a test, each an option of the command line.
const CHANGES: [(&str, &str); 5] = [
    ("clients", "clients"),
    ("hatch_rate", "hatch-rate"),
    ("duration", "duration"),
    ("host", "host"),
    ("backend", "backend"),
];

/// A test, and what of it is changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Order {
    /// The test's name.
    pub test: String,
    /// The changes.
    pub overrides: Overrides,
}

impl Order {
    /// Reads a form: `test` and any of `clients`, `hatch_rate`, `duration`, `host`, `backend`, as
    /// texts or numbers. What is empty is not changed.
    ///
    /// # Errors
    ///
    /// What is wrong with the form itself, as a sentence.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let mut form: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|error| format!("expected an object of JSON: {error}"))?;
        let Some(Value::String(test)) = form.remove("test") else {
            return Err("`test` is missing, expected the name of a test".into());
        };
        let mut overrides = Overrides::default();
        for (key, option) in CHANGES {
            let value = match form.remove(key) {
                None | Some(Value::Null) => continue,
                Some(Value::String(given)) => given.trim().to_owned(),
                Some(Value::Number(number)) => number.to_string(),
                Some(_) => return Err(format!("`{key}` is neither a text nor a number")),
            };
            if !value.is_empty() {
                overrides.push(option, value);
            }
        }
        match form.keys().next() {
            Some(unknown) => Err(format!("`{}` is no key of a form", unknown.escape_debug())),
            None => Ok(Self { test, overrides }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_changes_the_test() {
        let body =
            r#"{"test": "shop", "clients": 5, "hatch_rate": "0.5", "duration": " ", "host": null}"#;
        let mut overrides = Overrides::default();
        overrides.push("clients", "5");
        overrides.push("hatch-rate", "0.5");
        assert_eq!(Order::read(body.as_bytes()), Ok(Order { test: "shop".into(), overrides }));
    }

    #[test]
    fn what_is_no_form_is_told() {
        for (body, part) in [
            ("", "expected an object of JSON"),
            ("[]", "expected an object of JSON"),
            (r#"{"clients": 5}"#, "`test` is missing"),
            (r#"{"test": 7}"#, "`test` is missing"),
            (r#"{"test": "a", "clients": [5]}"#, "`clients` is neither"),
            (r#"{"test": "a", "users": 5}"#, "`users` is no key"),
        ] {
            let error = Order::read(body.as_bytes()).unwrap_err();
            assert!(error.contains(part), "{body}: {error}");
        }
    }
}
