//! The scenario of a load test.

use engine::{
    generator::{ScenarioError, make_scenario},
    job::ScenarioSource,
    scenario::{Linked, Scenario},
};

use super::Error;
use crate::{
    cli::Select,
    config::{ConfigError, Configuration, Project},
    exit_code::ExitCode,
    plan::Plan,
};

/// Where the demo's scenario is in the repository, for messages.
const DEMO_FILE: &str = "tests/demo/scenario.yml";

/// A scenario, checked as far as it can be without running it.
pub(super) struct Made {
    /// What a job carries.
    pub(super) source: ScenarioSource,
    /// The part of it that is asked for.
    pub(super) scenario: Scenario,
}

/// The scenario of a load test, and the part of it that is asked for.
pub(super) fn scenario(
    project: &Project,
    select: &Select,
    configuration: &Configuration,
    linked: &Linked,
) -> Result<Made, Error> {
    let source = if select.demo {
        ScenarioSource::yaml(DEMO_FILE, scenarios::DEMO)
    } else {
        let invalid = |problem| Error::from(ConfigError::Invalid(vec![problem]));
        configuration.profile.scenario.source(project).map_err(invalid)?
    };
    let profile = &configuration.profile;
    let made = source.with_files(&configuration.environment).and_then(|source| {
        let whole = make_scenario(&source, &configuration.environment, linked)?;
        let scenario = profile.only.of(whole).map_err(ScenarioError::Only)?;
        Ok(Made { source, scenario })
    });
    let invalid = |message: &str| Error::new(ExitCode::INVALID, message);
    match made {
        Ok(made) => Ok(made),
        Err(ScenarioError::Yaml(problems)) => {
            Err(invalid("the scenario is not valid").with_problems(problems))
        }
        Err(ScenarioError::Only(errors)) => {
            let problems = errors.iter().map(|error| profile.problem_with_only(error)).collect();
            let message = "the scenario does not have what is asked for";
            Err(invalid(message).with_problems(problems))
        }
        Err(error @ ScenarioError::NotLinked(_)) => {
            let names: Vec<_> = linked.names().collect();
            let hint = format!(
                "linked in are: {}; a new one is listed in tests/lib.rs and built, a YAML scenario \
                 ends in .yml",
                names.join(", ")
            );
            Err(invalid(&error.to_string()).with_hint(hint))
        }
    }
}

impl Made {
    /// Whether a plan has users as the scenario has them.
    pub(super) fn suit(&self, plan: &mut Plan) -> Result<(), Error> {
        let error = plan.check_users(&self.scenario).err();
        let error = error.map(|error| {
            let hint = "lower clients, or leave `fixed_count` out of one class: it has all others";
            Error::of(ExitCode::INVALID, &error).with_hint(hint)
        });
        error.map_or(Ok(()), Err)
    }
}
