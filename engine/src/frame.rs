//! What a generator reports: one line a second, and one at the end.

use std::{ops::Range, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    job_id::JobId,
    listener::Delivery,
    stats::{Digest, Latency, Stats},
};

/// A message from a generator. As JSON it is one line.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Frame {
    /// The job it belongs to.
    pub job: JobId,
    /// 0, 1, 2, .. within the job, so that a lost or doubled frame shows.
    pub sequence: u64,
    /// What it says.
    pub body: Body,
}

/// The content of a frame.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// What happened in one second.
    Second(Second),
    /// The job is done.
    Final(Final),
}

/// What happened in the second `[second, second + 1)` of the test, or in some seconds from it on.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Second {
    /// Whole seconds since the test's start.
    pub second: u32,
    /// How many seconds it covers: 1, but where an answer must be small.
    #[serde(default = "one")]
    pub seconds: u32,
    /// Users that ran at its end.
    pub users: u32,
    /// What was measured.
    pub stats: Stats,
    /// How the generator itself fared.
    pub health: Health,
}

fn one() -> u32 {
    1
}

impl Second {
    /// No frame covers more seconds: no function that must join them lives longer.
    pub const LONGEST: u32 = 900;

    /// The seconds it covers: at least one, and at most [`Self::LONGEST`], whatever it claims.
    pub fn span(&self) -> Range<u32> {
        Self::covered(self.second, self.seconds)
    }

    /// The seconds that a frame covers which says that it begins with `second`, and has `seconds`.
    pub fn covered(second: u32, seconds: u32) -> Range<u32> {
        let seconds = seconds.clamp(1, Self::LONGEST);
        let first = second.min(u32::MAX - seconds);
        first..first + seconds
    }

    /// Adds the seconds that follow. Nothing measured is lost, but when in the joined seconds it
    /// happened; the users are those at the end.
    pub fn join(&mut self, next: &Self) {
        let (own, later) = (self.span(), next.span());
        let first = own.start.min(later.start);
        if later.end >= own.end {
            self.users = next.users;
        }
        self.second = first;
        self.seconds = own.end.max(later.end) - first;
        self.stats.merge(&next.stats);
        self.health.follow(&next.health);
    }
}

/// The end of a job. A job without it failed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Final {
    /// Of everything that it measured: what its seconds add up to must have the same.
    pub digest: Digest,
    /// How it ended.
    pub ending: Ending,
    /// What became of what its listeners had to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Delivery>,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Ending {
    /// When the load began and ended, as measured.
    pub load: Option<LoadTimes>,
    /// Users that should have run, all together.
    pub users: u32,
    /// Users that continued from an earlier interval, or were to be ready in a pool, and how many
    /// of them were late.
    pub continuing: Continuing,
    /// Requests that were cut off because they outlasted the stop timeout.
    pub cut_off: u64,
    /// Requests sent again on a new connection, as the server had closed the old one unused.
    pub resent: u64,
    /// Whether it was stopped before its window ended.
    pub stopped_early: bool,
}

/// When a generator's load really began and ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LoadTimes {
    /// When the users were let go, time since the test's start.
    #[serde(with = "crate::duration::seconds")]
    pub from: Duration,
    /// When no user began anything new, time since the test's start.
    #[serde(with = "crate::duration::seconds")]
    pub to: Duration,
}

/// Users that ran before this interval too.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Continuing {
    /// How many.
    pub users: u32,
    /// How many were not ready (signed in, connected) when the interval began.
    pub late: u32,
    /// By how much the latest of them was late.
    #[serde(with = "crate::duration::seconds")]
    pub latest: Duration,
}

/// How a generator itself fared in a second: what tells whether its numbers can be trusted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Health {
    /// Processor time of each of its threads, microseconds; none if it was not measured.
    pub thread_cpu_us: Vec<u64>,
    /// The time over which that was measured, microseconds.
    pub over_us: u64,
    /// By how much things happened later than they were due: starts of users, arrivals and ends of
    /// waits.
    pub delay: Latency,
}

impl Health {
    /// Adds another thread's or generator's health in the same second.
    pub fn merge(&mut self, other: &Self) {
        self.thread_cpu_us.extend(&other.thread_cpu_us);
        self.over_us = self.over_us.max(other.over_us);
        self.delay.merge(&other.delay);
    }

    /// Adds the health of the time that follows. Which thread was which is not known: the busiest
    /// is taken for the busiest, so that it never seems idler than it was.
    fn follow(&mut self, next: &Self) {
        let mut times = next.thread_cpu_us.clone();
        times.sort_unstable_by(|a, b| b.cmp(a));
        self.thread_cpu_us.sort_unstable_by(|a, b| b.cmp(a));
        self.thread_cpu_us.resize(self.thread_cpu_us.len().max(times.len()), 0);
        for (own, time) in self.thread_cpu_us.iter_mut().zip(times) {
            *own = own.saturating_add(time);
        }
        self.over_us = self.over_us.saturating_add(next.over_us);
        self.delay.merge(&next.delay);
    }

    /// The busiest thread's part of its core, 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds within seconds are far below 2^52"
    )]
    pub fn busiest(&self) -> f64 {
        let most = self.thread_cpu_us.iter().copied().max().unwrap_or(0);
        if self.over_us == 0 { 0.0 } else { most as f64 / self.over_us as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: u32, seconds: u32, users: u32, threads: &[u64]) -> Second {
        let mut stats = Stats::default();
        stats.record_exception("task", "message");
        let health = Health {
            thread_cpu_us: threads.to_vec(),
            over_us: if threads.is_empty() { 0 } else { 1_000_000 },
            delay: Latency::default(),
        };
        Second { second, seconds, users, stats, health }
    }

    #[test]
    fn seconds_join() {
        let mut joined = second(7, 1, 4, &[100_000, 300_000]);
        joined.join(&second(8, 1, 5, &[500_000, 200_000]));
        joined.join(&second(9, 2, 6, &[]));
        assert_eq!((joined.span(), joined.users), (7..11, 6));
        assert_eq!(joined.stats.exceptions()[0].1.count, 3);
        assert_eq!(joined.health.thread_cpu_us, [800_000, 300_000]);
        assert!((joined.health.busiest() - 0.4).abs() < 1e-9);
    }

    #[test]
    fn absurd_spans_do_no_harm() {
        for (first, seconds, span) in [
            (3, 0, 3..4),
            (3, u32::MAX, 3..3 + Second::LONGEST),
            (u32::MAX, 1, u32::MAX - 1..u32::MAX),
        ] {
            assert_eq!(second(first, seconds, 0, &[]).span(), span);
        }
        let mut joined = second(0, u32::MAX, 1, &[]);
        joined.join(&second(u32::MAX, u32::MAX, 2, &[]));
        assert_eq!((joined.span(), joined.users), (0..Second::LONGEST, 2));
    }

    #[test]
    fn a_frame_that_names_no_span_covers_one_second() {
        let mut value = serde_json::to_value(second(3, 5, 0, &[])).unwrap();
        value.as_object_mut().unwrap().remove("seconds");
        assert_eq!(serde_json::from_value::<Second>(value).unwrap().span(), 3..4);
    }
}
