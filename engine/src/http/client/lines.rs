//! The connection for a request: one that was kept alive, or a new one.

use std::time::Instant;

use super::Client;
use crate::{
    http::{
        KeepAlive, Origin, RequestError, Version, dial, http2::Http2, pool::Line,
        progress::Progress,
    },
    stats::{Phase, Phases},
};

impl Client {
    /// A connection that is ready; opens one if there is none.
    pub(super) async fn line(
        &self,
        origin: &Origin,
        progress: &mut Progress,
    ) -> Result<Line, RequestError> {
        while let Some(mut connection) = self.pool.take(origin) {
            if connection.is_ready(&self.shared.scratch).await {
                return Ok(Line::Http1(connection));
            }
        }
        if self.shared.settings.version == Version::Http1 {
            return Box::pin(self.open(origin, &mut progress.phases)).await;
        }
        Box::pin(self.shared_line(origin, &mut progress.phases)).await
    }

    /// The connection that requests share; opens it if there is none.
    async fn shared_line(
        &self,
        origin: &Origin,
        phases: &mut Phases,
    ) -> Result<Line, RequestError> {
        if let Some(connection) = self.ready_shared(origin).await {
            return Ok(Line::Http2(connection));
        }
        let door = self.pool.door(origin);
        if door.is_wide.get() || self.keep_alive() == KeepAlive::Never {
            return self.open(origin, phases).await;
        }
        let begun = Instant::now();
        let opening = door.opening.lock().await;
        // Whoever waits for another's connection to be opened waits for a connection.
        phases.add(Phase::Connect, begun.elapsed());
        if let Some(connection) = self.ready_shared(origin).await {
            return Ok(Line::Http2(connection));
        }
        if door.is_wide.get() {
            drop(opening);
            return self.open(origin, phases).await;
        }
        let line = self.open(origin, phases).await?;
        match &line {
            Line::Http1(_) => door.is_wide.set(true),
            Line::Http2(connection) => self.pool.share(connection.clone()),
        }
        Ok(line)
    }

    async fn ready_shared(&self, origin: &Origin) -> Option<Http2> {
        let mut connection = self.pool.shared(origin)?;
        if connection.is_ready().await {
            return Some(connection);
        }
        self.pool.forget(&connection);
        None
    }

    async fn open(&self, origin: &Origin, phases: &mut Phases) -> Result<Line, RequestError> {
        let timeout = self.shared.settings.connect_timeout;
        let opened = dial::open(&self.shared, origin, phases);
        tokio::time::timeout(timeout, opened)
            .await
            .map_err(|_| RequestError::ConnectTimeout(timeout))?
    }
}
