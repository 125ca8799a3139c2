//! Why a request over HTTP/2 got no response.

use h2::{Error, Reason};

use crate::http::{RequestError, asked::Failed};

/// How a request failed, before the response began or after.
pub(super) fn failed(error: &Error, began: bool) -> Failed {
    // To a stream, a server's going away is only told if it was not processed (RFC 9113, section
    // 6.8), or not sent at all.
    let goes_away = error.is_go_away() && error.is_remote();
    let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    let told = told(error, began);
    if !began && (goes_away || refused) { Failed::Unprocessed(told) } else { Failed::For(told) }
}

/// What is told of an error, before the response began or after.
pub(super) fn told(error: &Error, began: bool) -> RequestError {
    let broken = if began { RequestError::Truncated } else { RequestError::NoResponse };
    if let Some(io) = error.get_io() {
        return match crate::http::tls::alert(io) {
            Some(alert) => RequestError::Tls(alert),
            None if io.kind() == std::io::ErrorKind::ConnectionReset => broken("reset"),
            None => broken("closed"),
        };
    }
    let reason = error.reason().map_or_else(|| error.to_string(), |reason| format!("{reason:?}"));
    if !error.is_remote() {
        return RequestError::Invalid(format!(
            "it breaks the rules of HTTP/2 ({reason}); does the server speak it?"
        ));
    }
    let how = if error.is_go_away() { "goes away" } else { "reset the stream" };
    let when = if began { "within" } else { "before" };
    RequestError::Stream(format!("the server {how} {when} the response ({reason})"))
}
