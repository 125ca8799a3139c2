//! Where in the world functions run.

/// A region, and how much of the load comes from it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Location {
    /// An AWS region, such as `us-west-2`.
    pub region: String,
    /// Its part of the users in proportion to the other regions; at least 1.
    pub weight: u32,
}
