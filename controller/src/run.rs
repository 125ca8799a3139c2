//! A run: each interval's jobs at the right moment, their frames into the totals.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use engine::{
    environment::Environment,
    frame::Frame,
    job::{Job, ScenarioSource},
    job_id::JobId,
    listener::Listening,
    run::Signal,
};
use tokio::{
    select,
    sync::{mpsc, watch},
    time::{self, Instant, MissedTickBehavior},
};

use crate::{
    interrupt::Interrupts,
    invoke::{Invoke, InvokeError},
    plan::{Interval, Plan, PlannedShare},
    reporter::Reporter,
    run_folder::{FrameWriter, RunFolderError},
    totals::Totals,
};

/// How long before its warm-up a generator is started.
const LEAD: Duration = Duration::from_millis(500);

/// How long generators that are told to end at once may take to hand over what they have.
const GRACE: Duration = Duration::from_secs(2);

/// Time between two looks at the totals.
const TICK: Duration = Duration::from_millis(250);

/// What the jobs of a run have in common.
pub struct Order {
    /// The run's name.
    pub run: String,
    /// When the test starts.
    pub started: SystemTime,
    /// The plan.
    pub plan: Plan,
    /// What the users do.
    pub scenario: ScenarioSource,
    /// Where they do it.
    pub environment: Environment,
    /// Who else hears the statistics.
    pub listening: Listening,
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct Ended {
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// What went wrong with generators.
    pub failures: Vec<String>,
}

enum Event {
    Frame(Box<Frame>),
    Ended(JobId, Result<(), InvokeError>),
}

/// Runs everything that was ordered. Frames are written as they arrive.
///
/// # Errors
///
/// Only if frames cannot be written; what is wrong with generators is part of the result.
pub async fn run(
    order: &Order,
    invoke: &Arc<dyn Invoke>,
    frames: &mut FrameWriter,
    totals: &mut Totals,
    reporter: &mut dyn Reporter,
    interrupts: &mut Interrupts,
) -> Result<Ended, RunFolderError> {
    let (signal, told) = watch::channel(Signal::Run);
    let ahead = order.started.duration_since(SystemTime::now()).unwrap_or_default();
    let begun = Instant::now() + ahead;
    let mut events = start_jobs(order, begun, invoke, &told);
    drop(told);
    // Between the seconds, so that a second's frames have arrived when it is looked at.
    let mut ticks = time::interval_at(begun + TICK / 2, TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut ended = Ended::default();
    let mut last_chance = None;
    loop {
        select! {
            event = events.recv() => match event {
                None => break,
                Some(Event::Frame(frame)) => {
                    frames.append(&frame)?;
                    totals.absorb(*frame);
                }
                Some(Event::Ended(job, Err(error))) => {
                    let failure = format!("generator {job} failed: {error}");
                    reporter.note(&failure);
                    ended.failures.push(failure);
                }
                Some(Event::Ended(_, Ok(()))) => {}
            },
            _ = ticks.tick() => reporter.tick(begun.elapsed(), totals),
            () = interrupts.next() => {
                let level = if ended.interrupted { Signal::Abort } else { Signal::Stop };
                ended.interrupted = true;
                reporter.note(match level {
                    Signal::Abort => "interrupted again: ending at once",
                    _ => "interrupted: requests in flight may end; interrupt again to end at once",
                });
                if level == Signal::Abort {
                    last_chance = Some(Instant::now() + GRACE);
                }
                signal.send_replace(level);
            }
            () = deadline(last_chance) => break,
        }
    }
    reporter.tick(begun.elapsed(), totals);
    Ok(ended)
}

async fn deadline(at: Option<Instant>) {
    match at {
        Some(at) => time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Starts a task for each job, which waits for its moment.
fn start_jobs(
    order: &Order,
    begun: Instant,
    invoke: &Arc<dyn Invoke>,
    told: &watch::Receiver<Signal>,
) -> mpsc::Receiver<Event> {
    let (sender, events) = mpsc::channel(1024);
    for interval in &order.plan.intervals {
        for share in &interval.shares {
            let job = order.job(interval, share);
            let early = interval.window.from().saturating_sub(interval.warm_up + LEAD);
            let task =
                run_one(job, begun + early, Arc::clone(invoke), told.clone(), sender.clone());
            tokio::spawn(task);
        }
    }
    events
}

async fn run_one(
    job: Job,
    at: Instant,
    invoke: Arc<dyn Invoke>,
    mut told: watch::Receiver<Signal>,
    events: mpsc::Sender<Event>,
) {
    select! {
        () = time::sleep_until(at) => {}
        // An interval that has not begun when the run is stopped never does.
        _ = told.wait_for(|signal| *signal > Signal::Run) => return,
    }
    let id = job.id.clone();
    let (sender, mut frames) = mpsc::channel(64);
    let forward = async {
        while let Some(frame) = frames.recv().await {
            if events.send(Event::Frame(Box::new(frame))).await.is_err() {
                break;
            }
        }
    };
    let (result, ()) = tokio::join!(invoke.invoke(job, told, sender), forward);
    // Without a receiver the run is over.
    let _ = events.send(Event::Ended(id, result)).await;
}

impl Order {
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
            environment: self.environment.clone(),
            curve: self.plan.curve.clone(),
            window: interval.window,
            share: share.share,
            start: self.started,
            warm_up: interval.warm_up,
            stop_timeout: self.plan.stop_timeout,
            seed: self.plan.seed,
            listening: self.listening.clone(),
        }
    }
}
