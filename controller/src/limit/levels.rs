//! What the levels of a search are, and the load of each.

use std::{ops::Range, time::Duration};

use engine::{
    arrival_rate::ArrivalRate,
    clients::{Clients, ClientsError},
    curve::{LoadCurve, RateCurve},
    hatch_rate::HatchRate,
    load::{Arrivals, Load},
};

use crate::plan::{Ramp, Runner, Shape};

/// The levels of a test: users, or in the open model arrivals per second.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    runner: Runner,
    settle: Duration,
    hold: Duration,
}

impl Levels {
    /// Those of a test: after all users have hatched the system gets `settle`, and then the level
    /// is held for `hold`.
    pub fn new(runner: Runner, settle: Duration, hold: Duration) -> Self {
        Self { runner, settle, hold }
    }

    /// What a level is a number of.
    pub fn unit(&self) -> &'static str {
        match self.runner.shape {
            Shape::Ramp(_) | Shape::Stages(_) => "users",
            Shape::Arrivals(..) => "arrivals per second",
        }
    }

    /// The height of the test as it was asked for.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most a million"
    )]
    pub fn height(&self) -> u32 {
        match &self.runner.shape {
            Shape::Ramp(_) | Shape::Stages(_) => self.runner.shape.clients().get(),
            Shape::Arrivals(arrivals, _) => arrivals.rate.fastest().ceil() as u32,
        }
    }

    /// When a level is held, since the test's start: whole seconds, as frames are of those.
    pub fn held(&self, level: u32) -> Range<Duration> {
        let steady = self.steady(level);
        steady..whole(steady.saturating_add(self.hold))
    }

    fn steady(&self, level: u32) -> Duration {
        let hatching = match &self.runner.shape {
            Shape::Arrivals(..) => Duration::ZERO,
            Shape::Ramp(_) | Shape::Stages(_) => {
                let seconds = f64::from(level) / self.hatch_rate();
                Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
            }
        };
        whole(hatching.saturating_add(self.settle))
    }

    /// How long a trial of a level takes.
    pub fn length(&self, level: u32) -> Duration {
        self.held(level).end
    }

    /// The test at a level.
    ///
    /// # Errors
    ///
    /// There may not be as many.
    pub fn at(&self, level: u32) -> Result<Runner, ClientsError> {
        let duration = self.length(level);
        let shape = match &self.runner.shape {
            Shape::Arrivals(arrivals, hatch_rate) => {
                let rate = ArrivalRate::try_new(level.into()).map_err(|_| ClientsError)?;
                let rate = RateCurve::constant(rate, duration).map_err(|_| ClientsError)?;
                Shape::Arrivals(Arrivals { rate, pool: arrivals.pool }, *hatch_rate)
            }
            Shape::Ramp(_) | Shape::Stages(_) => Shape::Ramp(Ramp {
                clients: Clients::try_new(level)?,
                hatch_rate: HatchRate::try_new(self.hatch_rate()).map_err(|_| ClientsError)?,
                duration,
                steps: None,
            }),
        };
        Ok(Runner { shape, ..self.runner.clone() })
    }

    /// How fast users hatch; where the number of users only jumps, as fast as there are.
    fn hatch_rate(&self) -> f64 {
        match &self.runner.shape {
            Shape::Ramp(ramp) => ramp.hatch_rate.per_second(),
            shape => {
                let Load::Users(curve) = shape.load() else { return f64::from(self.height()) };
                LoadCurve::steepest_rise(&curve).unwrap_or_else(|| f64::from(self.height()))
            }
        }
    }
}

/// Whole seconds, at least as long.
fn whole(time: Duration) -> Duration {
    let begun = u64::from(time.subsec_nanos() > 0);
    Duration::from_secs(time.as_secs().saturating_add(begun))
}
