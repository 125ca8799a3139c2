//! A load test as a person describes it.

mod functions;
mod location;
mod logging;
mod runner;
mod scenario;
mod thresholds;

use engine::{
    document::{Fields, Node, Place, Problem, Problems, Rejection, Setting, Value},
    scenario::{Only, OnlyError},
};

use self::scenario::Test;
pub use self::{
    logging::{LogLevel, Logging},
    scenario::ScenarioRef,
};
use super::{Project, Registered, yaml};
use crate::{
    functions::Functions,
    grouped::grouped,
    location::Location,
    plan::{Backend, Runner, Shape},
    threshold::{Metric, Threshold},
};

/// A load test, validated.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The test's name, and that of its Lambda function.
    pub name: String,
    /// What the test is for.
    pub description: String,
    /// The environment: `config/<env>.yml`.
    pub env: Option<String>,
    /// The AWS regions, none of them twice; empty for runs on this machine only.
    pub locations: Vec<Location>,
    /// Where the generators run. There is a location if it is Lambda.
    pub backend: Backend,
    /// What the functions are like.
    pub functions: Functions,
    /// How much load when.
    pub runner: Runner,
    /// What lets a release out.
    pub thresholds: Vec<Threshold>,
    /// What the users do.
    pub scenario: ScenarioRef,
    /// Which part of it.
    pub only: Only,
    /// Whether one user runs once, and everything is shown.
    pub debug: bool,
    /// Whether the APIs are not asked whether they are healthy.
    pub skip_healthcheck: bool,
    /// What is logged, and who hears the statistics.
    pub logging: Logging,
    /// The profile's tree, overrides included.
    pub effective: Node,
}

impl Profile {
    /// Reads a profile's tree, overrides included.
    pub fn read(effective: Node, problems: &Problems) -> Option<Self> {
        let mut fields = Fields::of(&effective, "", problems)?;
        let header = fields.require_fields("test_header").map(Header::read);
        let body = fields.require_fields("profile").map(Body::read);
        fields.finish();
        let Header { name, description, env, locations } = header??;
        let Body { backend, functions, runner, thresholds, test, logging } = body??;
        let Test { scenario, only, debug, skip_healthcheck } = test;
        let profile = Self {
            name,
            description,
            env,
            locations,
            backend,
            functions,
            runner,
            thresholds,
            scenario,
            only,
            debug,
            skip_healthcheck,
            logging,
            effective,
        };
        profile.check(problems);
        Some(profile)
    }

    /// Reads the profile of a registered load test, without overrides.
    ///
    /// # Errors
    ///
    /// All that is not valid in it.
    pub fn load(project: &Project, registered: &Registered) -> Result<Self, Vec<Problem>> {
        let node = project.node(&registered.profile).map_err(|problem| vec![problem])?;
        let problems = Problems::default();
        let profile = Self::read(node, &problems);
        problems.finish(profile)
    }

    /// The profile as YAML, overrides included. It reads as the same profile.
    pub fn to_yaml(&self) -> String {
        yaml::write(&self.effective)
    }

    /// Says that the regions are not used, if there are any.
    pub fn unused_locations(&self) -> Option<String> {
        let unused = self.backend == Backend::Local && !self.locations.is_empty();
        let regions: Vec<_> = self.locations.iter().map(|l| l.region.as_str()).collect();
        unused.then(|| {
            format!("runs on this machine; `--backend lambda` runs it in {}", regions.join(", "))
        })
    }

    /// Where is asked for a part of the scenario that there is not.
    pub fn problem_with_only(&self, error: &OnlyError) -> Problem {
        let tags =
            |is_tags| if is_tags { "profile.test.tags" } else { "profile.test.exclude_tags" };
        let (key, item) = match error {
            OnlyError::UnknownClass { name, .. } => ("profile.test.user_classes", name.as_str()),
            OnlyError::UnknownTag { tag, .. } => (tags(self.only.tags.contains(tag)), tag.as_str()),
            OnlyError::NoTasks(_) => (tags(!self.only.tags.is_empty()), ""),
            OnlyError::NoUsers => ("profile.test.user_classes", ""),
        };
        Problem::new(self.place_of(key, item), key, error.to_string())
    }

    /// Where an item of a list is written; the list, if it is not in it.
    fn place_of(&self, key: &str, item: &str) -> &Place {
        let list = self.nearest(key);
        let items = if let Value::List(items) = &list.value { items.as_slice() } else { &[] };
        let item = items.iter().find(|node| node.text() == Some(item));
        &item.unwrap_or(list).place
    }

    /// What no section can tell on its own.
    fn check(&self, problems: &Problems) {
        let reject = |key: &str, message: String| {
            problems.add(Problem::new(&self.nearest(key).place, key, message));
        };
        if self.functions.vpc.is_some() && self.locations.len() > 1 {
            let regions = self.locations.len();
            let message =
                format!("its subnets belong to one region, and test_header.location has {regions}");
            reject("profile.lambda.vpc", message);
        }
        if !matches!(self.runner.shape, Shape::Arrivals(..)) && self.limits_dropped() {
            let message = "nothing is dropped without an arrival_rate: remove it, or give the \
                           runner one";
            reject("profile.thresholds.overall.dropped", message.into());
        }
        if self.backend == Backend::Local {
            return;
        }
        let key = "test_header.location";
        if self.locations.is_empty() && self.is_unset(key) {
            let message = format!(
                "missing, expected {}, as the backend is lambda",
                location::Region::EXPECTED
            );
            reject(key, message);
        }
        let functions = self.most_functions();
        if functions > MOST_FUNCTIONS {
            let message = format!(
                "{} users per function make up to {} functions, expected at most {} in the whole test",
                self.functions.users_per_function,
                grouped(functions),
                grouped(MOST_FUNCTIONS),
            );
            reject("profile.lambda.users_per_function", message);
        }
    }

    fn limits_dropped(&self) -> bool {
        self.thresholds.iter().any(|threshold| threshold.metric == Metric::Dropped)
    }

    /// As many functions as a plan can have, all intervals together.
    fn most_functions(&self) -> u64 {
        let at_height =
            self.runner.shape.clients().get().div_ceil(self.functions.users_per_function);
        u64::from(at_height) * self.runner.intervals()
    }

    /// Whether there is nothing under a key.
    fn is_unset(&self, key: &str) -> bool {
        let mut parts = key.split('.');
        let node = parts.try_fold(&self.effective, |node, part| node.get(part));
        node.is_none_or(|node| match &node.value {
            Value::Null => true,
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.iter().all(|entry| entry.node.value == Value::Null),
            _ => false,
        })
    }

    /// The value under a key, or the innermost mapping around it.
    fn nearest(&self, key: &str) -> &Node {
        let mut node = &self.effective;
        for part in key.split('.') {
            match node.get(part) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }
}

/// The most functions of a test. Beyond it a plan is unreadable, and a mistake.
const MOST_FUNCTIONS: u64 = 100_000;

struct Header {
    name: String,
    description: String,
    env: Option<String>,
    locations: Vec<Location>,
}

impl Header {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let name = fields.require::<TestName>("name");
        let description = fields.get("description").unwrap_or_default();
        let env = fields.get("env");
        let locations = location::read(&mut fields);
        fields.finish();
        Some(Self { name: name?.0, description, env, locations })
    }
}

struct Body {
    backend: Backend,
    functions: Functions,
    runner: Runner,
    thresholds: Vec<Threshold>,
    test: Test,
    logging: Logging,
}

impl Body {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let backend = fields.get("backend").unwrap_or_default();
        let runner = fields.require_fields("runner").map(runner::read);
        let thresholds = fields.fields("thresholds");
        let thresholds = thresholds.map_or_else(Vec::new, |fields| thresholds::read(&fields));
        let test = fields.require_fields("test").map(scenario::read);
        let functions = fields.fields("lambda").map_or_else(Functions::default, functions::read);
        let logging = fields.fields("logging").map_or_else(Logging::default, Logging::read);
        fields.finish();
        Some(Self { backend, functions, runner: runner??, thresholds, test: test??, logging })
    }
}

/// A test's name: what AWS takes as the name of a function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TestName(pub(super) String);

impl TestName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// Fails unless it is 1 to 64 letters, digits, hyphens and underscores.
    pub fn try_new(name: &str) -> Result<Self, Rejection> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let valid = (1..=64).contains(&name.len()) && name.chars().all(allowed);
        if valid { Ok(Self(name.into())) } else { Err(Rejection::Unexpected) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for TestName {
    const EXPECTED: &'static str = "a name of at most 64 letters, digits, - and _, such as TPData";

    fn read(node: &Node) -> Result<Self, Rejection> {
        Self::try_new(&String::read(node)?)
    }
}

impl Setting for Backend {
    const EXPECTED: &'static str = "local or lambda";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let found = Self::ALL.into_iter().find(|backend| backend.name() == text);
        found.ok_or(Rejection::Unexpected)
    }
}

/// The values under a key, a list or a single one; a problem names the item that is wrong.
fn items<T: Setting>(fields: &mut Fields<'_>, key: &'static str) -> Vec<T> {
    let Some(node) = fields.node(key) else { return Vec::new() };
    let path = fields.key(key);
    match &node.value {
        Value::List(nodes) => nodes.iter().filter_map(|node| fields.read(node, &path)).collect(),
        _ => fields.read(node, &path).into_iter().collect(),
    }
}
