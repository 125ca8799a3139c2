//! What one generator has sent, and how it fared.

use std::collections::BTreeMap;

use engine::{
    frame::{Continuing, Final, Health, LoadTimes, Second},
    stats::{Latency, Stats},
};

use super::sequences::Sequences;

/// A thread that uses this part of its core or more has no time left: what it measures may be
/// its own slowness.
pub const SATURATED: f64 = 0.9;

/// One generator of a run.
#[derive(Clone, Debug, Default)]
pub struct Generator {
    sequences: Sequences,
    duplicates: u64,
    cpu: Cpu,
    delay: Latency,
    newest: Option<u32>,
    ending: Option<Ending>,
    /// What its own seconds add up to; none once that was compared with its final frame.
    open: Option<Box<Open>>,
    compared_equal: bool,
}

#[derive(Clone, Debug, Default)]
struct Open {
    merged: Stats,
    claimed: Option<Stats>,
    users: BTreeMap<u32, u32>,
}

/// The processor time of a generator's busiest threads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cpu {
    /// Seconds in which it was measured.
    pub seconds: u64,
    /// Seconds in which a thread used [`SATURATED`] of its core or more.
    pub saturated: u64,
    /// The most any thread used of its core in a second, 0 to 1.
    pub most: f64,
    /// The most threads it had.
    pub threads: usize,
    busy_us: u64,
    over_us: u64,
}

/// What a generator's final frame said, but for its totals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ending {
    /// The frame's number: all before it must have come.
    pub sequence: u64,
    /// When the load began and ended.
    pub load: Option<LoadTimes>,
    /// Users that should have run by the end.
    pub users: u32,
    /// Users that continued from an earlier interval.
    pub continuing: Continuing,
    /// Requests cut off as they outlasted the stop timeout.
    pub cut_off: u64,
    /// Requests sent again on a new connection.
    pub resent: u64,
    /// Whether it was stopped before its window ended.
    pub stopped_early: bool,
}

impl Generator {
    /// Notes a frame's number; false if that frame has come before.
    pub(super) fn is_news(&mut self, sequence: u64) -> bool {
        if self.sequences.count() == 0 {
            self.open = Some(Box::default());
        }
        let news = self.sequences.insert(sequence);
        self.duplicates += u64::from(!news);
        news
    }

    /// Adds a second. Returns by how many users the second's sum rises: should a generator report
    /// a second in two frames, its users count once.
    pub(super) fn absorb(&mut self, second: &Second) -> u32 {
        self.newest = self.newest.max(Some(second.second));
        self.cpu.absorb(&second.health);
        self.delay.merge(&second.health.delay);
        let Some(open) = &mut self.open else { return second.users };
        open.merged.merge(&second.stats);
        let users = open.users.entry(second.second).or_default();
        let more = second.users.saturating_sub(*users);
        *users += more;
        self.compare();
        more
    }

    /// Notes its end.
    pub(super) fn end(&mut self, sequence: u64, last: Final) {
        let Final { totals, load, users, continuing, cut_off, resent, stopped_early } = last;
        if self.ending.is_some() {
            return;
        }
        let ending = Ending { sequence, load, users, continuing, cut_off, resent, stopped_early };
        self.ending = Some(ending);
        if let Some(open) = &mut self.open {
            open.claimed = Some(totals);
        }
        self.compare();
    }

    /// Once everything has come, its own sum is no longer needed.
    fn compare(&mut self) {
        let covered = self.ending.is_some_and(|ending| self.sequences.cover(ending.sequence));
        if let Some(open) = self.open.take_if(|_| covered) {
            self.compared_equal = open.claimed.is_some_and(|claimed| claimed == open.merged);
        }
    }

    /// Its final frame, if that has come.
    pub fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }

    /// Whether its final frame and all before it have come.
    pub fn is_complete(&self) -> bool {
        self.ending.is_some() && self.sequences.missing() == 0
    }

    /// Whether its seconds, as they arrived, add up to the totals it claims; none without its
    /// final frame.
    pub fn totals_equal(&self) -> Option<bool> {
        let ending = self.ending?;
        let equal = match &self.open {
            None => self.compared_equal,
            Some(open) => open.claimed.as_ref().is_some_and(|claimed| *claimed == open.merged),
        };
        Some(equal && self.sequences.beyond(ending.sequence) == 0)
    }

    #[cfg(test)]
    pub(super) fn is_released(&self) -> bool {
        self.open.is_none()
    }

    /// How many different frames have come.
    pub fn frames(&self) -> u64 {
        self.sequences.count()
    }

    /// How many frames are missing before the last one that has come.
    pub fn missing(&self) -> u64 {
        self.sequences.missing()
    }

    /// How many frames came more than once and were dropped.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The last second it reported.
    pub fn newest(&self) -> Option<u32> {
        self.newest
    }

    /// Its processor time.
    pub fn cpu(&self) -> &Cpu {
        &self.cpu
    }

    /// By how much things happened later than they were due.
    pub fn delay(&self) -> &Latency {
        &self.delay
    }
}

impl Cpu {
    fn absorb(&mut self, health: &Health) {
        if health.over_us == 0 {
            return;
        }
        self.seconds += 1;
        self.saturated += u64::from(health.busiest() >= SATURATED);
        self.most = self.most.max(health.busiest());
        self.threads = self.threads.max(health.thread_cpu_us.len());
        let busiest = health.thread_cpu_us.iter().copied().max().unwrap_or(0);
        self.busy_us = self.busy_us.saturating_add(busiest);
        self.over_us = self.over_us.saturating_add(health.over_us);
    }

    /// What the busiest thread of each second used of its core over all seconds, 0 to 1; none if
    /// it was not measured.
    #[expect(clippy::cast_precision_loss, reason = "microseconds of hours are far below 2^52")]
    pub fn mean(&self) -> Option<f64> {
        (self.over_us > 0).then(|| self.busy_us as f64 / self.over_us as f64)
    }

    /// The part of the seconds in which a thread was saturated, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "seconds of a test are far below 2^52")]
    pub fn saturated_part(&self) -> f64 {
        if self.seconds == 0 { 0.0 } else { self.saturated as f64 / self.seconds as f64 }
    }
}
