//! Statistics in `SignalFx`'s words.

use std::{
    collections::BTreeMap,
    mem,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use engine::stats::{Key, Latency};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    dimensions::{Dimensions, add, of_generator, of_test, shortened},
    ingest::{DATAPOINTS, EVENTS},
};
use crate::{Origin, Report, message::Message, words::Words};

/// How many datapoints go together, at most, and about how many bytes before they are compressed.
const TOGETHER: usize = 300;
const LARGEST: usize = 512 * 1024;

/// The percentiles, and what their series are called.
const PERCENTILES: [(f64, &str); 3] = [
    (50.0, "locust.p50_response_time"),
    (95.0, "locust.p95_response_time"),
    (99.0, "locust.p99_response_time"),
];

/// Puts reports into gauges.
pub(super) struct Datapoints {
    of_test: Dimensions,
    of_generator: Dimensions,
    properties: Map<String, Value>,
    /// All transactions so far.
    known: BTreeMap<Key, Known>,
}

/// A transaction since the generator began.
#[derive(Default)]
struct Known {
    total: u64,
    failed: u64,
}

/// A gauge's value at an instant.
#[derive(Serialize)]
struct Datapoint<'a> {
    metric: &'static str,
    value: f64,
    /// Milliseconds since 1970.
    timestamp: u64,
    dimensions: &'a Dimensions,
}

impl Datapoints {
    pub(super) fn of(origin: &Origin) -> Self {
        let header = &origin.header;
        let mut properties = Map::new();
        for (name, value) in [("run", &origin.run), ("description", &header.description)] {
            add(&mut properties, name, value);
        }
        let apis = header.apis.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        add(&mut properties, "apis", &shortened(&apis));
        Self {
            of_test: of_test(origin),
            of_generator: of_generator(origin),
            properties,
            known: BTreeMap::new(),
        }
    }

    fn event(&self, kind: &str) -> Vec<Message> {
        let event = json!([{
            "eventType": kind,
            "category": "USER_DEFINED",
            "dimensions": self.of_test,
            "properties": self.properties,
            "timestamp": milliseconds(SystemTime::now()),
        }]);
        vec![Message { path: EVENTS, body: event.to_string().into(), items: 1 }]
    }
}

impl Words for Datapoints {
    fn begin(&mut self) -> Vec<Message> {
        self.event("locust test start")
    }

    fn report(&mut self, report: &Report) -> Vec<Message> {
        let measured: BTreeMap<_, _> = report.stats.transactions().into_iter().collect();
        for (key, transaction) in &measured {
            let known = self.known.entry((*key).clone()).or_default();
            known.total += transaction.requests;
            known.failed += transaction.failures;
        }
        let mut batches = Batches::default();
        for (key, known) in &self.known {
            let mut dimensions = self.of_generator.clone();
            add(&mut dimensions, "request_name", &key.name);
            add(&mut dimensions, "method", &key.method);
            let measured = measured.get(key);
            // Nothing in this stretch is 0, not what was last.
            let rate = |count: Option<u64>| report.rate(count.unwrap_or(0));
            let mut values = vec![
                ("locust.rps", rate(measured.map(|transaction| transaction.requests))),
                ("locust.fail_per_sec", rate(measured.map(|transaction| transaction.failures))),
                ("locust.clients", f64::from(report.users)),
                ("locust.total", whole(known.total)),
                ("locust.failed", whole(known.failed)),
            ];
            values.extend(measured.into_iter().flat_map(|transaction| times(&transaction.latency)));
            let timestamp = milliseconds(report.at);
            for (metric, value) in values {
                batches.add(&Datapoint { metric, value, timestamp, dimensions: &dimensions });
            }
        }
        batches.finish()
    }

    fn end(&mut self) -> Vec<Message> {
        self.event("locust test stop")
    }
}

/// Response times, milliseconds: where nothing was measured there are none.
fn times(latency: &Latency) -> Vec<(&'static str, f64)> {
    let mean = latency.mean().map(|mean| ("locust.avg_response_time", ms(mean)));
    let percentiles = PERCENTILES
        .into_iter()
        .filter_map(|(percentile, name)| Some((name, ms(latency.percentile(percentile)?))));
    mean.into_iter().chain(percentiles).collect()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "no generator makes 2^52 requests")]
fn whole(count: u64) -> f64 {
    count as f64
}

fn milliseconds(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Datapoints in messages that are not too large.
#[derive(Default)]
struct Batches {
    full: Vec<Message>,
    open: String,
    items: usize,
}

impl Batches {
    fn add(&mut self, point: &Datapoint<'_>) {
        let Ok(point) = serde_json::to_string(point) else { return };
        if self.items == TOGETHER || self.open.len() + point.len() > LARGEST {
            self.close();
        }
        self.open.push_str(if self.items == 0 { r#"{"gauge":["# } else { "," });
        self.open.push_str(&point);
        self.items += 1;
    }

    fn close(&mut self) {
        let items = mem::take(&mut self.items) as u64;
        if items > 0 {
            let body = mem::take(&mut self.open) + "]}";
            self.full.push(Message { path: DATAPOINTS, body: body.into(), items });
        }
    }

    fn finish(mut self) -> Vec<Message> {
        self.close();
        self.full
    }
}
