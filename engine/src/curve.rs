//! How many users run at each instant of a test.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{clients::Clients, hatch_rate::HatchRate};

/// The load level points of a whole test: a level in users, linear between the points.
///
/// User `k` starts when the level first exceeds `k`. The curve is the same in every job; each
/// generator works out its own users from it, so nothing is divided or rounded.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "Vec<LoadPoint>", into = "Vec<LoadPoint>")]
pub struct LoadCurve {
    points: Vec<LoadPoint>,
}

/// A level at an instant.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct LoadPoint {
    /// Time since the test's start.
    #[serde(with = "crate::duration::seconds")]
    pub at: Duration,
    /// Users; between whole numbers while they hatch.
    pub level: f64,
}

/// Why points make no curve.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum LoadCurveError {
    /// Fewer than two points.
    #[error("a load curve needs at least two points")]
    TooFewPoints,
    /// The first point is not at the start.
    #[error("a load curve begins at 0 s")]
    LateStart,
    /// A point is not after the one before it.
    #[error("the points of a load curve follow each other in time")]
    Disorder,
    /// A level falls, is negative or no number.
    #[error("the level of a load curve is a number that never falls")]
    Level,
}

/// The steps of a stepped load.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Steps {
    /// Time from one rise of the target to the next; above zero.
    #[serde(with = "crate::duration::seconds")]
    pub duration: Duration,
    /// Users that each step adds; the last one adds the remainder.
    pub clients: Clients,
}

impl LoadCurve {
    /// From 0 to `clients` at `rate`, then flat until `duration`.
    ///
    /// If `duration` ends first, so does the ramp.
    pub fn plain(clients: Clients, rate: HatchRate, duration: Duration) -> Self {
        let mut builder = Builder::new(rate, duration);
        builder.rise_until(f64::from(clients.get()), duration);
        builder.finish()
    }

    /// The target rises by `steps.clients` every `steps.duration`, beginning at 0 s; the level
    /// follows its target at `rate`.
    pub fn stepped(clients: Clients, rate: HatchRate, duration: Duration, steps: Steps) -> Self {
        let mut builder = Builder::new(rate, duration);
        let mut target = 0;
        let mut end = Duration::ZERO;
        while target < clients.get() && end < duration {
            target = target.saturating_add(steps.clients.get()).min(clients.get());
            end = if target == clients.get() {
                duration
            } else {
                end.saturating_add(steps.duration).min(duration)
            };
            builder.rise_until(f64::from(target), end);
        }
        builder.finish()
    }

    /// The points.
    pub fn points(&self) -> &[LoadPoint] {
        &self.points
    }

    /// When the test ends.
    pub fn duration(&self) -> Duration {
        self.points[self.points.len() - 1].at
    }

    /// The level at an instant: 0 outside the test.
    pub fn level(&self, at: Duration) -> f64 {
        let next = self.points.partition_point(|point| point.at <= at);
        match (next.checked_sub(1).map(|last| self.points[last]), self.points.get(next)) {
            (Some(a), Some(b)) => {
                let progress = (at - a.at).as_secs_f64() / (b.at - a.at).as_secs_f64();
                a.level + (b.level - a.level) * progress
            }
            _ => 0.0,
        }
    }

    /// When user `user` starts: the first instant after which the level exceeds its number.
    ///
    /// None if the level never does before the test ends.
    pub fn start_of(&self, user: u32) -> Option<Duration> {
        let threshold = f64::from(user);
        let index = self.points.partition_point(|point| point.level <= threshold);
        let (a, b) = (self.points.get(index.checked_sub(1)?)?, self.points.get(index)?);
        let progress = (threshold - a.level) / (b.level - a.level);
        let start = a.at + (b.at - a.at).mul_f64(progress);
        (start < self.duration()).then_some(start)
    }

    /// How many users run at an instant: those that have started by then; 0 outside the test.
    pub fn users(&self, at: Duration) -> u32 {
        if at >= self.duration() { 0 } else { self.started_by(at) }
    }

    /// How many users start before an instant.
    pub fn users_before(&self, at: Duration) -> u32 {
        at.checked_sub(Duration::from_nanos(1)).map_or(0, |last| self.started_by(last))
    }

    /// How many users have started by the end of the test.
    pub fn peak(&self) -> u32 {
        self.started_by(self.duration())
    }

    /// Users start in the order of their numbers, so this is a search for the last one.
    fn started_by(&self, at: Duration) -> u32 {
        let mut started = 0;
        let mut end = Clients::MAX;
        while started < end {
            let middle = started + (end - started) / 2;
            if self.start_of(middle).is_some_and(|start| start <= at) {
                started = middle + 1;
            } else {
                end = middle;
            }
        }
        started
    }
}

impl TryFrom<Vec<LoadPoint>> for LoadCurve {
    type Error = LoadCurveError;

    fn try_from(points: Vec<LoadPoint>) -> Result<Self, LoadCurveError> {
        if points.len() < 2 {
            return Err(LoadCurveError::TooFewPoints);
        }
        if points[0].at != Duration::ZERO {
            return Err(LoadCurveError::LateStart);
        }
        if points.windows(2).any(|pair| pair[0].at >= pair[1].at) {
            return Err(LoadCurveError::Disorder);
        }
        let sound = points.iter().all(|point| point.level.is_finite() && point.level >= 0.0);
        if !sound || points.windows(2).any(|pair| pair[0].level > pair[1].level) {
            return Err(LoadCurveError::Level);
        }
        Ok(Self { points })
    }
}

impl From<LoadCurve> for Vec<LoadPoint> {
    fn from(curve: LoadCurve) -> Self {
        curve.points
    }
}

/// Draws a curve from left to right.
struct Builder {
    rate: f64,
    duration: Duration,
    points: Vec<LoadPoint>,
}

impl Builder {
    fn new(rate: HatchRate, duration: Duration) -> Self {
        let start = LoadPoint { at: Duration::ZERO, level: 0.0 };
        Self { rate: rate.per_second(), duration, points: vec![start] }
    }

    /// Rises at the rate towards `target`, and stays there until `end`.
    fn rise_until(&mut self, target: f64, end: Duration) {
        let from = self.points[self.points.len() - 1];
        let seconds = (target - from.level) / self.rate;
        let reached = Duration::try_from_secs_f64(seconds)
            .ok()
            .and_then(|rise| from.at.checked_add(rise))
            .unwrap_or(Duration::MAX);
        if reached < end {
            self.push(reached, target);
            self.push(end, target);
        } else {
            let level = from.level + (end - from.at).as_secs_f64() * self.rate;
            self.push(end, level.min(target));
        }
    }

    /// Adds a point; one that only prolongs the last stretch replaces its end.
    fn push(&mut self, at: Duration, level: f64) {
        if self.points[self.points.len() - 1].at < at {
            self.points.push(LoadPoint { at, level });
        }
    }

    fn finish(mut self) -> LoadCurve {
        let last = self.points[self.points.len() - 1];
        self.push(self.duration, last.level);
        LoadCurve { points: self.points }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{share::Share, window::Window};

    fn clients(number: u32) -> Clients {
        Clients::try_new(number).unwrap()
    }

    fn rate(per_second: f64) -> HatchRate {
        HatchRate::try_new(per_second).unwrap()
    }

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_plain_curve_rises_and_stays() {
        let curve = LoadCurve::plain(clients(50), rate(5.0), seconds(180.0));
        let points: Vec<_> = curve.points().iter().map(|p| (p.at.as_secs(), p.level)).collect();
        assert_eq!(points, [(0, 0.0), (10, 50.0), (180, 50.0)]);
        assert_eq!(curve.start_of(0), Some(Duration::ZERO));
        assert_eq!(curve.start_of(49), Some(seconds(9.8)));
        assert_eq!(curve.start_of(50), None);
        assert_eq!(curve.users(seconds(1.0)), 6);
        assert_eq!(curve.users(seconds(180.0)), 0);
    }

    #[test]
    fn a_short_duration_ends_the_ramp() {
        let curve = LoadCurve::plain(clients(1200), rate(5.0), seconds(120.0));
        assert_eq!(curve.peak(), 600);
    }

    #[test]
    fn the_last_step_takes_the_remainder() {
        let steps = Steps { duration: seconds(60.0), clients: clients(40) };
        let curve = LoadCurve::stepped(clients(100), rate(4.0), seconds(300.0), steps);
        let points: Vec<_> = curve.points().iter().map(|p| (p.at.as_secs(), p.level)).collect();
        let expected =
            [(0, 0.0), (10, 40.0), (60, 40.0), (70, 80.0), (120, 80.0), (125, 100.0), (300, 100.0)];
        assert_eq!(points, expected);
    }

    #[test]
    fn a_slow_rate_lags_behind_the_steps() {
        let steps = Steps { duration: seconds(10.0), clients: clients(100) };
        let curve = LoadCurve::stepped(clients(300), rate(1.0), seconds(1000.0), steps);
        assert!((curve.level(seconds(150.0)) - 150.0).abs() < 1e-9);
        assert_eq!(curve.peak(), 300);
    }

    #[derive(Clone, Copy, Debug)]
    struct Given {
        clients: u32,
        rate: f64,
        duration: f64,
        steps: Option<(f64, u32)>,
    }

    impl Given {
        fn curve(self) -> LoadCurve {
            let (clients, rate, duration) =
                (clients(self.clients), rate(self.rate), seconds(self.duration));
            match self.steps {
                None => LoadCurve::plain(clients, rate, duration),
                Some((length, step)) => {
                    let step = Clients::try_new(step).unwrap();
                    let steps = Steps { duration: seconds(length), clients: step };
                    LoadCurve::stepped(clients, rate, duration, steps)
                }
            }
        }

        /// The definition, in small steps of time: the level follows its target at the rate.
        fn level_by_definition(self, at: f64) -> f64 {
            let all = f64::from(self.clients);
            let Some((length, step)) = self.steps else {
                return (at * self.rate).min(all);
            };
            let mut level: f64 = 0.0;
            let mut time = 0.0;
            let mut target: f64 = 0.0;
            while time < at {
                target = (target + f64::from(step)).min(all);
                let stretch = length.min(at - time);
                level = (level + stretch * self.rate).min(target);
                time += length;
            }
            level
        }
    }

    fn given() -> impl Strategy<Value = Given> {
        let steps = prop::option::of((0.5_f64..100.0, 1_u32..400));
        (1_u32..400, 0.01_f64..500.0, 1.0_f64..2000.0, steps)
            .prop_map(|(clients, rate, duration, steps)| Given { clients, rate, duration, steps })
    }

    proptest! {
        #[test]
        fn the_level_is_the_definition(given in given(), part in 0.0_f64..1.0) {
            let at = part * given.duration;
            let level = given.curve().level(seconds(at));
            prop_assert!((level - given.level_by_definition(at)).abs() < 1e-3, "{level}");
        }

        #[test]
        fn users_start_in_order_when_the_level_exceeds_them(given in given()) {
            let curve = given.curve();
            let mut last = Duration::ZERO;
            for user in 0..curve.peak() {
                let start = curve.start_of(user).unwrap();
                prop_assert!(start >= last);
                prop_assert!((curve.level(start) - f64::from(user)).abs() < 1e-3);
                prop_assert!(curve.users(start) > user);
                last = start;
            }
            prop_assert_eq!(curve.start_of(curve.peak()), None);
            prop_assert!(curve.peak() <= given.clients);
        }

        #[test]
        fn shares_and_windows_are_the_curve(given in given(), interval in 0.3_f64..900.0, of in 1_u32..7) {
            let curve = given.curve();
            let windows = Window::cut(curve.duration(), seconds(interval));
            let mut starts = vec![0_u32; curve.peak() as usize];
            let mut running = 0;
            for window in windows {
                let mut continuing = 0;
                for index in 0..of {
                    let share = Share::try_new(index, of).unwrap();
                    for user in share.users(curve.peak()) {
                        match curve.start_of(user).unwrap() {
                            start if start < window.from() => continuing += 1,
                            start if start < window.to() => starts[user as usize] += 1,
                            _ => {}
                        }
                    }
                }
                prop_assert_eq!(continuing, running, "no user is lost or doubled at a cut");
                running = starts.iter().sum();
            }
            prop_assert!(starts.iter().all(|starts| *starts == 1));
        }

        #[test]
        fn a_curve_travels_unchanged(given in given()) {
            let curve = given.curve();
            let text = serde_json::to_string(&curve).unwrap();
            prop_assert_eq!(serde_json::from_str::<LoadCurve>(&text).unwrap(), curve);
        }
    }
}
