//! What is expected of a response.

mod json;

use std::fmt;

use http::{HeaderName, StatusCode};
use serde_json::Value;

pub use self::json::{Mismatch, subset};
use crate::{
    http::Response,
    secret::{MASK, is_secret_name},
};

/// What is expected of a response. By default: a status below 400.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected {
    /// The status is one of these; a status below 400 if there is none.
    pub status: Vec<StatusCode>,
    /// The body contains each of these.
    pub text: Vec<String>,
    /// Each of these headers is there, and contains the text.
    pub headers: Vec<(HeaderName, String)>,
    /// The body is JSON that contains this.
    pub json: Option<ExpectedJson>,
}

/// JSON that a body is to contain.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedJson {
    /// What it is to contain.
    pub value: Value,
    /// Whether a key that is missing as written may be there in camelCase: `user_id` as `userId`.
    pub camel_case: bool,
}

/// One thing that was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// What was expected.
    pub expected: String,
    /// What was there instead; none if it was as expected.
    pub actual: Option<String>,
    /// Whether that is all of a body, which differs from one response to the next and may hold
    /// what is nobody's business: a report does not quote it.
    pub is_body: bool,
}

impl Expected {
    /// One of these statuses.
    pub fn status(codes: impl IntoIterator<Item = StatusCode>) -> Self {
        Self { status: codes.into_iter().collect(), ..Self::default() }
    }

    /// Also a text in the body.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text.push(text.into());
        self
    }

    /// Also a header that contains a text.
    #[must_use]
    pub fn header(mut self, name: HeaderName, text: impl Into<String>) -> Self {
        self.headers.push((name, text.into()));
        self
    }

    /// Also JSON in the body; keys may be there in camelCase.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        self.json = Some(ExpectedJson { value, camel_case: true });
        self
    }

    /// Whether nothing is said, so that a status below 400 is expected.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the response's body is needed to tell.
    pub fn needs_body(&self) -> bool {
        !self.text.is_empty() || self.json.is_some()
    }

    /// Why a response is not as expected: the first thing that is not.
    pub fn failure(&self, response: &Response) -> Option<String> {
        let mut failure = None;
        self.check(response, &mut |check| {
            failure = check().failure();
            failure.is_none()
        });
        failure
    }

    /// Everything that was checked of a response.
    pub fn checks(&self, response: &Response) -> Vec<Check> {
        let mut checks = Vec::new();
        self.check(response, &mut |check| {
            checks.push(check());
            true
        });
        checks
    }

    /// Hands each check that matters to `visit`, until it says to stop. Checks that passed are
    /// only written out if the visitor wants them: this runs for each response.
    fn check(&self, response: &Response, visit: &mut dyn FnMut(&dyn Fn() -> Check) -> bool) {
        let _ = self.check_status(response.status, visit)
            && self.check_headers(response, visit)
            && self.check_text(response, visit)
            && self.check_json(response, visit);
    }

    fn check_status(&self, status: StatusCode, visit: Visit<'_>) -> bool {
        let passed = if self.status.is_empty() {
            status.as_u16() < 400
        } else {
            self.status.contains(&status)
        };
        visit(&|| Check {
            expected: self.describe_status(),
            actual: (!passed).then(|| status.as_u16().to_string()),
            is_body: false,
        })
    }

    fn describe_status(&self) -> String {
        if self.status.is_empty() {
            return "status below 400".into();
        }
        let codes: Vec<_> = self.status.iter().map(|code| code.as_u16().to_string()).collect();
        format!("status {}", codes.join(" or "))
    }

    fn check_headers(&self, response: &Response, visit: Visit<'_>) -> bool {
        self.headers.iter().all(|(name, text)| {
            let secret = is_secret_name(name.as_str());
            let shown = |value: &str| if secret { MASK.into() } else { quote(value) };
            let mut values = response.headers.get_all(name.as_str());
            let passed = values.any(|value| value.contains(text.as_str()));
            visit(&|| Check {
                expected: format!("header {name} with {}", shown(text)),
                actual: (!passed)
                    .then(|| response.header(name.as_str()).map_or("no such header".into(), shown)),
                is_body: false,
            })
        })
    }

    fn check_text(&self, response: &Response, visit: Visit<'_>) -> bool {
        self.text.iter().all(|text| {
            let body = response.text();
            let passed = body.contains(text.as_str());
            visit(&|| Check {
                expected: format!("text {}", quote(text)),
                actual: (!passed).then(|| quote(&body)),
                is_body: true,
            })
        })
    }

    fn check_json(&self, response: &Response, visit: Visit<'_>) -> bool {
        let Some(expected) = &self.json else { return true };
        let mismatch = match response.json() {
            Ok(actual) => subset(&expected.value, &actual, expected.camel_case).err(),
            Err(why) => Some(Mismatch::whole(&expected.value, why)),
        };
        visit(&|| {
            let (expected, actual) = match &mismatch {
                None => (format!("JSON {}", shorten(&expected.value.to_string())), None),
                Some(Mismatch { expected, actual }) => (expected.clone(), Some(actual.clone())),
            };
            Check { expected, actual, is_body: false }
        })
    }
}

type Visit<'a> = &'a mut dyn FnMut(&dyn Fn() -> Check) -> bool;

impl Check {
    /// The reason of failure, if it is one, as reports count it.
    pub fn failure(&self) -> Option<String> {
        let actual = self.actual.as_ref()?;
        Some(if self.is_body {
            format!("expected {}, which is not in the body", self.expected)
        } else {
            format!("expected {}, got {actual}", self.expected)
        })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.actual {
            None => f.write_str(&self.expected),
            Some(actual) => write!(f, "expected {}, got {actual}", self.expected),
        }
    }
}

/// The most characters of a value that a reason shows.
const SHOWN: usize = 80;

fn quote(text: &str) -> String {
    format!("`{}`", shorten(text))
}

fn shorten(text: &str) -> String {
    let mut chars = text.chars();
    let start: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() { format!("{start}..") } else { start }
}
