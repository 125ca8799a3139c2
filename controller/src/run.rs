//! A run: each interval's jobs at the right moment, their frames into the totals.

mod awake;
mod intake;
mod limits;
mod meter;
mod steering;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, SystemTime},
};

use engine::{
    clients::Clients,
    environment::Environment,
    frame::{Body, Frame},
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    job_id::JobId,
    listener::{Delivery, flush},
    load::Load,
    run::{Orders, Signal},
    window::Window,
};
use tokio::{
    select,
    sync::{mpsc, watch},
    task::JoinSet,
    time::{self, Instant, MissedTickBehavior},
};

pub use self::intake::Intake;
use self::{awake::Awake, limits::Limits, meter::Meter};
use crate::{
    control::{Asked, Control, Controls, Done, Refused},
    invoke::{Arrived, Facts, Invocation, Invoke, InvokeError},
    plan::{Interval, Plan, PlannedShare},
    reporter::{Moment, Reporter},
    run_folder::{End, Ending, InvocationRecord, RunFolderError},
    threshold::Aborted,
};

/// Time between two looks at the totals.
const TICK: Duration = Duration::from_millis(250);

/// Time between two looks at what would end the run.
const LOOK: Duration = Duration::from_secs(1);

/// A sleep of the machine that is worth a word.
const NAP: Duration = Duration::from_secs(2);

/// What the jobs of a run have in common.
pub struct Order {
    /// The run's name.
    pub run: String,
    /// When the test starts, by the generators' clocks.
    pub started: SystemTime,
    /// The same instant here.
    pub begun: Instant,
    /// The plan.
    pub plan: Plan,
    /// What the users do.
    pub scenario: ScenarioSource,
    /// Where they do it.
    pub environment: Environment,
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// The threshold that ended it, if one did.
    pub aborted: Option<Aborted>,
    /// What went wrong with generators.
    pub failures: Vec<String>,
    /// What became of what the controller told listeners.
    pub deliveries: Vec<Delivery>,
}

impl Ended {
    /// How the run of a plan ended, for its folder: an interrupt says more than a failure, and that
    /// more than a threshold.
    pub fn end(&self, plan: &Plan) -> End {
        let how = if self.interrupted {
            Ending::Interrupted
        } else if !self.failures.is_empty() {
            Ending::Failed
        } else if self.aborted.is_some() {
            Ending::Aborted
        } else {
            Ending::Completed
        };
        let message = self.aborted.as_ref().map(|aborted| aborted.message(&plan.thresholds));
        let messages = message.into_iter().chain(self.failures.iter().cloned()).collect();
        End { how, messages, aborted: self.aborted.clone(), deliveries: self.deliveries.clone() }
    }
}

enum Event {
    Frame(Box<Arrived>),
    Ended { job: Box<Job>, invocation: Invocation },
}

/// Runs everything that was ordered. What arrives is written as it arrives.
///
/// # Errors
///
/// Only if that cannot be written; what is wrong with generators is part of the result.
pub async fn run(
    order: &Order,
    invoke: &Arc<dyn Invoke>,
    intake: &mut Intake,
    reporter: &mut dyn Reporter,
    controls: &mut Controls,
) -> Result<Ended, RunFolderError> {
    Running::new(order, invoke, intake, reporter).run(controls).await
}

/// A run on its way.
struct Running<'a> {
    order: &'a Order,
    invoke: &'a Arc<dyn Invoke>,
    intake: &'a mut Intake,
    reporter: &'a mut dyn Reporter,
    awake: Awake,
    orders: watch::Sender<Orders>,
    /// The load as it was changed by now.
    load: Load,
    sender: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
    /// How many intervals have begun.
    begun: usize,
    /// Jobs that have begun and not ended, and when they were asked for.
    jobs: BTreeMap<JobId, Instant>,
    /// What looks after them.
    tasks: JoinSet<()>,
    /// Those that ended before their time.
    stopped: BTreeSet<JobId>,
    slept: Duration,
    /// What functions cost, and when that or what they lose is too much.
    bounds: Option<(Meter, Limits)>,
    /// When was last looked at those, and at thresholds.
    looked: Duration,
    ended: Ended,
}

impl<'a> Running<'a> {
    fn new(
        order: &'a Order,
        invoke: &'a Arc<dyn Invoke>,
        intake: &'a mut Intake,
        reporter: &'a mut dyn Reporter,
    ) -> Self {
        let (sender, events) = mpsc::channel(1024);
        Self {
            order,
            invoke,
            intake,
            reporter,
            awake: Awake::new(),
            orders: watch::Sender::default(),
            load: order.plan.load.clone(),
            sender,
            events,
            begun: 0,
            jobs: BTreeMap::new(),
            tasks: JoinSet::new(),
            stopped: BTreeSet::new(),
            slept: Duration::ZERO,
            bounds: order
                .plan
                .functions
                .clone()
                .map(|functions| (Meter::new(functions.clone()), Limits::new(functions))),
            looked: Duration::ZERO,
            ended: Ended::default(),
        }
    }

    async fn run(mut self, controls: &mut Controls) -> Result<Ended, RunFolderError> {
        let ended = self.hear_all(controls).await;
        // Whatever became of the run: what nobody hears any more shall end.
        self.invoke.finish().await;
        let told = self.told();
        let (stopped_early, flush) = (told > Signal::Run, flush(told));
        self.ended.deliveries = self.intake.emitter.finish(stopped_early, flush).await;
        ended?;
        Ok(self.ended)
    }

    async fn hear_all(&mut self, controls: &mut Controls) -> Result<(), RunFolderError> {
        // Between the seconds, so that a second's frames have arrived when it is looked at.
        let mut ticks = time::interval_at(self.order.begun + TICK / 2, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut last_chance = None;
        while !self.jobs.is_empty() || self.next_interval().is_some() {
            let next = self.next_interval().map(|interval| self.moment(interval));
            select! {
                Some(event) = self.events.recv() => self.hear(event)?,
                Some(Err(error)) = self.tasks.join_next() => {
                    // Which job it was is not known, and the others must not be waited for in vain.
                    self.fail(format!("the run broke: {error}"));
                    break;
                }
                () = self.awake.sleep_until(next) => self.start_interval(),
                _ = ticks.tick() => self.tick(),
                asked = controls.next() => {
                    self.obey(asked)?;
                    if self.told() == Signal::Abort {
                        let grace = self.invoke.pace().grace;
                        last_chance.get_or_insert_with(|| Instant::now() + grace);
                    }
                }
                () = deadline(last_chance) => break,
            }
        }
        self.tick();
        self.note_unheard()
    }

    /// Notes the jobs that are not waited for any more.
    fn note_unheard(&mut self) -> Result<(), RunFolderError> {
        for (job, asked) in std::mem::take(&mut self.jobs) {
            let unheard = Some("its end was not waited for".to_owned());
            self.record(job, asked, Facts::default(), unheard)?;
        }
        Ok(())
    }

    fn record(
        &mut self,
        job: JobId,
        asked: Instant,
        facts: Facts,
        error: Option<String>,
    ) -> Result<(), RunFolderError> {
        let (asked_s, ended_s) = (self.since_start(asked), self.since_start(Instant::now()));
        self.intake.journal.invocation(&InvocationRecord { job, asked_s, ended_s, facts, error })
    }

    /// The interval that begins next. One that has not begun when the run is stopped never does.
    fn next_interval(&self) -> Option<&'a Interval> {
        let goes_on = self.told() == Signal::Run;
        self.order.plan.intervals.get(self.begun).filter(|_| goes_on)
    }

    /// When the generators of an interval are asked for.
    fn moment(&self, interval: &Interval) -> Instant {
        let (from, early) =
            (interval.window.from(), self.warm_up(interval) + self.invoke.pace().lead);
        match from.checked_sub(early) {
            Some(after) => self.order.begun + after,
            None => self.order.begun.checked_sub(early - from).unwrap_or(self.order.begun),
        }
    }

    fn start_interval(&mut self) {
        let Some(interval) = self.next_interval() else { return };
        self.begun += 1;
        let warm_up = self.warm_up(interval);
        for share in &interval.shares {
            self.start(Job { warm_up, ..self.order.job(interval, share) });
        }
    }

    fn warm_up(&self, interval: &Interval) -> Duration {
        self.order.plan.warm_up(interval, &self.orders.borrow().changes)
    }

    /// Asks for a generator, which begins with the load as it was changed until now.
    fn start(&mut self, job: Job) {
        let job = Job { changes: self.orders.borrow().changes.clone(), ..job };
        let asked = Instant::now();
        self.jobs.insert(job.id.clone(), asked);
        self.intake.emitter.begin(&job);
        if let Some((meter, _)) = &mut self.bounds {
            meter.begin(job.id.clone(), asked);
        }
        let errand = Errand {
            job,
            invoke: Arc::clone(self.invoke),
            orders: self.orders.subscribe(),
            events: self.sender.clone(),
        };
        self.tasks.spawn(errand.run());
    }

    fn hear(&mut self, event: Event) -> Result<(), RunFolderError> {
        match event {
            Event::Frame(frame) => {
                self.look_at_end(frame.frame());
                self.intake.frame(*frame)?;
            }
            Event::Ended { job, invocation: Invocation { facts, result } } => {
                // Each job ends once.
                let Some(asked) = self.jobs.remove(&job.id) else { return Ok(()) };
                self.intake.emitter.end(&job.id);
                if let Some((meter, _)) = &mut self.bounds {
                    meter.end(&job.id, &facts, Instant::now());
                }
                let error = result.as_ref().err().map(ToString::to_string);
                self.record(job.id.clone(), asked, facts, error)?;
                if let Err(error) = result {
                    self.lose(&job, &error);
                }
            }
        }
        Ok(())
    }

    /// A generator that ended before its time without being told has lost its lease, or its life
    /// was too short.
    fn look_at_end(&mut self, frame: &Frame) {
        let Body::Final(last) = &frame.body else { return };
        let told = self.told() > Signal::Run;
        if last.ending.stopped_early && !told && self.stopped.insert(frame.job.clone()) {
            self.fail(format!("generator {} stopped before its window ended", frame.job));
        }
    }

    /// A generator has failed: says so, and lets another take over where that doubles no load.
    fn lose(&mut self, job: &Job, error: &InvokeError) {
        if self.told() > Signal::Run && matches!(error, InvokeError::NotBegun(_)) {
            return;
        }
        self.fail(format!("generator {} failed: {error}", job.id));
        if self.told() > Signal::Run || !error.may_be_replaced() {
            return;
        }
        if let Some(next) = replacement(job, |ahead| self.in_a_while(ahead)) {
            let from = engine::duration::format(Duration::from_secs(next.window.from().as_secs()));
            self.reporter.note(&format!("another takes over its users at {from}"));
            self.start(next);
        }
    }

    fn fail(&mut self, failure: String) {
        self.reporter.note(&failure);
        self.ended.failures.push(failure);
    }

    fn tick(&mut self) {
        let slept = self.awake.slept();
        if slept > self.slept + NAP {
            let nap = engine::duration::format(Duration::from_secs((slept - self.slept).as_secs()));
            self.fail(format!("this machine slept for {nap}; what it missed of it may be lost"));
        }
        self.slept = slept;
        self.look_at_bounds();
        self.intake.emitter.tick(self.elapsed());
        let (elapsed, orders) = (self.elapsed(), self.orders.borrow());
        self.reporter.tick(&Moment {
            plan: &self.order.plan,
            load: &self.load,
            changes: &orders.changes,
            elapsed,
            totals: &self.intake.totals,
            cost: self.bounds.as_ref().map(|(meter, _)| meter.total(Instant::now())),
            signal: orders.signal,
        });
    }

    /// Looks at what would end the run now, if nothing has.
    fn look_at_bounds(&mut self) {
        let elapsed = self.elapsed();
        if self.told() > Signal::Run || elapsed < self.looked + LOOK {
            return;
        }
        self.looked = elapsed;
        self.look_at_limits(elapsed);
        self.look_at_thresholds(elapsed);
    }

    fn look_at_limits(&mut self, elapsed: Duration) {
        let Some((meter, limits)) = &self.bounds else { return };
        if let Some(why) = limits.broken(&self.order.plan, &self.intake.totals, meter, elapsed) {
            self.fail(why);
            self.tell(Signal::Stop);
        }
    }

    fn look_at_thresholds(&mut self, elapsed: Duration) {
        let plan = &self.order.plan;
        // After its load a run cannot be ended any more: what is in flight comes to its own end.
        if elapsed >= plan.duration {
            return;
        }
        if let Some(aborted) = Aborted::look(plan, &self.intake.totals, elapsed) {
            self.reporter.note(&aborted.message(&plan.thresholds));
            self.ended.aborted = Some(aborted);
            self.tell(Signal::Stop);
        }
    }

    fn obey(&mut self, asked: Asked) -> Result<(), RunFolderError> {
        let done = match asked.control {
            Control::Stop => Ok(self.interrupt()),
            Control::Users { clients, hatch_rate } => self.change(clients, hatch_rate)?,
        };
        asked.answer(done);
        Ok(())
    }

    fn interrupt(&mut self) -> Done {
        let again = self.ended.interrupted;
        self.ended.interrupted = true;
        let (level, note, done) = if again {
            (Signal::Abort, "interrupted again: ending at once", Done::Ending)
        } else {
            let note = "interrupted: requests in flight may end; interrupt again to end at once";
            (Signal::Stop, note, Done::Stopping)
        };
        self.reporter.note(note);
        self.tell(level);
        done
    }

    /// Goes to another number of users, which is noted before anybody is told.
    fn change(
        &mut self,
        clients: Clients,
        hatch_rate: Option<HatchRate>,
    ) -> Result<Result<Done, Refused>, RunFolderError> {
        let mut changes = self.orders.borrow().changes.clone();
        let change = match self.told() {
            Signal::Run => steering::change(
                self.order,
                &**self.invoke,
                &changes,
                (clients, hatch_rate),
                |ahead| self.in_a_while(ahead),
            ),
            _ => Err(Refused::Ending),
        };
        match change {
            Ok(change) => {
                self.intake.journal.change(&change)?;
                changes.push(change);
                let done = Done::Changed(change);
                self.reporter.note(&format!("the users change: {done}"));
                if let Some(crowd) = steering::crowd(&self.order.plan, &changes) {
                    self.reporter.note(&crowd);
                }
                self.load = self.order.plan.load_changed(&changes);
                self.orders.send_modify(|orders| orders.changes = changes);
                Ok(Ok(done))
            }
            Err(refused) => {
                self.reporter.note(&format!("the users do not change: {refused}"));
                Ok(Err(refused))
            }
        }
    }

    /// The strongest signal that was given.
    fn told(&self) -> Signal {
        self.orders.borrow().signal
    }

    fn tell(&self, signal: Signal) {
        self.orders.send_if_modified(|orders| orders.heed(&signal.into()));
    }

    /// The time since the test's start.
    fn elapsed(&self) -> Duration {
        self.in_a_while(Duration::ZERO)
    }

    /// The time since the test's start that it will be after a while from now.
    fn in_a_while(&self, ahead: Duration) -> Duration {
        (Instant::now() + self.awake.slept() + ahead).saturating_duration_since(self.order.begun)
    }

    /// Seconds from the test's start to an instant, negative before it.
    fn since_start(&self, at: Instant) -> f64 {
        let begun = self.order.begun;
        let after = at.saturating_duration_since(begun).as_secs_f64();
        after - begun.saturating_duration_since(at).as_secs_f64()
    }
}

async fn deadline(at: Option<Instant>) {
    match at {
        Some(at) => time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// A job on its way to a generator.
struct Errand {
    job: Job,
    invoke: Arc<dyn Invoke>,
    orders: watch::Receiver<Orders>,
    events: mpsc::Sender<Event>,
}

impl Errand {
    async fn run(self) {
        let Self { job, invoke, orders, events } = self;
        let (sender, mut frames) = mpsc::channel::<Arrived>(64);
        let forward = async {
            while let Some(frame) = frames.recv().await {
                if events.send(Event::Frame(Box::new(frame))).await.is_err() {
                    break;
                }
            }
        };
        let (invocation, ()) = tokio::join!(invoke.invoke(job.clone(), orders, sender), forward);
        // Without a receiver the run is over.
        let _ = events.send(Event::Ended { job: Box::new(job), invocation }).await;
    }
}

/// The job of a generator that takes over from one that was lost: the same users for the rest of
/// the window. There is only one such job, and none for a rest that is not worth it. `when` tells
/// which time of the test it will be after a while from now.
fn replacement(job: &Job, when: impl Fn(Duration) -> Duration) -> Option<Job> {
    let warm_up = job.warm_up.max(LEAST_WARM_UP).min(LONGEST_WARM_UP);
    let from = job.window.from().max(when(START_UP + warm_up));
    let window = Window::try_new(from, job.window.to()).ok()?;
    let worth_it = window.length() >= LEAST_REST;
    (job.id.attempt == 0 && worth_it).then(|| Job {
        id: JobId { attempt: 1, ..job.id.clone() },
        window,
        warm_up,
        ..job.clone()
    })
}

/// The time that a generator which takes over gets to start.
const START_UP: Duration = Duration::from_secs(2);

/// The time that its users get to sign in again: enough for most, and not so long that their load
/// is missed for long.
const LEAST_WARM_UP: Duration = Duration::from_secs(1);
const LONGEST_WARM_UP: Duration = Duration::from_secs(5);

/// The least load that is worth another generator.
const LEAST_REST: Duration = Duration::from_secs(1);

impl Order {
    /// The size of the largest job as it travels, bytes.
    pub fn largest_job(&self) -> usize {
        let jobs = self.plan.intervals.iter().filter_map(|interval| {
            let job = self.job(interval, interval.shares.first()?);
            serde_json::to_vec(&job).ok()
        });
        jobs.map(|job| job.len()).max().unwrap_or(0)
    }

    fn job(&self, interval: &Interval, share: &PlannedShare) -> Job {
        Job {
            id: JobId {
                run: self.run.clone(),
                interval: interval.index,
                region: share.region.clone(),
                share: share.share.index(),
                attempt: 0,
            },
            test: self.plan.test.clone(),
            scenario: self.scenario.clone(),
            only: self.plan.only.clone(),
            environment: self.environment.clone(),
            load: self.plan.load.clone(),
            changes: Vec::new(),
            window: interval.window,
            intervals: u32::try_from(self.plan.intervals.len()).unwrap_or(u32::MAX),
            share: share.share,
            start: self.started,
            warm_up: interval.warm_up,
            stop_timeout: self.plan.stop_timeout,
            seed: self.plan.seed,
            traces: self.plan.traces,
        }
    }
}
