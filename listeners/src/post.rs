//! Saying things over HTTP, on connections of their own.

use std::{
    fmt::Display,
    io::Write,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use engine::{
    http::{HttpSettings, TlsError, TlsSettings, tls_config},
    secret::mask,
};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, Request, StatusCode, header::RETRY_AFTER};
use http_body_util::{BodyExt, Collected, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use tokio::time::timeout;

use crate::answer::Trouble;

/// How long connecting may take, and a whole answer.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(10);

/// What is kept of an answer, bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// What is told of it, characters.
const LONGEST: usize = 200;

/// Who posts.
pub(crate) const AGENT: &str = concat!("load-test/", env!("CARGO_PKG_VERSION"));

/// Posts to a system.
pub(crate) struct Post {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What a system answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Post {
    /// Trusts whom the settings say.
    pub(crate) fn new(tls: TlsSettings) -> Result<Self, TlsError> {
        // The connector sets the protocols itself.
        let settings = HttpSettings { tls, ..HttpSettings::default() };
        let mut tls = (*tls_config(&settings)?).clone();
        tls.alpn_protocols.clear();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let connector = connector.enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(50))
            .build(connector);
        Ok(Self { client })
    }

    /// Sends a request once. Only an answer is told, whatever it says.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Answer, Trouble> {
        let exchange = async {
            let response = self.client.request(request.map(Full::new)).await.map_err(|error| {
                Trouble::passing(if error.is_connect() {
                    format!("cannot connect: {}", root(&error))
                } else {
                    format!("the request failed: {}", root(&error))
                })
            })?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, LARGEST_ANSWER).collect().await;
            let body = body.map(Collected::to_bytes).unwrap_or_default();
            Ok(Answer { status: head.status, headers: head.headers, body })
        };
        let silent = || Trouble::passing(format!("no answer within {} s", ANSWER.as_secs()));
        timeout(ANSWER, exchange).await.map_err(|_| silent())?
    }
}

impl Answer {
    /// When the system wants to be asked again, if it says so.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let at = SystemTime::from(OffsetDateTime::parse(text, &Rfc2822).ok()?);
        Some(at.duration_since(SystemTime::now()).unwrap_or_default())
    }

    /// The same without what it should not have repeated. All of it is looked through: of a secret
    /// that is cut, the rest would not be known.
    #[must_use]
    pub(crate) fn without(self, secrets: &[impl AsRef<str>]) -> Self {
        let body = mask(&String::from_utf8_lossy(&self.body), secrets).into();
        Self { body, ..self }
    }

    /// `429 Too Many Requests: slow down`.
    pub(crate) fn said(&self) -> String {
        said(self.status, &String::from_utf8_lossy(&self.body))
    }
}

/// `429 Too Many Requests: slow down`.
pub(crate) fn said(status: StatusCode, text: &str) -> String {
    let text = beginning(text);
    if text.is_empty() { status.to_string() } else { format!("{status}: {text}") }
}

/// The beginning of what a system says, on one line: it goes into logs, too.
pub(crate) fn beginning(text: &str) -> String {
    let mut chars = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    let beginning: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() { format!("{beginning}..") } else { beginning }
}

/// What is at the bottom of an error.
fn root(error: &(dyn std::error::Error + 'static)) -> impl Display {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Compressed with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // A `Vec` takes everything.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_an_answer_is_short_on_one_line_and_without_what_it_repeats() {
        let told = |body: &str| {
            let body = Bytes::from(body.to_owned());
            let answer =
                Answer { status: StatusCode::BAD_REQUEST, headers: HeaderMap::new(), body };
            answer.without(&["hidden-token"]).said()
        };
        assert_eq!(told(" \n"), "400 Bad Request");
        assert_eq!(told("no\n\u{1b}[2J\n"), "400 Bad Request: no  [2J");
        assert_eq!(told("who is hidden-token?"), "400 Bad Request: who is ***?");
        // Of a secret that crosses the cut there is nothing either.
        for before in 180..200 {
            let told = told(&format!("{}hidden-token", "x".repeat(before)));
            assert!(!told.contains("hid"), "{told}");
        }
    }
}
