//! How one generator fared.

use engine::job_id::JobId;
use serde::Serialize;

use crate::{
    millis::millis,
    plan::{Plan, PlannedShare},
    totals::{Generator, Totals},
    verdict,
};

/// One generator: planned or not, heard of or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GeneratorReport {
    /// Its interval.
    pub interval: u32,
    /// Where it ran.
    pub region: String,
    /// The index of its share of the users.
    pub share: u32,
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
    /// Users that should have run by its end.
    pub users: Option<u32>,
    /// Users that continued from the interval before.
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

/// The planned generators in order, then those nobody planned.
pub(super) fn reports(plan: &Plan, totals: &Totals) -> Vec<GeneratorReport> {
    let silent = Generator::default();
    let planned = verdict::expected(plan).map(|(interval, share)| {
        let generator = verdict::find(totals, interval, share).unwrap_or(&silent);
        GeneratorReport::new(interval, &share.region, share.share.index(), generator)
    });
    let unplanned =
        totals.generators().filter(|(job, _)| !is_planned(plan, job)).map(|(job, generator)| {
            GeneratorReport::new(job.interval, &job.region, job.share, generator)
        });
    planned.chain(unplanned).collect()
}

fn is_planned(plan: &Plan, job: &JobId) -> bool {
    let is = |(interval, share): (u32, &PlannedShare)| {
        (interval, &share.region, share.share.index()) == (job.interval, &job.region, job.share)
    };
    verdict::expected(plan).any(is)
}

impl GeneratorReport {
    fn new(interval: u32, region: &str, share: u32, generator: &Generator) -> Self {
        let ending = generator.ending();
        let load = ending.and_then(|ending| ending.load);
        let continuing = ending.map(|ending| ending.continuing);
        Self {
            interval,
            region: region.into(),
            share,
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
