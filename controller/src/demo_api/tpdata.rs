//! Treatment plans: somebody who has signed in makes one, and asks for its treatment variants.
//!
//! A plan is remembered by its number alone, so a long test does not fill the memory: its variants
//! follow from it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{error, shop::token};

/// The variants of each plan, and the part of all cases that gets each, in percent.
const VARIANTS: [(&str, u8); 3] = [("control", 50), ("standard", 30), ("intensive", 20)];

/// How many plans there are.
type Plans = Arc<AtomicU64>;

pub(super) fn router() -> Router {
    Router::new()
        .route("/tpdata", post(create))
        .route("/tpdata/{plan}/variants", get(variants))
        .route("/tpdata/{plan}/variants/{variant}", get(variant))
        .with_state(Plans::default())
}

#[derive(Deserialize)]
struct NewPlan {
    name: String,
}

async fn create(
    State(plans): State<Plans>,
    headers: HeaderMap,
    Json(NewPlan { name }): Json<NewPlan>,
) -> Response {
    if !token::is_known(&headers) {
        return error(StatusCode::UNAUTHORIZED, "no valid token: POST /login gives one");
    }
    let id = 1 + plans.fetch_add(1, Ordering::Relaxed);
    let location = [(LOCATION, format!("/tpdata/{id}"))];
    let body = json!({"id": id, "name": name, "variants": VARIANTS.len()});
    (StatusCode::CREATED, location, Json(body)).into_response()
}

async fn variants(
    State(plans): State<Plans>,
    headers: HeaderMap,
    Path(plan): Path<u64>,
) -> Response {
    if let Err(refusal) = admit(&plans, &headers, plan) {
        return refusal;
    }
    let variants: Vec<_> = VARIANTS.into_iter().map(|variant| shown(plan, variant)).collect();
    Json(variants).into_response()
}

async fn variant(
    State(plans): State<Plans>,
    headers: HeaderMap,
    Path((plan, variant)): Path<(u64, String)>,
) -> Response {
    if let Err(refusal) = admit(&plans, &headers, plan) {
        return refusal;
    }
    match VARIANTS.into_iter().find(|(name, _)| *name == variant) {
        Some(variant) => Json(shown(plan, variant)).into_response(),
        None => error(StatusCode::NOT_FOUND, "no such variant"),
    }
}

#[expect(clippy::result_large_err, reason = "a refusal is answered at once")]
fn admit(plans: &Plans, headers: &HeaderMap, plan: u64) -> Result<(), Response> {
    if !token::is_known(headers) {
        return Err(error(StatusCode::UNAUTHORIZED, "no valid token: POST /login gives one"));
    }
    if !(1..=plans.load(Ordering::Relaxed)).contains(&plan) {
        return Err(error(StatusCode::NOT_FOUND, "no such plan"));
    }
    Ok(())
}

fn shown(plan: u64, (name, percent): (&str, u8)) -> Value {
    json!({"planId": plan, "name": name, "percent": percent})
}
