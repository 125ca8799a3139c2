//! How many arrivals per second there are at each instant of a test.

use std::{ops::Range, time::Duration};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{LoadCurve, LoadCurveError, LoadPoint, draw::Pen, segment::Segment};
use crate::{arrival_rate::ArrivalRate, window::Window};

/// The rate of arrivals in a whole test: linear between its points, and a jump where two of them
/// are at the same instant.
///
/// Arrival `n` happens when the integral of the rate first exceeds `n`, so that the first one is
/// as soon as there is any rate. The curve is the same in every job; nothing is divided or rounded.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "Vec<LoadPoint>", into = "Vec<LoadPoint>")]
pub struct RateCurve {
    /// Levels are arrivals per second.
    points: Vec<LoadPoint>,
    /// The integral up to each point.
    integral: Vec<f64>,
}

/// A part of a load whose rate of arrivals changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateStage {
    /// How long it takes; if it takes no time, the rate jumps.
    pub duration: Duration,
    /// The rate at its end.
    pub rate: ArrivalRate,
}

/// Why there are no such arrivals.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum RateCurveError {
    /// The points are none of a curve, or beyond [`ArrivalRate::MAX`].
    #[error(transparent)]
    Points(#[from] LoadCurveError),
    /// The rate is 0 throughout.
    #[error("nothing ever arrives")]
    Nothing,
    /// More than [`RateCurve::MAX`].
    #[error("{0:.0} arrivals are too many")]
    TooMany(f64),
}

impl RateCurve {
    /// The most arrivals of a test.
    pub const MAX: u32 = u32::MAX;

    /// The same rate throughout.
    ///
    /// # Errors
    ///
    /// No time, no arrivals, or too many.
    pub fn constant(rate: ArrivalRate, duration: Duration) -> Result<Self, RateCurveError> {
        Self::staged(rate, &[RateStage { duration, rate }])
    }

    /// From a rate on through all stages, which follow each other: within each the rate goes
    /// evenly from where it was to the stage's, and at once if the stage takes no time.
    ///
    /// # Errors
    ///
    /// No time, no arrivals, or too many.
    pub fn staged(from: ArrivalRate, stages: &[RateStage]) -> Result<Self, RateCurveError> {
        let mut pen = Pen::at(from.per_second());
        let mut at = Duration::ZERO;
        for stage in stages {
            at = at.saturating_add(stage.duration);
            pen.draw_to(at, stage.rate.per_second());
        }
        Self::try_from(pen.finish(at))
    }

    /// The points; their levels are arrivals per second.
    pub fn points(&self) -> &[LoadPoint] {
        &self.points
    }

    /// When the test ends.
    pub fn duration(&self) -> Duration {
        self.points[self.points.len() - 1].at
    }

    /// The highest rate, arrivals per second.
    pub fn fastest(&self) -> f64 {
        self.points.iter().map(|point| point.level).fold(0.0, f64::max)
    }

    /// How many arrivals there are in all.
    pub fn total(&self) -> u32 {
        self.before(self.duration())
    }

    /// When an arrival happens; none if the test ends before.
    pub fn instant(&self, arrival: u32) -> Option<Duration> {
        let number = f64::from(arrival);
        let next = self.integral.partition_point(|integral| *integral <= number);
        let (from, to) = (*self.points.get(next.checked_sub(1)?)?, *self.points.get(next)?);
        let at = Segment { from, to }.gathers(number - self.integral[next - 1]);
        (at < self.duration()).then_some(at)
    }

    /// The numbers of the arrivals in a window.
    pub fn arrivals(&self, window: Window) -> Range<u32> {
        self.before(window.from())..self.before(window.to())
    }

    /// How many arrivals happen before an instant: they do in the order of their numbers.
    pub fn before(&self, at: Duration) -> u32 {
        let (mut happened, mut end) = (0, Self::MAX);
        while happened < end {
            let middle = happened + (end - happened) / 2;
            if self.instant(middle).is_some_and(|instant| instant < at) {
                happened = middle + 1;
            } else {
                end = middle;
            }
        }
        happened
    }
}

impl TryFrom<Vec<LoadPoint>> for RateCurve {
    type Error = RateCurveError;

    fn try_from(points: Vec<LoadPoint>) -> Result<Self, RateCurveError> {
        LoadCurve::check(&points, ArrivalRate::MAX)?;
        let mut integral = vec![0.0];
        let mut sum = 0.0;
        for pair in points.windows(2) {
            sum += Segment { from: pair[0], to: pair[1] }.area();
            integral.push(sum);
        }
        if sum <= 0.0 {
            return Err(RateCurveError::Nothing);
        }
        if sum > f64::from(Self::MAX) {
            return Err(RateCurveError::TooMany(sum));
        }
        Ok(Self { points, integral })
    }
}

impl From<RateCurve> for Vec<LoadPoint> {
    fn from(curve: RateCurve) -> Self {
        curve.points
    }
}

#[cfg(test)]
mod tests;
