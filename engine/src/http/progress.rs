//! How far a request came.

use std::time::Instant;

use http::StatusCode;

use super::{
    RequestError, Scratch,
    connection::{Connection, Outgoing, Times},
    wire::ResponseReader,
};
use crate::{
    stats::{Phase, Phases},
    trace::TraceParent,
};

/// What is known of a request before it is complete, so that a timeout loses none of it.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) phases: Phases,
    pub(super) received: u64,
    pub(super) status: Option<StatusCode>,
    pub(super) resent: u32,
    /// What the request tells of its trace.
    pub(super) trace: Option<TraceParent>,
}

/// A response on its way. However that ends, a timeout included, it is noted how far it came.
pub(super) struct Receiving<'a> {
    pub(super) progress: &'a mut Progress,
    pub(super) reader: &'a mut ResponseReader,
    pub(super) times: Times,
}

impl Receiving<'_> {
    pub(super) async fn run(
        mut self,
        connection: &mut Connection,
        outgoing: Outgoing<'_>,
        scratch: &Scratch,
    ) -> Result<(), RequestError> {
        connection.receive(outgoing, self.reader, &mut self.times, scratch).await
    }
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        self.progress.received += self.reader.received();
        self.progress.status = self.reader.head().map(|head| head.status);
        self.times.note(&mut self.progress.phases);
    }
}

impl Times {
    /// Adds the phases of one request and its response, which may not have come to its end.
    pub(super) fn note(&self, phases: &mut Phases) {
        let end = Instant::now();
        let first = self.first_byte.unwrap_or(end);
        // The response may begin before all of the request is sent.
        let sent = self.sent.unwrap_or(end).min(first);
        phases.add(Phase::Sending, sent.saturating_duration_since(self.begun));
        phases.add(Phase::Waiting, first.saturating_duration_since(sent));
        phases.add(Phase::Receiving, end.saturating_duration_since(first));
    }
}
