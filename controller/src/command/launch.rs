//! What becomes of a load test that is asked for: it is prepared, begun, driven to its end, and
//! reported. Each step takes what the one before left.

use std::{
    cell::Cell,
    fs::File,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use engine::{job::ScenarioSource, scenario::Linked};
use listeners::{Endpoint, Listening, Vault};
use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};

use super::{
    Error,
    demo::start_demo,
    health, log, payload,
    scenario::{Made, scenario},
};
use crate::{
    aws::{Account, AwsError},
    cli::Select,
    config::{Configuration, Project},
    control::Controls,
    demo_api::Running,
    descriptors::make_room,
    emitter::Emitter,
    exit_code::ExitCode,
    invoke::{Invoke, Local, lambda::Offset},
    plan::{Backend, FunctionPlan, LEAD, Plan},
    preflight::{Clearance, Look},
    report::{self, Written},
    reporter::Reporter,
    run::{self, Intake, Order},
    run_folder::{RESULTS, RunFolder, file_name},
    secrets::{Unreadable, read_here},
    totals::Totals,
};

/// The time between the start of the preparations and the moment in which generators are asked for.
const PREPARATION: Duration = Duration::from_millis(500);

/// A run that was checked as far as it can be. Nothing has been started, nothing written.
pub(super) struct Prepared {
    configuration: Configuration,
    plan: Plan,
    source: ScenarioSource,
    runtime: Runtime,
    ready: Ready,
    /// What this machine has read of what is kept in AWS.
    vault: Option<Arc<dyn Vault>>,
    /// Where Prometheus can ask for the run's metrics.
    endpoint: Option<Endpoint>,
    demo: Option<Running>,
}

/// A run that has its folder, and its instant of start.
pub(super) struct Launch {
    order: Order,
    /// Who is told of it; taken when it is driven.
    emitter: Cell<Emitter>,
    invoke: Arc<dyn Invoke>,
    folder: RunFolder,
    runtime: Runtime,
    _demo: Option<Running>,
}

/// A run that is over.
pub(super) struct Finished {
    /// Its reports.
    pub(super) written: Written,
    /// What they were made from.
    pub(super) totals: Totals,
    /// What the shell is told.
    pub(super) code: ExitCode,
}

/// Who is ready to make load.
enum Ready {
    /// This machine.
    Here(Local),
    /// Functions.
    There(Clearance),
}

/// What is to be run, and by whom: checked as far as it can be without asking anybody.
pub(super) fn plan(
    project: &Project,
    select: &Select,
    configuration: &Configuration,
    linked: &Linked,
) -> Result<(Plan, Made), Error> {
    let made = scenario(project, select, configuration, linked)?;
    let mut plan = configuration.plan();
    made.suit(&mut plan)?;
    plan.check_cost()
        .map_err(|error| Error::of(ExitCode::INVALID, &error).with_hint(error.advice()))?;
    payload::check(&plan, &made.source, configuration)?;
    Ok((plan, made))
}

impl Prepared {
    /// Checks everything that is configured, and looks at who is to make the load. `tell` hears
    /// of what takes its time.
    pub(super) fn new(
        project: &Project,
        select: &Select,
        mut configuration: Configuration,
        linked: &Linked,
        tell: &dyn Fn(&str),
    ) -> Result<Self, Error> {
        let demo = start_demo(select, &mut configuration)?;
        let (mut plan, made) = plan(project, select, &configuration, linked)?;
        if !configuration.profile.skip_healthcheck {
            configuration.listening.header.apis =
                health::versions(&made.scenario, &configuration.environment)?;
        }
        let runtime = runtime(plan.backend)?;
        let listening = &configuration.listening;
        let endpoint = endpoint(listening, tell)?;
        let vault = vault(&plan, listening, &runtime)?;
        let ready = match plan.functions.clone() {
            None => {
                let local = Local::new(linked.clone()).with_vault(vault.clone());
                Ready::here(&plan, local.beside_demo(demo.is_some()))?
            }
            Some(functions) => Ready::there(&mut plan, functions, listening, &runtime, tell)?,
        };
        let source = made.source;
        Ok(Self { configuration, plan, source, runtime, ready, vault, endpoint, demo })
    }

    /// Makes the run's folder among those of its test, and fixes when the run starts: soon.
    pub(super) fn begin(self, project: &Project) -> Result<Launch, Error> {
        let runs = project.path(RESULTS).join(file_name(&self.plan.test));
        self.begin_in(&runs)
    }

    /// The same with the run's folder in another one.
    pub(super) fn begin_in(self, runs: &Path) -> Result<Launch, Error> {
        let Self { configuration, plan, source, runtime, ready, vault, endpoint, demo } = self;
        let (started, begun) = ready.start(&plan);
        let folder = keep(runs, &configuration, &plan, started)?;
        let run = folder.run().id.clone();
        let Configuration { environment, listening, .. } = configuration;
        let emitter = Emitter::start(&listening, &run, started, vault, endpoint);
        let emitter = emitter.map_err(Error::failed)?;
        let invoke = ready.invoke(&run, &folder, &listening)?;
        let order = Order { run, started, begun, plan, scenario: source, environment };
        Ok(Launch { order, emitter: Cell::new(emitter), invoke, folder, runtime, _demo: demo })
    }
}

impl Launch {
    /// The plan.
    pub(super) fn plan(&self) -> &Plan {
        &self.order.plan
    }

    /// Where everything is kept.
    pub(super) fn folder(&self) -> &RunFolder {
        &self.folder
    }

    /// Hears from now on what is said to the run.
    pub(super) fn controls(&self) -> Result<Controls, Error> {
        let _context = self.runtime.enter();
        Controls::listen().map_err(|error| {
            Error::new(ExitCode::GENERATOR, format!("cannot listen for interrupts: {error}"))
        })
    }

    /// Runs the jobs, while this thread only gathers their frames; then notes how the run ended,
    /// and writes the reports.
    pub(super) fn drive(
        &self,
        controls: &mut Controls,
        reporter: &mut dyn Reporter,
    ) -> Result<Finished, Error> {
        let journal = self.folder.journal().map_err(Error::failed)?;
        let mut intake = Intake::new(journal, self.emitter.take());
        let Self { order, invoke, runtime, .. } = self;
        let running = run::run(order, invoke, &mut intake, reporter, controls);
        let ended = runtime.block_on(running).map_err(Error::failed)?;
        let totals = intake.totals;
        self.folder.write_end(&ended.end(&self.order.plan)).map_err(Error::failed)?;
        let written = report::write_all(&self.folder, &totals).map_err(Error::failed)?;
        let code = ExitCode::of_run(&written.report);
        Ok(Finished { written, totals, code })
    }
}

impl Ready {
    /// This machine, if it has room.
    fn here(plan: &Plan, local: Local) -> Result<Self, Error> {
        local.room(plan, plan.peak).map_err(|error| Error::of(ExitCode::INVALID, &error))?;
        Ok(Self::Here(local))
    }

    /// The functions of all regions, if they are ready.
    fn there(
        plan: &mut Plan,
        functions: FunctionPlan,
        listening: &Listening,
        runtime: &Runtime,
        tell: &dyn Fn(&str),
    ) -> Result<Self, Error> {
        make_room(answers(plan)).map_err(|error| Error::of(ExitCode::INVALID, &error))?;
        let clearance = runtime.block_on(look(plan, &functions, listening, tell))?;
        plan.warnings.extend(clearance.warnings(plan));
        plan.functions = Some(FunctionPlan { reply: clearance.reply(), ..functions });
        Ok(Self::There(clearance))
    }

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

    fn invoke(
        self,
        run: &str,
        folder: &RunFolder,
        listening: &Listening,
    ) -> Result<Arc<dyn Invoke>, Error> {
        match self {
            Self::Here(local) => Ok(Arc::new(local.heard_by(listening))),
            Self::There(clearance) => {
                folder.write_preflight(&clearance.preflight).map_err(Error::failed)?;
                Ok(Arc::new(clearance.lambda(run, listening)))
            }
        }
    }
}

/// Where Prometheus can ask for the run's metrics, if the profile's listeners say so.
fn endpoint(listening: &Listening, tell: &dyn Fn(&str)) -> Result<Option<Endpoint>, Error> {
    let endpoint = listening.endpoint();
    let endpoint = endpoint.map_err(|error| Error::of(ExitCode::INVALID, &error))?;
    if let Some(endpoint) = &endpoint {
        tell(&format!("metrics for Prometheus at http://{}/metrics", endpoint.address()));
    }
    Ok(endpoint)
}

/// What this machine's listeners need of what is kept in AWS, read.
fn vault(
    plan: &Plan,
    listening: &Listening,
    runtime: &Runtime,
) -> Result<Option<Arc<dyn Vault>>, Error> {
    let heard_here = match plan.backend {
        Backend::Local => listening.clone(),
        Backend::Lambda => listening.of_controller(),
    };
    let vault = runtime.block_on(read_here(&heard_here)).map_err(|secrets| unreadable(&secrets))?;
    Ok(vault.map(|vault| vault as Arc<dyn Vault>))
}

/// Generators on this machine shall have its cores. What functions send takes some work to read.
fn runtime(backend: Backend) -> Result<Runtime, Error> {
    let mut builder = match backend {
        Backend::Local => Builder::new_current_thread(),
        Backend::Lambda => Builder::new_multi_thread(),
    };
    builder.enable_all().build().map_err(Error::failed)
}

/// Looks at the functions of all regions.
async fn look(
    plan: &Plan,
    functions: &FunctionPlan,
    listening: &Listening,
    tell: &dyn Fn(&str),
) -> Result<Clearance, Error> {
    let regions: Vec<_> = plan.concurrency.keys().map(String::as_str).collect();
    tell(&format!("looking at the functions in {}", regions.join(", ")));
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
    let look = Look { account: &account, number: &number, plan, functions, build, listening };
    look.at_all().await.map_err(|troubles| {
        let list: String = troubles.iter().map(|trouble| format!("\n  {trouble}")).collect();
        let message = format!("the run cannot start, and nothing was started:{list}");
        Error::new(ExitCode::INVALID, message)
    })
}

/// The listeners' secrets cannot be read here.
fn unreadable(secrets: &[Unreadable]) -> Error {
    let list: String = secrets.iter().map(|secret| format!("\n  {secret}")).collect();
    let message = format!("the run cannot start, and nothing was started:{list}");
    Error::new(ExitCode::INVALID, message).with_hint(
        "they are read with the AWS credentials of this machine: whose are they, and may they do \
         secretsmanager:GetSecretValue and ssm:GetParameter?",
    )
}

/// How many descriptors the functions' answers take: each may be looked for in the bucket, too.
fn answers(plan: &Plan) -> u64 {
    plan.concurrency.values().map(|functions| 2 * u64::from(*functions)).sum()
}

/// Makes the run's folder, with what is known before the run.
fn keep(
    runs: &Path,
    configuration: &Configuration,
    plan: &Plan,
    started: SystemTime,
) -> Result<RunFolder, Error> {
    let folder = RunFolder::create_in(runs, &plan.test, started).map_err(Error::failed)?;
    let folder = folder.with_apis(&configuration.listening.header.apis).map_err(Error::failed)?;
    folder.write_profile(&configuration.profile.to_yaml()).map_err(Error::failed)?;
    folder.write_plan(plan).map_err(Error::failed)?;
    let path = folder.path().join("run.log");
    let file = File::create(&path).map_err(|error| {
        Error::new(ExitCode::GENERATOR, format!("cannot write {}: {error}", path.display()))
    })?;
    log::start(&configuration.profile.logging, Some(file));
    Ok(folder)
}
