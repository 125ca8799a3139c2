//! How a run ended.

use engine::listener::Delivery;
use serde::{Deserialize, Serialize};

use crate::threshold::Aborted;

/// How a run ended, and what is to be said about it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct End {
    /// How.
    pub how: Ending,
    /// What happened, as sentences: lost generators, a throttled invocation, ..
    pub messages: Vec<String>,
    /// The threshold that ended it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aborted: Option<Aborted>,
    /// What became of what the controller told listeners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Delivery>,
}

impl End {
    /// An end that no threshold brought about.
    pub fn new(how: Ending, messages: Vec<String>) -> Self {
        Self { how, messages, aborted: None, deliveries: Vec::new() }
    }
}

/// The ways in which a run ends. One that was killed has no time to say so.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All intervals ran.
    Completed,
    /// Its user stopped it.
    Interrupted,
    /// A threshold was crossed that ends a run.
    Aborted,
    /// Something broke.
    Failed,
}
