//! The head of a request.

use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{
        ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE,
        HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING, USER_AGENT,
    },
};

use super::head::lists;
use crate::{
    http::{Proxy, Target},
    trace::{TRACEPARENT, TraceParent},
};

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
    /// Whether another request may follow on the connection.
    pub(in crate::http) keep_alive: bool,
    /// The proxy that is asked for the target, and not the target itself.
    pub(in crate::http) proxy: Option<&'a Proxy>,
    /// What the server is told of the request's trace.
    pub(in crate::http) trace: Option<TraceParent>,
}

impl RequestHead<'_> {
    /// Appends the head's bytes.
    pub(in crate::http) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        if self.proxy.is_some() {
            out.extend_from_slice(b"http://");
            out.extend_from_slice(self.target.authority.as_bytes());
        }
        out.extend_from_slice(self.target.path.as_str().as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\n");
        self.each(|name, value| write_header(out, name, value));
        out.extend_from_slice(b"\r\n");
    }

    /// Hands out each header, in order.
    #[inline]
    pub(in crate::http) fn each(&self, mut give: impl FnMut(&HeaderName, &[u8])) {
        self.default(&mut give, &HOST, self.target.authority.as_bytes());
        for (name, value) in self.headers.iter().filter(|(name, value)| self.may_go(name, value)) {
            give(name, value.as_bytes());
        }
        self.default(&mut give, &USER_AGENT, AGENT.as_bytes());
        self.default(&mut give, &ACCEPT, b"*/*");
        self.default(&mut give, &ACCEPT_ENCODING, b"gzip, deflate, br");
        if let Some(cookie) = self.cookie {
            self.default(&mut give, &COOKIE, cookie.as_bytes());
        }
        if let Some(authorization) = self.proxy.and_then(Proxy::authorization) {
            self.default(&mut give, &PROXY_AUTHORIZATION, authorization.as_bytes());
        }
        if let Some(trace) = self.trace {
            give(&TRACEPARENT, trace.to_string().as_bytes());
        }
        if !self.keep_alive {
            self.default(&mut give, &CONNECTION, b"close");
        }
        if let Some(length) = self.length {
            give(&CONTENT_LENGTH, length.to_string().as_bytes());
        }
    }

    /// The host as the server is told of it.
    pub(in crate::http) fn host(&self) -> &HeaderValue {
        let named = self.headers.get(HOST).filter(|_| self.with_credentials);
        named.unwrap_or(&self.target.authority)
    }

    /// Whether the server is asked to close the connection after its response.
    pub(in crate::http) fn asks_to_close(&self) -> bool {
        let mut connection = self.headers.get_all(CONNECTION).iter();
        !self.keep_alive || connection.any(|value| lists(value.as_bytes(), b"close"))
    }

    #[inline]
    fn default(&self, give: &mut impl FnMut(&HeaderName, &[u8]), name: &HeaderName, value: &[u8]) {
        if !self.headers.contains_key(name) || !self.is_sent(name) {
            give(name, value);
        }
    }

    /// What is marked as sensitive is a credential, whatever the header.
    fn may_go(&self, name: &HeaderName, value: &HeaderValue) -> bool {
        self.is_sent(name) && (self.with_credentials || !value.is_sensitive())
    }

    /// Lengths are ours to tell; a body's type goes with the body, and credentials and a name of
    /// the host stay with the host they are meant for.
    fn is_sent(&self, name: &HeaderName) -> bool {
        if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
            return false;
        }
        (self.length.is_some() || name != CONTENT_TYPE)
            && (self.with_credentials || ![AUTHORIZATION, COOKIE, HOST].contains(name))
    }
}

fn write_header(out: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(headers: &HeaderMap, with_credentials: bool) -> String {
        let head = RequestHead {
            method: &Method::GET,
            target: &Target::parse("http://example.org/a?b=c").unwrap(),
            headers,
            cookie: Some(&HeaderValue::from_static("ours=1")),
            length: None,
            with_credentials,
            keep_alive: true,
            proxy: None,
            trace: None,
        };
        let mut out = Vec::new();
        head.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_meant_for_one_host_stays_there() {
        let header = |name, value| (name, HeaderValue::from_static(value));
        let mut key = HeaderValue::from_static("k");
        key.set_sensitive(true);
        let headers: HeaderMap = [
            (HeaderName::from_static("x-ours"), key),
            header(HOST, "named.example"),
            header(COOKIE, "theirs=1"),
            header(AUTHORIZATION, "secret"),
            header(CONTENT_TYPE, "text/plain"),
        ]
        .into_iter()
        .collect();
        let common =
            format!("user-agent: {AGENT}\r\naccept: */*\r\naccept-encoding: gzip, deflate, br");
        let there = "x-ours: k\r\nhost: named.example\r\ncookie: theirs=1\r\nauthorization: secret";
        assert_eq!(
            written(&headers, true),
            format!("GET /a?b=c HTTP/1.1\r\n{there}\r\n{common}\r\n\r\n")
        );
        let cookie = "cookie: ours=1";
        assert_eq!(
            written(&headers, false),
            format!("GET /a?b=c HTTP/1.1\r\nhost: example.org\r\n{common}\r\n{cookie}\r\n\r\n")
        );
    }
}
