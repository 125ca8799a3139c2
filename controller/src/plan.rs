//! Everything about a run that is known before it starts.

mod changed;
mod concurrency;
mod shape;
mod spread;
mod warnings;

use std::{collections::BTreeMap, time::Duration};

use cloud::ask::Reply;
use engine::{
    clients::Clients,
    hatch_rate::HatchRate,
    load::Load,
    scenario::{Only, Scenario},
    share::Share,
    trace::Sampled,
    window::Window,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::shape::{Ramp, Shape};
use crate::{
    functions::{Architecture, Functions},
    grouped::{counted, grouped},
    location::Location,
    price::{Cost, Usd},
    threshold::Threshold,
};

/// The longest life of a function, start-up and waiting included.
pub const LONGEST_LIFE: Duration = Duration::from_mins(15);

/// What of a function's life is kept free: start-up, and handing over the results.
pub const RESERVE: Duration = Duration::from_secs(10);

/// How long before its warm-up a function is invoked: start-up, and room to ask again for what did
/// not start. A part of [`RESERVE`].
pub const LEAD: Duration = Duration::from_secs(5);

/// How often a function looks at what keeps it running.
pub const LEASE_EVERY: Duration = Duration::from_secs(1);

/// How often that is renewed in each region.
pub const RENEW_EVERY: Duration = Duration::from_secs(5);

/// How many functions may run at once in a region of an account for which nothing else was agreed.
pub const DEFAULT_QUOTA: u32 = 1_000;

/// The longest time that users take to sign in and connect before their window.
const LONGEST_WARM_UP: Duration = Duration::from_secs(30);

/// The region of runs on this machine.
pub const LOCAL: &str = "local";

/// Where generators run.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// On this machine.
    #[default]
    Local,
    /// In functions, in the profile's regions.
    Lambda,
}

/// What a plan is made from: the validated `runner` section of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Runner {
    /// How much load there is when.
    pub shape: Shape,
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
    /// Which part of the scenario is run.
    #[serde(default, skip_serializing_if = "Only::is_all")]
    pub only: Only,
    /// Users at the height of the test, as asked for.
    pub clients: Clients,
    /// Users at the height of the test, as the curve reaches them.
    pub peak: u32,
    /// Users started per second, where the profile says so in one number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hatch_rate: Option<HatchRate>,
    /// The most users that the scenario has, if that is not any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_users: Option<u64>,
    /// How long the test runs.
    #[serde(rename = "duration_s", with = "engine::duration::seconds")]
    pub duration: Duration,
    /// How long requests in flight may go on when the load ends.
    #[serde(rename = "stop_timeout_s", with = "engine::duration::seconds")]
    pub stop_timeout: Duration,
    /// From which users' random choices follow.
    pub seed: u64,
    /// The part of the requests whose traces the target is asked to keep, if it is told of traces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traces: Option<Sampled>,
    /// Who else hears the statistics, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listeners: Vec<String>,
    /// How much load there is when.
    pub load: Load,
    /// Where the generators run.
    #[serde(default)]
    pub backend: Backend,
    /// What the generators are, if they are functions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functions: Option<FunctionPlan>,
    /// The intervals, each of them the work of its own generators.
    pub intervals: Vec<Interval>,
    /// The most functions that may be alive at once, by region.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub concurrency: BTreeMap<String, u32>,
    /// What the functions cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// What lets a release out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
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
    /// How long before its window its continuing users, or those of the pool, begin to sign in and
    /// connect.
    #[serde(rename = "warm_up_s", with = "engine::duration::seconds")]
    pub warm_up: Duration,
    /// The longest a generator may live: start-up, warm-up, load, and requests in flight.
    #[serde(rename = "life_s", with = "engine::duration::seconds")]
    pub life: Duration,
    /// Users when it begins.
    pub users_from: u32,
    /// The most users at once.
    #[serde(default)]
    pub users_most: u32,
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
    /// How many of them run, at most at once.
    pub users: u32,
}

/// What the functions of a run are.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct FunctionPlan {
    /// Their name, the same in each region.
    pub name: String,
    /// Their memory, megabytes.
    pub memory_mb: u32,
    /// What they are built for.
    pub architecture: Architecture,
    /// The most users of one of them.
    pub users_per_function: u32,
    /// How their answers travel.
    pub reply: Reply,
    /// How much of a region's concurrency is theirs alone.
    pub reserved_concurrency: Option<u32>,
    /// The part of the function-seconds that must arrive, 0 to 1, or the run is ended.
    pub min_coverage: Option<f64>,
    /// What the run may cost.
    #[serde(rename = "max_cost_usd")]
    pub max_cost: Option<Usd>,
}

/// A run may cost more than it is allowed to.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[error(
    "the run may cost up to {at_most} (about {expected} is expected), which is more than the \
     {max} of max_cost"
)]
pub struct TooExpensive {
    /// What it probably costs.
    pub expected: Usd,
    /// What it may cost.
    pub at_most: Usd,
    /// What it is allowed to cost.
    pub max: Usd,
}

/// A scenario has not so many users.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[error(
    "all user classes have a `fixed_count`, or no weight: they make {}, and the test is to have {}",
    counted(*.fixed, "user"),
    grouped(*.peak)
)]
pub struct TooManyUsers {
    /// Those that it has.
    pub fixed: u64,
    /// Those of the test.
    pub peak: u32,
}

impl Plan {
    /// Works out the plan of a run on this machine.
    pub fn new(header: Header, runner: &Runner) -> Self {
        let share = |users| vec![PlannedShare { region: LOCAL.into(), share: Share::WHOLE, users }];
        Self::with_shares(header, runner, share)
    }

    /// Works out the plan of a run in functions. There is at least one location.
    pub fn on_lambda(
        header: Header,
        runner: &Runner,
        locations: &[Location],
        functions: &Functions,
    ) -> Self {
        let per_function = functions.users_per_function;
        let shares = |users| spread::shares(users, per_function, locations);
        let mut plan = Self::with_shares(header, runner, shares);
        plan.backend = Backend::Lambda;
        plan.concurrency = concurrency::by_region(&plan.intervals);
        plan.cost = Some(Cost::of(&plan.intervals, functions));
        plan.functions = Some(FunctionPlan::new(&plan.test, functions));
        plan.warnings.extend(warnings::of_functions(&plan, locations));
        plan
    }

    fn with_shares(
        header: Header,
        runner: &Runner,
        shares: impl Fn(u32) -> Vec<PlannedShare>,
    ) -> Self {
        let (clients, duration) = (runner.shape.clients(), runner.shape.duration());
        let load = runner.shape.load();
        let peak = load.peak();
        let intervals = Window::cut(duration, runner.window())
            .into_iter()
            .zip(0..)
            .map(|(window, index)| Interval::new(index, window, &load, runner, &shares))
            .collect();
        let warnings = warnings::of_load(runner, peak);
        let Header { test, description, environment, host } = header;
        Self {
            test,
            description,
            environment,
            host,
            only: Only::default(),
            clients,
            peak,
            hatch_rate: runner.shape.hatch_rate(),
            most_users: None,
            duration,
            stop_timeout: runner.stop_timeout,
            seed: runner.seed,
            traces: None,
            listeners: Vec::new(),
            load,
            backend: Backend::Local,
            functions: None,
            intervals,
            concurrency: BTreeMap::new(),
            cost: None,
            thresholds: Vec::new(),
            warnings,
        }
    }

    /// Asks this of the run; the user is warned of what may not be meant.
    pub fn ask(&mut self, thresholds: &[Threshold]) {
        self.thresholds = thresholds.to_vec();
        self.warnings.extend(warnings::of_thresholds(self));
    }

    /// Whether its users suit a scenario; the user is warned of what may not be meant.
    ///
    /// # Errors
    ///
    /// There are more users than the scenario has.
    pub fn check_users(&mut self, scenario: &Scenario) -> Result<(), TooManyUsers> {
        let fixed = scenario.fixed_users();
        self.most_users = (!scenario.is_unlimited()).then_some(fixed);
        self.check_most_users(self.peak)?;
        self.warnings.extend(warnings::of_fixed(fixed, self.peak));
        self.warnings.extend(warnings::of_data(&scenario.data, self.peak));
        Ok(())
    }

    /// Whether the run keeps to what it may cost, if anything is said about that.
    ///
    /// # Errors
    ///
    /// It may cost more.
    pub fn check_cost(&self) -> Result<(), TooExpensive> {
        let max = self.functions.as_ref().and_then(|functions| functions.max_cost);
        let (Some(max), Some(cost)) = (max, &self.cost) else { return Ok(()) };
        let (expected, at_most) = (cost.expected.total_usd, cost.at_most.total_usd);
        if at_most > max { Err(TooExpensive { expected, at_most, max }) } else { Ok(()) }
    }
}

impl Backend {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Local, Self::Lambda];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Lambda => "lambda",
        }
    }
}

impl FunctionPlan {
    fn new(name: &str, functions: &Functions) -> Self {
        Self {
            name: name.into(),
            memory_mb: functions.memory_mb,
            architecture: functions.architecture,
            users_per_function: functions.users_per_function,
            reply: functions.reply,
            reserved_concurrency: functions.reserved_concurrency,
            min_coverage: functions.min_coverage,
            max_cost: functions.max_cost,
        }
    }
}

impl TooExpensive {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        "raise max_cost, or lower duration, clients or memory; more users_per_function take fewer \
         functions"
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

    /// Into how many intervals the test is cut.
    pub fn intervals(&self) -> u64 {
        let intervals = self.shape.duration().as_nanos().div_ceil(self.window().as_nanos());
        u64::try_from(intervals).unwrap_or(u64::MAX)
    }

    /// How long before their window so many users begin to get ready.
    fn warm_up(&self, users: u32) -> Duration {
        let ready = if users == 0 { Some(Duration::ZERO) } else { self.shape.ready(users) };
        ready.unwrap_or(LONGEST_WARM_UP).min(LONGEST_WARM_UP).min(self.window() / 2)
    }

    fn window(&self) -> Duration {
        self.interval.unwrap_or_else(|| self.longest_window())
    }
}

impl Interval {
    fn new(
        index: u32,
        window: Window,
        load: &Load,
        runner: &Runner,
        shares: &impl Fn(u32) -> Vec<PlannedShare>,
    ) -> Self {
        let users_most = load.most_users(window);
        let warm_up = runner.warm_up(load.continuing(window.from()));
        Self {
            index,
            window,
            warm_up,
            life: RESERVE + warm_up + window.length() + runner.stop_timeout,
            users_from: load.users(window.from()),
            users_most,
            users_to: load.users_before(window.to()),
            shares: shares(users_most),
        }
    }

    /// When its functions may be alive, since the test's start: from being invoked on.
    pub fn alive(&self) -> (Duration, Duration) {
        let after = self.life.saturating_sub(self.warm_up + self.window.length() + LEAD);
        (self.window.from().saturating_sub(self.warm_up + LEAD), self.window.to() + after)
    }
}

#[cfg(test)]
mod tests;
