//! Something to be said to a system.

use bytes::Bytes;

/// Something to be said to a system, in its words.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// Which of the system's addresses it goes to, by its path and query.
    pub(crate) path: &'static str,
    /// What is said. How it is wrapped is the courier's affair.
    pub(crate) body: Bytes,
    /// How many data points or events it has.
    pub(crate) items: u64,
}
