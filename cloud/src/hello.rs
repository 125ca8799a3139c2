//! Who answers.

use std::time::SystemTime;

use listeners::Reference;
use serde::{Deserialize, Serialize};

/// The first line of every answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Hello {
    /// Which sources the function was built from.
    pub build: String,
    /// The function's clock when it answered.
    pub now: SystemTime,
    /// Names the execution environment: its log stream.
    pub environment: String,
    /// Whether this is the first thing that the environment does.
    pub cold: bool,
    /// Its memory, megabytes.
    pub memory_mb: u32,
    /// Whether the bucket that was asked about can be read and written.
    pub bucket: Option<Access>,
    /// Whether the secrets that were asked about can be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretAccess>,
}

/// Whether a secret can be read. The secret itself is never told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SecretAccess {
    /// Where it is kept.
    pub reference: Reference,
    /// Whether it can be read there.
    pub access: Access,
}

/// Whether something can be used: a bucket be read and written, a secret be read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It can.
    Granted,
    /// It cannot, and why.
    Failed(String),
}
