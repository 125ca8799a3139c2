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
    dropped: u64,
}

impl Line {
    pub(super) fn new(elapsed: Duration, total: Duration, seconds: u32, totals: &Totals) -> Self {
        Self {
            elapsed: Duration::from_secs(elapsed.as_secs()),
            total,
            recent: totals.recent(seconds),
            requests: totals.requests(),
            failures: totals.failures(),
            dropped: totals.dropped(),
        }
    }

    /// The line as it stands beside a bar: what matters most first, as a narrow terminal cuts it.
    pub(super) fn figures(&self) -> String {
        let Self { elapsed, total, recent, requests, failures, dropped } = self;
        let dropped = if *dropped > 0 { format!("  {dropped} dropped") } else { String::new() };
        format!(
            "{}/{}  {} users  {:.1} req/s  {:.1} failed/s  median {}  p95 {} ms  {requests} requests  \
             {failures} failed{dropped}",
            duration::format(*elapsed),
            duration::format(*total),
            recent.users,
            recent.requests_per_s,
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
    time.map_or_else(|| "-".into(), |time| format!("{:.1}", millis(time)))
}
