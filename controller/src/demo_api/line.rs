//! A protocol that is not HTTP, on the same port: after an upgrade, each line that is sent is
//! answered with one. It stands for the protocols of one's own that a test may have to speak.

use std::io;

use axum::{
    Router,
    extract::Request,
    http::{
        StatusCode,
        header::{CONNECTION, UPGRADE},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};

use super::error;

/// The protocol's name.
const PROTOCOL: &str = "line";

/// The longest line, in bytes.
const LONGEST: u64 = 1024;

pub(super) fn router() -> Router {
    Router::new().route("/line", get(upgrade))
}

async fn upgrade(request: Request) -> Response {
    if request.headers().get(UPGRADE).is_none_or(|protocol| protocol != PROTOCOL) {
        return error(StatusCode::UPGRADE_REQUIRED, "send `Upgrade: line`");
    }
    tokio::spawn(async move {
        if let Ok(connection) = hyper::upgrade::on(request).await {
            // Whoever hangs up needs no answer.
            converse(BufStream::new(TokioIo::new(connection))).await.ok();
        }
    });
    (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, "upgrade"), (UPGRADE, PROTOCOL)])
        .into_response()
}

/// Answers line by line, until a line is not ended.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: BufStream<S>) -> io::Result<()> {
    loop {
        let mut line = String::new();
        (&mut stream).take(LONGEST).read_line(&mut line).await?;
        let Some(line) = line.strip_suffix('\n') else { return Ok(()) };
        stream.write_all(answer(line.trim_end()).as_bytes()).await?;
        stream.write_all(b"\n").await?;
        stream.flush().await?;
    }
}

fn answer(line: &str) -> String {
    match line.split_once(' ').unwrap_or((line, "")) {
        ("PING", "") => "PONG".to_owned(),
        ("ECHO", text) => text.to_owned(),
        _ => "ERR unknown command".to_owned(),
    }
}
