//! The system under test, as a job knows it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::secret::secrets;

/// Hosts, settings and test data of one environment. May hold secrets: it has no `Debug`, and
/// is never part of a plan, report or log.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Environment {
    /// The environment's name, such as `cs1`.
    pub name: String,
    /// What paths without a host are relative to, such as `https://cs1.example.org`.
    pub host: Option<String>,
    /// Everything else, for templates: `${env.a.b}`.
    pub data: Value,
}

impl Environment {
    /// The value at a dotted path, such as `hosts.shop` or `users.0.name`.
    pub fn get(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(&self.data, |value, key| match value {
            Value::Object(map) => map.get(key),
            Value::Array(list) => list.get(key.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The values that must not be shown: those under keys that name secrets.
    pub fn secrets(&self) -> Vec<&str> {
        secrets("", &self.data)
    }
}
