//! `load-test tasks`: how often what is done.

use engine::scenario::Linked;
use serde::Serialize;
use serde_json::{Serializer, ser::PrettyFormatter};

use super::{Error, configuration, print, scenario};
use crate::{cli, config::Project, exit_code::ExitCode, task_ratio::TaskRatio};

pub(super) fn run(
    project: &Project,
    arguments: &cli::Tasks,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let configuration = configuration(project, &arguments.select)?;
    let made = scenario(project, &arguments.select, &configuration, linked)?;
    let mut plan = configuration.plan();
    made.suit(&mut plan)?;
    let ratio = TaskRatio::new(&made.scenario, plan.peak);
    print(&if arguments.json { json(&ratio)? } else { ratio.table() })?;
    Ok(ExitCode::PASSED)
}

/// With Locust's indentation, so that the two can be compared.
fn json(ratio: &TaskRatio) -> Result<String, Error> {
    let mut text = Vec::new();
    let format = PrettyFormatter::with_indent(b"    ");
    ratio.serialize(&mut Serializer::with_formatter(&mut text, format)).map_err(Error::failed)?;
    Ok(String::from_utf8_lossy(&text).into_owned() + "\n")
}
