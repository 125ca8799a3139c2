//! Places that let in only who has signed in, and the ways to do so.
//!
//! Everybody's password, key and secret is `secret`.

mod aws;
mod form;
mod oauth2;

use axum::{
    Json, Router,
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use super::error;

/// Everybody's password.
const PASSWORD: &str = "secret";

/// The header of [`key`], as API gateways of Azure have it.
const KEY: &str = "Ocp-Apim-Subscription-Key";

pub(super) fn router() -> Router {
    Router::new()
        .route("/auth/basic", get(basic))
        .route("/auth/key", get(key))
        .merge(oauth2::router())
        .merge(form::router())
        .merge(aws::router())
}

async fn basic(headers: HeaderMap) -> Response {
    match basic_credentials(&headers) {
        Some((user, password)) if password == PASSWORD => welcome(&user),
        _ => {
            let asks = [(WWW_AUTHENTICATE, "Basic realm=\"demo\"")];
            (asks, error(StatusCode::UNAUTHORIZED, "expected a name and \"secret\""))
                .into_response()
        }
    }
}

async fn key(headers: HeaderMap) -> Response {
    if headers.get(KEY).is_some_and(|key| key == PASSWORD) {
        welcome("somebody with a key")
    } else {
        error(StatusCode::UNAUTHORIZED, "expected Ocp-Apim-Subscription-Key: secret")
    }
}

/// The name and the password of basic authentication.
fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn welcome(user: &str) -> Response {
    Json(json!({"user": user})).into_response()
}
