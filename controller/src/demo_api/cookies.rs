//! A session kept in a cookie.

use axum::{
    Json, Router,
    http::{
        HeaderMap, StatusCode,
        header::{COOKIE, SET_COOKIE},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::error;

/// The session's cookie, as the client sends it back.
const SESSION: &str = "session=demo";

pub(super) fn router() -> Router {
    Router::new().route("/cookies/set", get(set)).route("/cookies/check", get(check))
}

async fn set() -> impl IntoResponse {
    let cookie = format!("{SESSION}; Path=/; HttpOnly");
    ([(SET_COOKIE, cookie)], Json(json!({"session": "started"})))
}

async fn check(headers: HeaderMap) -> Response {
    if has_session(&headers) {
        Json(json!({"session": "known"})).into_response()
    } else {
        error(StatusCode::UNAUTHORIZED, "no session: GET /cookies/set starts one")
    }
}

fn has_session(headers: &HeaderMap) -> bool {
    let values = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|cookies| cookies.split(';')).any(|cookie| cookie.trim() == SESSION)
}
