//! The page itself, as it was built from `page/`.

use axum::{
    Router,
    http::header,
    response::IntoResponse,
    routing::{MethodRouter, get},
};

/// A file of the page: where it is served, what it is, and its bytes.
struct Part {
    path: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const HTML: &[u8] = b"<!doctype html><title>load-test</title>\n";

const PARTS: [Part; 1] = [Part { path: "/", kind: "text/html; charset=utf-8", bytes: HTML }];

/// Whether an address is that of code that is the same for everybody.
pub(super) fn is_public(path: &str) -> bool {
    matches!(path, "/live.js" | "/live.css" | "/icon.svg")
}

/// Serves the page's files.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    PARTS.iter().fold(Router::new(), |router, part| router.route(part.path, serve(part)))
}

fn serve<S: Clone + Send + Sync + 'static>(part: &'static Part) -> MethodRouter<S> {
    get(move || async move { ([(header::CONTENT_TYPE, part.kind)], part.bytes).into_response() })
}
