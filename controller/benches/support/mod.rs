//! What a function measures, and what measuring costs here.

#![allow(clippy::cast_precision_loss, reason = "figures are for reading")]

use std::{fs, time::Duration};

use engine::{
    frame::Health,
    stats::{Latency, Outcome, Phase, Phases, Sample, Stats},
};
use rand::{RngExt as _, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rustix::time::{ClockId, clock_gettime};

pub(crate) const TRANSACTIONS: usize = 10;

/// Requests of a function in a second.
pub(crate) const REQUESTS: usize = 500;

/// A second of a function.
pub(crate) fn second(seed: u64) -> (Stats, Health) {
    let chance = &mut Pcg64Mcg::seed_from_u64(seed);
    let mut stats = Stats::default();
    for _ in 0..REQUESTS {
        record(&mut stats, chance);
    }
    let mut delay = Latency::default();
    for _ in 0..REQUESTS {
        delay.record(spread(chance, 80.0, 0.7));
    }
    let thread_cpu_us = vec![chance.random_range(200_000..400_000); 2];
    (stats, Health { thread_cpu_us, over_us: 1_000_000, delay })
}

fn record(stats: &mut Stats, chance: &mut Pcg64Mcg) {
    let transaction =
        chance.random_range(0..TRANSACTIONS).min(chance.random_range(0..TRANSACTIONS));
    let elapsed = spread(chance, 20_000.0 * (transaction + 1) as f64, 0.5);
    let mut phases = Phases::default();
    phases.add(Phase::Sending, elapsed / 100);
    phases.add(Phase::Waiting, elapsed / 100 * 90);
    phases.add(Phase::Receiving, elapsed / 100 * 9);
    let failed = chance.random_range(0..200) == 0;
    stats.record(&Sample {
        method: "GET",
        name: &format!("/shop/departments/{transaction}/products"),
        status: Some(if failed { 503 } else { 200 }),
        elapsed,
        from_intended: None,
        phases,
        bytes: chance.random_range(500..20_000),
        outcome: if failed {
            Outcome::Failed("expected status 200, got 503")
        } else {
            Outcome::Passed
        },
        met: Some(!failed),
    });
}

/// A log-normal time, as response times are.
fn spread(chance: &mut Pcg64Mcg, median_us: f64, sigma: f64) -> Duration {
    let normal: f64 = (0..12).map(|_| chance.random::<f64>()).sum::<f64>() - 6.0;
    Duration::from_secs_f64(median_us * (sigma * normal).exp() / 1e6)
}

/// The thread's processor time, so that nobody else's work counts.
pub(crate) fn cpu() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

pub(crate) fn resident_mb() -> f64 {
    memory_mb("VmRSS:")
}

/// A figure of this process's memory, by its name in `/proc`.
pub(crate) fn memory_mb(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let kilobytes = line.trim().trim_end_matches(" kB").trim().parse::<f64>();
    kilobytes.unwrap_or(f64::NAN) / 1000.0
}
