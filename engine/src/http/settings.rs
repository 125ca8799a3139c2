//! How a scenario's requests are made.

use std::time::Duration;

/// Settings for all requests of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpSettings {
    /// The longest time for opening a connection: name, TCP and TLS.
    pub connect_timeout: Duration,
    /// The longest time for a request as a whole, connecting and redirects included.
    pub timeout: Duration,
    /// Which redirects are followed.
    pub redirects: Redirects,
    /// How much of a response's body is kept for checks and captures; all of it is read.
    pub body_limit: usize,
}

/// Which redirects are followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Redirects {
    /// None: the redirecting response is the result.
    None,
    /// Those that stay on the same scheme, host and port.
    SameHost,
    /// All.
    Any,
}

impl HttpSettings {
    /// The most redirects followed for one request.
    pub const MOST_REDIRECTS: usize = 10;
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            redirects: Redirects::SameHost,
            body_limit: 4 * 1024 * 1024,
        }
    }
}
