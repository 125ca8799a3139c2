//! A place that wants requests to be signed as AWS does: it makes the signature a second time.

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, Method, StatusCode, Uri, header::AUTHORIZATION},
    response::Response,
    routing::any,
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::{PASSWORD, error, welcome};

/// The one access key there is; its secret is everybody's.
const KEY: &str = "AKIDEXAMPLE";

pub(super) fn router() -> Router {
    Router::new().route("/auth/aws", any(signed)).route("/auth/aws/{*path}", any(signed))
}

async fn signed(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let claim = headers.get(AUTHORIZATION).and_then(|value| Claim::parse(value.to_str().ok()?));
    let made = claim.as_ref().and_then(|claim| {
        let canonical = claim.canonical(&method, &uri, &headers, &body)?;
        claim.signature(PASSWORD, headers.get("x-amz-date")?.to_str().ok()?, &canonical)
    });
    match (claim, made) {
        (Some(claim), Some(made)) if claim.key == KEY && claim.signature == made => {
            welcome("somebody with a signature")
        }
        (Some(_), _) => error(StatusCode::FORBIDDEN, "SignatureDoesNotMatch"),
        (None, _) => error(StatusCode::FORBIDDEN, "MissingAuthenticationToken"),
    }
}

/// What a request says of its signature.
struct Claim<'a> {
    key: &'a str,
    /// Date, region, service and `aws4_request`.
    scope: &'a str,
    headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn parse(value: &'a str) -> Option<Self> {
        let mut parts = value.strip_prefix("AWS4-HMAC-SHA256 ")?.split(", ");
        let (key, scope) = parts.next()?.strip_prefix("Credential=")?.split_once('/')?;
        let headers = parts.next()?.strip_prefix("SignedHeaders=")?;
        Some(Self { key, scope, headers, signature: parts.next()?.strip_prefix("Signature=")? })
    }

    /// The request in the form that is signed.
    fn canonical(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<String> {
        let path: Vec<_> = uri.path().split('/').map(encode).collect();
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let mut query: Vec<_> =
            query.map(|(name, value)| format!("{}={}", encode(&name), encode(&value))).collect();
        query.sort();
        let lines = self.headers.split(';').map(|name| {
            let values = headers.get_all(name).iter().map(|value| value.to_str().ok());
            let values: Vec<_> = values.collect::<Option<_>>()?;
            Some(format!("{name}:{}\n", values.join(",").trim()))
        });
        let lines: String = lines.collect::<Option<_>>()?;
        let (path, query, names) = (path.join("/"), query.join("&"), self.headers);
        Some(format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{}", hash(body)))
    }

    fn signature(&self, secret: &str, date: &str, canonical: &str) -> Option<String> {
        let text =
            format!("AWS4-HMAC-SHA256\n{date}\n{}\n{}", self.scope, hash(canonical.as_bytes()));
        let secret = format!("AWS4{secret}").into_bytes();
        let key = self.scope.split('/').try_fold(secret, |key, part| hmac(&key, part))?;
        date.starts_with(self.scope.split('/').next()?).then_some(hex(&hmac(&key, &text)?))
    }
}

fn encode(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    });
    encoded.collect()
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hmac(key: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example `get-vanilla` of AWS's test suite.
    #[test]
    fn signatures_are_those_of_the_test_suite() {
        let claim = Claim::parse(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=x",
        )
        .unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("host", "example.amazonaws.com".parse().unwrap());
        headers.insert("x-amz-date", "20150830T123600Z".parse().unwrap());
        let uri = Uri::from_static("/");
        let canonical = claim.canonical(&Method::GET, &uri, &headers, b"").unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assert_eq!(
            claim.signature(secret, "20150830T123600Z", &canonical).unwrap(),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
    }
}
