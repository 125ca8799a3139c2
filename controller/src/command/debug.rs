//! `load-test debug`: one user of each class, once, and everything it did.

use std::io;

use engine::{debug::walk, scenario::Linked, stats::SEVERAL};

use super::{Error, configuration, demo::start_demo, health, log, print, scenario};
use crate::{
    cli::{self, Select},
    config::{Configuration, Project},
    debug_view::DebugView,
    exit_code::ExitCode,
    grouped::counted,
    style::Style,
};

pub(super) fn run(
    project: &Project,
    arguments: &cli::Debug,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let select = arguments.select();
    let configuration = configuration(project, &select)?;
    run_configured(project, &select, configuration, linked)
}

/// Debugs what is configured already.
pub(super) fn run_configured(
    project: &Project,
    select: &Select,
    mut configuration: Configuration,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let _demo = start_demo(select, &mut configuration)?;
    let made = scenario(project, select, &configuration, linked)?;
    log::start(&configuration.profile.logging, None);
    let environment = configuration.environment;
    let style = Style::of(&io::stdout());
    let skips = configuration.profile.skip_healthcheck;
    let sick = if skips { 0 } else { health::show(&made.scenario, &environment, style)? };
    let view = DebugView::new(io::stdout(), &environment, style);
    let stats = walk(&made.scenario, environment, view.clone()).map_err(Error::failed)?;
    view.finish().map_err(Error::failed)?;
    let all = stats.aggregated();
    let exceptions: u64 = stats.exceptions().iter().map(|(_, seen)| seen.count).sum();
    let several = stats.failures().into_iter().filter(|(failure, _)| failure.method == SEVERAL);
    let transactions: u64 = several.map(|(_, seen)| seen.count).sum();
    let failures = all.failures + transactions + exceptions;
    let mut parts = vec![counted(all.requests, "request")];
    parts.push(if failures == 0 {
        "no failures".into()
    } else {
        format!("{} failed", all.failures)
    });
    if transactions > 0 {
        parts.push(format!("{} failed", counted(transactions, "transaction")));
    }
    if exceptions > 0 {
        parts.push(format!("{} in tasks", counted(exceptions, "error")));
    }
    if sick > 0 {
        parts.push(format!("{} not healthy", counted(sick, "API")));
    }
    print(&format!("\n{}\n", parts.join(", ")))?;
    Ok(if failures + sick == 0 { ExitCode::PASSED } else { ExitCode::DEBUG })
}
