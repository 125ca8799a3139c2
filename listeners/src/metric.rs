//! The metrics, as OpenTelemetry and Prometheus have them.

use std::time::SystemTime;

use engine::stats::{Key, SEVERAL};

use crate::totals::{Count, Times};

/// A metric, and all its points at an instant.
pub(crate) struct Metric<'a> {
    /// Its name, as OpenTelemetry writes it.
    pub(crate) name: &'static str,
    /// Its unit, as UCUM writes it.
    pub(crate) unit: &'static str,
    /// What it says.
    pub(crate) help: &'static str,
    pub(crate) points: Vec<Point<'a>>,
}

/// A value, and what it is of.
#[derive(Clone, Copy)]
pub(crate) struct Point<'a> {
    /// The transaction's name.
    pub(crate) transaction: Option<&'a str>,
    /// Its method, if it is one request.
    pub(crate) method: Option<&'a str>,
    /// The kind of failure.
    pub(crate) error_kind: Option<&'a str>,
    pub(crate) value: Value<'a>,
}

/// What a point tells.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// A number that rises and falls.
    Gauge(u32),
    /// A number that only rises.
    Sum(Count),
    /// A distribution of times, which only grows.
    Times(&'a Times),
}

impl Value<'_> {
    /// The instant at which it was nothing; none if it is nothing still, or always was something.
    pub(crate) fn since(&self) -> Option<SystemTime> {
        match self {
            Self::Gauge(_) => None,
            Self::Sum(count) => count.since,
            Self::Times(times) => times.since,
        }
    }

    /// Whether there is something to tell.
    pub(crate) fn is_measured(&self) -> bool {
        matches!(self, Self::Gauge(_)) || self.since().is_some()
    }
}

impl<'a> Point<'a> {
    /// A value of everything.
    pub(crate) fn new(value: Value<'a>) -> Self {
        Self { transaction: None, method: None, error_kind: None, value }
    }

    /// The same of a transaction.
    pub(crate) fn of(self, key: &'a Key) -> Self {
        let method = (key.method != SEVERAL).then_some(&*key.method);
        Self { transaction: Some(&key.name), method, ..self }
    }
}

/// Makes a constructor of each metric.
macro_rules! metrics {
    ($($constructor:ident: $name:literal, $unit:literal, $help:literal;)*) => {
        impl<'a> Metric<'a> {
            $(
                #[doc = $help]
                pub(crate) fn $constructor(points: Vec<Point<'a>>) -> Self {
                    Self { name: $name, unit: $unit, help: $help, points }
                }
            )*
        }
    };
}

metrics! {
    users: "loadtest.users", "{user}", "Virtual users that run.";
    requests: "loadtest.requests", "{request}", "Requests, failed ones included.";
    failures: "loadtest.failures", "{request}", "Requests that failed, by kind of failure.";
    request_duration: "loadtest.request.duration", "s", "Response times of requests.";
    received: "loadtest.received", "By", "Bytes of response bodies as they came over the wire.";
    transactions: "loadtest.transactions", "{transaction}",
        "Transactions of several requests, failed ones included.";
    transaction_failures: "loadtest.transaction.failures", "{transaction}",
        "Transactions of several requests that failed.";
    transaction_duration: "loadtest.transaction.duration", "s",
        "Durations of transactions of several requests.";
    dropped: "loadtest.dropped", "{arrival}", "Arrivals that found all users of their pool busy.";
    exceptions: "loadtest.exceptions", "{exception}", "Errors of tasks themselves, not of requests.";
}
