//! The shop: people sign in, look around, and put things into a cart.

mod product;
pub(super) mod token;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header::LOCATION},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, json};

use self::{product::Product, token::Token};
use super::{
    error,
    think_time::{ThinkTime, think},
};

/// Everybody's password.
const PASSWORD: &str = "secret";

/// One in how many recommendations fails.
const FAILS_ONE_IN: u64 = 50;

#[derive(Default)]
struct Shop {
    orders: AtomicU64,
    recommended: AtomicU64,
}

pub(super) fn router() -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/products", get(products))
        .route("/products/{id}", get(product))
        .route("/cart", post(add_to_cart).delete(empty_cart))
        .route("/recommendations", get(recommendations))
        .layer(middleware::from_fn_with_state(Arc::<ThinkTime>::default(), think))
        .with_state(Arc::<Shop>::default())
}

#[derive(Deserialize)]
struct Login {
    user: String,
    password: String,
}

async fn login(Json(Login { user, password }): Json<Login>) -> Response {
    if password != PASSWORD {
        return error(StatusCode::UNAUTHORIZED, "wrong password: everybody's is \"secret\"");
    }
    let token = Token::of(&user).to_string();
    Json(json!({"token": token, "user": user})).into_response()
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    page: String,
    #[serde(default)]
    search: String,
}

async fn products(Query(Search { page, search }): Query<Search>) -> Response {
    let page = if page.is_empty() { Ok(1) } else { page.parse() };
    match page {
        Ok(1..) => Json(Product::page(page.unwrap_or(1), &search)).into_response(),
        _ => error(StatusCode::BAD_REQUEST, "page must be a number from 1"),
    }
}

async fn product(Path(id): Path<String>) -> Response {
    match id.parse().ok().and_then(Product::find) {
        Some(product) => Json(product).into_response(),
        None => error(StatusCode::NOT_FOUND, "no such product"),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(deserialize_with = "number")]
    product_id: u32,
    #[serde(deserialize_with = "number")]
    quantity: u32,
}

/// A number, or one in quotes: what a test captured and sends back may have become text.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let value = Value::deserialize(from)?;
    let number = match &value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| number.try_into().ok()),
    };
    number.ok_or_else(|| D::Error::custom(format!("expected a whole number, found {value}")))
}

async fn add_to_cart(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    Json(Item { product_id, quantity }): Json<Item>,
) -> Response {
    if !token::is_known(&headers) {
        return error(StatusCode::UNAUTHORIZED, "no valid token: POST /login gives one");
    }
    if Product::find(product_id).is_none() {
        return error(StatusCode::NOT_FOUND, "no such product");
    }
    let order = 1 + shop.orders.fetch_add(1, Ordering::Relaxed);
    let location = [(LOCATION, format!("/cart/{order}"))];
    let body = json!({"orderId": order, "productId": product_id, "quantity": quantity});
    (StatusCode::CREATED, location, Json(body)).into_response()
}

async fn empty_cart() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn recommendations(State(shop): State<Arc<Shop>>) -> Response {
    let nth = 1 + shop.recommended.fetch_add(1, Ordering::Relaxed);
    if nth.is_multiple_of(FAILS_ONE_IN) {
        return error(StatusCode::SERVICE_UNAVAILABLE, "recommendations are out of order");
    }
    Json(Product::page(1, "blue")).into_response()
}
