//! `GET /api/events`: views as they come.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream::unfold;
use tokio::{
    select,
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, sleep, sleep_until},
};

use super::{board::Snapshot, refusal::Refusal, routes::Page};

/// The least time between two views.
const PAUSE: Duration = Duration::from_secs(1);

/// Who has seen nothing for so long gets a comment, so that nobody takes the silence for the end.
const SILENCE: Duration = Duration::from_secs(10);

/// Someone who looks. Who reads slowly misses views in between; each is complete in itself.
struct Viewer {
    shown: watch::Receiver<Snapshot>,
    /// When the next view may be sent.
    due: Instant,
    /// Whether the last one was.
    has_all: bool,
    _seat: OwnedSemaphorePermit,
}

pub(super) async fn stream(State(page): State<Arc<Page>>) -> Response {
    let Ok(seat) = Arc::clone(&page.seats).try_acquire_owned() else {
        let problems = "too many look at this page already: close some of them";
        return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, problems).into_response();
    };
    let shown = page.session.board().watch().await;
    let viewer = Viewer { shown, due: Instant::now(), has_all: false, _seat: seat };
    let body = Body::from_stream(unfold(viewer, Viewer::event));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

impl Viewer {
    /// The next event, when it is time for it; none after the last.
    async fn event(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if self.has_all {
            return None;
        }
        self.pause().await;
        let event = select! {
            changed = self.shown.changed() => {
                changed.ok()?;
                self.due = Instant::now() + PAUSE;
                let newest = self.shown.borrow_and_update();
                self.has_all = newest.is_last;
                newest.event()
            }
            () = sleep(SILENCE) => Bytes::from_static(b": nothing new\n\n"),
        };
        Some((Ok(event), self))
    }

    /// Waits until the next view may be sent; for the last there is no time to wait.
    async fn pause(&self) {
        let mut shown = self.shown.clone();
        select! {
            () = sleep_until(self.due) => {}
            _ = shown.wait_for(|newest| newest.is_last) => {}
        }
    }
}
