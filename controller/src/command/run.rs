//! `load-test run`: a load test from its plan to its reports.

use std::{
    fs::File,
    io::{self, IsTerminal},
    sync::Arc,
    time::{Duration, SystemTime},
};

use engine::scenario::Linked;
use tokio::runtime::Builder;

use super::{Error, configuration, debug, demo::start_demo, log, print, scenario_source};
use crate::{
    cli,
    config::{Configuration, Project},
    descriptors::make_room,
    exit_code::ExitCode,
    grouped::grouped,
    interrupt::Interrupts,
    invoke::{Invoke, Local},
    plan::Plan,
    progress::Progress,
    report::{self, Written, console},
    run::{self, Ended, Order},
    run_folder::{End, Ending, RunFolder},
    style::Style,
    totals::Totals,
};

/// The time between the last preparation and the test's start.
const LEAD: Duration = Duration::from_millis(500);

/// Where runs are kept, below the project.
const RESULTS: &str = "results";

pub(super) fn run(
    project: &Project,
    arguments: &cli::Run,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let mut configuration = configuration(project, &arguments.select)?;
    if configuration.profile.debug {
        return debug::run_configured(project, &arguments.select, configuration, linked);
    }
    let scenario = scenario_source(project, &arguments.select, &configuration, linked)?;
    let _demo = start_demo(&arguments.select, &mut configuration)?;
    let plan = configuration.plan();
    plan.check_cost()
        .map_err(|error| Error::of(ExitCode::INVALID, &error).with_hint(error.advice()))?;
    make_room(connections(&plan, arguments.select.demo))
        .map_err(|error| Error::of(ExitCode::INVALID, &error))?;
    let started = SystemTime::now() + LEAD;
    let folder = keep(project, &configuration, &plan, started)?;
    announce(&plan, &folder)?;
    let order = Order {
        run: folder.run().id.clone(),
        started,
        plan,
        scenario,
        environment: configuration.environment,
        listening: configuration.listening,
    };
    let invoke: Arc<dyn Invoke> = Arc::new(Local::new(linked.clone()));
    let (ended, totals) = drive(&order, &invoke, &folder)?;
    conclude(&folder, &ended, &totals)
}

/// How many descriptors the users' connections take: at a cut, those of two generators; and in a
/// demo, both ends of each.
fn connections(plan: &Plan, demo: bool) -> u64 {
    let generators = if plan.intervals.len() > 1 { 2 } else { 1 };
    let ends = if demo { 2 } else { 1 };
    u64::from(plan.peak) * generators * ends
}

/// Makes the run's folder, with what is known before the run.
fn keep(
    project: &Project,
    configuration: &Configuration,
    plan: &Plan,
    started: SystemTime,
) -> Result<RunFolder, Error> {
    let folder =
        RunFolder::create(&project.path(RESULTS), &plan.test, started).map_err(Error::failed)?;
    folder.write_profile(&configuration.profile.to_yaml()).map_err(Error::failed)?;
    folder.write_plan(plan).map_err(Error::failed)?;
    let path = folder.path().join("run.log");
    let file = File::create(&path).map_err(|error| {
        Error::new(ExitCode::GENERATOR, format!("cannot write {}: {error}", path.display()))
    })?;
    log::start(&configuration.profile.logging, Some(file));
    Ok(folder)
}

fn announce(plan: &Plan, folder: &RunFolder) -> Result<(), Error> {
    let style = Style::of(&io::stdout());
    let host = plan.host.as_deref().unwrap_or("the hosts of its scenario");
    let intervals = match plan.intervals.len() {
        1 => String::new(),
        count => format!(" in {count} intervals"),
    };
    let warnings = plan.warnings.iter();
    let warnings: String =
        warnings.map(|warning| format!("{} {warning}\n", style.warning("warning:"))).collect();
    print(&format!(
        "{}: up to {} users for {}{intervals} against {host}\nresults in {}\n{warnings}",
        style.bold(&plan.test),
        grouped(plan.peak),
        engine::duration::format(plan.duration),
        folder.path().display(),
    ))
}

/// Runs the jobs; this thread only gathers their frames.
fn drive(
    order: &Order,
    invoke: &Arc<dyn Invoke>,
    folder: &RunFolder,
) -> Result<(Ended, Totals), Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Error::new(ExitCode::GENERATOR, format!("no runtime: {error}")))?;
    runtime.block_on(async {
        let mut interrupts = Interrupts::listen().map_err(|error| {
            Error::new(ExitCode::GENERATOR, format!("cannot listen for interrupts: {error}"))
        })?;
        let mut frames = folder.frame_writer().map_err(Error::failed)?;
        let mut totals = Totals::default();
        let mut progress = Progress::new(&order.plan, io::stderr().is_terminal());
        let ended =
            run::run(order, invoke, &mut frames, &mut totals, &mut progress, &mut interrupts).await;
        progress.finish();
        Ok((ended.map_err(Error::failed)?, totals))
    })
}

/// Notes how the run ended, writes the reports, and shows them.
fn conclude(folder: &RunFolder, ended: &Ended, totals: &Totals) -> Result<ExitCode, Error> {
    let how = match ended {
        Ended { interrupted: true, .. } => Ending::Interrupted,
        Ended { failures, .. } if !failures.is_empty() => Ending::Failed,
        _ => Ending::Completed,
    };
    folder.write_end(&End { how, messages: ended.failures.clone() }).map_err(Error::failed)?;
    let written = report::write_all(folder, totals).map_err(Error::failed)?;
    show(&written)?;
    Ok(match how {
        Ending::Interrupted => ExitCode::INTERRUPTED,
        Ending::Failed => ExitCode::GENERATOR,
        Ending::Completed => ExitCode::PASSED,
    })
}

/// Shows a report on the terminal.
pub(super) fn show(written: &Written) -> Result<(), Error> {
    let look = console::Look { width: super::terminal_width(), style: Style::of(&io::stdout()) };
    print(&format!("\n{}", console::text(&written.report, &written.files, look)))
}
