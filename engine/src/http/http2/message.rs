//! Requests and responses as HTTP/2 has them.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Request, Uri, Version,
    header::{
        CONNECTION, CONTENT_ENCODING, HOST, LOCATION, SET_COOKIE, TE, TRANSFER_ENCODING, UPGRADE,
    },
    response::Parts,
};

use crate::http::{
    RequestError,
    wire::{Framing, Head, RequestHead},
};

/// Headers that speak of an HTTP/1.1 connection, and have no place here (RFC 9113, section 8.2.2).
const OF_CONNECTIONS: [HeaderName; 7] = [
    CONNECTION,
    HOST,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// A request, without its body.
pub(super) fn request(head: &RequestHead<'_>) -> Result<Request<()>, RequestError> {
    let unsendable = |error: http::Error| RequestError::Unsendable(error.to_string());
    let uri = Uri::builder()
        .scheme(if head.target.origin.tls { "https" } else { "http" })
        .authority(head.host().as_bytes())
        .path_and_query(head.target.path.clone())
        .build()
        .map_err(unsendable)?;
    let request = Request::builder().method(head.method).uri(uri).version(Version::HTTP_2);
    let mut request = request.body(()).map_err(unsendable)?;
    head.each(|name, value| {
        if !OF_CONNECTIONS.contains(name)
            && let Ok(value) = HeaderValue::from_bytes(value)
        {
            request.headers_mut().append(name.clone(), value);
        }
    });
    Ok(request)
}

/// The head of a response. Its lines are written as in HTTP/1.1 if somebody needs them: where a
/// redirect leads, cookies, and how the body is encoded, are needed in any case.
pub(super) fn head(parts: &Parts, keep: bool) -> Head {
    let needed = [LOCATION, SET_COOKIE, CONTENT_ENCODING];
    let keep = keep || needed.iter().any(|name| parts.headers.contains_key(name));
    let lines = if keep { lines(parts) } else { Bytes::new() };
    Head { status: parts.status, framing: Framing::UntilClose, keep_alive: true, lines }
}

fn lines(parts: &Parts) -> Bytes {
    let mut lines = format!("HTTP/2 {}\r\n", parts.status.as_u16()).into_bytes();
    for (name, value) in &parts.headers {
        lines.extend_from_slice(name.as_str().as_bytes());
        lines.extend_from_slice(b": ");
        lines.extend_from_slice(value.as_bytes());
        lines.extend_from_slice(b"\r\n");
    }
    lines.extend_from_slice(b"\r\n");
    lines.into()
}
