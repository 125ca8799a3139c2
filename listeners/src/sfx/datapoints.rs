//! Statistics in `SignalFx`'s words.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
    mem,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use engine::stats::{Key, Latency, MOST_DISTINCT, OTHER, Transaction};
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

    /// What was measured of each transaction. Those beyond what statistics tell apart are one: each
    /// report of many generators may have others.
    fn measured<'a>(&self, report: &'a Report) -> BTreeMap<Key, Cow<'a, Transaction>> {
        let mut measured = BTreeMap::<_, Cow<'a, Transaction>>::new();
        let mut room = MOST_DISTINCT.saturating_sub(self.known.len());
        for (key, transaction) in report.stats.transactions() {
            let mut key = key.clone();
            if !self.known.contains_key(&key) {
                if room == 0 {
                    key.name = OTHER.into();
                }
                room = room.saturating_sub(1);
            }
            match measured.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(Cow::Borrowed(transaction));
                }
                Entry::Occupied(mut entry) => entry.get_mut().to_mut().merge(transaction),
            }
        }
        measured
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
        let measured = self.measured(report);
        for (key, transaction) in &measured {
            let known = self.known.entry(key.clone()).or_default();
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

#[cfg(test)]
mod tests {
    use engine::stats::{Outcome, Phases, Sample, Stats};

    use super::*;
    use crate::Header;

    fn report(second: u32) -> Report {
        let mut stats = Stats::default();
        for number in 0..1_000 {
            stats.record(&Sample {
                method: "GET",
                name: &format!("/{second}/{number}"),
                status: Some(200),
                elapsed: Duration::from_millis(1),
                from_intended: None,
                phases: Phases::default(),
                bytes: 1,
                outcome: Outcome::Passed,
                met: None,
            });
        }
        let at = UNIX_EPOCH + Duration::from_secs(second.into());
        Report { seconds: second..second + 1, at, users: 1, stats }
    }

    #[test]
    fn however_many_names_there_are_the_series_are_bounded_and_all_is_counted() {
        let mut datapoints = Datapoints::of(&Origin::of_run(Header::default(), "r"));
        for second in 1..5 {
            datapoints.report(&report(second));
        }
        assert_eq!(datapoints.known.len(), MOST_DISTINCT + 1);
        assert_eq!(datapoints.known.values().map(|known| known.total).sum::<u64>(), 4_000);
    }
}
