//! Where the time of a request went.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A part of a request's time, in the order in which they happen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Resolving the host's name.
    Dns,
    /// Opening the TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Sending the request.
    Sending,
    /// From the request's last byte to the response's first.
    Waiting,
    /// From the response's first byte to its last.
    Receiving,
}

impl Phase {
    /// All phases.
    pub const ALL: [Self; 6] =
        [Self::Dns, Self::Connect, Self::Tls, Self::Sending, Self::Waiting, Self::Receiving];

    /// The phase's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Receiving => "receiving",
        }
    }
}

/// The phases of one request; those that did not happen are zero.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Phases([Duration; 6]);

impl Phases {
    /// The time of a phase.
    pub fn get(&self, phase: Phase) -> Duration {
        self.0[phase as usize]
    }

    /// Adds time to a phase, as following a redirect repeats phases.
    pub fn add(&mut self, phase: Phase, time: Duration) {
        self.0[phase as usize] += time;
    }
}

/// One phase over many requests. Requests in which it did not happen (a connection that was
/// kept alive, say) are not counted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct PhaseTotal {
    /// In how many requests it happened.
    pub count: u64,
    /// Its time in all of them, microseconds.
    pub sum_us: u64,
    /// Its longest time, microseconds.
    pub max_us: u64,
}

/// All phases over many requests.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct PhaseTotals([PhaseTotal; 6]);

impl PhaseTotals {
    /// The totals of a phase.
    pub fn get(&self, phase: Phase) -> PhaseTotal {
        self.0[phase as usize]
    }

    /// Counts the phases of a request.
    pub fn record(&mut self, phases: &Phases) {
        for (total, time) in self.0.iter_mut().zip(phases.0) {
            if time > Duration::ZERO {
                let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
                total.merge(&PhaseTotal { count: 1, sum_us: micros, max_us: micros });
            }
        }
    }

    /// Adds what `other` counted.
    pub fn merge(&mut self, other: &Self) {
        for (total, other) in self.0.iter_mut().zip(&other.0) {
            total.merge(other);
        }
    }
}

impl PhaseTotal {
    fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
        self.max_us = self.max_us.max(other.max_us);
    }

    /// Its mean time where it happened.
    pub fn mean(&self) -> Option<Duration> {
        self.sum_us.checked_div(self.count).map(Duration::from_micros)
    }
}
