//! How one generator fared.

use serde::Serialize;

use crate::{
    attempts::{self, Attempts},
    millis::millis,
    plan::Plan,
    totals::{Generator, Totals},
};

/// One generator: planned or not, heard of or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GeneratorReport {
    /// Of which run, where several are reported as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Its interval.
    pub interval: u32,
    /// Where it ran.
    pub region: String,
    /// The index of its share of the users.
    pub share: u32,
    /// 0, or 1 for one that replaced another.
    pub attempt: u32,
    /// Whether all it had to say has arrived.
    pub complete: bool,
    /// Whether its seconds add up to the totals it claims; none if it did not report its end.
    pub totals_equal: Option<bool>,
    /// How many frames have come.
    pub frames: u64,
    /// How many are missing before the last that has come.
    pub missing_frames: u64,
    /// How many came again, and were dropped.
    pub duplicate_frames: u64,
    /// When its load began, since the test's start.
    pub load_from_s: Option<f64>,
    /// When its load ended, since the test's start.
    pub load_to_s: Option<f64>,
    /// Users that should have run, all together.
    pub users: Option<u32>,
    /// Users that continued from the interval before, or were to be ready in a pool.
    pub continuing_users: Option<u32>,
    /// How many of them were late.
    pub late_users: Option<u32>,
    /// By how much the latest of them was late.
    pub latest_user_ms: Option<f64>,
    /// Requests cut off as they outlasted the stop timeout.
    pub cut_off: Option<u64>,
    /// Requests sent again on a new connection.
    pub resent: Option<u64>,
    /// Whether it was stopped before its window ended.
    pub stopped_early: Option<bool>,
    /// Its processor time.
    pub cpu: CpuReport,
    /// By how much things happened later than they were due.
    pub delay: DelayReport,
}

/// A generator's processor time. Parts of a core, 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CpuReport {
    /// Its threads.
    pub threads: usize,
    /// The mean over the seconds of the busiest thread's part of its core.
    pub busiest_mean: Option<f64>,
    /// The most any thread used in a second.
    pub busiest_max: f64,
    /// Seconds in which it was measured.
    pub seconds: u64,
    /// Seconds in which a thread had no time left.
    pub saturated_seconds: u64,
}

/// A generator's scheduling delay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DelayReport {
    /// How many starts and ends of waits.
    pub count: u64,
    /// Their median.
    pub p50_ms: Option<f64>,
    /// Their 99th percentile.
    pub p99_ms: Option<f64>,
    /// The longest.
    pub max_ms: Option<f64>,
}

/// The planned generators in order, each followed by what replaced it, then those nobody planned.
pub(super) fn reports(plan: &Plan, totals: &Totals) -> Vec<GeneratorReport> {
    let silent = Generator::default();
    let attempts = Attempts::of(totals);
    let mut reports = Vec::new();
    for (interval, share) in attempts::planned(plan) {
        let place = (interval, share.region.as_str(), share.share.index());
        let heard_of = attempts.at(interval, share);
        reports.extend(heard_of.iter().map(|(job, g)| GeneratorReport::new(place, job.attempt, g)));
        if heard_of.is_empty() {
            reports.push(GeneratorReport::new(place, 0, &silent));
        }
    }
    for (job, generator) in attempts.unplanned(plan) {
        let place = (job.interval, job.region.as_str(), job.share);
        reports.push(GeneratorReport::new(place, job.attempt, generator));
    }
    reports
}

impl GeneratorReport {
    fn new(
        (interval, region, share): (u32, &str, u32),
        attempt: u32,
        generator: &Generator,
    ) -> Self {
        let ending = generator.ending();
        let load = ending.and_then(|ending| ending.load);
        let continuing = ending.map(|ending| ending.continuing);
        Self {
            run: None,
            interval,
            region: region.into(),
            share,
            attempt,
            complete: generator.is_complete(),
            totals_equal: generator.totals_equal(),
            frames: generator.frames(),
            missing_frames: generator.missing(),
            duplicate_frames: generator.duplicates(),
            load_from_s: load.map(|load| load.from.as_secs_f64()),
            load_to_s: load.map(|load| load.to.as_secs_f64()),
            users: ending.map(|ending| ending.users),
            continuing_users: continuing.map(|continuing| continuing.users),
            late_users: continuing.map(|continuing| continuing.late),
            latest_user_ms: continuing.map(|continuing| millis(continuing.latest)),
            cut_off: ending.map(|ending| ending.cut_off),
            resent: ending.map(|ending| ending.resent),
            stopped_early: ending.map(|ending| ending.stopped_early),
            cpu: CpuReport::new(generator),
            delay: DelayReport::new(generator),
        }
    }
}

impl CpuReport {
    fn new(generator: &Generator) -> Self {
        let cpu = generator.cpu();
        Self {
            threads: cpu.threads,
            busiest_mean: cpu.mean(),
            busiest_max: cpu.most,
            seconds: cpu.seconds,
            saturated_seconds: cpu.saturated,
        }
    }
}

impl DelayReport {
    fn new(generator: &Generator) -> Self {
        let delay = generator.delay();
        Self {
            count: delay.count(),
            p50_ms: delay.percentile(50.0).map(millis),
            p99_ms: delay.percentile(99.0).map(millis),
            max_ms: delay.max().map(millis),
        }
    }
}
