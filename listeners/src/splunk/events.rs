//! What is said to Splunk.

use std::{
    collections::BTreeMap,
    mem,
    time::{Duration, Instant, SystemTime},
};

use engine::{listener::FailedRequest, stats::MOST_DISTINCT};
use serde_json::{Map, Value, json};

use super::{
    collector::EVENTS,
    event::{Envelope, Kind, Wrapped, epoch, of_origin, of_request, told},
};
use crate::{Origin, Report, message::Message, words::Words};

/// How many events go together, at most, and about how many bytes.
const TOGETHER: u64 = 100;
const LARGEST: usize = 512 * 1024;

/// How long an event waits for others to go with it.
const WAIT: Duration = Duration::from_secs(5);

/// After how many summaries that do not count it a failure is forgotten that was told in detail.
const FORGOTTEN: u32 = 10;

/// Puts failed requests, and how many there were, into events.
pub(super) struct Events {
    envelope: Envelope,
    host: String,
    test: String,
    /// What all events say.
    said: Map<String, Value>,
    /// How many requests were told in detail, and are in no summary yet.
    told: BTreeMap<Failure, Told>,
    batch: Batch,
}

/// What failures are counted by.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Failure {
    method: String,
    transaction: String,
    reason: String,
}

/// How often a failure was told in detail.
#[derive(Default)]
struct Told {
    /// Not counted yet.
    waiting: u64,
    /// How many summaries were made since it was last told.
    summaries: u32,
}

impl Events {
    pub(super) fn of(origin: &Origin, envelope: Envelope) -> Self {
        let host = match (&origin.region, origin.generator) {
            (Some(region), Some(generator)) => format!("load-test-{region}-{generator}"),
            _ => "load-test".to_owned(),
        };
        Self {
            envelope,
            host,
            test: told(&origin.header.test),
            said: of_origin(origin),
            told: BTreeMap::new(),
            batch: Batch::default(),
        }
    }

    /// Adds an event to those that wait; returns the ones that are to go.
    fn add(&mut self, kind: Kind, at: SystemTime, more: Value) -> Option<Message> {
        let mut event = Map::new();
        event.insert("kind".into(), kind.name().into());
        if let Value::Object(more) = more {
            event.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
        }
        event.extend(self.said.clone());
        let event = Wrapped {
            time: epoch(at),
            host: &self.host,
            source: &self.envelope.source,
            sourcetype: &self.envelope.sourcetype,
            index: self.envelope.index.as_deref(),
            event,
            fields: json!({"load_test": self.test, "load_test_kind": kind.name()}),
        };
        self.batch.add(&serde_json::to_string(&event).ok()?)
    }

    /// Notes that a failure was told in detail; no more of them than statistics tell apart.
    fn note(&mut self, failure: Failure) {
        if self.told.len() < MOST_DISTINCT || self.told.contains_key(&failure) {
            let told = self.told.entry(failure).or_default();
            told.waiting += 1;
            told.summaries = 0;
        }
    }

    /// How many requests failed in a stretch, and of how many of them all was told. What is told
    /// comes a little before it is counted: what is too many waits for the next summary.
    fn summaries(&mut self, report: &Report) -> Vec<Message> {
        let seconds = report.over().as_secs();
        let mut full = Vec::new();
        for (failure, seen) in report.stats.failures() {
            let known = Failure {
                method: failure.method.clone(),
                transaction: failure.name.clone(),
                reason: failure.reason.clone(),
            };
            let mut in_detail = 0;
            if let Some(told) = self.told.get_mut(&known) {
                in_detail = seen.count.min(told.waiting);
                told.waiting -= in_detail;
            }
            let summary = json!({
                "method": failure.method,
                "transaction": told(&failure.name),
                "reason": told(&failure.reason),
                "count": seen.count,
                "in_detail": in_detail,
                "seconds": seconds,
            });
            full.extend(self.add(Kind::Failures, report.at, summary));
        }
        // What no summary counts is in no statistics, or there under another name.
        self.told.retain(|_, told| {
            told.summaries += 1;
            told.waiting > 0 && told.summaries < FORGOTTEN
        });
        for (exception, seen) in report.stats.exceptions() {
            let summary = json!({
                "task": told(&exception.task),
                "reason": told(&exception.message),
                "count": seen.count,
                "seconds": seconds,
            });
            full.extend(self.add(Kind::Exceptions, report.at, summary));
        }
        full
    }
}

impl Words for Events {
    fn begin(&mut self) -> Vec<Message> {
        self.add(Kind::TestStart, SystemTime::now(), Value::Null);
        self.rest()
    }

    fn report(&mut self, report: &Report) -> Vec<Message> {
        let mut messages = self.summaries(report);
        messages.extend(self.batch.close());
        messages
    }

    fn failed(&mut self, requests: &[FailedRequest]) -> Vec<Message> {
        let mut full = Vec::new();
        for request in requests {
            let failure = Failure {
                method: request.method.clone(),
                transaction: request.name.clone(),
                reason: request.reason.clone(),
            };
            self.note(failure);
            full.extend(self.add(Kind::FailedRequest, request.at, of_request(request)));
        }
        if self.batch.since.is_some_and(|since| since.elapsed() >= WAIT) {
            full.extend(self.batch.close());
        }
        full
    }

    fn rest(&mut self) -> Vec<Message> {
        self.batch.close().into_iter().collect()
    }

    fn end(&mut self) -> Vec<Message> {
        self.add(Kind::TestStop, SystemTime::now(), Value::Null);
        self.rest()
    }
}

/// Events that wait for others to go with them, one behind the other as the collector wants them.
#[derive(Default)]
struct Batch {
    body: String,
    items: u64,
    /// Since when the first of them waits.
    since: Option<Instant>,
}

impl Batch {
    /// Adds an event; returns those before it, if they are enough.
    fn add(&mut self, event: &str) -> Option<Message> {
        let is_full = self.items == TOGETHER || self.body.len() + event.len() > LARGEST;
        let full = if is_full { self.close() } else { None };
        self.since.get_or_insert_with(Instant::now);
        self.body.push_str(event);
        self.body.push('\n');
        self.items += 1;
        full
    }

    fn close(&mut self) -> Option<Message> {
        let Self { body, items, .. } = mem::take(self);
        (items > 0).then(|| Message { path: EVENTS, body: body.into(), items })
    }
}

#[cfg(test)]
mod tests {
    use engine::stats::{Phases, Stats};

    use super::*;
    use crate::Header;

    fn failed(reason: String) -> FailedRequest {
        FailedRequest {
            at: SystemTime::now(),
            user: 0,
            class: "Buyer".into(),
            method: "GET".into(),
            name: "look".into(),
            url: None,
            status: None,
            reason,
            unmet: Vec::new(),
            body: None,
            elapsed: Duration::ZERO,
            phases: Phases::default(),
            trace: None,
        }
    }

    #[test]
    fn what_no_summary_counts_takes_no_room_for_ever() {
        let envelope = Envelope { index: None, source: "s".into(), sourcetype: "t".into() };
        let mut events = Events::of(&Origin::of_run(Header::default(), "r"), envelope);
        for number in 0..2 * MOST_DISTINCT {
            events.failed(&[failed(format!("expected 1, got {number}"))]);
        }
        assert_eq!(events.told.len(), MOST_DISTINCT);
        let (at, stats) = (SystemTime::now(), Stats::default());
        let report = Report { seconds: 0..1, at, users: 1, stats };
        for _ in 1..FORGOTTEN {
            events.report(&report);
            assert_eq!(events.told.len(), MOST_DISTINCT);
        }
        events.report(&report);
        assert!(events.told.is_empty());
    }
}
