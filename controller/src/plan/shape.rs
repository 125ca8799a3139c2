//! What a profile says of the load.

use std::time::Duration;

use engine::{
    clients::Clients,
    curve::{LoadCurve, Stages, Steps},
    hatch_rate::HatchRate,
};

/// How much load there is when.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Users hatch, and stay until the end.
    Ramp(Ramp),
    /// The number of users rises and falls.
    Stages(Stages),
}

/// Users hatch, and stay until the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Users at the height of the test.
    pub clients: Clients,
    /// Users started per second.
    pub hatch_rate: HatchRate,
    /// How long the test runs.
    pub duration: Duration,
    /// The steps of a stepped load.
    pub steps: Option<Steps>,
}

impl Shape {
    /// Users at the height of the test, as asked for.
    pub fn clients(&self) -> Clients {
        match self {
            Self::Ramp(ramp) => ramp.clients,
            Self::Stages(stages) => stages.most(),
        }
    }

    /// How long the test runs.
    pub fn duration(&self) -> Duration {
        match self {
            Self::Ramp(ramp) => ramp.duration,
            Self::Stages(stages) => stages.duration(),
        }
    }

    /// The load level points.
    pub fn curve(&self) -> LoadCurve {
        match self {
            Self::Ramp(Ramp { clients, hatch_rate, duration, steps: None }) => {
                LoadCurve::plain(*clients, *hatch_rate, *duration)
            }
            Self::Ramp(Ramp { clients, hatch_rate, duration, steps: Some(steps) }) => {
                LoadCurve::stepped(*clients, *hatch_rate, *duration, *steps)
            }
            Self::Stages(stages) => LoadCurve::staged(stages),
        }
    }

    /// How fast users sign in that continue, in users per second: as fast as they hatch. None if
    /// they do so all at once.
    pub fn sign_in_rate(&self) -> Option<f64> {
        match self {
            Self::Ramp(ramp) => Some(ramp.hatch_rate.per_second()),
            Self::Stages(_) => self.curve().steepest_rise(),
        }
    }
}
