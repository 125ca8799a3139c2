//! What is expected of a response.

mod check;
mod checking;
mod comparison;
mod json;
mod status;

use std::{
    ops::{Bound, RangeBounds, RangeInclusive},
    time::Duration,
};

use http::HeaderName;
use regex::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

pub use self::{
    check::Check,
    comparison::{Comparison, ComparisonError, Of, Operator},
    json::{Mismatch, subset},
    status::ExpectedStatus,
};

/// What is expected of a response. By default: a status below 400.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The status is one of these; a status below 400 if there is none.
    pub status: Vec<ExpectedStatus>,
    /// The body contains each of these.
    pub text: Vec<String>,
    /// The body contains none of these.
    pub not_text: Vec<String>,
    /// Each of these matches in the body.
    pub regex: Vec<Regex>,
    /// What these headers are.
    pub headers: Vec<(HeaderName, Comparison)>,
    /// The body is JSON that contains this.
    pub json: Option<ExpectedJson>,
    /// The body is JSON, with such values at these paths.
    pub json_path: Vec<(JsonPath, Comparison)>,
    /// The body has so many bytes, as it comes over the wire.
    pub size: Option<RangeInclusive<u64>>,
    /// The response is complete within this time.
    pub duration: Option<Duration>,
}

/// JSON that a body is to contain.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedJson {
    /// What it is to contain.
    pub value: Value,
    /// Whether a key that is missing as written may be there in camelCase: `user_id` as `userId`.
    pub camel_case: bool,
}

impl Expected {
    /// One of these statuses.
    pub fn status(statuses: impl IntoIterator<Item = impl Into<ExpectedStatus>>) -> Self {
        let status = statuses.into_iter().map(Into::into).collect();
        Self { status, ..Self::default() }
    }

    /// Also a text in the body.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text.push(text.into());
        self
    }

    /// Also a text that is not in the body.
    #[must_use]
    pub fn not_text(mut self, text: impl Into<String>) -> Self {
        self.not_text.push(text.into());
        self
    }

    /// Also a match of a regular expression in the body.
    ///
    /// # Panics
    ///
    /// If this is no regular expression.
    #[must_use]
    pub fn regex(mut self, regex: &str) -> Self {
        self.regex.push(Regex::new(regex).unwrap_or_else(|error| panic!("{error}")));
        self
    }

    /// Also a header that contains a text.
    #[must_use]
    pub fn header(self, name: HeaderName, text: impl Into<String>) -> Self {
        self.header_is(name, Comparison::contains(text.into()))
    }

    /// Also a header that compares so.
    #[must_use]
    pub fn header_is(mut self, name: HeaderName, comparison: Comparison) -> Self {
        self.headers.push((name, comparison));
        self
    }

    /// Also JSON in the body; keys may be there in camelCase.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        self.json = Some(ExpectedJson { value, camel_case: true });
        self
    }

    /// Also values at a JSON path (RFC 9535) that compare so: each of them, and at least one.
    ///
    /// # Panics
    ///
    /// If this is no JSON path.
    #[must_use]
    pub fn json_path(mut self, path: &str, comparison: Comparison) -> Self {
        let path = JsonPath::parse(path).unwrap_or_else(|error| panic!("`{path}`: {error}"));
        self.json_path.push((path, comparison));
        self
    }

    /// Also so many bytes of a body, as it comes over the wire: `1..`, `120..=120`.
    #[must_use]
    pub fn size(mut self, bytes: impl RangeBounds<u64>) -> Self {
        let least = match bytes.start_bound() {
            Bound::Included(least) => *least,
            Bound::Excluded(below) => below.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let most = match bytes.end_bound() {
            Bound::Included(most) => *most,
            Bound::Excluded(above) => above.saturating_sub(1),
            Bound::Unbounded => u64::MAX,
        };
        self.size = Some(least..=most);
        self
    }

    /// Also a response that is complete within a time.
    #[must_use]
    pub fn duration(mut self, most: Duration) -> Self {
        self.duration = Some(most);
        self
    }

    /// Whether nothing is said, so that a status below 400 is expected.
    pub fn is_nothing(&self) -> bool {
        let Self { status, headers, size, duration, .. } = self;
        let plain = status.is_empty() && headers.is_empty() && size.is_none() && duration.is_none();
        plain && !self.needs_body()
    }

    /// Whether the response's body is needed to tell.
    pub fn needs_body(&self) -> bool {
        !self.text.is_empty()
            || !self.not_text.is_empty()
            || !self.regex.is_empty()
            || self.json.is_some()
            || !self.json_path.is_empty()
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
