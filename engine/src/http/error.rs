//! Why a request got no response.

use std::{io, time::Duration};

use thiserror::Error;

use super::{TargetError, tls};
use crate::duration;

/// Why a request got no response, or not all of one. The texts are reasons of failure in
/// reports, so they name causes and no details that differ from one request to the next.
#[derive(Debug, Error)]
pub enum RequestError {
    /// The URL is none, or the redirect leads nowhere.
    #[error("{0}")]
    Target(#[from] TargetError),
    /// The name has no address.
    #[error("could not resolve the host's name: {0}")]
    Resolve(String),
    /// No connection.
    #[error("could not connect: {0}")]
    Connect(String),
    /// The proxy does not let through.
    #[error("the proxy refused the connection: {0}")]
    Proxy(String),
    /// The proxy cannot be reached.
    #[error("could not connect to the proxy: {0}")]
    NoProxy(String),
    /// No TLS on the connection.
    #[error("TLS handshake failed: {0}")]
    Tls(String),
    /// Connecting took too long.
    #[error("could not connect within {}", duration::format(*.0))]
    ConnectTimeout(Duration),
    /// The whole took too long.
    #[error("no complete response within {}", duration::format(*.0))]
    Timeout(Duration),
    /// The connection broke before the response.
    #[error("the connection was {0} before the response")]
    NoResponse(&'static str),
    /// The connection broke within the response.
    #[error("the connection was {0} within the response")]
    Truncated(&'static str),
    /// The server gave up a request of several on a connection.
    #[error("{0}")]
    Stream(String),
    /// What came was not HTTP.
    #[error("the response is not valid HTTP: {0}")]
    Invalid(String),
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
    /// Redirected again and again.
    #[error("more than {0} redirects")]
    TooManyRedirects(usize),
}

impl RequestError {
    /// Names an I/O error by its kind: `connection refused`, not `Connection refused (os error 111)`.
    pub(super) fn io_cause(error: &io::Error) -> String {
        if let Some(cause) = tls::cause(error) {
            return cause;
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => "connection refused".into(),
            io::ErrorKind::ConnectionReset => "connection reset".into(),
            io::ErrorKind::TimedOut => "timed out".into(),
            io::ErrorKind::AddrNotAvailable => {
                "no free local port (too many connections to one address)".into()
            }
            _ if error.raw_os_error() == Some(24) => "too many open files".into(),
            _ => error.to_string(),
        }
    }
}
