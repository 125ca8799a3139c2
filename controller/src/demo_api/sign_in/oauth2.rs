//! An OAuth 2 server, and a place that wants its tokens.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use engine::random::mix;
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::{PASSWORD, basic_credentials, error, welcome};

/// The one client there is.
const CLIENT: &str = "load-test";

/// The life of a token, if the client asks for no other.
const LIFE: Duration = Duration::from_mins(1);

pub(super) fn router() -> Router {
    Router::new()
        .route("/auth/token", post(token))
        .route("/auth/me", get(me))
        .with_state(Arc::<Issuer>::default())
}

/// Gives tokens it can recognise without remembering them. They tell when they end, so this is
/// the one part of the API whose answers depend on the clock.
struct Issuer {
    since: Instant,
    given: AtomicU64,
}

impl Default for Issuer {
    fn default() -> Self {
        Self { since: Instant::now(), given: AtomicU64::default() }
    }
}

impl Issuer {
    /// A token of a kind for a time.
    fn give(&self, kind: char, life: Duration) -> String {
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        let end = (self.since.elapsed() + life).as_millis();
        let plain = format!("{kind}.{number:x}.{end:x}");
        format!("{plain}.{:016x}", seal(&plain))
    }

    fn takes(&self, kind: char, token: &str) -> bool {
        let end = token.rsplit_once('.').and_then(|(plain, sealed)| {
            let mut parts = plain.split('.');
            let own = parts.next()?.starts_with(kind) && sealed == format!("{:016x}", seal(plain));
            u64::from_str_radix(parts.nth(1)?, 16).ok().filter(|_| own)
        });
        end.is_some_and(|end| self.since.elapsed() < Duration::from_millis(end))
    }
}

fn seal(text: &str) -> u64 {
    text.bytes().fold(0, |sum, byte| mix(sum ^ u64::from(byte)))
}

#[derive(Deserialize)]
struct Wish {
    /// Milliseconds.
    life: Option<u64>,
}

async fn token(
    State(issuer): State<Arc<Issuer>>,
    Query(Wish { life }): Query<Wish>,
    headers: HeaderMap,
    form: String,
) -> Response {
    let form: BTreeMap<_, _> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let field = |name: &str| form.get(name).map(String::as_str);
    let client = basic_credentials(&headers).map_or_else(
        || field("client_id").zip(field("client_secret")) == Some((CLIENT, PASSWORD)),
        |(id, secret)| (&*id, &*secret) == (CLIENT, PASSWORD),
    );
    if !client {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let granted = match field("grant_type") {
        Some("client_credentials") => true,
        Some("password") => field("username").is_some() && field("password") == Some(PASSWORD),
        Some("refresh_token") => field("refresh_token").is_some_and(|t| issuer.takes('r', t)),
        _ => return error(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    };
    if !granted {
        return error(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let life = life.map_or(LIFE, Duration::from_millis);
    let mut answer = json!({
        "access_token": issuer.give('a', life),
        "token_type": "Bearer",
        "expires_in": life.as_secs_f64(),
    });
    if field("grant_type") != Some("client_credentials") {
        answer["refresh_token"] = issuer.give('r', 100 * life).into();
    }
    Json(answer).into_response()
}

async fn me(State(issuer): State<Arc<Issuer>>, headers: HeaderMap) -> Response {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match value.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(token) if issuer.takes('a', token) => welcome("somebody with a token"),
        _ => error(StatusCode::UNAUTHORIZED, "no valid token: POST /auth/token gives one"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_taken_until_their_end() {
        let issuer = Issuer::default();
        let token = issuer.give('a', Duration::from_secs(1000));
        assert!(issuer.takes('a', &token));
        assert!(!issuer.takes('r', &token));
        assert!(!issuer.takes('a', &issuer.give('a', Duration::ZERO)));
        let forged = token.replacen("a.0.", "a.1.", 1);
        assert!(!issuer.takes('a', &forged));
        for other in ["", ".", "a", "a.0.ff.0"] {
            assert!(!issuer.takes('a', other), "{other}");
        }
    }
}
