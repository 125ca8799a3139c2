//! What is told in OpenTelemetry's words.

use std::time::{SystemTime, UNIX_EPOCH};

use engine::trace::Traced;
use prost::Message as _;

use super::{
    Temporality,
    wire::{
        AggregationTemporality, AnyKind, AnyValue, Buckets, Data, Exemplar, ExponentialHistogram,
        ExponentialPoint, ExportRequest, Gauge, KeyValue, Metric, NumberPoint, Resource,
        ResourceMetrics, Scope, ScopeMetrics, Sum,
    },
};
use crate::{
    Origin, Report,
    exponential::Exponential,
    message::Message,
    metric::{self, Point, Value},
    parting::Parting,
    post::gzip,
    totals::{Times, Totals},
    words::Words,
};

/// How many points a request has at most.
const TOGETHER: usize = 1_000;

/// A point's flag that there is nothing more to tell of its series.
const NO_RECORDED_VALUE: u32 = 1;

/// What is told in OpenTelemetry's words.
pub(super) struct Exporting {
    resource: Resource,
    /// What all points have: what would be lost where a resource is not made labels of.
    identity: Vec<KeyValue>,
    temporality: Temporality,
    totals: Totals,
    parting: Parting,
}

impl Exporting {
    /// Of what an origin measures.
    pub(super) fn of(origin: &Origin, temporality: Temporality) -> Self {
        let region = origin.region.as_deref().unwrap_or_default();
        let identity = texts(&[
            ("test", &origin.header.test),
            ("env", &origin.header.env),
            ("region", region),
        ]);
        let (totals, parting) = (Totals::default(), Parting::default());
        Self { resource: resource(origin), identity, temporality, totals, parting }
    }

    /// Points of a metric at an instant.
    fn metric(&self, metric: &metric::Metric<'_>, points: &[Point<'_>], at: SystemTime) -> Metric {
        let temporality = AggregationTemporality::from(self.temporality).into();
        let (mut numbers, mut histograms) = (Vec::new(), Vec::new());
        for point in points {
            match point.value {
                Value::Times(times) => histograms.push(self.histogram(point, times, at)),
                Value::Gauge(number) => numbers.push(self.number(point, number.into(), at)),
                Value::Sum(count) => {
                    let value = i64::try_from(count.value).unwrap_or(i64::MAX);
                    numbers.push(self.number(point, value, at));
                }
            }
        }
        let data = match points.first().map(|point| point.value) {
            Some(Value::Gauge(_)) | None => Data::Gauge(Gauge { data_points: numbers }),
            Some(Value::Sum(_)) => {
                Data::Sum(Sum { data_points: numbers, temporality, is_monotonic: true })
            }
            Some(Value::Times(_)) => {
                Data::Exponential(ExponentialHistogram { data_points: histograms, temporality })
            }
        };
        described(metric, data)
    }

    fn number(&self, point: &Point<'_>, value: i64, at: SystemTime) -> NumberPoint {
        NumberPoint {
            start_time_unix_nano: point.value.since().map_or(0, nanos),
            time_unix_nano: nanos(at),
            as_int: Some(value),
            attributes: self.attributes(point),
            flags: 0,
        }
    }

    fn histogram(&self, point: &Point<'_>, times: &Times, at: SystemTime) -> ExponentialPoint {
        let histogram = &times.exponential;
        let range = histogram.range();
        ExponentialPoint {
            attributes: self.attributes(point),
            start_time_unix_nano: times.since.map_or(0, nanos),
            time_unix_nano: nanos(at),
            count: histogram.count(),
            sum: Some(histogram.sum()),
            scale: histogram.scale(),
            zero_count: histogram.zeros(),
            positive: buckets(histogram),
            exemplars: times.slowest.map(exemplar).into_iter().collect(),
            min: range.map(|(min, _)| min.as_secs_f64()),
            max: range.map(|(_, max)| max.as_secs_f64()),
        }
    }

    fn attributes(&self, point: &Point<'_>) -> Vec<KeyValue> {
        let own = texts(&[
            ("transaction", point.transaction.unwrap_or_default()),
            ("http.request.method", point.method.unwrap_or_default()),
            ("error.type", point.error_kind.unwrap_or_default()),
        ]);
        [&*self.identity, &own].concat()
    }

    /// A request with metrics that have so many points together.
    fn message(&self, metrics: Vec<Metric>, points: usize) -> Message {
        let name = env!("CARGO_PKG_NAME").to_owned();
        let scope = Scope { name, version: env!("CARGO_PKG_VERSION").to_owned() };
        let scope_metrics = vec![ScopeMetrics { scope: Some(scope), metrics }];
        let resource = Some(self.resource.clone());
        let resource_metrics = vec![ResourceMetrics { resource, scope_metrics }];
        let request = ExportRequest { resource_metrics };
        Message { path: "", body: gzip(&request.encode_to_vec()), items: points as u64 }
    }
}

impl Words for Exporting {
    fn report(&mut self, report: &Report) -> Vec<Message> {
        if self.temporality == Temporality::Delta {
            self.totals = Totals::default();
        }
        self.totals.add(report);
        self.totals.tell_users(self.parting.note(report));
        let (mut messages, mut together, mut points) = (Vec::new(), Vec::new(), 0);
        for metric in self.totals.metrics() {
            for part in metric.points.chunks(TOGETHER) {
                if points + part.len() > TOGETHER {
                    messages.push(self.message(std::mem::take(&mut together), points));
                    points = 0;
                }
                together.push(self.metric(&metric, part, report.at));
                points += part.len();
            }
        }
        messages.push(self.message(together, points));
        messages
    }

    /// Tells that there are no users here any more: numbers that only rise need no end.
    fn leave(&mut self, hands_over: bool) -> Vec<Message> {
        let Some(at) = self.parting.at(hands_over) else { return Vec::new() };
        let users = metric::Metric::users(Vec::new());
        let ended = NumberPoint {
            time_unix_nano: nanos(at),
            attributes: self.identity.clone(),
            flags: NO_RECORDED_VALUE,
            ..NumberPoint::default()
        };
        let data = Data::Gauge(Gauge { data_points: vec![ended] });
        vec![self.message(vec![described(&users, data)], 1)]
    }
}

impl From<Temporality> for AggregationTemporality {
    fn from(temporality: Temporality) -> Self {
        match temporality {
            Temporality::Cumulative => Self::Cumulative,
            Temporality::Delta => Self::Delta,
        }
    }
}

fn described(metric: &metric::Metric<'_>, data: Data) -> Metric {
    Metric {
        name: metric.name.to_owned(),
        description: metric.help.to_owned(),
        unit: metric.unit.to_owned(),
        data: Some(data),
    }
}

/// All buckets from the first to the last that counted something.
fn buckets(histogram: &Exponential) -> Option<Buckets> {
    let (first, last) = histogram.span()?;
    let at = |index: i32| usize::try_from(index - first).unwrap_or_default();
    let mut bucket_counts = vec![0; at(last) + 1];
    for (index, times) in histogram.buckets() {
        bucket_counts[at(index)] = times;
    }
    Some(Buckets { offset: first, bucket_counts })
}

fn resource(origin: &Origin) -> Resource {
    let header = &origin.header;
    let mut attributes = texts(&[
        ("service.name", "loadtest"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", &origin.instance),
        ("deployment.environment.name", &header.env),
        ("loadtest.test", &header.test),
        ("loadtest.description", &header.description),
        ("loadtest.run", &origin.run),
        ("loadtest.region", origin.region.as_deref().unwrap_or_default()),
    ]);
    let generator = origin.generator.map(|generator| AnyKind::Number(generator.into()));
    attributes.extend(generator.map(|number| attribute("loadtest.generator".into(), number)));
    for api in &header.apis {
        let version = api.version.clone().unwrap_or_else(|| "unknown".into());
        let key = format!("loadtest.api.{}.version", api.name);
        attributes.push(attribute(key, AnyKind::Text(version)));
    }
    Resource { attributes }
}

/// Attributes; one without a value is none.
fn texts(attributes: &[(&str, &str)]) -> Vec<KeyValue> {
    let attributes = attributes.iter().filter(|(_, value)| !value.is_empty());
    let text = |(key, value): &(&str, &str)| {
        attribute((*key).to_owned(), AnyKind::Text((*value).to_owned()))
    };
    attributes.map(text).collect()
}

fn attribute(key: String, value: AnyKind) -> KeyValue {
    KeyValue { key, value: Some(AnyValue { value: Some(value) }) }
}

/// Nanoseconds since the Unix epoch.
fn nanos(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// The slowest of the requests whose traces are kept.
fn exemplar((Traced { elapsed, trace }, at): (Traced, SystemTime)) -> Exemplar {
    Exemplar {
        time_unix_nano: nanos(at),
        as_double: Some(elapsed.as_secs_f64()),
        trace_id: trace.bytes().to_vec(),
    }
}
