//! What an environment says of an invocation.

use bytes::Bytes;
use serde_json::{Value, json};

/// A part of what comes back.
#[derive(Debug)]
pub(crate) enum Reply {
    /// Bytes of the answer.
    Chunk(Bytes),
    /// The answer is whole.
    Done,
    /// There is none, or no more of it.
    Failed(Failure),
}

/// An error of the function.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: String,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(kind: &str, message: String) -> Self {
        Self { kind: kind.into(), message }
    }

    /// As the program reported it.
    pub(crate) fn reported(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        Self { kind: text("errorType"), message: text("errorMessage") }
    }

    /// As the caller gets it.
    pub(crate) fn body(&self) -> String {
        json!({"errorType": self.kind, "errorMessage": self.message}).to_string()
    }
}
