//! Who may ask.
//!
//! Any page in the same browser can send requests to this machine. So a request that changes
//! something must carry a header that other sites cannot set, none may come from another site, and
//! the name by which it found the server must be this machine's own, lest a name of another site
//! lead here. Where others can reach the server, all must know a token.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{page, refusal::Refusal, token::Token};

/// The header of requests that change something.
const MARK: HeaderName = HeaderName::from_static("x-load-test");

/// The header of requests that know the token.
const TOKEN: HeaderName = HeaderName::from_static("x-load-test-token");

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Knows who may ask.
#[derive(Debug)]
pub(super) struct Guard {
    token: Option<Token>,
}

impl Guard {
    /// Without a token, only who names this machine may ask.
    pub(super) fn new(token: Option<Token>) -> Self {
        Self { token }
    }

    /// Answers those who may not.
    pub(super) async fn watch(
        State(guard): State<Arc<Self>>,
        request: Request,
        next: Next,
    ) -> Response {
        match guard.admit(&request) {
            Ok(()) => next.run(request).await,
            Err(refusal) => refusal.into_response(),
        }
    }

    fn admit(&self, request: &Request) -> Result<(), Refusal> {
        let host = host(request.headers())?;
        match &self.token {
            None if !is_loopback(&host) => {
                return Err(Refusal::forbidden("this name does not lead here"));
            }
            Some(token) if !page::is_public(request.uri().path()) => knows(token, request)?,
            _ => {}
        }
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            // A link to the page may stand anywhere. What it shows is for the page alone.
            let is_for_page = request.uri().path() != "/";
            return if is_for_page { not_from_elsewhere(request.headers(), &host) } else { Ok(()) };
        }
        if request.headers().get(MARK).is_none_or(|value| value != "1") {
            return Err(Refusal::forbidden("the header `X-Load-Test: 1` is missing"));
        }
        not_from_elsewhere(request.headers(), &host)
    }
}

/// What the request takes this server for.
fn host(headers: &HeaderMap) -> Result<Authority, Refusal> {
    let mut given = headers.get_all(header::HOST).iter();
    let (host, more) = (given.next(), given.next());
    let host = host.filter(|_| more.is_none()).and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse().ok());
    host.ok_or_else(|| Refusal::malformed("expected one `Host` header"))
}

/// Whether a name can be nothing but this machine. The port may be another's that leads here.
fn is_loopback(host: &Authority) -> bool {
    let name = host.host();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let ip = bare.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

fn knows(token: &Token, request: &Request) -> Result<(), Refusal> {
    let header = request.headers().get(TOKEN).and_then(|value| value.to_str().ok());
    // A token needs no escapes.
    let pairs = request.uri().query().unwrap_or_default().split('&');
    let query = pairs.filter_map(|pair| pair.strip_prefix("token=")).next_back();
    if header.or(query).is_some_and(|given| token.is(given)) {
        return Ok(());
    }
    let problems = "the token is missing or wrong: use the address that load-test has printed";
    Err(Refusal::new(StatusCode::UNAUTHORIZED, problems))
}

/// What the browser says of where a request comes from.
fn not_from_elsewhere(headers: &HeaderMap, host: &Authority) -> Result<(), Refusal> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text(FETCH_SITE);
    let is_own = match text(header::ORIGIN) {
        // Told by some browsers of the page itself, as it gives no referrer.
        Some("null") => site == Some("same-origin"),
        Some(origin) => origin.split_once("://").is_some_and(|(_, origin)| origin == host.as_str()),
        None => true,
    };
    if is_own && site.is_none_or(|site| matches!(site, "same-origin" | "none")) {
        return Ok(());
    }
    Err(Refusal::forbidden("this came from another site"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn status(guard: &Guard, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        guard.admit(&request).map_or_else(|why| why.into_response().status().as_u16(), |()| 200)
    }

    const HERE: (&str, &str) = ("host", "127.0.0.1:8089");
    const MARKED: (&str, &str) = ("x-load-test", "1");

    #[test]
    fn only_names_of_this_machine_lead_here() {
        let guard = Guard::new(None);
        for own in ["localhost", "LOCALHOST:9000", "127.0.0.1:8089", "127.8.8.8", "[::1]:8089"] {
            assert_eq!(status(&guard, "GET", "/", &[("host", own)]), 200, "{own}");
        }
        for other in
            ["evil.example", "localhost.evil.example", "10.0.0.1:8089", "localhost.", "[::2]"]
        {
            assert_eq!(status(&guard, "GET", "/", &[("host", other)]), 403, "{other}");
        }
        assert_eq!(status(&guard, "GET", "/", &[]), 400);
        assert_eq!(status(&guard, "GET", "/", &[HERE, ("host", "evil.example")]), 400);
    }

    #[test]
    fn nothing_is_changed_from_elsewhere() {
        let guard = Guard::new(None);
        let post = |headers: &[_]| status(&guard, "POST", "/api/run", &[&[HERE], headers].concat());
        assert_eq!(post(&[]), 403);
        assert_eq!(post(&[("x-load-test", "0")]), 403);
        assert_eq!(post(&[MARKED]), 200);
        assert_eq!(post(&[MARKED, ("origin", "http://127.0.0.1:8089")]), 200);
        for origin in
            ["http://evil.example", "http://127.0.0.1:3000", "http://localhost:8089", "null"]
        {
            assert_eq!(post(&[MARKED, ("origin", origin)]), 403, "{origin}");
        }
        assert_eq!(post(&[MARKED, ("origin", "null"), ("sec-fetch-site", "same-origin")]), 200);
        for site in ["cross-site", "same-site", "?"] {
            assert_eq!(post(&[MARKED, ("sec-fetch-site", site)]), 403, "{site}");
        }
        assert_eq!(status(&guard, "DELETE", "/api/run", &[HERE]), 403);
    }

    #[test]
    fn a_link_may_lead_to_the_page_and_no_further() {
        let guard = Guard::new(None);
        let get = |path| status(&guard, "GET", path, &[HERE, ("sec-fetch-site", "cross-site")]);
        assert_eq!(get("/"), 200);
        for path in ["/api/events", "/api/view", "/files/report.json", "/live.js"] {
            assert_eq!(get(path), 403, "{path}");
        }
    }

    #[test]
    fn where_there_is_a_token_it_is_needed_for_all_that_tells_of_a_run() {
        let token = Token::random().unwrap();
        let right = token.reveal().to_owned();
        let guard = Guard::new(Some(token));
        let host = ("host", "tester.example:8089");
        let get = |path: &str, headers: &[_]| status(&guard, "GET", path, headers);
        for path in ["/", "/api/view", "/api/events", "/api/tests", "/files/report.json", "/none"] {
            assert_eq!(get(path, &[host]), 401, "{path}");
            assert_eq!(get(&format!("{path}?token=guess"), &[host]), 401, "{path}");
            assert_eq!(get(path, &[host, ("x-load-test-token", "guess")]), 401, "{path}");
            assert_eq!(get(&format!("{path}?a=b&token={right}"), &[host]), 200, "{path}");
            assert_eq!(get(path, &[host, ("x-load-test-token", &right)]), 200, "{path}");
        }
        // A page cannot hand its token to its own code's addresses; the code is the same for all.
        assert_eq!(get("/live.js", &[host]), 200);
        let with_token = [host, ("x-load-test-token", right.as_str())];
        assert_eq!(status(&guard, "POST", "/api/stop", &with_token), 403);
        assert_eq!(
            status(&guard, "POST", "/api/stop", &[&with_token[..], &[MARKED]].concat()),
            200
        );
    }
}
