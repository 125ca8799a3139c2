//! What a server answered, and what a report says of it. Names of requests are routes.

use std::collections::BTreeMap;

use controller::demo_api::Running;
use serde_json::Value;

/// Counts by method, route and status.
pub(crate) type Counts = BTreeMap<(String, String, u64), u64>;

/// What a server answered.
pub(crate) fn served(api: &Running) -> Counts {
    let counts = api.counters().counts().into_iter();
    counts.map(|c| ((c.method, c.route, c.status.into()), c.count)).collect()
}

/// What a report says of that.
pub(crate) fn reported(report: &Value) -> Counts {
    let of = |transaction: &Value| {
        let text = |key: &str| transaction[key].as_str().unwrap().to_owned();
        let statuses = transaction["statuses"].as_object().unwrap().clone();
        let (method, name) = (text("method"), text("name"));
        statuses.into_iter().map(move |(status, count)| {
            let key = (method.clone(), name.clone(), status.parse().unwrap());
            (key, count.as_u64().unwrap())
        })
    };
    report["transactions"].as_array().unwrap().iter().flat_map(of).collect()
}
