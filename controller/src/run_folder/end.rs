//! How a run ended.

use serde::{Deserialize, Serialize};

/// How a run ended, and what is to be said about it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct End {
    /// How.
    pub how: Ending,
    /// What happened, as sentences: lost generators, a throttled invocation, ..
    pub messages: Vec<String>,
}

/// The ways in which a run ends. One that was killed has no time to say so.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All intervals ran.
    Completed,
    /// Its user stopped it.
    Interrupted,
    /// Something broke.
    Failed,
}
