//! What a profile says of the load.

use std::time::Duration;

use engine::{
    clients::Clients,
    curve::{LoadCurve, Stages, Steps},
    hatch_rate::HatchRate,
    load::{Arrivals, Load},
};

/// How fast the users of a pool get ready unless a hatch rate is given, users per second.
const READY_RATE: f64 = 50.0;

/// A pool has at least so long to get ready.
const LEAST_READY: Duration = Duration::from_secs(1);

/// How much load there is when.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Users hatch, and stay until the end.
    Ramp(Ramp),
    /// The number of users rises and falls.
    Stages(Stages),
    /// Tasks are begun at a rate, by a pool of users who hatch before.
    Arrivals(Arrivals, Option<HatchRate>),
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
            Self::Arrivals(arrivals, _) => arrivals.pool,
        }
    }

    /// Users started per second, where that is one number.
    pub fn hatch_rate(&self) -> Option<HatchRate> {
        if let Self::Ramp(ramp) = self { Some(ramp.hatch_rate) } else { None }
    }

    /// How long the test runs.
    pub fn duration(&self) -> Duration {
        match self {
            Self::Ramp(ramp) => ramp.duration,
            Self::Stages(stages) => stages.duration(),
            Self::Arrivals(arrivals, _) => arrivals.rate.duration(),
        }
    }

    /// The load itself.
    pub fn load(&self) -> Load {
        match self {
            Self::Ramp(ramp) => Load::Users(ramp.curve()),
            Self::Stages(stages) => Load::Users(LoadCurve::staged(stages)),
            Self::Arrivals(arrivals, _) => Load::Arrivals(arrivals.clone()),
        }
    }

    /// How long so many users take to get ready for a window: they sign in as fast as they hatch.
    /// None if nothing is said about that.
    pub fn ready(&self, users: u32) -> Option<Duration> {
        let time = |rate: f64| Duration::try_from_secs_f64(f64::from(users) / rate).ok();
        match self {
            Self::Ramp(ramp) => time(ramp.hatch_rate.per_second()),
            Self::Stages(stages) => LoadCurve::staged(stages).steepest_rise().and_then(time),
            Self::Arrivals(_, rate) => {
                let rate = rate.map_or(READY_RATE, HatchRate::per_second);
                time(rate).map(|time| time.max(LEAST_READY))
            }
        }
    }
}

impl Ramp {
    fn curve(&self) -> LoadCurve {
        let Self { clients, hatch_rate, duration, steps } = *self;
        match steps {
            None => LoadCurve::plain(clients, hatch_rate, duration),
            Some(steps) => LoadCurve::stepped(clients, hatch_rate, duration, steps),
        }
    }
}
