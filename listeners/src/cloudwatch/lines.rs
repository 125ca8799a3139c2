//! A line for each transaction, and one for the users.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use engine::{
    api::listed,
    stats::{Key, SEVERAL, Transaction},
};
use serde_json::{Map, Value, json};

use super::{
    dimension::{Dimension, Dimensions, Set},
    distribution::Distribution,
    namespace::Namespace,
};
use crate::{Origin, Report, message::Message, words::Words};

/// What is told of requests. Of their number CloudWatch makes rates, of their times percentiles.
const OF_REQUESTS: [(&str, &str); 3] =
    [("Requests", "Count"), ("Failures", "Count"), ("ResponseTime", "Milliseconds")];

/// What is told of users: their number times the seconds for which they were there. Divided by the
/// time, the sum of it is the number of users, of whatever time and however many generators.
const OF_USERS: [(&str, &str); 1] = [("UserSeconds", "Seconds")];

/// The most of a text that is only there to be searched for, in characters.
const LONGEST: usize = 1024;

/// Puts reports into lines.
pub(super) struct Lines {
    namespace: Namespace,
    dimensions: Dimensions,
    origin: Origin,
    apis: String,
}

impl Lines {
    pub(super) fn new(namespace: &Namespace, dimensions: &Dimensions, origin: &Origin) -> Self {
        let apis = listed(&origin.header.apis).chars().take(LONGEST).collect();
        Self {
            namespace: namespace.clone(),
            dimensions: dimensions.clone(),
            origin: origin.clone(),
            apis,
        }
    }

    /// A transaction counts as itself, and among all. One of several requests does not: they count
    /// themselves.
    fn transaction(&self, at: Duration, key: &Key, measured: &Transaction) -> Option<Message> {
        let mut sets = self.dimensions.of_transaction();
        if key.method != SEVERAL {
            sets.extend(self.dimensions.of_test());
        }
        let times = Distribution::of(&measured.latency)?;
        let values = [json!(measured.requests), json!(measured.failures), json!(times)];
        self.line(at, Some(key), &sets, &OF_REQUESTS, values)
    }

    fn users(&self, at: Duration, report: &Report) -> Option<Message> {
        let seconds = u64::from(report.users) * report.over().as_secs();
        self.line(at, None, &self.dimensions.of_test(), &OF_USERS, [json!(seconds)])
    }

    /// A line of metrics; none if they are in no set.
    fn line<const N: usize>(
        &self,
        at: Duration,
        key: Option<&Key>,
        sets: &[&Set],
        metrics: &[(&str, &str); N],
        values: [Value; N],
    ) -> Option<Message> {
        if sets.is_empty() {
            return None;
        }
        let names: Vec<Vec<_>> =
            sets.iter().map(|set| set.iter().map(|dimension| dimension.name()).collect()).collect();
        let definitions = metrics.map(|(name, unit)| json!({"Name": name, "Unit": unit}));
        let mut line = Map::new();
        line.insert(
            "_aws".into(),
            json!({
                "Timestamp": u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
                "CloudWatchMetrics": [{
                    "Namespace": self.namespace.as_str(),
                    "Dimensions": names,
                    "Metrics": definitions.to_vec(),
                }],
            }),
        );
        // What is no dimension can still be searched for.
        for dimension in Dimension::ALL {
            let value = dimension.value(&self.origin, key);
            line.extend(value.map(|value| (dimension.name().to_owned(), value.into())));
        }
        if !self.apis.is_empty() {
            line.insert("apis".into(), self.apis.clone().into());
        }
        let values = metrics.iter().map(|(name, _)| (*name).to_owned()).zip(values);
        line.extend(values);
        let body = Bytes::from(Value::Object(line).to_string() + "\n");
        let items = u64::try_from(N * sets.len()).unwrap_or(u64::MAX);
        Some(Message { path: "", body, items })
    }
}

impl Words for Lines {
    fn report(&mut self, report: &Report) -> Vec<Message> {
        // CloudWatch keeps minutes: by its beginning, a stretch counts to its own.
        let at = report.from().duration_since(UNIX_EPOCH).unwrap_or_default();
        let transactions = report.stats.transactions().into_iter();
        let transactions = transactions.filter_map(|(key, of)| self.transaction(at, key, of));
        transactions.chain(self.users(at, report)).collect()
    }
}
