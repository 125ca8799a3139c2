//! Routes that each show one thing a client may meet.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::dice::Dice;

/// The longest that `/slow` makes its client wait.
const SLOWEST_MS: u64 = 10_000;

/// What `/status/random` chooses from.
const STATUSES: [StatusCode; 5] = [
    StatusCode::OK,
    StatusCode::CREATED,
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::INTERNAL_SERVER_ERROR,
];

pub(super) fn router() -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/redirect", get(redirect))
        .route("/slow", get(slow))
        .route("/status/200", get(|| async { status(StatusCode::OK) }))
        .route("/status/random", get(random_status))
        .with_state(Arc::<Dice>::default())
}

async fn health() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

async fn redirect() -> impl IntoResponse {
    (StatusCode::FOUND, [(LOCATION, "/health")])
}

#[derive(Deserialize)]
struct Slow {
    #[serde(default)]
    ms: u64,
}

async fn slow(Query(Slow { ms }): Query<Slow>) -> Json<Value> {
    let ms = ms.min(SLOWEST_MS);
    tokio::time::sleep(Duration::from_millis(ms)).await;
    Json(json!({"ms": ms}))
}

async fn random_status(State(dice): State<Arc<Dice>>) -> Response {
    status(dice.pick(STATUSES))
}

fn status(status: StatusCode) -> Response {
    (status, Json(json!({"status": status.as_u16()}))).into_response()
}
