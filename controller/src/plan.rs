//! Everything about a run that is known before it starts.

use std::time::Duration;

use engine::{
    clients::Clients,
    curve::{LoadCurve, Steps},
    duration,
    hatch_rate::HatchRate,
    share::Share,
    window::Window,
};
use serde::{Deserialize, Serialize};

use crate::grouped::grouped;

/// The longest life of a function, start-up and waiting included.
pub const LONGEST_LIFE: Duration = Duration::from_mins(15);

/// What of a function's life is kept free: start-up, and handing over the results.
pub const RESERVE: Duration = Duration::from_secs(10);

/// The longest time that continuing users take to sign in and connect before their window.
const LONGEST_WARM_UP: Duration = Duration::from_secs(30);

/// The region of runs on this machine.
pub const LOCAL: &str = "local";

/// What a plan is made from: the validated `runner` section of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Runner {
    /// Users at the height of the test.
    pub clients: Clients,
    /// Users started per second.
    pub hatch_rate: HatchRate,
    /// How long the test runs.
    pub duration: Duration,
    /// The steps of a stepped load.
    pub steps: Option<Steps>,
    /// The longest window of load of one generator; none for the longest that fits its life.
    pub interval: Option<Duration>,
    /// How long requests in flight may go on when the load ends.
    pub stop_timeout: Duration,
    /// From which users' random choices follow.
    pub seed: u64,
}

/// A run before it starts.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Plan {
    /// The test's name.
    pub test: String,
    /// What the test is for.
    pub description: String,
    /// The environment's name.
    pub environment: String,
    /// The base URL of the system under test, if the environment has one.
    pub host: Option<String>,
    /// Users at the height of the test, as asked for.
    pub clients: Clients,
    /// Users at the height of the test, as the curve reaches them.
    pub peak: u32,
    /// How long the test runs.
    #[serde(rename = "duration_s", with = "engine::duration::seconds")]
    pub duration: Duration,
    /// How long requests in flight may go on when the load ends.
    #[serde(rename = "stop_timeout_s", with = "engine::duration::seconds")]
    pub stop_timeout: Duration,
    /// From which users' random choices follow.
    pub seed: u64,
    /// The load level points.
    pub curve: LoadCurve,
    /// The intervals, each of them the work of its own generators.
    pub intervals: Vec<Interval>,
    /// What the user should know before starting.
    pub warnings: Vec<String>,
}

/// A stretch of the test, and who makes its load.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Interval {
    /// Its place among the intervals, from 0.
    pub index: u32,
    /// When it makes load.
    pub window: Window,
    /// How long before its window its continuing users begin to sign in and connect.
    #[serde(rename = "warm_up_s", with = "engine::duration::seconds")]
    pub warm_up: Duration,
    /// The longest a generator may live: start-up, warm-up, load, and requests in flight.
    #[serde(rename = "life_s", with = "engine::duration::seconds")]
    pub life: Duration,
    /// Users when it begins.
    pub users_from: u32,
    /// Users when it ends.
    pub users_to: u32,
    /// Who makes its load.
    pub shares: Vec<PlannedShare>,
}

/// One generator's part of an interval.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PlannedShare {
    /// Where it runs.
    pub region: String,
    /// Which users are its own.
    pub share: Share,
    /// How many of them run when the interval ends.
    pub users: u32,
}

impl Plan {
    /// Works out the plan of a run on this machine.
    pub fn new(header: Header, runner: &Runner) -> Self {
        let Runner { clients, hatch_rate, duration, steps, stop_timeout, seed, .. } = *runner;
        let curve = match steps {
            None => LoadCurve::plain(clients, hatch_rate, duration),
            Some(steps) => LoadCurve::stepped(clients, hatch_rate, duration, steps),
        };
        let peak = curve.peak();
        let intervals = Window::cut(duration, runner.window())
            .into_iter()
            .zip(0..)
            .map(|(window, index)| Interval::new(index, window, &curve, runner))
            .collect();
        let warnings = warnings(&curve, runner, peak);
        let Header { test, description, environment, host } = header;
        Self {
            test,
            description,
            environment,
            host,
            clients,
            peak,
            duration,
            stop_timeout,
            seed,
            curve,
            intervals,
            warnings,
        }
    }
}

/// The names in a plan.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The test's name.
    pub test: String,
    /// What the test is for.
    pub description: String,
    /// The environment's name.
    pub environment: String,
    /// The base URL of the system under test.
    pub host: Option<String>,
}

impl Runner {
    /// The longest window that leaves the rest of a function's life free.
    pub fn longest_window(&self) -> Duration {
        LONGEST_LIFE.saturating_sub(RESERVE + LONGEST_WARM_UP + self.stop_timeout)
    }

    fn window(&self) -> Duration {
        self.interval.unwrap_or_else(|| self.longest_window())
    }
}

impl Interval {
    fn new(index: u32, window: Window, curve: &LoadCurve, runner: &Runner) -> Self {
        let last = window.to().saturating_sub(Duration::from_nanos(1));
        let users_to = curve.users(last);
        let continuing = if index == 0 { 0 } else { curve.users(window.from()) };
        let sign_in = f64::from(continuing) / runner.hatch_rate.per_second();
        let warm_up = Duration::try_from_secs_f64(sign_in)
            .unwrap_or(LONGEST_WARM_UP)
            .min(LONGEST_WARM_UP)
            .min(runner.window() / 2);
        Self {
            index,
            window,
            warm_up,
            life: RESERVE + warm_up + window.length() + runner.stop_timeout,
            users_from: curve.users(window.from()),
            users_to,
            shares: vec![PlannedShare {
                region: LOCAL.into(),
                share: Share::WHOLE,
                users: users_to,
            }],
        }
    }
}

fn warnings(curve: &LoadCurve, runner: &Runner, peak: u32) -> Vec<String> {
    let mut warnings = Vec::new();
    if peak < runner.clients.get() {
        warnings.push(format!(
            "the duration ends before all clients are hatched: it reaches {} of {} clients in {}",
            grouped(peak),
            grouped(runner.clients.get()),
            duration::format(runner.duration),
        ));
    }
    let lags = runner.steps.is_some_and(|steps| {
        let hatched = steps.duration.as_secs_f64() * runner.hatch_rate.per_second();
        hatched < f64::from(steps.clients.get()) && curve.duration() > steps.duration
    });
    if lags {
        warnings.push(
            "a step ends before its clients are hatched: the load lags behind its steps; raise \
             hatch_rate or step_duration"
                .into(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runner(clients: u32, rate: f64, seconds: u64) -> Runner {
        Runner {
            clients: Clients::try_new(clients).unwrap(),
            hatch_rate: HatchRate::try_new(rate).unwrap(),
            duration: Duration::from_secs(seconds),
            steps: None,
            interval: None,
            stop_timeout: Duration::from_secs(10),
            seed: 0,
        }
    }

    #[test]
    fn a_long_test_is_cut_into_lives_of_a_function() {
        let plan = Plan::new(Header::default(), &runner(1200, 1.0, 3600));
        assert_eq!(plan.intervals.len(), 5);
        assert!(plan.intervals.iter().all(|interval| interval.life <= LONGEST_LIFE));
        let edges: Vec<_> = plan.intervals.iter().map(|i| (i.users_from, i.users_to)).collect();
        assert_eq!(edges, [(1, 850), (851, 1200), (1200, 1200), (1200, 1200), (1200, 1200)]);
        assert!(plan.warnings.is_empty());
    }

    #[test]
    fn a_duration_that_is_too_short_is_told() {
        let plan = Plan::new(Header::default(), &runner(1200, 5.0, 120));
        assert_eq!(plan.peak, 600);
        assert!(plan.warnings[0].contains("it reaches 600 of 1,200 clients in 2m"));
    }

    #[test]
    fn steps_that_outrun_the_hatch_rate_are_told() {
        let steps =
            Steps { duration: Duration::from_secs(10), clients: Clients::try_new(100).unwrap() };
        let runner = Runner { steps: Some(steps), ..runner(300, 1.0, 1000) };
        let plan = Plan::new(Header::default(), &runner);
        assert!(plan.warnings[0].contains("a step ends before its clients are hatched"));
    }
}
