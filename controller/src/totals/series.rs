//! The totals second by second.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use engine::{frame::Second, stats::Latency};

use super::held::Held;

/// How many seconds are ready to be added to: generators report about at the same time, and some
/// many seconds as one.
const OPEN: usize = 64;

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
    slots: BTreeMap<u32, Slot>,
    open: BTreeSet<u32>,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    users: u64,
    requests: u64,
    failures: u64,
    dropped: u64,
    bytes: u64,
    busiest: f64,
    latency: Held,
    delay: Held,
}

impl Series {
    /// Adds what one generator reported of a second, which it does but once. Of seconds that it
    /// joined, each takes an even part.
    pub(super) fn absorb(&mut self, report: &Second) {
        let span = report.span();
        if span.len() == 1 {
            self.open(span.start).absorb(report);
            return;
        }
        let mut joined = Slot::default();
        joined.absorb(report);
        for part in joined.totals(span.start).deal(span.len()) {
            self.open(part.second).merge(&part);
        }
    }

    /// Adds another series, of which each second is so many seconds later here.
    pub(super) fn join(&mut self, other: &Self, seconds: u32) {
        for totals in other.seconds() {
            self.open(totals.second.saturating_add(seconds)).merge(&totals);
        }
    }

    /// A second, ready to be added to. The one that was so the longest is packed for it.
    fn open(&mut self, second: u32) -> &mut Slot {
        self.open.insert(second);
        if self.open.len() > OPEN {
            let oldest = self.open.iter().copied().find(|oldest| *oldest != second);
            let oldest = oldest.filter(|oldest| self.open.remove(oldest));
            let oldest = oldest.and_then(|oldest| self.slots.get_mut(&oldest));
            oldest.into_iter().for_each(Slot::pack);
        }
        self.slots.entry(second).or_default()
    }

    /// The seconds in order.
    pub(super) fn seconds(&self) -> impl DoubleEndedIterator<Item = SecondTotals> {
        self.slots.iter().map(|(second, slot)| slot.totals(*second))
    }

    /// Those of the seconds of which anything is known, in order.
    pub(super) fn within(&self, seconds: Range<u32>) -> impl Iterator<Item = SecondTotals> {
        // A map's range of no width that begins after its end would be a bug's panic.
        let seconds = seconds.start..seconds.end.max(seconds.start);
        self.slots.range(seconds).map(|(second, slot)| slot.totals(*second))
    }

    /// Requests of each of these seconds of which anything is known.
    pub(super) fn requests(&self, seconds: Range<u32>) -> impl Iterator<Item = u64> {
        self.slots.range(seconds).map(|(_, slot)| slot.requests)
    }

    /// The most users at the end of a second.
    pub(super) fn most_users(&self) -> u64 {
        self.slots.values().map(|slot| slot.users).max().unwrap_or(0)
    }

    /// The first second of which anything is known.
    pub(super) fn oldest(&self) -> Option<u32> {
        self.slots.keys().next().copied()
    }

    /// The last second of which anything is known.
    pub(super) fn newest(&self) -> Option<u32> {
        self.slots.keys().next_back().copied()
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

impl Slot {
    fn absorb(&mut self, second: &Second) {
        self.users = self.users.saturating_add(second.users.into());
        self.dropped = self.dropped.saturating_add(second.stats.dropped());
        for transaction in second.stats.each() {
            self.requests = self.requests.saturating_add(transaction.requests);
            self.failures = self.failures.saturating_add(transaction.failures);
            self.bytes = self.bytes.saturating_add(transaction.bytes);
            self.latency.merge(&transaction.latency);
        }
        self.busiest = self.busiest.max(second.health.busiest());
        self.delay.merge(&second.health.delay);
    }

    fn merge(&mut self, part: &SecondTotals) {
        self.users = self.users.saturating_add(part.users);
        self.requests = self.requests.saturating_add(part.requests);
        self.failures = self.failures.saturating_add(part.failures);
        self.dropped = self.dropped.saturating_add(part.dropped);
        self.bytes = self.bytes.saturating_add(part.bytes);
        self.busiest = self.busiest.max(part.busiest);
        self.latency.merge(&part.latency);
        self.delay.merge(&part.delay);
    }

    fn pack(&mut self) {
        self.latency.pack();
        self.delay.pack();
    }

    fn totals(&self, second: u32) -> SecondTotals {
        SecondTotals {
            second,
            users: self.users,
            requests: self.requests,
            failures: self.failures,
            dropped: self.dropped,
            bytes: self.bytes,
            busiest: self.busiest,
            latency: self.latency.latency(),
            delay: self.delay.latency(),
        }
    }
}
