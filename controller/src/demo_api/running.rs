//! The sample API on a thread of its own.

use std::{
    net::SocketAddr,
    sync::Arc,
    thread::{self, JoinHandle},
};

use tokio::{runtime, sync::oneshot};

use super::{Counters, DemoApi, DemoApiError};

/// A sample API that answers until this is dropped.
///
/// It shares no thread with whoever started it: a load generator in the same process would
/// otherwise wait for the API where it means to measure it.
pub struct Running {
    addr: SocketAddr,
    counters: Arc<Counters>,
    shutdown: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(super) fn start(api: DemoApi) -> Result<Self, DemoApiError> {
        let (addr, counters) = (api.addr(), api.counters());
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (shutdown, stop) = oneshot::channel();
        let serve = move || {
            let served = runtime.block_on(api.serve(async { stop.await.unwrap_or_default() }));
            if let Err(error) = served {
                log::error!("{error}");
            }
        };
        let thread = thread::Builder::new().name("demo-api".to_owned()).spawn(serve)?;
        Ok(Self { addr, counters, shutdown: Some(shutdown), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it has answered so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            log::error!("the sample API had stopped before its time");
        }
    }
}
