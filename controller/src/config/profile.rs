//! A load test as a person describes it.

mod logging;
mod runner;
mod scenario;

use engine::document::{Fields, Node, Problem, Problems, Rejection, Setting, Value};

pub use self::{
    logging::{LogLevel, Logging},
    scenario::ScenarioRef,
};
use super::{Project, Registered, yaml};
use crate::plan::Runner;

/// A load test, validated.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The test's name, and that of its Lambda function.
    pub name: String,
    /// What the test is for.
    pub description: String,
    /// The environment: `config/<env>.yml`.
    pub env: Option<String>,
    /// The AWS regions; none for runs on this machine only.
    pub locations: Vec<String>,
    /// How much load when.
    pub runner: Runner,
    /// What the users do.
    pub scenario: ScenarioRef,
    /// Whether one user runs once, and everything is shown.
    pub debug: bool,
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
        let Body { runner, scenario, debug, logging } = body??;
        Some(Self {
            name,
            description,
            env,
            locations,
            runner,
            scenario,
            debug,
            logging,
            effective,
        })
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
}

struct Header {
    name: String,
    description: String,
    env: Option<String>,
    locations: Vec<String>,
}

impl Header {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let name = fields.require::<TestName>("name");
        let description = fields.get("description").unwrap_or_default();
        let env = fields.get("env");
        let locations = items::<Region>(&mut fields, "location");
        let mut regions: Vec<String> = Vec::new();
        for Region(region) in locations {
            if regions.contains(&region) {
                fields.reject("location", format!("the region {region} is there twice"));
            }
            regions.push(region);
        }
        fields.finish();
        Some(Self { name: name?.0, description, env, locations: regions })
    }
}

struct Body {
    runner: Runner,
    scenario: ScenarioRef,
    debug: bool,
    logging: Logging,
}

impl Body {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let runner = fields.require_fields("runner").map(runner::read);
        let test = fields.require_fields("test").map(scenario::read);
        let logging = fields.fields("logging").map_or_else(Logging::default, Logging::read);
        fields.finish();
        let (scenario, debug) = test??;
        Some(Self { runner: runner??, scenario, debug, logging })
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

/// An AWS region.
struct Region(String);

impl Setting for Region {
    const EXPECTED: &'static str = "an AWS region such as us-west-2, or a list of them";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let valid = text.split('-').count() >= 3 && text.split('-').all(|part| !part.is_empty());
        let valid = valid && text.chars().all(allowed);
        if valid { Ok(Self(text.into())) } else { Err(Rejection::Unexpected) }
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
