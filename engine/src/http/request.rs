//! A request as a user makes it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::{capture::Capture, expected::Expected};

/// A request, what is expected of its response, and what is kept of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// A path, which the user's host is put before, or a whole URL; with its query.
    pub url: Arc<str>,
    /// The transaction it counts under.
    pub name: Arc<str>,
    /// Headers besides those every request has.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// The longest time for the whole, if not the scenario's.
    pub timeout: Option<Duration>,
    /// What is expected of the response.
    pub expected: Arc<Expected>,
    /// What is kept of the response in the user's variables.
    pub captures: Arc<[Capture]>,
    /// Whether a failure starts the user's whole sequence over.
    pub interrupt_flow: bool,
    /// Whether it is left out of the statistics.
    pub skip_transaction: bool,
    /// Whether the response's headers and body are kept even if nothing here needs them.
    pub keep_response: bool,
}

impl Request {
    /// A request that counts under its own URL and expects a status below 400.
    pub fn new(method: Method, url: impl Into<Arc<str>>) -> Self {
        let url = url.into();
        Self {
            method,
            name: Arc::clone(&url),
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: None,
            expected: Arc::default(),
            captures: Arc::default(),
            interrupt_flow: false,
            skip_transaction: false,
            keep_response: false,
        }
    }

    /// Whether the response's body must be kept.
    pub fn needs_body(&self) -> bool {
        self.keep_response
            || self.expected.needs_body()
            || self.captures.iter().any(Capture::needs_body)
    }

    /// Whether it goes with a body. Methods that say something of a body tell its length even if
    /// there is none.
    pub(crate) fn has_body(&self) -> bool {
        let expected = [Method::POST, Method::PUT, Method::PATCH].contains(&self.method);
        expected || !self.body.is_empty()
    }

    /// Whether the response's headers must be kept.
    pub fn needs_headers(&self) -> bool {
        self.keep_response
            || !self.expected.headers.is_empty()
            || self.captures.iter().any(|capture| !capture.needs_body())
    }
}
