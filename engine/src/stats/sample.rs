//! One measured request.

use std::time::Duration;

use super::Phases;

/// One request, or anything else that was measured. Recorded at once and never kept.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The request's method, or the kind of what was measured.
    pub method: &'a str,
    /// The transaction it counts under.
    pub name: &'a str,
    /// The HTTP status, if a response came.
    pub status: Option<u16>,
    /// From the actual start to the end.
    pub elapsed: Duration,
    /// From the intended start to the end, where there was an intended start.
    pub from_intended: Option<Duration>,
    /// Where the time went.
    pub phases: Phases,
    /// Bytes of the response's body as they came over the wire.
    pub bytes: u64,
    /// Whether it did what was expected.
    pub outcome: Outcome<'a>,
    /// Whether the response met its expectations; none if nothing in particular was expected of it.
    pub met: Option<bool>,
}

/// Whether a request did what was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome<'a> {
    /// It did.
    Passed,
    /// It did not, for this reason.
    Failed(&'a str),
}
