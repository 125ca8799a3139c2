//! What one generator has sent, and how it fared.

use std::ops::Range;

use engine::{
    frame::{Ending, Final, Health, Second},
    listener::Delivery,
    stats::{Digest, Latency},
};

use super::{held::Held, sequences::Sequences, stretches::Stretches};

/// A thread that uses this part of its core or more has no time left: what it measures may be
/// its own slowness.
pub const SATURATED: f64 = 0.9;

/// One generator of a run.
#[derive(Clone, Debug, Default)]
pub struct Generator {
    sequences: Sequences,
    duplicates: u64,
    cpu: Cpu,
    delay: Held,
    newest: Option<u32>,
    users: u32,
    loaded: Stretches,
    /// The sum over the seconds that came.
    received: Digest,
    /// Whether one of them came with names folded.
    folded: bool,
    last: Option<Last>,
}

/// The final frame, and its number: all before it must have come.
#[derive(Clone, Debug)]
struct Last {
    sequence: u64,
    content: Final,
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

impl Generator {
    /// Notes a frame's number; false if that frame has come before.
    pub(super) fn is_news(&mut self, sequence: u64) -> bool {
        let news = self.sequences.insert(sequence);
        self.duplicates += u64::from(!news);
        news
    }

    /// Whether the frame of a number has come.
    pub(super) fn has(&self, sequence: u64) -> bool {
        self.sequences.contains(sequence)
    }

    /// Adds a second.
    pub(super) fn absorb(&mut self, second: &Second) {
        let span = second.span();
        if self.newest < Some(span.end - 1) {
            (self.newest, self.users) = (Some(span.end - 1), second.users);
        }
        self.cpu.absorb(&second.health, span.len() as u64);
        if second.users > 0 {
            self.loaded.insert(span);
        }
        self.delay.merge(&second.health.delay);
        self.received += second.stats.digest();
        self.folded |= second.stats.is_folded();
        self.rest();
    }

    /// Notes its end.
    pub(super) fn end(&mut self, sequence: u64, content: Final) {
        self.last.get_or_insert(Last { sequence, content });
        self.rest();
    }

    /// Gives memory back once everything has come: the generators of a long run are many.
    fn rest(&mut self) {
        if self.last.as_ref().is_some_and(|last| self.sequences.cover(last.sequence)) {
            self.delay.pack();
        }
    }

    /// What its final frame said, if that has come.
    pub fn ending(&self) -> Option<&Ending> {
        self.last.as_ref().map(|last| &last.content.ending)
    }

    /// What became of what it told listeners.
    pub fn deliveries(&self) -> &[Delivery] {
        self.last.as_ref().map_or(&[], |last| &last.content.deliveries)
    }

    /// Whether its final frame and all before it have come.
    pub fn is_complete(&self) -> bool {
        self.last.is_some() && self.sequences.missing() == 0
    }

    /// Whether its seconds, as they arrived, add up to the totals it claims; none without its
    /// final frame.
    pub fn totals_equal(&self) -> Option<bool> {
        let Last { sequence, content } = self.last.as_ref()?;
        let agrees = content.digest.agrees(&self.received, self.folded);
        Some(agrees && self.sequences.beyond(*sequence) == 0)
    }

    /// Of what its seconds, as they arrived, add up to.
    pub(super) fn received(&self) -> Digest {
        self.received
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

    /// The stretches of seconds in which it reported users, in order.
    pub fn loaded(&self) -> impl Iterator<Item = Range<u32>> {
        self.loaded.iter()
    }

    /// The last second it reported.
    pub fn newest(&self) -> Option<u32> {
        self.newest
    }

    /// Users that ran at the end of that second.
    pub fn users(&self) -> u32 {
        self.users
    }

    /// Its processor time.
    pub fn cpu(&self) -> &Cpu {
        &self.cpu
    }

    /// By how much things happened later than they were due.
    pub fn delay(&self) -> Latency {
        self.delay.latency()
    }
}

impl Cpu {
    fn absorb(&mut self, health: &Health, seconds: u64) {
        if health.over_us == 0 {
            return;
        }
        self.seconds += seconds;
        self.saturated += seconds * u64::from(health.busiest() >= SATURATED);
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
