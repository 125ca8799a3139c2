//! What a person configured: the registry, a profile, its environment, and the credentials.
//!
//! Everything is read and checked before anything starts, and all that is wrong is told at once.

mod credentials;
mod environment;
mod expand;
mod host;
mod limits;
mod overrides;
mod profile;
mod project;
mod registry;
mod yaml;

use std::{fmt, path::PathBuf};

use engine::{
    document::{Node, Problem, Problems, Source, parse},
    environment::Environment,
};
use listeners::{EmitFrom, Listening, Reference, System};

pub(crate) use self::project::reason;
pub use self::{
    credentials::Credentials,
    environment::is_environment_name,
    host::Host,
    overrides::{Overrides, SHORTHANDS},
    profile::{LogLevel, Logging, Profile, ScenarioRef, TestName},
    project::{Project, Variables},
    registry::{Registered, Registry},
};
use crate::plan::{Backend, Header, Plan};

/// Everything a run is made from, validated.
pub struct Configuration {
    /// The load test.
    pub profile: Profile,
    /// Where it runs. May hold secrets.
    pub environment: Environment,
    /// Who else hears the statistics.
    pub listening: Listening,
}

/// Which load test a person asks for, and what of it they change.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Which.
    pub choice: Choice,
    /// The changes.
    pub overrides: Overrides,
}

/// Which load test a person asks for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Choice {
    /// The registry's current one.
    #[default]
    Current,
    /// One of the registry.
    Named(String),
    /// A profile that need not be registered; relative to the current directory.
    File(PathBuf),
    /// The one that is built in. It needs no files.
    Demo,
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum ConfigError {
    /// The project has no registry.
    NoRegistry(Problem),
    /// The load test is not registered.
    Unregistered(Problem),
    /// What is written is not valid.
    Invalid(Vec<Problem>),
}

/// The profile behind `--demo`.
const DEMO: &str = include_str!("../../profiles/demo.yml");

/// The address of the demo API unless another is given.
pub const DEMO_HOST: &str = "http://127.0.0.1:8088";

impl Configuration {
    /// Reads and checks everything that is selected.
    ///
    /// # Errors
    ///
    /// All problems of the profile, the environment, the credentials and the overrides.
    pub fn load(
        project: &Project,
        selection: &Selection,
        variables: Variables<'_>,
    ) -> Result<Self, ConfigError> {
        let written = profile_of(project, &selection.choice)?;
        let problems = Problems::default();
        let effective = selection.overrides.apply(written, &problems);
        let host = selection.overrides.host();
        let environment = if selection.choice == Choice::Demo {
            environment::demo(host, &problems)
        } else {
            let wanted = environment::Wanted::of(&effective);
            environment::read(project, wanted.as_ref(), host, variables, &problems)
        };
        let credentials = Credentials::load(project, variables, &problems);
        let profile = Profile::read(effective, &problems);
        let parts = profile.zip(environment).zip(credentials);
        let configuration = parts.map(|((profile, environment), credentials)| {
            let listening = credentials.listening(&profile, &environment.name, &problems);
            Self { profile, environment, listening }
        });
        problems.finish(configuration).map_err(ConfigError::Invalid)
    }

    /// Reads and checks the profile that is selected, and nothing else: what is put into an
    /// account follows from it alone, without the environment's secrets.
    ///
    /// # Errors
    ///
    /// All problems of the profile and the overrides.
    pub fn profile(project: &Project, selection: &Selection) -> Result<Profile, ConfigError> {
        let written = profile_of(project, &selection.choice)?;
        let problems = Problems::default();
        let profile = Profile::read(selection.overrides.apply(written, &problems), &problems);
        problems.finish(profile).map_err(ConfigError::Invalid)
    }

    /// Where in AWS the secrets are kept that a profile's functions need for its listeners.
    ///
    /// # Errors
    ///
    /// All problems of the credentials.
    pub fn references(
        project: &Project,
        profile: &Profile,
        variables: Variables<'_>,
    ) -> Result<Vec<Reference>, ConfigError> {
        let problems = Problems::default();
        let references = Credentials::references(project, profile, variables, &problems);
        problems.finish(Some(references)).map_err(ConfigError::Invalid)
    }

    /// The plan of a run.
    pub fn plan(&self) -> Plan {
        let header = Header {
            test: self.profile.name.clone(),
            description: self.profile.description.clone(),
            environment: self.environment.name.clone(),
            host: self.environment.host.clone(),
        };
        let Profile { backend, locations, functions, runner, thresholds, only, logging, .. } =
            &self.profile;
        let mut plan = match backend {
            Backend::Local => Plan::new(header, runner),
            Backend::Lambda => Plan::on_lambda(header, runner, locations, functions),
        };
        plan.only = only.clone();
        plan.traces = logging.traceparent;
        plan.listeners = logging.listeners.iter().map(ToString::to_string).collect();
        plan.ask(thresholds);
        plan.warnings.extend(self.profile.unused_locations());
        plan.warnings.extend(self.unheard());
        plan
    }
}

impl Configuration {
    /// Which listeners hear nothing of a run, as it has no functions that tell them.
    fn unheard(&self) -> Vec<String> {
        let Self { profile, listening, .. } = self;
        let reason = match (profile.backend, listening.emit_from) {
            (Backend::Lambda, EmitFrom::Generators) => return Vec::new(),
            (Backend::Lambda, EmitFrom::Controller) => "emit_from is controller",
            (Backend::Local, _) => "this run has none",
        };
        let kinds =
            listening.systems.iter().map(System::kind).filter(|kind| kind.is_of_functions());
        let unheard = kinds.map(|kind| {
            format!(
                "the listener {kind} hears nothing: functions write into their log, and {reason}"
            )
        });
        unheard.collect()
    }
}

/// The profile's tree, as written.
fn profile_of(project: &Project, choice: &Choice) -> Result<Node, ConfigError> {
    let invalid = |problem| ConfigError::Invalid(vec![problem]);
    match choice {
        Choice::Demo => parse(&Source::file("built-in demo profile", DEMO), DEMO).map_err(invalid),
        Choice::File(path) => project::read_node(path).map_err(invalid),
        Choice::Current => {
            let registry = Registry::load(project)?;
            project.node(&registry.current().profile).map_err(invalid)
        }
        Choice::Named(name) => {
            let registry = Registry::load(project)?;
            project.node(&registry.find(name)?.profile).map_err(invalid)
        }
    }
}

impl ConfigError {
    /// All that is wrong.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::NoRegistry(problem) | Self::Unregistered(problem) => {
                std::slice::from_ref(problem)
            }
            Self::Invalid(problems) => problems,
        }
    }

    /// All that is wrong.
    pub fn into_problems(self) -> Vec<Problem> {
        match self {
            Self::NoRegistry(problem) | Self::Unregistered(problem) => vec![problem],
            Self::Invalid(problems) => problems,
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRegistry(_) => f.write_str("there are no load tests here"),
            Self::Unregistered(_) => f.write_str("no such load test"),
            Self::Invalid(problems) if problems.len() == 1 => {
                f.write_str("the configuration is not valid")
            }
            Self::Invalid(problems) => {
                write!(f, "the configuration is not valid: {} problems", problems.len())
            }
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests;
