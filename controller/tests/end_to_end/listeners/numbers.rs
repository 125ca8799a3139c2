//! What systems are told adds up to what the report says.

#![allow(clippy::cast_precision_loss, reason = "tests count no further than thousands")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use controller::demo_api::DemoApi;
use serde_json::{Deserializer, Value};

use super::{
    collector::{Collector, attribute, metrics, number},
    delivery,
    fake::Fake,
    prometheus::Prometheus,
    taking,
};
use crate::support::{project::Project, python};

/// Numbers by method and name.
type Each = BTreeMap<(String, String), f64>;

/// Some requests fail, in more ways than one.
const SCENARIO: &str = r"
users:
  User:
    wait_time: {constant: 20ms}
    tasks:
      all:
        - get: /health
        - get: /status/random
        - get: {path: /products/1000, name: missing}
        - post: {path: /login, json: {user: a, password: secret}}
";

/// All who were told of a run, and its report.
struct Told {
    report: Value,
    /// `SignalFx` and Splunk.
    fake: Fake,
    /// `OpenTelemetry`'s requests.
    otlp: Vec<Value>,
    /// None where it is not installed.
    prometheus: Option<Prometheus>,
}

impl Told {
    /// Of three intervals, in the last of which the users go.
    fn of(logging: &str, stats_interval: u32) -> Self {
        let (api, fake) = (DemoApi::spawn().unwrap(), taking());
        let collector = Collector::start(&python());
        let prometheus = Prometheus::start(&["--enable-feature=native-histograms"], &[]);
        let (url, otlp) = (fake.url(), &collector.endpoint);
        let write = prometheus.as_ref().map_or(format!("{url}/write"), Prometheus::remote_write);
        let credentials = format!(
            "stats_interval: {stats_interval}
sfx: {{ingest: '{url}', token: a}}
splunk: {{host: '{url}', token: a}}
otlp: {{endpoint: '{otlp}'}}
prometheus: {{remote_write: '{write}'}}
"
        );
        let logging = format!("listeners: [Sfx, Splunk, Otlp, Prometheus], {logging}");
        let report = Project::new()
            .host(format!("http://{}", api.addr()))
            .scenario(SCENARIO)
            .runner("clients", 4)
            .runner("hatch_rate", 4)
            .runner("duration", "5s")
            .heard_by(&logging, &credentials)
            .run(["--interval", "2s"])
            .expect_code(0)
            .report();
        for listener in ["Sfx", "Splunk", "Otlp", "Prometheus"] {
            let (sent, lost, trouble) = delivery(&report, listener);
            assert!(sent > 0 && lost == 0, "{listener}: {sent} sent, {lost} lost, {trouble:?}");
        }
        Self { report, fake, otlp: collector.told(), prometheus }
    }

    /// A number of each transaction of the report; those without are left out.
    fn reported(&self, number: impl Fn(&Value) -> f64) -> Each {
        let all = self.report["transactions"].as_array().unwrap().iter();
        let each = all.map(|one| (key(&one["method"], &one["name"]), number(one)));
        each.filter(|(_, number)| *number > 0.0).collect()
    }

    fn requests(&self) -> Each {
        self.reported(|one| one["requests"].as_f64().unwrap())
    }

    fn failures(&self) -> Each {
        self.reported(|one| one["failures"].as_f64().unwrap())
    }

    /// Splunk's events of a kind.
    fn events(&self, kind: &str) -> Vec<Value> {
        let asked = self.fake.asked().into_iter();
        let texts = asked.filter(|asked| asked.path.starts_with("/services/collector"));
        let events = texts.flat_map(|asked| {
            let text = asked.text();
            Deserializer::from_str(&text).into_iter().map(Result::unwrap).collect::<Vec<Value>>()
        });
        let events = events.map(|event| event["event"].clone());
        events.filter(|event| event["kind"] == kind).collect()
    }

    /// `SignalFx`'s datapoints.
    fn points(&self) -> Vec<Value> {
        let asked = self.fake.asked().into_iter().filter(|asked| asked.path == "/v2/datapoint");
        let points = asked.map(|asked| serde_json::from_str::<Value>(&asked.text()).unwrap());
        points.flat_map(|body| body["gauge"].as_array().unwrap().clone()).collect()
    }

    /// What `SignalFx` was told of a metric, added up.
    fn gauges(&self, metric: &str) -> Each {
        let points = self.points().into_iter().filter(|point| point["metric"] == metric);
        added(points.map(|point| {
            let dimensions = &point["dimensions"];
            let key = key(&dimensions["method"], &dimensions["request_name"]);
            (key, point["value"].as_f64().unwrap())
        }))
    }

    /// The last points of a metric of each generator: they tell all since it began.
    fn last(&self, metric: &str, data: &str) -> Vec<Value> {
        let mut last = BTreeMap::new();
        for told in &self.otlp {
            let resource = &told["request"]["resource_metrics"][0]["resource"];
            let of = metrics(told).iter().filter(|found| found["name"] == metric);
            for point in of.flat_map(|found| found[data]["data_points"].as_array().unwrap()) {
                let series = (of_resource(resource), point["attributes"].to_string());
                let (at, is_newer) =
                    (number(&point["time_unix_nano"]), |(before, _): &(u64, _)| *before);
                if last.get(&series).map(is_newer).is_none_or(|before| before < at) {
                    last.insert(series, (at, point.clone()));
                }
            }
        }
        last.into_values().map(|(_, point)| point).collect()
    }

    fn counted(&self, metric: &str) -> Each {
        let points = self.last(metric, "sum");
        added(points.iter().map(|point| (point_key(point), number(&point["as_int"]) as f64)))
    }

    /// The generators that told `OpenTelemetry` something.
    fn instances(&self) -> BTreeSet<String> {
        let resources =
            self.otlp.iter().map(|told| &told["request"]["resource_metrics"][0]["resource"]);
        resources.map(of_resource).collect()
    }

    /// What Prometheus has, by transaction; the markers at its series' ends do not count.
    fn stored(&self, query: &str) -> Option<Each> {
        let now = SystemTime::now() + Duration::from_secs(5);
        let query = format!("sum by (method, transaction) ({query})");
        let found = self.prometheus.as_ref()?.query(&query, now).into_iter();
        let of = |(labels, number): (Value, f64)| {
            (key(&labels["method"], &labels["transaction"]), number)
        };
        Some(found.map(of).collect())
    }

    /// What Prometheus had last of the histograms of each generator: it looks back at no more than
    /// one, so it is asked of each instant of which it was told.
    fn histograms(&self, function: &str) -> Each {
        let start = Duration::from_millis(self.report["run"]["started_epoch_ms"].as_u64().unwrap());
        let mut last = BTreeMap::new();
        for second in 1..10 {
            let at = UNIX_EPOCH + start + Duration::from_secs(second);
            let query = format!("{function}(loadtest_request_duration_seconds)");
            for (labels, number) in self.prometheus.as_ref().unwrap().query(&query, at) {
                let key = key(&labels["method"], &labels["transaction"]);
                last.insert((labels["instance"].to_string(), key), number);
            }
        }
        added(last.into_iter().map(|((_, key), number)| (key, number)))
    }

    /// Counts of all systems are the report's.
    fn counts_agree(&self) {
        let (requests, failures) = (self.requests(), self.failures());
        assert_eq!((requests.len(), failures.len()), (4, 2), "{requests:?}, {failures:?}");
        let received = self.reported(|one| one["bytes"].as_f64().unwrap());
        let seconds = self.reported(|one| {
            one["latency"]["mean_ms"].as_f64().unwrap() * one["requests"].as_f64().unwrap() / 1e3
        });

        let splunk = self.events("failures").into_iter();
        let splunk = splunk.map(|said| {
            (key(&said["method"], &said["transaction"]), said["count"].as_f64().unwrap())
        });
        assert_eq!(added(splunk), failures);

        assert_eq!(self.counted("loadtest.requests"), requests);
        assert_eq!(self.counted("loadtest.failures"), failures);
        assert_eq!(self.counted("loadtest.received"), received);
        let histograms = self.last("loadtest.request.duration", "exponential_histogram");
        let each = |number: &dyn Fn(&Value) -> f64| {
            added(histograms.iter().map(|point| (point_key(point), number(point))))
        };
        assert_eq!(each(&|point| number(&point["count"]) as f64), requests);
        near(&each(&|point| point["sum"].as_f64().unwrap()), &seconds);

        let count = |metric: &str| self.stored(&format!("max_over_time({metric}[10m])"));
        let Some(stored) = count("loadtest_requests_total") else { return };
        assert_eq!(stored, requests);
        assert_eq!(count("loadtest_failures_total").unwrap(), failures);
        assert_eq!(count("loadtest_received_bytes_total").unwrap(), received);
        assert_eq!(self.histograms("histogram_count"), requests);
        near(&self.histograms("histogram_sum"), &seconds);
    }
}

fn key(method: &Value, name: &Value) -> (String, String) {
    (method.as_str().unwrap().to_owned(), name.as_str().unwrap().to_owned())
}

fn point_key(point: &Value) -> (String, String) {
    let of = |name| attribute(point, name)["string_value"].clone();
    key(&of("http.request.method"), &of("transaction"))
}

fn of_resource(resource: &Value) -> String {
    attribute(resource, "service.instance.id")["string_value"].as_str().unwrap().to_owned()
}

fn added(numbers: impl Iterator<Item = ((String, String), f64)>) -> Each {
    let mut all = Each::new();
    for (key, number) in numbers {
        *all.entry(key).or_default() += number;
    }
    all
}

#[track_caller]
fn near(found: &Each, expected: &Each) {
    assert!(found.keys().eq(expected.keys()), "{found:?}, not {expected:?}");
    for (key, expected) in expected {
        let off = (found[key] / expected - 1.0).abs();
        assert!(off < 1e-9, "{key:?}: {}, not {expected}", found[key]);
    }
}

/// Different values of a dimension.
fn values(points: &[Value], dimension: &str) -> BTreeSet<String> {
    points.iter().map(|point| point["dimensions"][dimension].to_string()).collect()
}

#[test]
fn what_generators_tell_adds_up_to_the_report() {
    let told = Told::of("final_stats: false", 1);
    told.counts_agree();
    // An interval after the other, each with a generator of its own.
    assert_eq!(told.report["generators"].as_array().unwrap().len(), 3);
    assert_eq!(told.instances().len(), 3);
    // Each report is of one second, so that what happens in it is its rate.
    near(&told.gauges("locust.rps"), &told.requests());
    assert_eq!(values(&told.points(), "generator"), ["\"0\"".to_owned()].into());
    // Of the first ten a second all is told, and said how many those were.
    let failures = told.events("failures");
    let in_detail: u64 = failures.iter().map(|said| said["in_detail"].as_u64().unwrap()).sum();
    let requests = told.events("failed_request").len();
    assert!(requests > 10, "{requests}");
    assert_eq!(in_detail, requests as u64);
    for (kind, count) in [("test_start", 1), ("test_stop", 1)] {
        assert_eq!(told.events(kind).len(), count, "{kind}");
    }
}

#[test]
fn what_the_controller_tells_is_one_series_of_all() {
    let told = Told::of("emit_from: controller", 1);
    told.counts_agree();
    assert_eq!(told.report["generators"].as_array().unwrap().len(), 3);
    assert_eq!(told.instances().len(), 1);
    let points = told.points();
    for dimension in ["generator", "region"] {
        assert_eq!(values(&points, dimension), ["\"all\"".to_owned()].into(), "{dimension}");
    }
    near(&told.gauges("locust.rps"), &told.requests());
    // Nothing is told twice of an instant.
    let instants: BTreeSet<_> = points
        .iter()
        .map(|point| {
            [&point["metric"], &point["timestamp"], &point["dimensions"]].map(Value::to_string)
        })
        .collect();
    assert_eq!(instants.len(), points.len());
    assert!(told.events("failed_request").is_empty());
    for (kind, count) in [("test_start", 1), ("test_stop", 1)] {
        assert_eq!(told.events(kind).len(), count, "{kind}");
    }
}

#[test]
fn percentiles_of_the_whole_are_those_of_the_report() {
    let told = Told::of("emit_from: controller, final_stats: true", 1);
    told.counts_agree();
    assert_eq!(told.gauges("locust.total"), told.requests());
    assert_eq!(
        told.gauges("locust.failed").into_iter().filter(|(_, n)| *n > 0.0).collect::<Each>(),
        told.failures()
    );
    for percentile in ["50", "95", "99"] {
        let told_of = told.gauges(&format!("locust.p{percentile}_response_time"));
        let reported =
            told.reported(|one| one["latency"]["percentiles_ms"][percentile].as_f64().unwrap());
        near(&told_of, &reported);
    }
    // The report's mean is finer than a microsecond.
    for (key, mean) in told.reported(|one| one["latency"]["mean_ms"].as_f64().unwrap()) {
        let found = told.gauges("locust.avg_response_time")[&key];
        assert!((found - mean).abs() <= 0.001, "{key:?}: {found}, not {mean}");
    }
    let points = told.points();
    let instants: BTreeSet<_> = points.iter().map(|point| point["timestamp"].as_u64()).collect();
    assert_eq!(instants.len(), 1);
    // It is of the test's end.
    let start = told.report["run"]["started_epoch_ms"].as_u64().unwrap();
    let end = instants.into_iter().next().unwrap().unwrap();
    assert!((4_000..8_000).contains(&(end - start)), "{start} {end}");
}
