//! What users did, into the statistics.

use std::{
    thread,
    time::{Duration, Instant},
};

use http::StatusCode;

use super::Context;
use crate::stats::{Outcome, Phases, Sample};

/// What is recorded: a request, a transaction of several, or anything else.
#[derive(Clone, Copy)]
pub(super) struct What<'a> {
    /// The request's method, or the kind of what was measured.
    pub(super) kind: &'a str,
    /// The transaction it counts under.
    pub(super) name: &'a str,
    /// Whether it is left out of the statistics.
    pub(super) skip_transaction: bool,
}

/// How it ended.
#[derive(Clone, Copy, Default)]
pub(super) struct End<'a> {
    /// From the actual start to the end.
    pub(super) elapsed: Duration,
    /// From the intended start to the end, where there was an intended start.
    pub(super) from_intended: Option<Duration>,
    /// The HTTP status, if a response came.
    pub(super) status: Option<StatusCode>,
    /// Where the time went.
    pub(super) phases: Phases,
    /// Bytes that came.
    pub(super) bytes: u64,
    /// Why it failed, if it did; without secrets.
    pub(super) failure: Option<&'a str>,
    /// Whether the response met its expectations, if it had any.
    pub(super) met: Option<bool>,
}

impl Context {
    /// Records it. What is left out of the statistics, and fails, is listed with the exceptions.
    pub(super) fn record(&self, What { kind, name, skip_transaction }: What<'_>, end: &End<'_>) {
        if let Some(reason) = end.failure {
            log::warn!(target: "hyperclient", "{kind} {name}: {reason}");
        }
        let mut stats = self.stats.borrow_mut();
        if skip_transaction {
            if let Some(reason) = end.failure {
                stats.record_exception(&format!("{kind} {name}"), reason);
            }
            return;
        }
        stats.record(&Sample {
            method: kind,
            name,
            status: end.status.map(|status| status.as_u16()),
            elapsed: end.elapsed,
            from_intended: end.from_intended,
            phases: end.phases,
            bytes: end.bytes,
            outcome: end.failure.map_or(Outcome::Passed, Outcome::Failed),
            met: end.met,
        });
    }
}

/// Counts what is dropped before its end, by that of the load or by a panic: it was begun, so it
/// must be counted.
pub(super) struct Unfinished<'a> {
    context: &'a Context,
    what: What<'a>,
    begun: Instant,
    /// Whether it counts as cut off; a transaction of several requests does not, as they do.
    is_single: bool,
    armed: bool,
}

impl<'a> Unfinished<'a> {
    /// A request, or anything like it, begins now.
    pub(super) fn begin(context: &'a Context, what: What<'a>) -> Self {
        Self { context, what, begun: Instant::now(), is_single: true, armed: true }
    }

    /// A transaction of several begins now.
    pub(super) fn begin_several(context: &'a Context, what: What<'a>) -> Self {
        let mut unfinished = Self::begin(context, what);
        unfinished.is_single = false;
        unfinished
    }

    /// It came to its end; returns when it began.
    pub(super) fn end(mut self) -> Instant {
        self.armed = false;
        self.begun
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.armed || self.what.skip_transaction {
            return;
        }
        let panicked = thread::panicking();
        let is_cut_off = self.is_single && !panicked;
        self.context.cut_off.update(|count| count + u64::from(is_cut_off));
        let failure = Some(if panicked { "panicked" } else { "cut off before it was complete" });
        let elapsed = self.begun.elapsed();
        self.context.record(self.what, &End { elapsed, failure, ..End::default() });
    }
}
