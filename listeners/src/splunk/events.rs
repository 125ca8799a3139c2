//! What is said to Splunk.

use std::{
    collections::BTreeMap,
    mem,
    time::{Duration, Instant, SystemTime},
};

use engine::listener::FailedRequest;
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

/// Puts failed requests, and how many there were, into events.
pub(super) struct Events {
    envelope: Envelope,
    host: String,
    test: String,
    /// What all events say.
    said: Map<String, Value>,
    /// How many requests were told in detail, and are in no summary yet.
    told: BTreeMap<Failure, u64>,
    batch: Batch,
}

/// What failures are counted by.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Failure {
    method: String,
    transaction: String,
    reason: String,
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
            if let Some(waiting) = self.told.get_mut(&known) {
                in_detail = seen.count.min(*waiting);
                *waiting -= in_detail;
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
        self.told.retain(|_, waiting| *waiting > 0);
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
            *self.told.entry(failure).or_default() += 1;
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
