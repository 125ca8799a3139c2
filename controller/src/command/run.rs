//! `load-test run`: a load test from its plan to its reports.

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    sync::Arc,
    time::{Duration, SystemTime},
};

use engine::{api::listed, scenario::Linked};
use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};

use super::{Error, configuration, debug, demo::start_demo, health, log, payload, print, scenario};
use crate::{
    aws::{Account, AwsError},
    cli,
    config::{Configuration, Project},
    control::Controls,
    descriptors::{connections, make_room},
    exit_code::ExitCode,
    grouped::{counted, grouped},
    invoke::{Invoke, Local, lambda::Offset},
    plan::{Backend, FunctionPlan, LEAD, Plan},
    preflight::{Clearance, Look},
    progress::Progress,
    report::{self, Written, console},
    run::{self, Ended, Order},
    run_folder::{End, Ending, RunFolder},
    shown::shown,
    style::Style,
    totals::Totals,
};

/// The time between the start of the preparations and the moment in which generators are asked for.
const PREPARATION: Duration = Duration::from_millis(500);

/// Where runs are kept, below the project.
const RESULTS: &str = "results";

pub(super) fn run(
    project: &Project,
    arguments: &cli::Run,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let select = arguments.select();
    let mut configuration = configuration(project, &select)?;
    if configuration.profile.debug {
        return debug::run_configured(project, &select, configuration, linked);
    }
    let _demo = start_demo(&select, &mut configuration)?;
    let made = scenario(project, &select, &configuration, linked)?;
    let mut plan = configuration.plan();
    made.suit(&mut plan)?;
    plan.check_cost()
        .map_err(|error| Error::of(ExitCode::INVALID, &error).with_hint(error.advice()))?;
    if !configuration.profile.skip_healthcheck {
        configuration.listening.apis =
            health::versions(&made.scenario, &configuration.environment)?;
    }
    payload::check(&plan, &made.source, &configuration)?;
    let runtime = runtime(plan.backend)?;
    let ready = match plan.functions.clone() {
        None => {
            make_room(connections(plan.peak, &plan, select.demo))
                .map_err(|error| Error::of(ExitCode::INVALID, &error))?;
            Ready::Here(Local::new(linked.clone()).beside_demo(select.demo))
        }
        Some(functions) => {
            make_room(answers(&plan)).map_err(|error| Error::of(ExitCode::INVALID, &error))?;
            let clearance = runtime.block_on(look(&plan, &functions))?;
            plan.warnings.extend(clearance.warnings(&plan));
            plan.functions = Some(FunctionPlan { reply: clearance.reply(), ..functions });
            Ready::There(clearance)
        }
    };
    let (started, begun) = ready.start(&plan);
    let folder = keep(project, &configuration, &plan, started)?;
    announce(&plan, &folder)?;
    let run = folder.run().id.clone();
    let invoke = ready.invoke(&run, &folder)?;
    let Configuration { environment, listening, .. } = configuration;
    let order = Order { run, started, begun, plan, scenario: made.source, environment, listening };
    let (ended, totals) = drive(&runtime, &order, &invoke, &folder)?;
    conclude(&folder, &ended, &totals)
}

/// Generators on this machine shall have its cores. What functions send takes some work to read.
fn runtime(backend: Backend) -> Result<Runtime, Error> {
    let mut builder = match backend {
        Backend::Local => Builder::new_current_thread(),
        Backend::Lambda => Builder::new_multi_thread(),
    };
    builder.enable_all().build().map_err(Error::failed)
}

/// Who is ready to make load.
enum Ready {
    /// This machine.
    Here(Local),
    /// Functions.
    There(Clearance),
}

impl Ready {
    /// When the test starts, by the generators' clocks and by this machine's timers.
    fn start(&self, plan: &Plan) -> (SystemTime, Instant) {
        let (lead, clock) = match self {
            Self::Here(local) => (local.pace().lead, Offset::NONE),
            Self::There(clearance) => (LEAD, clearance.preflight.clock),
        };
        let warm_up = plan.intervals.first().map(|interval| interval.warm_up);
        let lead = lead + warm_up.unwrap_or_default() + PREPARATION;
        (clock.there(SystemTime::now() + lead), Instant::now() + lead)
    }

    fn invoke(self, run: &str, folder: &RunFolder) -> Result<Arc<dyn Invoke>, Error> {
        match self {
            Self::Here(local) => Ok(Arc::new(local)),
            Self::There(clearance) => {
                folder.write_preflight(&clearance.preflight).map_err(Error::failed)?;
                Ok(Arc::new(clearance.lambda(run)))
            }
        }
    }
}

/// Looks at the functions of all regions.
async fn look(plan: &Plan, functions: &FunctionPlan) -> Result<Clearance, Error> {
    let regions: Vec<_> = plan.concurrency.keys().map(String::as_str).collect();
    let text = format!("looking at the functions in {}", regions.join(", "));
    // Whoever does not see it misses nothing.
    let _ = writeln!(io::stderr(), "{text}");
    let account = Account::load().await;
    let aws = |error: AwsError| {
        let failure = Error::new(ExitCode::INVALID, error.to_string());
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    };
    account.check_credentials().await.map_err(aws)?;
    let number = account.number().await.map_err(aws)?;
    let build = scenarios::BUILD;
    let look = Look { account: &account, number: &number, plan, functions, build };
    look.at_all().await.map_err(|troubles| {
        let list: String = troubles.iter().map(|trouble| format!("\n  {trouble}")).collect();
        let message = format!("the run cannot start, and nothing was started:{list}");
        Error::new(ExitCode::INVALID, message)
    })
}

/// How many descriptors the functions' answers take: each may be looked for in the bucket, too.
fn answers(plan: &Plan) -> u64 {
    plan.concurrency.values().map(|functions| 2 * u64::from(*functions)).sum()
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
    let folder = folder.with_apis(&configuration.listening.apis).map_err(Error::failed)?;
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
    let only = if plan.only.is_all() { String::new() } else { format!("only {}\n", plan.only) };
    let apis = match &*folder.run().apis {
        [] => String::new(),
        apis => shown(&format!("APIs: {}", listed(apis))) + "\n",
    };
    let rate = plan.load.arrivals().map_or(String::new(), |arrivals| {
        format!("up to {} arrivals per second by ", arrivals.rate.fastest())
    });
    print(&format!(
        "{}: {rate}up to {} users for {}{intervals} against {host}\n{only}{apis}{}results in {}\n{warnings}",
        style.bold(&plan.test),
        grouped(plan.peak),
        engine::duration::format(plan.duration),
        functions(plan).unwrap_or_default(),
        folder.path().display(),
    ))
}

/// What a run in functions is going to take.
fn functions(plan: &Plan) -> Option<String> {
    let cost = plan.cost.as_ref()?;
    let functions: usize = plan.intervals.iter().map(|interval| interval.shares.len()).sum();
    Some(format!(
        "{} in {}: about {}, at most {}\n",
        counted(functions as u64, "function"),
        plan.concurrency.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        cost.expected.total_usd,
        cost.at_most.total_usd,
    ))
}

/// Runs the jobs; this thread only gathers their frames.
fn drive(
    runtime: &Runtime,
    order: &Order,
    invoke: &Arc<dyn Invoke>,
    folder: &RunFolder,
) -> Result<(Ended, Totals), Error> {
    runtime.block_on(async {
        let mut controls = Controls::listen().map_err(|error| {
            Error::new(ExitCode::GENERATOR, format!("cannot listen for interrupts: {error}"))
        })?;
        let mut journal = folder.journal().map_err(Error::failed)?;
        let mut totals = Totals::default();
        let mut progress = Progress::new(&order.plan, io::stderr().is_terminal());
        let ended =
            run::run(order, invoke, &mut journal, &mut totals, &mut progress, &mut controls).await;
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
