//! Forms with files.

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::Multipart,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::json;

use super::error;

pub(super) fn router() -> Router {
    Router::new().route("/uploads", post(upload))
}

/// Tells how many bytes each part has.
async fn upload(mut form: Multipart) -> Response {
    let mut parts = BTreeMap::new();
    loop {
        match form.next_field().await {
            Ok(Some(field)) => {
                let name = field.name().unwrap_or_default().to_owned();
                let length = field.bytes().await.map_or(0, |bytes| bytes.len());
                parts.insert(name, length);
            }
            Ok(None) => return (StatusCode::CREATED, Json(json!(parts))).into_response(),
            Err(_) => return error(StatusCode::BAD_REQUEST, "this is no form with files"),
        }
    }
}
