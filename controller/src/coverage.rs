//! How much of the planned load was made.

use std::{collections::BTreeMap, time::Duration};

use engine::window::Window;
use serde::Serialize;

use crate::{
    attempts::{Attempt, Attempts},
    plan::{Interval, Plan},
    totals::{Generator, Totals},
};

/// A generator whose load lacks no more than this is not short of any: users are let go, and
/// clocks are read, a moment late.
pub const TOLERANCE: Duration = Duration::from_millis(100);

/// The seconds in which planned generators made load, of those in which they should have.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    /// Seconds of load that were planned, each generator's on its own.
    pub planned_s: f64,
    /// Those that were made.
    pub covered_s: f64,
    /// Covered to planned, 0 to 1; none if nothing was planned.
    pub ratio: Option<f64>,
    /// Seconds in which two generators made the same load: the attempts at a share overlap.
    pub doubled_s: f64,
    /// The same for each interval and region.
    pub intervals: Vec<IntervalCoverage>,
}

/// The same for the generators of an interval in a region.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntervalCoverage {
    /// Of which run, where several are reported as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The interval.
    pub interval: u32,
    /// Where its generators run.
    pub region: String,
    /// How many were planned.
    pub generators: usize,
    /// How many of them lack more than [`TOLERANCE`].
    pub short_generators: usize,
    /// Seconds of load that were planned.
    pub planned_s: f64,
    /// Those that were made.
    pub covered_s: f64,
    /// Covered to planned, 0 to 1; none if nothing was planned.
    pub ratio: Option<f64>,
}

impl Coverage {
    /// Works out what was covered.
    ///
    /// A generator that has reported its end covers the time of its load, as it measured it; any
    /// other covers the seconds it reported in which it had users. What replaced a generator
    /// covers the same share.
    pub fn new(plan: &Plan, totals: &Totals) -> Self {
        Self::until(plan, totals, Duration::MAX)
    }

    /// Works out what was covered of the time until `until`.
    pub fn until(plan: &Plan, totals: &Totals, until: Duration) -> Self {
        let attempts = Attempts::of(totals);
        let mut all = Time::default();
        let mut intervals = Vec::new();
        for interval in &plan.intervals {
            let (from, to) = (interval.window.from(), interval.window.to().min(until));
            let Ok(window) = Window::try_new(from, to) else { continue };
            for (region, time) in by_region(interval, window, &attempts) {
                all.add(&time);
                intervals.push(IntervalCoverage::new(interval.index, region, &time));
            }
        }
        Self {
            planned_s: all.planned.as_secs_f64(),
            covered_s: all.covered.as_secs_f64(),
            ratio: all.ratio(),
            doubled_s: all.doubled.as_secs_f64(),
            intervals,
        }
    }

    /// Whether no generator lacks more than [`TOLERANCE`].
    pub fn is_full(&self) -> bool {
        self.intervals.iter().all(|interval| interval.short_generators == 0)
    }

    /// Where generators lack more, the worst first.
    pub fn short(&self) -> Vec<&IntervalCoverage> {
        let short = self.intervals.iter().filter(|interval| interval.short_generators > 0);
        let mut short: Vec<_> = short.collect();
        short.sort_by(|a, b| a.ratio.unwrap_or(1.0).total_cmp(&b.ratio.unwrap_or(1.0)));
        short
    }
}

impl IntervalCoverage {
    fn new(interval: u32, region: &str, time: &Time) -> Self {
        Self {
            run: None,
            interval,
            region: region.into(),
            generators: time.generators,
            short_generators: time.short,
            planned_s: time.planned.as_secs_f64(),
            covered_s: time.covered.as_secs_f64(),
            ratio: time.ratio(),
        }
    }
}

/// Planned and covered time of some generators.
#[derive(Default)]
struct Time {
    planned: Duration,
    covered: Duration,
    doubled: Duration,
    generators: usize,
    short: usize,
}

impl Time {
    fn add(&mut self, other: &Self) {
        self.planned += other.planned;
        self.covered += other.covered;
        self.doubled += other.doubled;
        self.generators += other.generators;
        self.short += other.short;
    }

    fn ratio(&self) -> Option<f64> {
        (self.planned > Duration::ZERO)
            .then(|| self.covered.as_secs_f64() / self.planned.as_secs_f64())
    }
}

fn by_region<'a>(
    interval: &'a Interval,
    window: Window,
    attempts: &Attempts<'a>,
) -> BTreeMap<&'a str, Time> {
    let mut regions: BTreeMap<&str, Time> = BTreeMap::new();
    for share in &interval.shares {
        let planned = window.length();
        let (covered, doubled) = covered(window, attempts.at(interval.index, share));
        let short = planned - covered > TOLERANCE;
        let time = Time { planned, covered, doubled, generators: 1, short: short.into() };
        regions.entry(&share.region).or_default().add(&time);
    }
    regions
}

/// How much of a window all attempts at a share cover together, and how much of it twice.
fn covered(window: Window, attempts: &[Attempt<'_>]) -> (Duration, Duration) {
    let stretches = attempts.iter().flat_map(|(_, generator)| load(generator));
    let mut stretches: Vec<_> = stretches
        .map(|(from, to)| (from.max(window.from()), to.min(window.to())))
        .filter(|(from, to)| from < to)
        .collect();
    stretches.sort_unstable();
    let (mut covered, mut doubled) = (Duration::ZERO, Duration::ZERO);
    let mut until = window.from();
    for (from, to) in stretches {
        covered += to.saturating_sub(from.max(until));
        doubled += until.min(to).saturating_sub(from);
        until = until.max(to);
    }
    (covered, doubled)
}

/// When a generator made load.
fn load(generator: &Generator) -> Vec<(Duration, Duration)> {
    let seconds = |second: u32| Duration::from_secs(second.into());
    match generator.ending() {
        Some(ending) => ending.load.iter().map(|load| (load.from, load.to)).collect(),
        None => generator.loaded().map(|s| (seconds(s.start), seconds(s.end))).collect(),
    }
}
