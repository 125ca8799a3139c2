//! Who sees what a single user does, in debug mode.

use std::time::Duration;

use serde_json::Value;

use crate::{
    expected::Check,
    http::{Request, RequestError, Response},
    stats::Phases,
};

/// Sees everything that a user does.
pub trait Observer {
    /// A task, `on_start` or `on_stop` begins.
    fn began(&self, name: &str);

    /// A request ended.
    fn requested(&self, seen: &Seen<'_>);

    /// Something else that was measured ended. Whoever looks at requests only may leave it out.
    fn measured(&self, _seen: &Measured<'_>) {}

    /// A variable was set.
    fn captured(&self, variable: &str, value: &Value);

    /// A text must not be shown from now on, wherever it stands.
    fn secret(&self, _text: &str) {}

    /// A task ended early.
    fn failed(&self, name: &str, message: &str);
}

/// A request and what became of it.
pub struct Seen<'a> {
    /// The request.
    pub request: &'a Request,
    /// Where it went.
    pub url: &'a str,
    /// The response, or why there is none.
    pub result: Result<&'a Response, &'a RequestError>,
    /// Where the time went.
    pub phases: Phases,
    /// Why it failed, if it did.
    pub failure: Option<&'a str>,
    /// Everything that was checked of the response.
    pub checks: Vec<Check>,
}

/// Something other than an HTTP request, and what became of it.
pub struct Measured<'a> {
    /// What stands where a request has its method.
    pub kind: &'a str,
    /// The transaction it counts under.
    pub name: &'a str,
    /// How long it took.
    pub elapsed: Duration,
    /// How much was received.
    pub bytes: u64,
    /// Why it failed, if it did.
    pub failure: Option<&'a str>,
}
