//! How many users run at each instant of a test.

mod change;
mod draw;
mod life;
mod rate;
mod segment;
mod stages;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::segment::Segment;
pub use self::{
    change::{Change, ChangeError},
    life::Life,
    rate::{RateCurve, RateCurveError, RateStage},
    stages::{Stage, Stages, StagesError},
};
use crate::{clients::Clients, window::Window};

/// The load level points of a whole test: a level in users, linear between the points. Where two
/// points are at the same instant it jumps.
///
/// User `k` is active while the level exceeds `k`, so that the last ones to start are the first to
/// stop. The curve is the same in every job; each generator works out its own users from it, so
/// nothing is divided or rounded.
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
    /// Users, between whole numbers while they hatch; or arrivals per second.
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
    /// A point is before the one before it, or none is after the start.
    #[error("the points of a load curve follow each other in time")]
    Disorder,
    /// A level is negative, too high or no number.
    #[error("the level of a load curve is a number from 0 up to what there may be")]
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

impl LoadPoint {
    /// Whether its level exceeds a user's number.
    fn exceeds(self, user: u32) -> bool {
        self.level > f64::from(user)
    }
}

impl LoadCurve {
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
        self.segment(at).map_or(0.0, |segment| segment.level(at))
    }

    /// How many users are active at an instant: 0 outside the test. They are those with the lowest
    /// numbers.
    pub fn users(&self, at: Duration) -> u32 {
        self.segment(at).map_or(0, |segment| segment.users(at))
    }

    /// How many users are active just before an instant.
    pub fn users_before(&self, at: Duration) -> u32 {
        at.checked_sub(Duration::from_nanos(1)).map_or(0, |last| self.users(last))
    }

    /// How many users are active before an instant and go on at it.
    pub fn continuing(&self, at: Duration) -> u32 {
        self.users_before(at).min(self.users(at))
    }

    /// The most users that are active at once in a window, which are all that are active in it.
    pub fn most_users(&self, window: Window) -> u32 {
        let (from, to) = (window.from(), window.to());
        let turns = self.points.iter().map(|point| point.at).filter(|at| (from..to).contains(at));
        let at_turns = turns.filter(|at| *at > from).map(|at| self.around(at));
        at_turns.chain([self.users(from), self.users_before(to)]).max().unwrap_or(0)
    }

    /// The most users that are active at once.
    pub fn peak(&self) -> u32 {
        Window::try_new(Duration::ZERO, self.duration()).map_or(0, |all| self.most_users(all))
    }

    /// The most users that hatch in a second where the level rises; none if it only jumps.
    pub fn steepest_rise(&self) -> Option<f64> {
        let rising = self.segments().filter(|s| s.to.level > s.from.level && !s.is_jump());
        let rates = rising.map(|segment| {
            let length = segment.to.at.saturating_sub(segment.from.at);
            (segment.to.level - segment.from.level) / length.as_secs_f64()
        });
        rates.reduce(f64::max)
    }

    /// Whether points whose levels are at most `most` make a curve.
    fn check(points: &[LoadPoint], most: f64) -> Result<(), LoadCurveError> {
        let (Some(first), Some(last), 2..) = (points.first(), points.last(), points.len()) else {
            return Err(LoadCurveError::TooFewPoints);
        };
        if first.at != Duration::ZERO {
            return Err(LoadCurveError::LateStart);
        }
        let disorder = points.windows(2).any(|pair| pair[0].at > pair[1].at);
        if disorder || first.at == last.at {
            return Err(LoadCurveError::Disorder);
        }
        let sound = points.iter().all(|point| (0.0..=most).contains(&point.level));
        if sound { Ok(()) } else { Err(LoadCurveError::Level) }
    }

    /// The more of those before an instant and at it.
    fn around(&self, at: Duration) -> u32 {
        self.users_before(at).max(self.users(at))
    }

    fn segments(&self) -> impl Iterator<Item = Segment> {
        self.points.windows(2).map(|pair| Segment { from: pair[0], to: pair[1] })
    }

    /// The one that goes on at an instant, if that is within the test.
    fn segment(&self, at: Duration) -> Option<Segment> {
        let next = self.points.partition_point(|point| point.at <= at);
        let from = *self.points.get(next.checked_sub(1)?)?;
        self.points.get(next).map(|to| Segment { from, to: *to })
    }
}

impl TryFrom<Vec<LoadPoint>> for LoadCurve {
    type Error = LoadCurveError;

    fn try_from(points: Vec<LoadPoint>) -> Result<Self, LoadCurveError> {
        Self::check(&points, f64::from(Clients::MAX))?;
        Ok(Self { points })
    }
}

impl From<LoadCurve> for Vec<LoadPoint> {
    fn from(curve: LoadCurve) -> Self {
        curve.points
    }
}

#[cfg(test)]
mod tests;
