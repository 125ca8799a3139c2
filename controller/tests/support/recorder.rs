//! A server that notes who asks, and when.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{ConnectInfo, Path, State},
    routing::get,
};
use tokio::{net::TcpListener, runtime::Builder, sync::oneshot};

/// One request of `/user/<number>`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) user: u32,
    /// Each user of each function has a connection of its own.
    pub(crate) connection: SocketAddr,
    /// Since the Unix epoch.
    pub(crate) at: Duration,
}

type Log = Arc<Mutex<Vec<Request>>>;

/// Answers until it is dropped, on a thread of its own.
pub(crate) struct Recorder {
    addr: SocketAddr,
    log: Log,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let addr = listener.local_addr().unwrap();
        let log = Log::default();
        let router = Router::new().route("/user/{user}", get(note)).with_state(Arc::clone(&log));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    served = axum::serve(listener, service) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self { addr, log, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// In the order of their arrival.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there shows in the requests that were not answered.
            let _ = thread.join();
        }
    }
}

async fn note(
    State(log): State<Log>,
    Path(user): Path<u32>,
    ConnectInfo(connection): ConnectInfo<SocketAddr>,
) {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    log.lock().unwrap_or_else(PoisonError::into_inner).push(Request { user, connection, at });
}
