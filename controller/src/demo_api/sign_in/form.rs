//! A page with a form, and one for those who have filled it in.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{COOKIE, LOCATION, SET_COOKIE},
    },
    response::{Html, IntoResponse, Response},
    routing::get,
};
use engine::random::mix;
use url::form_urlencoded;

use super::{PASSWORD, error, welcome};

pub(super) fn router() -> Router {
    Router::new()
        .route("/auth/form", get(page).post(sign_in))
        .route("/auth/account", get(account))
        .with_state(Arc::<AtomicU64>::default())
}

/// Each page has a token of its own, which belongs to its cookie.
async fn page(State(shown): State<Arc<AtomicU64>>) -> Response {
    let number = shown.fetch_add(1, Ordering::Relaxed);
    let page = format!(
        "<form method=\"post\">\n<input type=\"hidden\" name=\"csrf\" value=\"{:016x}\">\n\
         <input name=\"user\"><input name=\"password\" type=\"password\">\n</form>\n",
        mix(number)
    );
    ([(SET_COOKIE, format!("visit={number}; Path=/auth"))], Html(page)).into_response()
}

async fn sign_in(headers: HeaderMap, form: String) -> Response {
    let field = |name| {
        let mut fields = form_urlencoded::parse(form.as_bytes());
        fields.find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
    };
    let visit = cookie(&headers, "visit").and_then(|visit| visit.parse().ok());
    if visit.is_none_or(|visit| field("csrf") != Some(format!("{:016x}", mix(visit)))) {
        return error(StatusCode::FORBIDDEN, "csrf is not that of the page");
    }
    if field("password").as_deref() != Some(PASSWORD) {
        return error(StatusCode::FORBIDDEN, "wrong password: everybody's is \"secret\"");
    }
    let cookie = "signed_in=yes; Path=/auth; HttpOnly";
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, "/auth/account")]).into_response()
}

async fn account(headers: HeaderMap) -> Response {
    if cookie(&headers, "signed_in") == Some("yes") {
        welcome("somebody with a session")
    } else {
        error(StatusCode::UNAUTHORIZED, "no session: the form at /auth/form starts one")
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|cookies| cookies.split(';')).filter_map(|c| c.split_once('='));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}
