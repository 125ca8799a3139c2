//! What is written to Prometheus.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use engine::trace::Traced;
use prost::Message as _;

use super::{
    native::{Native, ZERO_THRESHOLD},
    series::{self, Label},
    wire::{self, MetricMetadata, MetricType, TimeSeries, WriteRequest},
};
use crate::{
    Origin, Report,
    message::Message,
    metric::{Metric, Point, Value},
    parting::Parting,
    totals::{Times, Totals},
    words::Words,
};

/// How many series a request has at most.
const TOGETHER: usize = 1_000;

/// The number that ends a series, of all that are none.
const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// What is written to Prometheus: totals, again and again. What is lost on the way is made up for
/// by what follows.
pub(super) struct Writing {
    identity: Vec<Label>,
    run: Vec<Label>,
    totals: Totals,
    has_native: bool,
    parting: Parting,
}

impl Writing {
    /// Of what an origin measures.
    pub(super) fn of(origin: &Origin, has_native: bool) -> Self {
        let (identity, run) = (series::identity(origin), series::of_run(origin));
        Self { identity, run, totals: Totals::default(), has_native, parting: Parting::default() }
    }

    /// All series at an instant; those that began at `from` with the zero that they began with.
    fn series(&self, at: SystemTime, from: Option<SystemTime>) -> Vec<TimeSeries> {
        let mut all = Vec::new();
        for metric in &self.totals.metrics() {
            let name = series::name(metric);
            for point in &metric.points {
                let began = from.filter(|from| point.value.since() == Some(*from)).map(millis);
                let writer = Writer { labels: self.labels(point), began, at: millis(at) };
                writer.write(&name, &point.value, self.has_native, &mut all);
            }
        }
        let info =
            Writer { labels: [&*self.identity, &self.run].concat(), began: None, at: millis(at) };
        all.push(info.number("target_info", 1.0));
        all
    }

    fn labels(&self, point: &Point<'_>) -> Vec<Label> {
        [&*self.identity, &series::of_point(point)].concat()
    }

    fn metadata(&self) -> Vec<MetricMetadata> {
        self.totals.metrics().iter().map(metadata).collect()
    }
}

impl Words for Writing {
    fn report(&mut self, report: &Report) -> Vec<Message> {
        self.totals.add(report);
        self.totals.tell_users(self.parting.note(report));
        messages(&self.series(report.at, Some(report.from())), self.metadata())
    }

    fn leave(&mut self, hands_over: bool) -> Vec<Message> {
        let Some(end) = self.parting.at(hands_over) else { return Vec::new() };
        self.totals.tell_users(true);
        let mut ended = self.series(end, None);
        for series in &mut ended {
            series.exemplars.clear();
            series.samples.iter_mut().for_each(|sample| sample.value = STALE);
            for histogram in &mut series.histograms {
                let timestamp = histogram.timestamp;
                *histogram = wire::Histogram { sum: STALE, timestamp, ..empty() };
            }
        }
        messages(&ended, Vec::new())
    }
}

/// Writes the series of a point.
struct Writer {
    labels: Vec<Label>,
    /// When it was 0, milliseconds since the Unix epoch; none if that was told.
    began: Option<i64>,
    /// Now, milliseconds since the Unix epoch.
    at: i64,
}

impl Writer {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn write(&self, name: &str, value: &Value<'_>, has_native: bool, to: &mut Vec<TimeSeries>) {
        match value {
            Value::Gauge(number) => to.push(self.number(name, f64::from(*number))),
            Value::Sum(count) => to.push(self.number(name, count.value as f64)),
            Value::Times(times) if has_native => to.push(self.native(name, times)),
            Value::Times(times) => self.classic(name, times, to),
        }
    }

    fn number(&self, name: &str, value: f64) -> TimeSeries {
        let zero = self.began.map(|timestamp| wire::Sample { value: 0.0, timestamp });
        let now = wire::Sample { value, timestamp: self.at };
        let samples = zero.into_iter().chain([now]).collect();
        TimeSeries { labels: self.named(name, None), samples, ..TimeSeries::default() }
    }

    fn native(&self, name: &str, times: &Times) -> TimeSeries {
        let Native { spans, deltas } = Native::of(&times.exponential);
        let now = wire::Histogram {
            count: Some(times.exponential.count()),
            sum: times.exponential.sum(),
            schema: times.exponential.scale(),
            zero_count: Some(times.exponential.zeros()),
            positive_spans: spans,
            positive_deltas: deltas,
            timestamp: self.at,
            ..empty()
        };
        let zero = self.began.map(|timestamp| wire::Histogram {
            schema: now.schema,
            timestamp,
            ..empty()
        });
        TimeSeries {
            labels: self.named(name, None),
            samples: Vec::new(),
            exemplars: times.slowest.map(exemplar).into_iter().collect(),
            histograms: zero.into_iter().chain([now]).collect(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn classic(&self, name: &str, times: &Times, to: &mut Vec<TimeSeries>) {
        let count = times.exponential.count();
        let buckets = times.classic.buckets().chain([("+Inf", count)]);
        let bucket = format!("{name}_bucket");
        for (bound, counted) in buckets {
            let labels = self.named(&bucket, Some(bound));
            // The slowest is in the last of them, whatever its time.
            let slowest = times.slowest.filter(|_| bound == "+Inf");
            let exemplars = slowest.map(exemplar).into_iter().collect();
            to.push(TimeSeries { labels, exemplars, ..self.number(&bucket, counted as f64) });
        }
        to.push(self.number(&format!("{name}_sum"), times.exponential.sum()));
        to.push(self.number(&format!("{name}_count"), count as f64));
    }

    /// The labels with the metric's name, sorted as Prometheus wants them.
    fn named(&self, name: &str, bound: Option<&str>) -> Vec<wire::Label> {
        let bound = bound.map(|bound| ("le".to_owned(), bound.to_owned()));
        let name = ("__name__".to_owned(), name.to_owned());
        let labels = self.labels.iter().cloned().chain(bound).chain([name]);
        let mut labels: Vec<_> = labels.map(|(name, value)| wire::Label { name, value }).collect();
        labels.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        labels
    }
}

/// The slowest of the requests whose traces are kept.
fn exemplar((Traced { elapsed, trace }, at): (Traced, SystemTime)) -> wire::Exemplar {
    let label = wire::Label { name: "trace_id".to_owned(), value: trace.to_string() };
    wire::Exemplar { labels: vec![label], value: elapsed.as_secs_f64(), timestamp: millis(at) }
}

fn empty() -> wire::Histogram {
    let (count, zero_count) = (Some(0), Some(0));
    wire::Histogram { count, zero_count, zero_threshold: ZERO_THRESHOLD, ..Default::default() }
}

fn metadata(metric: &Metric<'_>) -> MetricMetadata {
    let kind = match metric.points.first().map(|point| point.value) {
        Some(Value::Gauge(_)) => MetricType::Gauge,
        Some(Value::Sum(_)) => MetricType::Counter,
        Some(Value::Times(_)) => MetricType::Histogram,
        None => MetricType::Unknown,
    };
    MetricMetadata {
        kind: kind.into(),
        metric_family_name: series::name(metric),
        help: metric.help.to_owned(),
        unit: String::new(),
    }
}

/// Requests of bounded size; the first has the metadata.
fn messages(series: &[TimeSeries], mut metadata: Vec<MetricMetadata>) -> Vec<Message> {
    let requests = series.chunks(TOGETHER).map(|part| {
        let items: usize = part.iter().map(|one| one.samples.len() + one.histograms.len()).sum();
        let metadata = std::mem::take(&mut metadata);
        let request = WriteRequest { timeseries: part.to_vec(), metadata };
        Message { path: "", body: snappy(&request.encode_to_vec()), items: items as u64 }
    });
    requests.collect()
}

/// What is too large for Snappy, 4 GB, is not made here.
fn snappy(bytes: &[u8]) -> Bytes {
    snap::raw::Encoder::new().compress_vec(bytes).unwrap_or_default().into()
}

/// Milliseconds since the Unix epoch.
fn millis(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
