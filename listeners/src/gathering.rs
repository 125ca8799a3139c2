//! Seconds, gathered into reports.

use std::time::{Duration, SystemTime};

use engine::{frame::Second, stats::Stats};

use crate::Report;

/// Gathers seconds into reports. They end at whole multiples of the time between them, counted
/// from the test's start, so that those of all generators do; and where a generator ends.
pub struct Gathering {
    start: SystemTime,
    /// Seconds between two reports; none if there is only one, at the end.
    every: Option<u32>,
    open: Option<Report>,
}

impl Gathering {
    /// Of a test that starts at an instant.
    pub fn new(start: SystemTime, every: Option<Duration>) -> Self {
        let seconds = |every: Duration| u32::try_from(every.as_secs()).unwrap_or(u32::MAX).max(1);
        Self { start, every: every.map(seconds), open: None }
    }

    /// Takes in the next second; the report that it completes, if it does.
    pub fn add(&mut self, second: &Second) -> Option<Report> {
        let span = second.span();
        let before = match &self.open {
            Some(open) if self.slot(open.seconds.start) != self.slot(span.start) => self.rest(),
            _ => None,
        };
        let open = self.open.get_or_insert_with(|| Report {
            seconds: span.clone(),
            at: self.start,
            users: 0,
            stats: Stats::default(),
        });
        open.seconds.end = open.seconds.end.max(span.end);
        open.at = self.start + Duration::from_secs(u64::from(open.seconds.end));
        open.users = second.users;
        open.stats.merge(&second.stats);
        let is_full = self.every.is_some_and(|every| span.end.is_multiple_of(every));
        // A second that begins another stretch follows a gap: both cannot be complete.
        before.or_else(|| if is_full { self.rest() } else { None })
    }

    /// The report of what was not reported.
    pub fn rest(&mut self) -> Option<Report> {
        self.open.take()
    }

    fn slot(&self, second: u32) -> u32 {
        self.every.map_or(0, |every| second / every)
    }
}
