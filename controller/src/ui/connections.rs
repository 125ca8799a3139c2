//! Who is connected: only so many, and nobody for ever without a word.

use std::{sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::patient::Patient;

/// The most connections at once: a run needs its descriptors for users. Others wait.
const MOST: usize = 100;

/// How long someone who is connected may take to ask for something, and to take any of an answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How long answers may go on when the server ends.
const GRACE: Duration = Duration::from_secs(2);

/// After this time it is tried again to take a connection, as when there was no descriptor for it.
const AGAIN: Duration = Duration::from_millis(500);

/// Answers until `open` is dropped, and a little longer to those who have asked before.
pub(super) async fn serve(listener: TcpListener, router: Router, mut open: watch::Receiver<()>) {
    let seats = Arc::new(Semaphore::new(MOST));
    let mut connections = JoinSet::new();
    loop {
        select! {
            Some((stream, seat)) = accept(&listener, &seats) => {
                connections.spawn(answer(stream, seat, router.clone(), open.clone()));
            }
            Some(_) = connections.join_next() => {}
            _ = open.changed() => break,
        }
    }
    drop(listener);
    // Who has not taken an answer until then does not read.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

/// None if that did not work out.
async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let seat = Arc::clone(seats).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Some((stream, seat)),
            Err(_) => sleep(AGAIN).await,
        }
    }
}

async fn answer(
    stream: TcpStream,
    seat: OwnedSemaphorePermit,
    router: Router,
    mut open: watch::Receiver<()>,
) {
    // A connection that is already gone refuses the option, and needs it no longer.
    stream.set_nodelay(true).ok();
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(
            TokioIo::new(Patient::new(stream, PATIENCE)),
            TowerToHyperService::new(router),
        );
    let mut connection = std::pin::pin!(connection);
    let ended = select! {
        ended = connection.as_mut() => ended,
        _ = open.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        log::debug!("a viewer's connection: {error}");
    }
    drop(seat);
}
