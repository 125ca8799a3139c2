//! The head of a request.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST,
        TRANSFER_ENCODING, USER_AGENT,
    },
};

use crate::http::Target;

const AGENT: &str = concat!("load-test/", env!("CARGO_PKG_VERSION"));

/// What is sent before a request's body.
pub(in crate::http) struct RequestHead<'a> {
    /// The method.
    pub(in crate::http) method: &'a Method,
    /// Where it goes.
    pub(in crate::http) target: &'a Target,
    /// Headers besides those that every request has.
    pub(in crate::http) headers: &'a HeaderMap,
    /// The user's cookies for the target.
    pub(in crate::http) cookie: Option<&'a HeaderValue>,
    /// The body's length; none if there is no body.
    pub(in crate::http) length: Option<usize>,
    /// Whether credentials among the headers are meant for the target.
    pub(in crate::http) with_credentials: bool,
}

impl RequestHead<'_> {
    /// Appends the head's bytes.
    pub(in crate::http) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(self.target.path.as_str().as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\n");
        self.write_default(out, &HOST, self.target.authority.as_bytes());
        for (name, value) in self.headers.iter().filter(|(name, _)| self.is_sent(name)) {
            write_header(out, name, value.as_bytes());
        }
        self.write_default(out, &USER_AGENT, AGENT.as_bytes());
        self.write_default(out, &ACCEPT, b"*/*");
        self.write_default(out, &ACCEPT_ENCODING, b"gzip, deflate, br");
        if let Some(cookie) = self.cookie {
            self.write_default(out, &COOKIE, cookie.as_bytes());
        }
        if let Some(length) = self.length {
            write_header(out, &CONTENT_LENGTH, length.to_string().as_bytes());
        }
        out.extend_from_slice(b"\r\n");
    }

    fn write_default(&self, out: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
        if !self.headers.contains_key(name) {
            write_header(out, name, value);
        }
    }

    /// Lengths are ours to tell; a body's type goes with the body, and credentials stay with the
    /// host they are meant for.
    fn is_sent(&self, name: &HeaderName) -> bool {
        if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
            return false;
        }
        (self.length.is_some() || name != CONTENT_TYPE)
            && (self.with_credentials || (name != AUTHORIZATION && name != COOKIE))
    }
}

fn write_header(out: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}
