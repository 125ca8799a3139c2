//! `load-test list`: the registered load tests.

use std::io;

use engine::duration;
use serde::Serialize;

use super::{Error, print};
use crate::{
    cli,
    config::{Profile, Project, Registered, Registry},
    exit_code::ExitCode,
    style::Style,
    table::{Column, Table},
};

/// A registered load test, as `--json` shows it.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    current: bool,
    profile: String,
    /// None if the profile is not valid.
    description: Option<String>,
    clients: Option<u32>,
    duration_s: Option<f64>,
}

pub(super) fn run(project: &Project, arguments: &cli::List) -> Result<ExitCode, Error> {
    let registry = Registry::load(project)?;
    if arguments.json {
        let listed: Vec<_> = registry
            .registered()
            .iter()
            .map(|registered| listed(project, registered, &registry))
            .collect();
        let json = serde_json::to_string_pretty(&listed)
            .map_err(|error| Error::new(ExitCode::GENERATOR, format!("no JSON: {error}")))?;
        print(&(json + "\n"))?;
    } else {
        print(&table(project, &registry).listed(Style::of(&io::stdout())))?;
    }
    Ok(ExitCode::PASSED)
}

fn listed<'a>(project: &Project, registered: &'a Registered, registry: &Registry) -> Listed<'a> {
    let profile = Profile::load(project, registered).ok();
    Listed {
        name: &registered.name,
        current: registered == registry.current(),
        profile: registered.profile.display().to_string(),
        clients: profile.as_ref().map(|profile| profile.runner.shape.clients().get()),
        duration_s: profile.as_ref().map(|profile| profile.runner.shape.duration().as_secs_f64()),
        description: profile.map(|profile| profile.description),
    }
}

fn table(project: &Project, registry: &Registry) -> Table {
    let mut table = Table::new(vec![
        Column::text(""),
        Column::text("name"),
        Column::number("users"),
        Column::number("duration"),
        Column::text("profile"),
        Column::text("description"),
    ]);
    for registered in registry.registered() {
        let current = if registered == registry.current() { "*" } else { "" };
        let (users, duration, description) = match Profile::load(project, registered) {
            Ok(profile) => (
                profile.runner.shape.clients().get().to_string(),
                duration::format(profile.runner.shape.duration()),
                profile.description,
            ),
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                let first = first.lines().next().unwrap_or_default().to_owned();
                ("?".into(), "?".into(), format!("not valid: {first}"))
            }
        };
        table.push(vec![
            current.into(),
            registered.name.clone(),
            users,
            duration,
            registered.profile.display().to_string(),
            description,
        ]);
    }
    table
}
