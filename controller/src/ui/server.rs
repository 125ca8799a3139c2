//! The page's server, on a thread of its own.

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
};

use tokio::{net::TcpListener, runtime, sync::watch};

use super::{Listening, Session, UiError, connections::serve, guard::Guard, routes::router};

/// A server that answers until this is dropped. Who looks then gets the last view.
///
/// It shares no thread with a run.
pub struct Server {
    session: Arc<Session>,
    open: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Begins to answer.
    ///
    /// # Errors
    ///
    /// The system has no further thread, or does not let it watch the socket.
    pub fn start(listening: Listening, session: &Arc<Session>) -> Result<Self, UiError> {
        let Listening { listener, token, .. } = listening;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(async { TcpListener::from_std(listener) })?;
        let router = router(Arc::clone(session), Guard::new(token));
        let (open, is_open) = watch::channel(());
        let serve = move || {
            runtime.block_on(serve(listener, router, is_open));
            // What is still being planned is not waited for.
            runtime.shutdown_background();
        };
        let thread = thread::Builder::new().name("live-page".to_owned()).spawn(serve)?;
        Ok(Self { session: Arc::clone(session), open: Some(open), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.session.board().close();
        drop(self.open.take());
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            log::error!("the page's server had stopped before its time");
        }
    }
}
