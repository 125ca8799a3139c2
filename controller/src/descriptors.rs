//! Room for the users' connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thiserror::Error;

use crate::plan::Plan;

/// Descriptors besides those of connections: files, timers, standard streams, who looks at the page.
const OTHERS: u64 = 256;

/// How many descriptors the connections of so many users of a plan take: at a cut, those of two
/// generators; and beside the sample API, both ends of each.
pub fn connections(users: u32, plan: &Plan, beside_demo: bool) -> u64 {
    let generators = if plan.intervals.len() > 1 { 2 } else { 1 };
    let ends = if beside_demo { 2 } else { 1 };
    u64::from(users) * generators * ends
}

/// The system does not allow as many open files as the test needs.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error(
    "{needed} open files are needed for connections, but the system allows {allowed}; \
     raise the limit (`ulimit -Hn {needed}` as root) or run fewer clients"
)]
pub struct TooFew {
    needed: u64,
    allowed: u64,
}

/// Raises the limit of open files, if needed, so that as many connections fit.
///
/// # Errors
///
/// The hard limit is lower, and cannot be raised.
pub fn make_room(connections: u64) -> Result<(), TooFew> {
    let needed = connections + OTHERS;
    let limit = getrlimit(Resource::Nofile);
    let enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= needed);
    if enough(limit.current) {
        return Ok(());
    }
    let maximum = if enough(limit.maximum) { limit.maximum } else { Some(needed) };
    setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum })
        .map_err(|_| TooFew { needed, allowed: limit.maximum.unwrap_or(u64::MAX) })
}
