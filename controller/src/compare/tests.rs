//! Runs whose difference is known, compared many times.

use std::time::Duration;

use engine::{
    frame::{Health, Second},
    random::Random,
    stats::{Key, Latency, Outcome, Phases, Sample, Stats},
};

use super::{
    Figure, Finding, Metric, Percentile, Presence, Resamples, Row, Settings, Timeline, figure, rows,
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
            let fresh = (1.0 - self.memory * self.memory).sqrt();
            level = self.memory * level + fresh * normal(&mut random);
            timeline.absorb(&self.second(at, level, &mut random));
        }
        timeline
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
    let durations = [f64::from(base.seconds()), f64::from(other.seconds())];
    let timelines = [base.clone(), other.clone()];
    let mut rows = rows(&timelines, durations, &settings, &resamples);
    rows.truncate(1);
    figure::adjust(rows.iter_mut().flat_map(|row| &mut row.figures), 0.05);
    rows.remove(0)
}

fn finding(row: &Row, metric: Metric) -> Finding {
    row.figure(metric).unwrap().finding
}

/// Of so many comparisons of like with like, the part whose interval excludes no difference, for
/// each figure; and the part in which any figure is called different.
fn false_alarms(run: Simulated, paired: bool, times: u32) -> (Vec<(Metric, f64)>, f64) {
    let metrics = settings(1).metrics();
    let (mut misses, mut any) = (vec![0.0; metrics.len()], 0.0);
    for time in 0..times {
        let row = compared(&run.timeline(2 * time), &run.timeline(2 * time + 1), paired);
        for (miss, figure) in misses.iter_mut().zip(&row.figures) {
            let [low, high] = figure.interval.unwrap();
            *miss += f64::from(u8::from(low > 0.0 || high < 0.0)) / f64::from(times);
        }
        let differs = row.figures.iter().any(|figure| figure.finding.is_real());
        any += f64::from(u8::from(differs)) / f64::from(times);
    }
    (metrics.into_iter().zip(misses).collect(), any)
}

#[test]
#[ignore = "explores"]
fn explore() {
    for (name, run) in [
        ("steady", STEADY),
        ("wandering .7", WANDERING),
        ("wandering .9", Simulated { memory: 0.9, ..WANDERING }),
        ("ramp", Simulated { ramp: true, ..WANDERING }),
        ("short", Simulated { seconds: 30, ..STEADY }),
        ("short wandering", Simulated { seconds: 40, ..WANDERING }),
        ("long", Simulated { seconds: 600, per_second: 10, ..WANDERING }),
    ] {
        for paired in [true, false] {
            let (misses, any) = false_alarms(run, paired, 300);
            let misses: Vec<_> = misses.iter().map(|(m, p)| format!("{m} {p:.3}")).collect();
            println!("{name} {paired}: {} any {any:.3}", misses.join(", "));
        }
    }
}
