//! The totals second by second.

use std::{collections::BTreeMap, ops::Range};

use engine::{frame::Second, stats::Latency};

use super::times::Times;

/// What happened in one second, over all generators.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecondTotals {
    /// Whole seconds since the test's start.
    pub second: u32,
    /// Users that ran at its end.
    pub users: u64,
    /// Requests that ended in it, failed ones included.
    pub requests: u64,
    /// Requests that failed in it.
    pub failures: u64,
    /// Arrivals that were dropped in it.
    pub dropped: u64,
    /// Bytes of response bodies.
    pub bytes: u64,
    /// The busiest thread of all generators: its part of its core, 0 to 1.
    pub busiest: f64,
    /// Response times from the actual start.
    pub latency: Latency,
    /// By how much things happened later than they were due.
    pub delay: Latency,
}

/// All seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    counts: BTreeMap<u32, Counts>,
    times: Times,
}

/// What is counted in a second.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    users: u64,
    requests: u64,
    failures: u64,
    dropped: u64,
    bytes: u64,
    busiest: f64,
}

impl Series {
    /// Adds what one generator reported of a second, which it does but once. Of seconds that it
    /// joined, each takes an even part.
    pub(super) fn absorb(&mut self, report: &Second) {
        let span = report.span();
        let mut counts = Counts::default();
        counts.absorb(report);
        if span.len() == 1 {
            self.counts.entry(span.start).or_default().merge(&counts);
            let times = self.times.at(span.start);
            report.stats.each().for_each(|transaction| times.latency.merge(&transaction.latency));
            times.delay.merge(&report.health.delay);
            return;
        }
        let mut latency = Latency::default();
        report.stats.each().for_each(|transaction| latency.merge(&transaction.latency));
        let joined = counts.totals(span.start, (latency, report.health.delay.clone()));
        joined.deal(span.len()).for_each(|part| self.merge(&part));
    }

    /// Adds another series, of which each second is so many seconds later here.
    pub(super) fn join(&mut self, other: &Self, seconds: u32) {
        for totals in other.seconds() {
            let second = totals.second.saturating_add(seconds);
            self.merge(&SecondTotals { second, ..totals });
        }
    }

    fn merge(&mut self, part: &SecondTotals) {
        self.counts.entry(part.second).or_default().merge(&Counts::of(part));
        let times = self.times.at(part.second);
        times.latency.merge(&part.latency);
        times.delay.merge(&part.delay);
    }

    /// The seconds in order.
    pub(super) fn seconds(&self) -> impl Iterator<Item = SecondTotals> {
        self.within(0..u32::MAX)
    }

    /// Those of the seconds of which anything is known, in order. Times that are known of several
    /// seconds together are dealt out to them.
    pub(super) fn within(&self, seconds: Range<u32>) -> impl Iterator<Item = SecondTotals> {
        // A map's range of no width that begins after its end would be a bug's panic.
        let seconds = seconds.start..seconds.end.max(seconds.start);
        let mut dealt = Vec::new().into_iter();
        let mut dealt_until = 0;
        self.counts.range(seconds).map(move |(second, counts)| {
            if *second >= dealt_until {
                let around = self.times.around(*second);
                let known = self.counts.range(around.clone()).count();
                let before = self.counts.range(around.start..*second).count();
                dealt = self.times.deal(*second, known).into_iter();
                dealt_until = around.end;
                dealt.by_ref().take(before).for_each(drop);
            }
            counts.totals(*second, dealt.next().unwrap_or_default())
        })
    }

    /// Requests of each of these seconds of which anything is known.
    pub(super) fn requests(&self, seconds: Range<u32>) -> impl Iterator<Item = u64> {
        self.counts.range(seconds).map(|(_, counts)| counts.requests)
    }

    /// The most users at the end of a second.
    pub(super) fn most_users(&self) -> u64 {
        self.counts.values().map(|counts| counts.users).max().unwrap_or(0)
    }

    /// The first second of which anything is known.
    pub(super) fn oldest(&self) -> Option<u32> {
        self.counts.keys().next().copied()
    }

    /// The last second of which anything is known.
    pub(super) fn newest(&self) -> Option<u32> {
        self.counts.keys().next_back().copied()
    }
}

impl SecondTotals {
    /// Deals it out to seconds from its own on: counts and times evenly, so that their sums are
    /// its own. Users, and how busy a thread was, are the same in each.
    fn deal(self, seconds: usize) -> impl Iterator<Item = Self> {
        let even = move |count: u64, at: u32| even(count, seconds, at);
        let times = self.latency.deal(seconds).into_iter().zip(self.delay.deal(seconds));
        (0..).zip(times).map(move |(at, (latency, delay))| Self {
            second: self.second.saturating_add(at),
            users: self.users,
            requests: even(self.requests, at),
            failures: even(self.failures, at),
            dropped: even(self.dropped, at),
            bytes: even(self.bytes, at),
            busiest: self.busiest,
            latency,
            delay,
        })
    }
}

/// The part of a count that the second at place `at` of so many has: all of them add up to it.
pub(crate) fn even(count: u64, seconds: usize, at: u32) -> u64 {
    let seconds = seconds as u64;
    count / seconds + u64::from(u64::from(at) < count % seconds)
}

impl Counts {
    fn of(totals: &SecondTotals) -> Self {
        let SecondTotals { users, requests, failures, dropped, bytes, busiest, .. } = *totals;
        Self { users, requests, failures, dropped, bytes, busiest }
    }

    fn absorb(&mut self, second: &Second) {
        self.users = self.users.saturating_add(second.users.into());
        self.dropped = self.dropped.saturating_add(second.stats.dropped());
        for transaction in second.stats.each() {
            self.requests = self.requests.saturating_add(transaction.requests);
            self.failures = self.failures.saturating_add(transaction.failures);
            self.bytes = self.bytes.saturating_add(transaction.bytes);
        }
        self.busiest = self.busiest.max(second.health.busiest());
    }

    fn merge(&mut self, part: &Self) {
        self.users = self.users.saturating_add(part.users);
        self.requests = self.requests.saturating_add(part.requests);
        self.failures = self.failures.saturating_add(part.failures);
        self.dropped = self.dropped.saturating_add(part.dropped);
        self.bytes = self.bytes.saturating_add(part.bytes);
        self.busiest = self.busiest.max(part.busiest);
    }

    fn totals(self, second: u32, (latency, delay): (Latency, Latency)) -> SecondTotals {
        let Self { users, requests, failures, dropped, bytes, busiest } = self;
        SecondTotals { second, users, requests, failures, dropped, bytes, busiest, latency, delay }
    }
}
