//! An API behind a gateway that asks for a subscription key, and answers what it was asked: the
//! Echo API of Azure API Management.

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    body::Bytes,
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::{Value, json};

/// Where the gateway looks for the key.
const KEY_HEADER: HeaderName = HeaderName::from_static("ocp-apim-subscription-key");

/// Everybody's key.
const KEY: &str = "demo-subscription-key";

/// How the gateway says what it asks for.
const CHALLENGE: &str = "AzureApiManagementKey realm=\"demo\",\
                         name=\"Ocp-Apim-Subscription-Key\",type=\"header\"";

pub(super) fn router() -> Router {
    Router::new().route("/echo", any(echo)).route("/echo/{*rest}", any(echo))
}

async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    match headers.get(KEY_HEADER).map(|key| key == KEY) {
        Some(true) => {}
        Some(false) => {
            return denied(
                "Access denied due to invalid subscription key. Make sure to provide a valid key \
                 for an active subscription.",
            );
        }
        None => {
            return denied(
                "Access denied due to missing subscription key. Make sure to include subscription \
                 key when making requests to an API.",
            );
        }
    }
    let answer = json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query().unwrap_or_default(),
        "headers": shown(&headers),
        "body": parsed(&body),
    });
    Json(answer).into_response()
}

/// As the gateway answers who may not come in.
fn denied(message: &str) -> Response {
    let body = json!({"statusCode": 401, "message": message});
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, CHALLENGE)], Json(body)).into_response()
}

/// All headers but the key, which the gateway keeps to itself.
fn shown(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let others = headers.iter().filter(|(name, _)| *name != KEY_HEADER);
    others
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect()
}

/// JSON if it is some, otherwise text.
fn parsed(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}
