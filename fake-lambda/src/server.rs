//! HTTP/1.1 servers whose handlers may also hang up.

use std::{convert::Infallible, fmt, future::Future, sync::Arc};

use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// The connection is closed without an answer.
#[derive(Debug)]
pub(crate) struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hung up")
    }
}

impl std::error::Error for HangUp {}

pub(crate) type Answer = Result<Response<Body>, HangUp>;

/// Serves until it is dropped, and then closes all connections.
pub(crate) async fn serve<H, F>(listener: TcpListener, handler: H) -> Infallible
where
    H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let handler = Arc::new(handler);
    let mut connections = JoinSet::new();
    loop {
        // The stand-in's own trouble shows in the tests that wait for it.
        if let Ok((connection, _)) = listener.accept().await {
            connections.spawn(connection_of(connection, Arc::clone(&handler)));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection_of<H, F>(connection: TcpStream, handler: Arc<H>)
where
    H: Fn(Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let _ = connection.set_nodelay(true);
    let service = service_fn(move |request| handler(request));
    // A caller that hangs up is none of our errors.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
}

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}

/// An answer of a status and nothing else.
pub(crate) fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
