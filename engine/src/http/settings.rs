//! How a scenario's requests are made.

use std::time::Duration;

use super::{Origin, Proxy, Resolve, TlsSettings};

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
    /// The version of HTTP.
    pub version: Version,
    /// How long connections are used.
    pub keep_alive: KeepAlive,
    /// Hosts that are elsewhere than the resolver says.
    pub resolve: Resolve,
    /// What requests go through.
    pub proxy: Option<Proxy>,
    /// Whom TLS trusts, and as whom users sign in.
    pub tls: TlsSettings,
}

/// The version of HTTP that is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2 where the server chooses it in the TLS handshake; else HTTP/1.1.
    Http2,
    /// HTTP/2, as the server is known to speak it, also without TLS.
    Http2PriorKnowledge,
}

/// How long a connection is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeepAlive {
    /// As long as its user and the server want: for all requests to its origin.
    Always,
    /// Until the end of the user's task, so that the next one begins as a new visitor does.
    WithinIteration,
    /// For one request.
    Never,
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

    /// The proxy for an origin, if there is one.
    pub(super) fn proxy_for(&self, origin: &Origin) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|proxy| proxy.serves(origin))
    }
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            redirects: Redirects::SameHost,
            body_limit: 4 * 1024 * 1024,
            version: Version::Http1,
            keep_alive: KeepAlive::Always,
            resolve: Resolve::default(),
            proxy: None,
            tls: TlsSettings::default(),
        }
    }
}
