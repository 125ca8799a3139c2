//! Runs whose difference is known, compared many times.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "tests compute with small numbers"
)]

use std::time::Duration;

use engine::{
    frame::{Health, Second},
    random::Random,
    stats::{Latency, Outcome, Phases, Sample, Stats},
};

use super::{
    Finding, Metric, Percentile, Presence, Resamples, Row, Settings, Timeline, figure, rows,
};

/// A run that never was: response times are log-normal around a level that wanders.
#[derive(Clone, Copy)]
struct Simulated {
    seconds: u32,
    per_second: u32,
    /// How much a second's level has of the one before, 0 to 1.
    memory: f64,
    /// How far levels wander, as a part of themselves.
    wandering: f64,
    /// Times are so much longer.
    factor: f64,
    /// The slowest 2 % take so much longer.
    tail: f64,
    failures: f64,
    /// The load rises in the first third.
    ramp: bool,
}

const STEADY: Simulated = Simulated {
    seconds: 120,
    per_second: 40,
    memory: 0.0,
    wandering: 0.05,
    factor: 1.0,
    tail: 1.0,
    failures: 0.02,
    ramp: false,
};

const WANDERING: Simulated = Simulated { memory: 0.7, wandering: 0.1, ..STEADY };

impl Simulated {
    fn timeline(self, seed: u32) -> Timeline {
        let mut random = Random::of_user(77, seed, 0);
        let mut timeline = Timeline::new(Duration::from_secs(self.seconds.into()), Duration::ZERO);
        let mut level = normal(&mut random);
        for at in 0..self.seconds {
            level = self.next(level, &mut random);
            timeline.absorb(&self.second(at, level, &mut random));
        }
        timeline
    }

    fn next(self, level: f64, random: &mut Random) -> f64 {
        self.memory * level + (1.0 - self.memory * self.memory).sqrt() * normal(random)
    }

    fn second(self, at: u32, level: f64, random: &mut Random) -> Second {
        let mut stats = Stats::default();
        let risen = (f64::from(at) / f64::from(self.seconds) * 3.0).min(1.0);
        let load = if self.ramp { 0.2 + 0.8 * risen } else { 1.0 };
        let slower = self.factor * load * (self.wandering * level).exp();
        for _ in 0..(f64::from(self.per_second) * load * (0.9 + 0.2 * random.unit())) as u32 {
            let usual = normal(random);
            let tail = if usual > 2.05 { self.tail } else { 1.0 };
            let micros = 20_000.0 * slower * tail * (0.4 * usual).exp();
            let failed = random.unit() < self.failures;
            stats.record(&Sample {
                method: "GET",
                name: "/",
                status: Some(200),
                elapsed: Duration::from_micros(micros as u64),
                from_intended: None,
                phases: Phases::default(),
                bytes: 1,
                met: None,
                outcome: if failed { Outcome::Failed("no") } else { Outcome::Passed },
            });
        }
        Second { second: at, seconds: 1, users: 1, stats, health: Health::default() }
    }
}

fn normal(random: &mut Random) -> f64 {
    (-2.0 * (1.0 - random.unit()).ln()).sqrt() * (std::f64::consts::TAU * random.unit()).cos()
}

fn percentile(percentile: f64) -> Metric {
    Metric::Percentile(Percentile::try_new(percentile).unwrap())
}

fn settings(resamples: usize) -> Settings {
    let percentiles = [50.0, 95.0, 99.0].map(|p| Percentile::try_new(p).unwrap());
    Settings { resamples, ..Settings::new(percentiles.into()) }
}

fn compared(base: &Timeline, other: &Timeline, paired: bool) -> Row {
    let settings = settings(300);
    let columns = [base.count(), other.count()];
    let resamples = Resamples::new(columns, paired, settings.resamples, 0);
    let durations = [base, other].map(|timeline| timeline.lengths().iter().sum());
    let timelines = [base.clone(), other.clone()];
    let mut rows = rows(&timelines, durations, &settings, &resamples);
    rows.truncate(1);
    figure::adjust(rows.iter_mut().flat_map(|row| &mut row.figures), 0.05);
    rows.remove(0)
}

fn finding(row: &Row, metric: Metric) -> Finding {
    row.figure(metric).unwrap().finding
}

#[test]
fn like_runs_are_seldom_told_apart() {
    const TIMES: u32 = 16;
    for (run, paired) in [(WANDERING, true), (Simulated { ramp: true, ..WANDERING }, false)] {
        let run = Simulated { seconds: 60, per_second: 20, ..run };
        let mut misses = [0; 7];
        let mut alarms = 0;
        for time in 0..TIMES {
            let row = compared(&run.timeline(2 * time), &run.timeline(2 * time + 1), paired);
            for (miss, figure) in misses.iter_mut().zip(&row.figures) {
                let excludes = |[low, high]: [f64; 2]| low > 0.0 || high < 0.0;
                *miss += u32::from(figure.interval.is_some_and(excludes));
            }
            alarms += u32::from(row.figures.iter().any(|figure| figure.finding.is_real()));
        }
        // At 5 %, 0.8 of 16 are expected, and more than 5 hardly ever.
        assert!(misses.iter().all(|miss| *miss <= 5), "{misses:?}");
        assert!(alarms <= 4, "{alarms}");
    }
}

#[test]
fn a_shift_is_found() {
    let slower = Simulated { factor: 1.1, ..STEADY };
    for seed in 0..4 {
        let row = compared(&STEADY.timeline(seed), &slower.timeline(100 + seed), true);
        for metric in [Metric::Mean, percentile(50.0), Metric::Superiority] {
            let figure = row.figure(metric).unwrap();
            assert_eq!(figure.finding, Finding::Higher, "{figure:?}");
            assert_eq!(figure.is_worse(), Some(true));
        }
        let [low, high] = row.figure(percentile(50.0)).unwrap().interval.unwrap();
        assert!(low > 3.0 && high < 18.0, "{low} {high}");
        assert!(!finding(&row, Metric::RequestsPerS).is_real());
        assert!(row.distance.unwrap().distance > 0.05);
    }
}

#[test]
fn a_longer_tail_is_found_where_it_is() {
    let longer = Simulated { tail: 1.6, ..STEADY };
    for seed in 0..4 {
        let row = compared(&STEADY.timeline(seed), &longer.timeline(100 + seed), true);
        assert_eq!(finding(&row, percentile(99.0)), Finding::Higher);
        assert!(!finding(&row, percentile(50.0)).is_real());
    }
}

#[test]
fn failures_are_compared_in_points() {
    let failing = Simulated { failures: 0.06, ..STEADY };
    let row = compared(&STEADY.timeline(1), &failing.timeline(2), true);
    let figure = row.figure(Metric::FailureRatio).unwrap();
    assert_eq!((figure.finding, figure.unit), (Finding::Higher, super::Unit::Points));
    assert!((figure.difference.unwrap() - 4.0).abs() < 1.5, "{figure:?}");

    let sound = Simulated { failures: 0.0, ..STEADY };
    let row = compared(&sound.timeline(1), &sound.timeline(2), true);
    let figure = row.figure(Metric::FailureRatio).unwrap();
    let [low, high] = figure.interval.unwrap();
    assert_eq!(figure.finding, Finding::Noise);
    assert!(low < 0.0 && high > 0.0 && high < 0.2, "none of so many is not none for sure");
}

#[test]
fn a_short_run_says_so() {
    let short = Simulated { seconds: 19, ..STEADY };
    let row = compared(&short.timeline(1), &short.timeline(2), true);
    assert!(row.figures.iter().all(|figure| figure.finding == Finding::TooShort));
    let reason = row.figures[0].reason.clone().unwrap();
    assert_eq!(reason, "19 x 1 s were measured, 20 are needed");

    let rare = Simulated { seconds: 60, per_second: 10, ..STEADY };
    let row = compared(&rare.timeline(1), &rare.timeline(2), true);
    assert_eq!(finding(&row, percentile(99.0)), Finding::TooShort);
    assert!(
        row.figure(percentile(99.0)).unwrap().reason.as_ref().unwrap().ends_with("p99 needs 1000")
    );
    assert_ne!(finding(&row, percentile(50.0)), Finding::TooShort);
}

#[test]
fn what_one_run_lacks_is_not_compared() {
    let empty = Timeline::new(Duration::from_mins(1), Duration::ZERO);
    let row = compared(&STEADY.timeline(1), &empty, false);
    assert_eq!(row.presence, Presence::Base);
    assert!(row.figures.is_empty());
}

#[test]
fn a_comparison_repeats_itself() {
    let (base, other) = (WANDERING.timeline(1), WANDERING.timeline(2));
    assert_eq!(compared(&base, &other, true), compared(&base, &other, true));
}

/// All times of a run in one histogram, its requests and its failures.
fn merged(run: Simulated, seed: u32) -> (Latency, u64, u64) {
    let mut merged = (Latency::default(), 0, 0);
    let mut random = Random::of_user(77, seed, 0);
    let mut level = normal(&mut random);
    for at in 0..run.seconds {
        level = run.next(level, &mut random);
        for transaction in run.second(at, level, &mut random).stats.each() {
            merged.0.merge(&transaction.latency);
            merged.1 += transaction.requests;
            merged.2 += transaction.failures;
        }
    }
    merged
}

#[test]
fn figures_are_those_of_the_merged_histogram() {
    // 300 seconds become stretches of 4.
    for run in [STEADY, Simulated { seconds: 300, per_second: 7, ..WANDERING }] {
        let row = compared(&run.timeline(5), &run.timeline(6), true);
        let (latency, requests, failures) = merged(run, 5);
        for p in [50.0, 95.0, 99.0] {
            let exact = latency.percentile(p).unwrap().as_secs_f64() * 1000.0;
            let found = row.figure(percentile(p)).unwrap().base.unwrap();
            assert!((found - exact).abs() < 1e-9, "{found} instead of {exact}");
        }
        let mean = latency.sum().as_secs_f64() * 1000.0 / latency.count() as f64;
        assert!((row.figure(Metric::Mean).unwrap().base.unwrap() - mean).abs() < 1e-9);
        let ratio = failures as f64 / requests as f64;
        assert!((row.figure(Metric::FailureRatio).unwrap().base.unwrap() - ratio).abs() < 1e-12);
        assert_eq!(row.requests[0], requests);
    }
}

#[test]
fn superiority_is_that_of_all_pairs() {
    let times = |run: Simulated, seed| {
        let buckets: Vec<_> = merged(run, seed).0.buckets().collect();
        buckets
            .into_iter()
            .flat_map(|(value, count)| vec![value; count as usize])
            .collect::<Vec<_>>()
    };
    let small = Simulated { seconds: 30, per_second: 10, ..STEADY };
    let slow = Simulated { factor: 1.3, ..small };
    let (base, other) = (times(small, 1), times(slow, 2));
    let wins = base.iter().flat_map(|a| {
        other.iter().map(move |b| if b > a { 1.0 } else { f64::from(u8::from(a == b)) / 2.0 })
    });
    let exact = wins.sum::<f64>() / (base.len() * other.len()) as f64;
    let row = compared(&small.timeline(1), &slow.timeline(2), true);
    let found = row.figure(Metric::Superiority).unwrap().other.unwrap();
    assert!((found - exact).abs() < 1e-12, "{found} instead of {exact}");
}

#[test]
fn joined_skipped_late_and_absurd_seconds_find_their_place() {
    let mut random = Random::of_user(1, 1, 0);
    let second = |first, seconds, random: &mut Random| Second {
        second: first,
        seconds,
        ..STEADY.second(0, 0.0, random)
    };
    let mut timeline = Timeline::new(Duration::from_secs(50), Duration::from_secs(10));
    let mut expected = 0;
    for (first, seconds, counts) in [(9, 1, false), (10, 1, true), (49, 1, true), (60, 1, true)] {
        let second = second(first, seconds, &mut random);
        let requests: u64 = second.stats.each().map(|t| t.requests).sum();
        expected += requests * u64::from(counts);
        timeline.absorb(&second);
    }
    let hostile = second(u32::MAX, u32::MAX, &mut random);
    expected += hostile.stats.each().map(|t| t.requests).sum::<u64>();
    timeline.absorb(&hostile);
    let total = |cells: &[super::cell::Cell]| cells.iter().map(|cell| cell.requests).sum::<u64>();
    assert_eq!((timeline.count(), total(&timeline.overall())), (40, expected));

    let joined = second(20, 4, &mut random);
    let before: Vec<_> = timeline.overall().iter().map(|cell| cell.requests).collect();
    timeline.absorb(&joined);
    let after = timeline.overall();
    let dealt: Vec<_> = (10..14).map(|at| after[at].requests - before[at]).collect();
    assert_eq!(dealt.iter().sum::<u64>(), joined.stats.each().map(|t| t.requests).sum::<u64>());
    assert!(dealt.iter().max().unwrap() - dealt.iter().min().unwrap() <= 1, "{dealt:?}");
}
