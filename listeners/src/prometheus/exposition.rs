//! The metrics as Prometheus reads them when it asks: as text, or as its client's protobuf, which
//! has native histograms too.

use std::{
    fmt::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use prost::Message;

use super::{
    native::{Native, ZERO_THRESHOLD},
    series::{self, Label},
    wire::BucketSpan,
};
use crate::{
    metric::{Metric, Point, Value},
    totals::Times,
};

pub(super) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
pub(super) const PROTOBUF: &str = "application/vnd.google.protobuf; \
                                   proto=io.prometheus.client.MetricFamily; encoding=delimited";

/// As text; `common` is what all series have.
pub(super) fn text(metrics: &[Metric<'_>], common: &[Label]) -> String {
    let mut text = String::new();
    for metric in metrics {
        let name = series::name(metric);
        let kind = match metric.points.first().map(|point| point.value) {
            Some(Value::Gauge(_)) => "gauge",
            Some(Value::Sum(_)) => "counter",
            Some(Value::Times(_)) => "histogram",
            None => "untyped",
        };
        // A string takes everything.
        let _ = write!(text, "# HELP {name} {}\n# TYPE {name} {kind}\n", metric.help);
        for point in &metric.points {
            let labels = [common, &series::of_point(point)].concat();
            lines(&mut text, &name, &labels, &point.value);
        }
    }
    text
}

fn lines(text: &mut String, name: &str, labels: &[Label], value: &Value<'_>) {
    let mut line = |suffix: &str, bound: Option<&str>, value: &dyn std::fmt::Display| {
        let bound = bound.map(|bound| ("le".to_owned(), bound.to_owned()));
        let labels = labels.iter().cloned().chain(bound);
        let labels: Vec<_> =
            labels.map(|(name, value)| format!("{name}=\"{}\"", escaped(&value))).collect();
        let _ = writeln!(text, "{name}{suffix}{{{}}} {value}", labels.join(","));
    };
    match value {
        Value::Gauge(number) => line("", None, number),
        Value::Sum(count) => line("", None, &count.value),
        Value::Times(times) => {
            let count = times.exponential.count();
            for (bound, times) in times.classic.buckets().chain([("+Inf", count)]) {
                line("_bucket", Some(bound), &times);
            }
            line("_sum", None, &times.exponential.sum());
            line("_count", None, &count);
        }
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"")
}

/// As protobuf; `common` is what all series have.
pub(super) fn protobuf(metrics: &[Metric<'_>], common: &[Label]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for metric in metrics {
        let kind = match metric.points.first().map(|point| point.value) {
            Some(Value::Gauge(_)) => MetricType::Gauge,
            Some(Value::Times(_)) => MetricType::Histogram,
            Some(Value::Sum(_)) | None => MetricType::Counter,
        };
        let family = MetricFamily {
            name: Some(series::name(metric)),
            help: Some(metric.help.to_owned()),
            kind: Some(kind.into()),
            metric: metric.points.iter().map(|point| ClientMetric::of(point, common)).collect(),
        };
        // A vector takes everything.
        let _ = family.encode_length_delimited(&mut bytes);
    }
    bytes
}

/// `io/prometheus/client/metrics.proto`. It is of protobuf's second version: all is optional, and
/// what is there is written.
#[derive(Clone, Message, PartialEq)]
struct MetricFamily {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "2")]
    help: Option<String>,
    #[prost(enumeration = "MetricType", optional, tag = "3")]
    kind: Option<i32>,
    #[prost(message, repeated, tag = "4")]
    metric: Vec<ClientMetric>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, prost::Enumeration)]
#[repr(i32)]
enum MetricType {
    Counter = 0,
    Gauge = 1,
    Histogram = 4,
}

#[derive(Clone, Message, PartialEq)]
struct ClientMetric {
    #[prost(message, repeated, tag = "1")]
    label: Vec<LabelPair>,
    #[prost(message, optional, tag = "2")]
    gauge: Option<Gauge>,
    #[prost(message, optional, tag = "3")]
    counter: Option<Counter>,
    #[prost(message, optional, tag = "7")]
    histogram: Option<Histogram>,
}

#[derive(Clone, Message, PartialEq)]
struct LabelPair {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(string, optional, tag = "2")]
    value: Option<String>,
}

#[derive(Clone, Copy, Message, PartialEq)]
struct Gauge {
    #[prost(double, optional, tag = "1")]
    value: Option<f64>,
}

#[derive(Clone, Copy, Message, PartialEq)]
struct Counter {
    #[prost(double, optional, tag = "1")]
    value: Option<f64>,
    #[prost(message, optional, tag = "3")]
    created: Option<Timestamp>,
}

#[derive(Clone, Message, PartialEq)]
struct Histogram {
    #[prost(uint64, optional, tag = "1")]
    sample_count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    sample_sum: Option<f64>,
    #[prost(message, repeated, tag = "3")]
    bucket: Vec<Bucket>,
    #[prost(sint32, optional, tag = "5")]
    schema: Option<i32>,
    #[prost(double, optional, tag = "6")]
    zero_threshold: Option<f64>,
    #[prost(uint64, optional, tag = "7")]
    zero_count: Option<u64>,
    #[prost(message, repeated, tag = "12")]
    positive_span: Vec<BucketSpan>,
    #[prost(sint64, repeated, packed = "false", tag = "13")]
    positive_delta: Vec<i64>,
    #[prost(message, optional, tag = "15")]
    created: Option<Timestamp>,
}

#[derive(Clone, Copy, Message, PartialEq)]
struct Bucket {
    #[prost(uint64, optional, tag = "1")]
    cumulative_count: Option<u64>,
    #[prost(double, optional, tag = "2")]
    upper_bound: Option<f64>,
}

/// `google/protobuf/timestamp.proto`.
#[derive(Clone, Copy, Eq, Message, PartialEq)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl ClientMetric {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn of(point: &Point<'_>, common: &[Label]) -> Self {
        let labels = common.iter().cloned().chain(series::of_point(point));
        let label = labels.map(|(name, value)| LabelPair { name: Some(name), value: Some(value) });
        let created = point.value.since().map(Timestamp::of);
        let mut metric = Self { label: label.collect(), ..Self::default() };
        match point.value {
            Value::Gauge(number) => metric.gauge = Some(Gauge { value: Some(number.into()) }),
            Value::Sum(count) => {
                metric.counter = Some(Counter { value: Some(count.value as f64), created });
            }
            Value::Times(times) => metric.histogram = Some(Histogram::of(times, created)),
        }
        metric
    }
}

impl Histogram {
    /// With both kinds of buckets: who reads it takes what it knows.
    fn of(times: &Times, created: Option<Timestamp>) -> Self {
        let Native { spans, deltas } = Native::of(&times.exponential);
        let bucket = |(bound, times): (&str, u64)| Bucket {
            cumulative_count: Some(times),
            upper_bound: bound.parse().ok(),
        };
        Self {
            sample_count: Some(times.exponential.count()),
            sample_sum: Some(times.exponential.sum()),
            bucket: times.classic.buckets().map(bucket).collect(),
            schema: Some(times.exponential.scale()),
            zero_threshold: Some(ZERO_THRESHOLD),
            zero_count: Some(times.exponential.zeros()),
            positive_span: spans,
            positive_delta: deltas,
            created,
        }
    }
}

impl Timestamp {
    fn of(at: SystemTime) -> Self {
        let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let nanos = i32::try_from(since.subsec_nanos()).unwrap_or_default();
        Self { seconds: i64::try_from(since.as_secs()).unwrap_or_default(), nanos }
    }
}
