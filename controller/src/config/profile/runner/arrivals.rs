//! `profile.runner.arrival_rate`: tasks that are begun at a rate.

use std::time::Duration;

use engine::{
    arrival_rate::ArrivalRate,
    curve::{LoadCurveError, RateCurve, RateCurveError, RateStage},
    document::{Fields, Node, Rejection, Setting, Value},
    load::Arrivals,
};

use super::{
    Rate,
    stages::{self, Length},
};
use crate::{config::limits::Positive, grouped::grouped, plan::Shape};

/// What is of no use where users do not come and go.
const STEPS: [&str; 3] = ["step_load", "step_duration", "step_clients"];

/// Whether one of these stages has a rate.
pub(super) fn are_in(stages: Option<&Node>) -> bool {
    let Some(Value::List(stages)) = stages.map(|stages| &stages.value) else { return false };
    stages.iter().any(|stage| stage.get("arrival_rate").is_some())
}

/// Reads the rate, the pool, and how fast it gets ready.
pub(super) fn read(stages: Option<&Node>, fields: &mut Fields<'_>) -> Option<Shape> {
    let pool = fields.require("clients");
    let hatch_rate = fields.get::<Rate>("hatch_rate").map(|rate| rate.0);
    for key in STEPS {
        if fields.node(key).is_some() {
            let message = "not together with arrival_rate; stages with arrival_rate rise in steps";
            fields.reject(key, message);
        }
    }
    let rate = match stages {
        Some(stages) => staged(stages, fields),
        None => constant(fields),
    };
    Some(Shape::Arrivals(Arrivals { rate: rate?, pool: pool? }, hatch_rate))
}

fn constant(fields: &mut Fields<'_>) -> Option<RateCurve> {
    let rate = fields.require::<Arriving>("arrival_rate");
    let duration = fields.require::<Positive>("duration");
    let (Arriving(rate), Positive(duration)) = (rate?, duration?);
    let curve = RateCurve::constant(rate, duration);
    curve.map_err(|error| fields.reject("arrival_rate", advice(&error))).ok()
}

fn staged(node: &Node, fields: &mut Fields<'_>) -> Option<RateCurve> {
    stages::alone(&["duration"], node, fields);
    let from = fields.get::<Arriving>("arrival_rate").map_or(ArrivalRate::default(), |from| from.0);
    let stage = |fields: &mut Fields<'_>| {
        let duration = fields.require::<Length>("duration");
        let rate = fields.require::<Arriving>("arrival_rate");
        if fields.node("clients").is_some() {
            let message = "not together with arrival_rate; the size of the pool is \
                           profile.runner.clients, throughout";
            fields.reject("clients", message);
        }
        let (Length(duration), Arriving(rate)) = (duration?, rate?);
        Some(RateStage { duration, rate })
    };
    let stages = stages::each(node, fields, stage)?;
    let length = stages.iter().map(|stage| stage.duration);
    stages::check_length(length.fold(Duration::ZERO, Duration::saturating_add), fields)?;
    let curve = RateCurve::staged(from, &stages);
    curve.map_err(|error| fields.reject("stages", advice(&error))).ok()
}

fn advice(error: &RateCurveError) -> String {
    match error {
        RateCurveError::Points(LoadCurveError::TooFewPoints | LoadCurveError::Disorder) => {
            stages::NO_TIME.into()
        }
        RateCurveError::Points(error) => error.to_string(),
        RateCurveError::Nothing => "have no load, expected an arrival_rate above 0".into(),
        RateCurveError::TooMany(arrivals) => format!(
            "make {arrivals:.0} arrivals, expected at most {} of them",
            grouped(RateCurve::MAX)
        ),
    }
}

/// Arrivals per second.
struct Arriving(ArrivalRate);

impl Setting for Arriving {
    const EXPECTED: &'static str = ArrivalRate::EXPECTED;

    fn read(node: &Node) -> Result<Self, Rejection> {
        ArrivalRate::try_new(f64::read(node)?).map(Self).map_err(|_| Rejection::Unexpected)
    }
}
