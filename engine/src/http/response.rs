//! A response, once it is complete.

use std::{borrow::Cow, time::Duration};

use http::StatusCode;
use serde_json::Value;

use super::{Body, Headers};
use crate::stats::Phases;

/// A complete response.
#[derive(Clone, Debug)]
pub struct Response {
    /// Its status.
    pub status: StatusCode,
    /// Its headers; kept where a check, a capture or the scenario in Rust may need them.
    pub headers: Headers,
    /// What was kept of its body.
    pub body: Body,
    /// Bytes of the body as they came over the wire.
    pub received: u64,
    /// From the actual start of the request to the end of the response.
    pub elapsed: Duration,
    /// Where the time went.
    pub phases: Phases,
}

impl Response {
    /// A header as text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> Cow<'_, str> {
        self.body.text()
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// A body that is none, or was longer than what is kept.
    pub fn json(&self) -> Result<Value, String> {
        if self.body.is_truncated() {
            let kept = self.body.bytes().len();
            return Err(format!("the body is longer than the {kept} bytes that are kept of it"));
        }
        serde_json::from_slice(self.body.bytes())
            .map_err(|_| "the body is not valid JSON".to_owned())
    }
}
