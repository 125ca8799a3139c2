//! What kind of failure it was: few values, however many reasons there are.

/// What reasons of failure begin with, and which kind they are of.
const KINDS: [(&str, &str); 13] = [
    ("could not resolve", "dns"),
    ("could not connect within", "connect_timeout"),
    ("could not connect to the proxy", "proxy"),
    ("the proxy refused", "proxy"),
    ("could not connect", "connect"),
    ("TLS handshake failed", "tls"),
    ("no complete response within", "timeout"),
    ("the connection was", "connection"),
    ("the response is not valid HTTP", "invalid_response"),
    ("the request cannot be sent", "invalid_request"),
    ("more than", "redirects"),
    ("expected", "expectation"),
    ("the server ", "connection"),
];

/// What OpenTelemetry calls what is none of these.
const OTHER: &str = "_OTHER";

/// The kind of a failure, by its reason: the status if it was not the expected one, such as `503`,
/// else the cause, such as `timeout`.
pub(crate) fn error_kind(reason: &str) -> String {
    if let Some(status) = unexpected_status(reason) {
        return status.to_owned();
    }
    let kind = KINDS.iter().find(|(beginning, _)| reason.starts_with(beginning));
    kind.map_or(OTHER, |(_, kind)| kind).to_owned()
}

/// `503` of `expected status below 400, got 503`.
fn unexpected_status(reason: &str) -> Option<&str> {
    let (_, found) = reason.strip_prefix("expected status ")?.rsplit_once("got ")?;
    let is_status = found.len() == 3 && found.bytes().all(|byte| byte.is_ascii_digit());
    is_status.then_some(found)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::http::RequestError;

    use super::*;

    #[test]
    fn what_the_client_says_has_a_kind() {
        let text = || "anything".to_owned();
        let second = Duration::from_secs(1);
        for (error, kind) in [
            (RequestError::Resolve(text()), "dns"),
            (RequestError::Connect(text()), "connect"),
            (RequestError::Proxy(text()), "proxy"),
            (RequestError::NoProxy(text()), "proxy"),
            (RequestError::Tls(text()), "tls"),
            (RequestError::ConnectTimeout(second), "connect_timeout"),
            (RequestError::Timeout(second), "timeout"),
            (RequestError::NoResponse("reset"), "connection"),
            (RequestError::Truncated("closed"), "connection"),
            (RequestError::Stream("the server reset the stream".into()), "connection"),
            (RequestError::Invalid(text()), "invalid_response"),
            (RequestError::Unsendable(text()), "invalid_request"),
            (RequestError::TooManyRedirects(5), "redirects"),
        ] {
            assert_eq!(error_kind(&error.to_string()), kind, "{error}");
        }
    }

    #[test]
    fn a_status_is_its_own_kind_and_nothing_else_a_target_says_is() {
        for (reason, kind) in [
            ("expected status below 400, got 503", "503"),
            ("expected status 200 or 2xx, got 404", "404"),
            ("expected text \"got 404\", got 12345", "expectation"),
            ("expected status 200, got 1234567", "expectation"),
            ("user 4711 is out of stock", "_OTHER"),
            ("", "_OTHER"),
        ] {
            assert_eq!(error_kind(reason), kind, "{reason}");
        }
    }
}
