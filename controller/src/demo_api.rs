//! The sample API that comes with the tool: something to load before there is a system to test.
//!
//! Its answers follow from how often it was asked, never from the clock or chance, so two runs
//! of the same test meet the same API. It keeps count of what it answered, which is the second
//! opinion on a load generator's own figures.

mod cookies;
mod counters;
mod dice;
mod echo;
mod encodings;
mod line;
mod probes;
mod running;
mod shop;
mod sign_in;
mod test_types;
mod think_time;
mod tpdata;
mod uploads;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    pin::pin,
    sync::Arc,
};

use axum::{
    Json, Router,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    serve::ListenerExt,
};
use serde_json::json;
use thiserror::Error;

pub use counters::{Count, Counters};
pub use running::Running;

/// Connections that may wait to be accepted. The default of 128 drops some of a thousand users
/// who all start at once, and each of those sees a connect time of a second.
const BACKLOG: i32 = 4096;

/// The sample API, listening but not yet answering.
pub struct DemoApi {
    listener: TcpListener,
    addr: SocketAddr,
    counters: Arc<Counters>,
}

/// Why the sample API could not start.
#[derive(Debug, Error)]
pub enum DemoApiError {
    /// Something else listens on the address.
    #[error(
        "{addr} is taken: stop what listens there, or choose another port (0 for any free one)"
    )]
    Taken {
        /// The address asked for.
        addr: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("failed to listen on {addr}: {source}")]
    Bind {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// It has an address, but not what it takes to answer.
    #[error("failed to start the sample API: {0}")]
    Start(#[from] io::Error),
}

impl DemoApi {
    /// Listens on an address; port 0 is any free port.
    ///
    /// # Errors
    ///
    /// When the address is taken, or not one of this machine's.
    pub fn bind(addr: SocketAddr) -> Result<Self, DemoApiError> {
        let listener = TcpListener::bind(addr).map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => DemoApiError::Taken { addr },
            _ => DemoApiError::Bind { addr, source },
        })?;
        rustix::net::listen(&listener, BACKLOG).map_err(io::Error::from)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        Ok(Self { listener, addr, counters: Arc::default() })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it has answered so far.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Answers until `shutdown` is ready. Requests that are then in flight are cut off.
    ///
    /// # Errors
    ///
    /// When the runtime cannot watch the listening socket.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), DemoApiError> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?.tap_io(|connection| {
            // Without it an answer in two segments waits for the client's delayed ACK. A
            // connection that is already gone refuses the option, and needs it no longer.
            connection.set_nodelay(true).ok();
        });
        let serve = axum::serve(listener, router(self.counters)).into_future();
        tokio::select! {
            served = serve => Ok(served?),
            () = pin!(shutdown) => Ok(()),
        }
    }

    /// Answers on a free port of the loopback interface, on a thread of its own.
    ///
    /// # Errors
    ///
    /// When there is no free port, or no further thread.
    pub fn spawn() -> Result<Running, DemoApiError> {
        Running::start(Self::bind((Ipv4Addr::LOCALHOST, 0).into())?)
    }
}

fn router(counters: Arc<Counters>) -> Router {
    Router::new()
        .merge(shop::router())
        .merge(probes::router())
        .merge(cookies::router())
        .merge(encodings::router())
        .merge(test_types::router())
        .merge(sign_in::router())
        .merge(echo::router())
        .merge(tpdata::router())
        .merge(uploads::router())
        .merge(line::router())
        .fallback(|| async { error(StatusCode::NOT_FOUND, "no such path") })
        .layer(middleware::from_fn_with_state(Arc::clone(&counters), counters::count))
        .merge(counters::router(counters))
}

/// An answer that says what was wrong with the request.
fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": message}))).into_response()
}
