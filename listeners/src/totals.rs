//! What was counted since a generator began.

use std::{collections::BTreeMap, time::SystemTime};

use engine::{
    stats::{Key, MOST_DISTINCT, OTHER, SEVERAL},
    trace::Traced,
};

use crate::{
    Report,
    classic::Classic,
    error_kind::error_kind,
    exponential::Exponential,
    metric::{Metric, Point, Value},
};

/// What was counted since a generator began: as much as a system can keep apart.
#[derive(Default)]
pub(crate) struct Totals {
    users: u32,
    hides_users: bool,
    dropped: Count,
    exceptions: Count,
    transactions: BTreeMap<Key, Counted>,
}

/// What was counted of a transaction.
#[derive(Default)]
struct Counted {
    requests: Count,
    bytes: Count,
    /// By kind of failure.
    failures: BTreeMap<String, Count>,
    times: Times,
}

/// A number that only rises.
#[derive(Clone, Copy, Default)]
pub(crate) struct Count {
    /// The number.
    pub(crate) value: u64,
    /// The instant at which it was 0; none if it still is.
    pub(crate) since: Option<SystemTime>,
}

/// Response times.
#[derive(Default)]
pub(crate) struct Times {
    /// In buckets that fit them.
    pub(crate) exponential: Exponential,
    /// In fixed buckets.
    pub(crate) classic: Classic,
    /// The instant at which there were none.
    pub(crate) since: Option<SystemTime>,
    /// Of the requests of the last stretch of time whose traces are kept, the slowest, and the
    /// stretch's end.
    pub(crate) slowest: Option<(Traced, SystemTime)>,
}

impl Totals {
    /// Adds what was measured in a stretch of time.
    pub(crate) fn add(&mut self, report: &Report) {
        let from = report.from();
        self.transactions.values_mut().for_each(|counted| counted.times.slowest = None);
        self.users = report.users;
        self.dropped.add(report.stats.dropped(), from);
        for (_, exception) in report.stats.exceptions() {
            self.exceptions.add(exception.count, from);
        }
        for (key, measured) in report.stats.transactions() {
            let own = self.counted(key.clone());
            own.requests.add(measured.requests, from);
            own.bytes.add(measured.bytes, from);
            own.times.exponential.add(&measured.latency);
            own.times.classic.add(&measured.latency);
            own.times.since.get_or_insert(from);
            own.times.slowest = measured.slowest.map(|slowest| (slowest, report.at));
        }
        for (failure, failed) in report.stats.failures() {
            let key = Key { method: failure.method.clone(), name: failure.name.clone() };
            let own = self.counted(key);
            let kind = error_kind(&failure.reason);
            own.failures.entry(kind).or_default().add(failed.count, from);
        }
    }

    /// What was counted of a transaction. A report has a bounded number of them, but each report of
    /// many generators may have others.
    fn counted(&mut self, mut key: Key) -> &mut Counted {
        if self.transactions.len() >= MOST_DISTINCT && !self.transactions.contains_key(&key) {
            key.name = OTHER.into();
        }
        self.transactions.entry(key).or_default()
    }

    /// Whether it is told how many users there are.
    pub(crate) fn tell_users(&mut self, is_told: bool) {
        self.hides_users = !is_told;
    }

    /// All of it, metric by metric. Those without points are left out.
    pub(crate) fn metrics(&self) -> Vec<Metric<'_>> {
        let single = |(key, _): &(&Key, &Counted)| key.method != SEVERAL;
        let (requests, several): (Vec<_>, Vec<_>) = self.transactions.iter().partition(single);
        let users = (!self.hides_users).then_some(Point::new(Value::Gauge(self.users)));
        let mut metrics = vec![
            Metric::users(users.into_iter().collect()),
            Metric::requests(points(&requests, |counted| Value::Sum(counted.requests))),
            Metric::failures(failures(&requests)),
            Metric::request_duration(points(&requests, |counted| Value::Times(&counted.times))),
            Metric::received(points(&requests, |counted| Value::Sum(counted.bytes))),
            Metric::transactions(points(&several, |counted| Value::Sum(counted.requests))),
            Metric::transaction_failures(failures(&several)),
            Metric::transaction_duration(points(&several, |counted| Value::Times(&counted.times))),
            Metric::dropped(vec![Point::new(Value::Sum(self.dropped))]),
            Metric::exceptions(vec![Point::new(Value::Sum(self.exceptions))]),
        ];
        for metric in &mut metrics {
            metric.points.retain(|point| point.value.is_measured());
        }
        metrics.retain(|metric| !metric.points.is_empty());
        metrics
    }
}

impl Count {
    fn add(&mut self, count: u64, from: SystemTime) {
        if count > 0 {
            self.value = self.value.saturating_add(count);
            self.since.get_or_insert(from);
        }
    }
}

fn points<'a>(
    transactions: &[(&'a Key, &'a Counted)],
    value: impl Fn(&'a Counted) -> Value<'a>,
) -> Vec<Point<'a>> {
    transactions.iter().map(|(key, counted)| Point::new(value(counted)).of(key)).collect()
}

fn failures<'a>(transactions: &[(&'a Key, &'a Counted)]) -> Vec<Point<'a>> {
    let failures = transactions.iter().flat_map(|(key, counted)| {
        let of_kind = |(kind, count): (&'a String, &Count)| Point {
            error_kind: Some(kind),
            ..Point::new(Value::Sum(*count)).of(key)
        };
        counted.failures.iter().map(of_kind)
    });
    failures.collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use engine::stats::{Outcome, Phases, Sample, Stats};

    use super::*;

    fn report(second: u32) -> Report {
        let mut stats = Stats::default();
        for number in 0..1_000 {
            stats.record(&Sample {
                method: "GET",
                name: &format!("/{second}/{number}"),
                status: Some(500),
                elapsed: Duration::from_millis(1),
                from_intended: None,
                phases: Phases::default(),
                bytes: 1,
                outcome: Outcome::Failed("no"),
                met: None,
            });
        }
        let at = UNIX_EPOCH + Duration::from_secs(second.into());
        Report { seconds: second..second + 1, at, users: 1, stats }
    }

    #[test]
    fn however_many_names_there_are_the_series_are_bounded_and_all_is_counted() {
        let mut totals = Totals::default();
        (1..5).for_each(|second| totals.add(&report(second)));
        assert_eq!(totals.transactions.len(), MOST_DISTINCT + 1);
        let requests: u64 = totals.transactions.values().map(|one| one.requests.value).sum();
        let failures = totals.transactions.values().flat_map(|one| one.failures.values());
        assert_eq!((requests, failures.map(|count| count.value).sum()), (4_000, 4_000_u64));
    }
}
