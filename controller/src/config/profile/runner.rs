//! `profile.runner`: how much load when.

mod arrivals;
mod stages;

use std::time::Duration;

use engine::{
    clients::Clients,
    curve::Steps,
    document::{Fields, Node, Rejection, Setting},
    duration::format,
    hatch_rate::HatchRate,
};

use crate::{
    config::limits::{Bounded, Positive},
    plan::{LONGEST_LIFE, Ramp, Runner, Shape},
};

/// The most intervals or steps of a test. Beyond it a plan is unreadable, and a curve too large
/// for the jobs that carry it.
const MOST_PARTS: usize = 5_000;

/// How long requests in flight may go on unless something else is given.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest they may, so that most of a function's life is left for load.
const LONGEST_STOP_TIMEOUT: Duration = Duration::from_mins(5);

/// The fastest rate: starting times are exact to the nanosecond.
const FASTEST: f64 = 1e6;

pub(super) fn read(mut fields: Fields<'_>) -> Option<Runner> {
    let (rate, stages) = (fields.node("arrival_rate"), fields.node("stages"));
    let shape = match stages {
        _ if rate.is_some() || arrivals::are_in(stages) => arrivals::read(stages, &mut fields),
        Some(stages) => stages::read(stages, &mut fields).map(Shape::Stages),
        None => ramp(&mut fields).map(Shape::Ramp),
    };
    let interval = fields.get::<Positive>("interval").map(|set| set.0);
    let stop_timeout = fields.get::<Bounded>("stop_timeout").map_or(STOP_TIMEOUT, |set| set.0);
    let seed = fields.get("seed").unwrap_or(0);
    let runner = shape.map(|shape| Runner { shape, interval, stop_timeout, seed });
    if let Some(runner) = &runner {
        check(runner, &fields);
    }
    fields.finish();
    runner
}

fn ramp(fields: &mut Fields<'_>) -> Option<Ramp> {
    let clients = fields.require("clients");
    let hatch_rate = fields.require::<Rate>("hatch_rate");
    let duration = fields.require::<Positive>("duration");
    let steps = steps(fields);
    let (Rate(hatch_rate), Positive(duration)) = (hatch_rate?, duration?);
    Some(Ramp { clients: clients?, hatch_rate, duration, steps })
}

/// The steps, which are checked even if they are not used.
fn steps(fields: &mut Fields<'_>) -> Option<Steps> {
    let stepped = fields.get("step_load").unwrap_or(false);
    let (duration, clients) = if stepped {
        (fields.require::<Positive>("step_duration"), fields.require::<Clients>("step_clients"))
    } else {
        (fields.get("step_duration"), fields.get("step_clients"))
    };
    let steps = Steps { duration: duration?.0, clients: clients? };
    stepped.then_some(steps)
}

/// What no setting can tell on its own.
fn check(runner: &Runner, fields: &Fields<'_>) {
    if runner.stop_timeout > LONGEST_STOP_TIMEOUT {
        let (found, most) = (format(runner.stop_timeout), format(LONGEST_STOP_TIMEOUT));
        fields.reject("stop_timeout", format!("found {found}, expected at most {most}"));
    } else if let Some(interval) = runner.interval {
        check_interval(interval, runner, fields);
    }
    if let Shape::Ramp(ramp @ Ramp { steps: Some(steps), .. }) = &runner.shape {
        check_steps(*steps, ramp, fields);
    }
}

fn check_interval(interval: Duration, runner: &Runner, fields: &Fields<'_>) {
    let longest = runner.longest_window();
    if interval > longest {
        let message = format!(
            "found {}, expected at most {}: a function lives {}, and needs the rest to start, to \
             warm up, and to stop",
            format(interval),
            format(longest),
            format(LONGEST_LIFE),
        );
        fields.reject("interval", message);
    }
    let duration = runner.shape.duration();
    let intervals = parts(duration, interval);
    if intervals > MOST_PARTS as u128 {
        let message = format!(
            "found {}, which cuts the {} of the test into {intervals} intervals, expected at most \
             {MOST_PARTS} of them",
            format(interval),
            format(duration),
        );
        fields.reject("interval", message);
    }
}

fn check_steps(steps: Steps, ramp: &Ramp, fields: &Fields<'_>) {
    let by_clients = u128::from(ramp.clients.get().div_ceil(steps.clients.get()));
    let count = by_clients.min(parts(ramp.duration, steps.duration));
    if count > MOST_PARTS as u128 {
        let message = format!(
            "found {}, which makes {count} steps, expected at most {MOST_PARTS} of them; a smooth \
             rise is `step_load: false` with a low hatch_rate",
            steps.clients.get(),
        );
        fields.reject("step_clients", message);
    }
}

fn parts(whole: Duration, part: Duration) -> u128 {
    whole.as_nanos().div_ceil(part.as_nanos())
}

/// A hatch rate that starting times can tell apart.
struct Rate(HatchRate);

impl Setting for Rate {
    const EXPECTED: &'static str = HatchRate::EXPECTED;

    fn read(node: &Node) -> Result<Self, Rejection> {
        let rate = HatchRate::read(node)?;
        if rate.per_second() > FASTEST {
            return Err(Rejection::Because("more than 1,000,000 users per second".into()));
        }
        Ok(Self(rate))
    }
}
