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

const PARTS: [Part; 4] = [
    Part {
        path: "/",
        kind: "text/html; charset=utf-8",
        bytes: include_bytes!("../../../page/dist/live.html"),
    },
    Part {
        path: "/live.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../../page/dist/live.js"),
    },
    Part {
        path: "/live.css",
        kind: "text/css; charset=utf-8",
        bytes: include_bytes!("../../../page/dist/live.css"),
    },
    Part {
        path: "/icon.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../../../page/dist/icon.svg"),
    },
];

/// Whether an address is that of a part of the page that tells nothing of any run, and is the same
/// for everybody.
pub(super) fn is_public(path: &str) -> bool {
    path != "/" && PARTS.iter().any(|part| part.path == path)
}

/// Serves the page's files.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    PARTS.iter().fold(Router::new(), |router, part| router.route(part.path, serve(part)))
}

fn serve<S: Clone + Send + Sync + 'static>(part: &'static Part) -> MethodRouter<S> {
    get(move || async move { ([(header::CONTENT_TYPE, part.kind)], part.bytes).into_response() })
}
