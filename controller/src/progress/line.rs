//! One line about a running test.

use std::{fmt, time::Duration};

use engine::duration;

use crate::{
    millis::millis,
    totals::{Recent, Totals},
};

/// What there is to say about a second of a running test.
#[derive(Clone, Debug)]
pub(super) struct Line {
    elapsed: Duration,
    total: Duration,
    recent: Recent,
    requests: u64,
    failures: u64,
}

impl Line {
    pub(super) fn new(elapsed: Duration, total: Duration, seconds: u32, totals: &Totals) -> Self {
        Self {
            elapsed: Duration::from_secs(elapsed.as_secs()),
            total,
            recent: totals.recent(seconds),
            requests: totals.requests(),
            failures: totals.failures(),
        }
    }

    /// The line as it stands beside a bar.
    pub(super) fn figures(&self) -> String {
        let Self { elapsed, total, recent, requests, failures } = self;
        format!(
            "{} of {}  {} users  {:.1} req/s  {} requests  {} failed ({:.1}/s)  median {}  p95 {}",
            duration::format(*elapsed),
            duration::format(*total),
            recent.users,
            recent.requests_per_s,
            requests,
            failures,
            recent.failures_per_s,
            time(recent.median),
            time(recent.p95),
        )
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.figures())
    }
}

fn time(time: Option<Duration>) -> String {
    time.map_or_else(|| "N/A".into(), |time| format!("{} ms", millis(time)))
}
