//! The same answer in each of the encodings a client may be sent.

use std::io::{self, Write};

use axum::{
    Router,
    http::{
        StatusCode,
        header::{CONTENT_ENCODING, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};

use super::error;

/// What all of them say.
const BODY: &str = r#"{"message":"the same words, the same words, the same words","words":9}"#;

/// [`BODY`], compressed once: the tool itself has no need of a compressor for it.
const BROTLI: &[u8] =
    b"\x1bE\x00@\x8c\xd4b\xcd\x19\xee\xd4\"9{}\x8bE\x07\x1cr\xc0\xfa-\xb0\xb6(\xc8\
    (\xd8\x80\x83@\x1b\xb6\xf5L\x98f\xa9\x0b\xe1AaT\xdd\x01";

pub(super) fn router() -> Router {
    Router::new()
        .route("/gzip", get(|| async { encoded("gzip", gzip()) }))
        .route("/deflate", get(|| async { encoded("deflate", deflate()) }))
        .route("/brotli", get(|| async { encoded("br", Ok(BROTLI.to_vec())) }))
}

fn encoded(encoding: &'static str, body: io::Result<Vec<u8>>) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CONTENT_ENCODING, encoding)];
    match body {
        Ok(body) => (headers, body).into_response(),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, "failed to compress"),
    }
}

fn gzip() -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(BODY.as_bytes())?;
    encoder.finish()
}

/// What HTTP calls deflate is the zlib format.
fn deflate() -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(BODY.as_bytes())?;
    encoder.finish()
}
