//! What is kept of a response.

mod input;

use std::sync::Arc;

use http::HeaderName;
use regex::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

pub use self::input::Input;
use crate::http::Response;

/// A value taken from a response into a variable.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The variable.
    pub variable: Arc<str>,
    /// Where the value is.
    pub from: From,
}

/// Where in a response a value is.
#[derive(Clone, Debug)]
pub enum From {
    /// The first value at a JSON path (RFC 9535) in the body.
    Json(JsonPath),
    /// A header's text.
    Header(HeaderName),
    /// What the first group of an expression matches in the body; all of it without groups.
    Regex(Regex),
    /// The value of the first HTML input of a name in the body.
    Input(Input),
}

impl Capture {
    /// Whether the response's body is needed.
    pub fn needs_body(&self) -> bool {
        !matches!(self.from, From::Header(_))
    }

    /// Takes the value.
    ///
    /// # Errors
    ///
    /// What is missing, as a reason of failure.
    pub fn take(&self, response: &Response) -> Result<Value, String> {
        let missing = |what: String| format!("could not capture `{}`: {what}", self.variable);
        match &self.from {
            From::Json(path) => {
                let json = response.json().map_err(missing)?;
                let found = path.query(&json).first().cloned();
                found.ok_or_else(|| missing(format!("nothing at {path} in the body")))
            }
            From::Header(name) => {
                let found = response.header(name.as_str()).map(Value::from);
                found.ok_or_else(|| missing(format!("no header {name}")))
            }
            From::Regex(regex) => {
                let body = response.text();
                let found = regex.captures(&body).and_then(|groups| {
                    groups.get(usize::from(groups.len() > 1)).map(|group| group.as_str().into())
                });
                found.ok_or_else(|| missing(format!("nothing in the body matches {regex}")))
            }
            From::Input(input) => {
                let found = input.value(&response.text()).map(Value::from);
                found.ok_or_else(|| missing(format!("no input `{}` in the body", input.name())))
            }
        }
    }
}
