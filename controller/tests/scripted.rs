//! Runs whose generators follow a script: the faults that real ones do not show on demand.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use controller::{
    interrupt::Interrupts,
    invoke::{Arrived, Invocation, Invoke, InvokeError, Pace},
    report::{self, Report},
    reporter::{Moment, Reporter},
    run::{self, Order},
    totals::Totals,
    verdict::Status,
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
    sync::{mpsc, watch},
    time::Instant,
};

use self::support::sample_run::{folder, frames, plan};

/// What becomes of a job's frames, and how the job ends.
type Change = dyn Fn(&JobId, Vec<Frame>) -> Played + Send + Sync;

type Played = (Vec<Frame>, Result<(), InvokeError>);

/// Plays the sample run's frames for whichever job asks, changed as a test wants it.
struct Scripted {
    change: Box<Change>,
    invoked: Arc<Mutex<Vec<Job>>>,
}

impl Invoke for Scripted {
    fn invoke(
        &self,
        job: Job,
        _: watch::Receiver<Signal>,
        out: mpsc::Sender<Arrived>,
    ) -> Pin<Box<dyn Future<Output = Invocation> + Send>> {
        let own = frames().into_iter().filter(|frame| frame.job == job.id).collect();
        let (frames, result) = (self.change)(&job.id, own);
        self.invoked.lock().unwrap().push(job);
        Box::pin(async move {
            for frame in frames {
                out.send(frame.into()).await.unwrap();
            }
            result.into()
        })
    }

    fn pace(&self) -> Pace {
        Pace { lead: Duration::from_millis(500), grace: Duration::from_secs(2) }
    }
}

#[derive(Default)]
struct Notes(Vec<String>);

impl Reporter for Notes {
    fn tick(&mut self, _: &Moment<'_>) {}

    fn note(&mut self, message: &str) {
        self.0.push(message.into());
    }
}

struct Outcome {
    report: Report,
    notes: Vec<String>,
    jobs: Vec<Job>,
}

/// Runs the sample plan, its clock moved so that all jobs are due at once.
async fn run(change: impl Fn(&JobId, Vec<Frame>) -> Played + Send + Sync + 'static) -> Outcome {
    let order = Order {
        run: "golden".into(),
        started: SystemTime::now(),
        begun: Instant::now(),
        plan: plan(),
        scenario: ScenarioSource::Linked("none".into()),
        environment: Environment::default(),
        listening: Listening {
            listeners: Vec::new(),
            every: Duration::from_secs(5),
            final_only: false,
            apis: Vec::new(),
        },
    };
    let invoked = Arc::default();
    let scripted = Scripted { change: Box::new(change), invoked: Arc::clone(&invoked) };
    let invoke: Arc<dyn Invoke> = Arc::new(scripted);
    let root = tempfile::tempdir().unwrap();
    let folder = folder(root.path(), &[]);
    let mut journal = folder.journal().unwrap();
    let (mut totals, mut notes) = (Totals::default(), Notes::default());
    let mut interrupts = Interrupts::listen().unwrap();
    let ended =
        run::run(&order, &invoke, &mut journal, &mut totals, &mut notes, &mut interrupts).await;
    folder.write_end(&ended.unwrap().end(&order.plan)).unwrap();
    let written = report::write_all(&folder, &totals).unwrap();
    let rebuilt = report::rebuild(folder.path()).unwrap();
    assert_eq!(written.report, rebuilt.report, "a run's folder is enough to report it");
    let jobs = std::mem::take(&mut *invoked.lock().unwrap());
    Outcome { report: written.report, notes: notes.0, jobs }
}

#[tokio::test(start_paused = true)]
async fn each_interval_and_share_is_one_job_with_the_whole_load() {
    let outcome = run(|_, frames| (frames, Ok(()))).await;
    let mut jobs: Vec<_> = outcome.jobs.iter().map(|j| (j.id.interval, j.id.share)).collect();
    jobs.sort_unstable();
    assert_eq!(jobs, [(0, 0), (0, 1), (1, 0), (1, 1)]);
    for job in &outcome.jobs {
        assert_eq!(job.load, plan().load);
        assert_eq!(job.window, plan().intervals[job.id.interval as usize].window);
        assert_eq!(job.start, outcome.jobs[0].start);
    }
    assert_eq!(outcome.report.verdict.status, Status::Valid);
    assert_eq!(outcome.report.summary.requests, 480);
}

#[tokio::test(start_paused = true)]
async fn what_arrived_of_a_generator_that_fails_counts() {
    let outcome = run(|job, mut frames| {
        if (job.interval, job.share) != (1, 1) {
            return (frames, Ok(()));
        }
        frames.truncate(2);
        (frames, Err(InvokeError::NoFinal))
    })
    .await;
    let report = outcome.report;
    assert!(report.end.partial);
    assert_ne!(report.verdict.status, Status::Valid);
    assert_eq!(report.summary.requests, 440, "one second of one generator is missing");
    assert_eq!(outcome.notes.len(), 1);
    assert!(outcome.notes[0].contains("golden/1/local/1 failed: the generator ended without"));
    assert_eq!(report.end.messages, outcome.notes);
}

#[tokio::test(start_paused = true)]
async fn frames_that_arrive_twice_count_once() {
    let outcome = run(|_, frames| {
        let twice = frames.iter().chain(&frames).cloned().collect();
        (twice, Ok(()))
    })
    .await;
    assert_eq!(outcome.report.summary.requests, 480);
    assert_eq!(outcome.report.verdict.status, Status::Valid);
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_is_lost_is_noticed() {
    let outcome = run(|job, mut frames| {
        if (job.interval, job.share) == (0, 0) {
            frames.remove(1);
        }
        (frames, Ok(()))
    })
    .await;
    assert_ne!(outcome.report.verdict.status, Status::Valid);
    assert_eq!(outcome.report.summary.requests, 440);
}

fn all_frames_but(
    lost: JobId,
    error: fn() -> InvokeError,
) -> impl Fn(&JobId, Vec<Frame>) -> Played {
    move |job, frames| if *job == lost { (Vec::new(), Err(error())) } else { (frames, Ok(())) }
}

fn job_id(interval: u32, share: u32) -> JobId {
    JobId { run: "golden".into(), interval, region: "local".into(), share, attempt: 0 }
}

#[tokio::test(start_paused = true)]
async fn a_generator_that_never_began_is_replaced_for_the_rest_of_its_window() {
    let lost = job_id(1, 1);
    let outcome =
        run(all_frames_but(lost.clone(), || InvokeError::NotBegun("too many at once".into())))
            .await;
    let (first, second): (Vec<_>, Vec<_>) =
        outcome.jobs.iter().partition(|job| job.id.attempt == 0);
    assert_eq!(first.len(), 4);
    let original = first.iter().find(|job| job.id == lost).unwrap();
    let [next] = second[..] else { panic!("{} replacements", second.len()) };
    assert_eq!(next.id, JobId { attempt: 1, ..lost });
    assert_eq!((next.share, next.window.to()), (original.share, original.window.to()));
    assert!(next.window.from() >= original.window.from());
    assert!(next.warm_up > Duration::ZERO, "its users sign in again");
    assert!(outcome.notes[0].contains("it did not begin: too many at once"), "{:?}", outcome.notes);
    assert!(outcome.notes[1].starts_with("another takes over its users at"), "{:?}", outcome.notes);
    assert!(outcome.report.end.partial);
}

#[tokio::test(start_paused = true)]
async fn a_generator_is_replaced_once() {
    let outcome = run(|job, frames| {
        let dies = (job.interval, job.share) == (1, 1);
        if dies { (Vec::new(), Err(InvokeError::Died("again".into()))) } else { (frames, Ok(())) }
    })
    .await;
    assert_eq!(outcome.jobs.len(), 5);
    let failed = outcome.notes.iter().filter(|note| note.contains("it died: again")).count();
    assert_eq!(failed, 2);
}

#[tokio::test(start_paused = true)]
async fn nobody_takes_over_from_a_generator_that_may_run_on() {
    let outcome =
        run(all_frames_but(job_id(1, 1), || InvokeError::CutOff("the network is gone".into())))
            .await;
    assert_eq!(outcome.jobs.len(), 4);
}
