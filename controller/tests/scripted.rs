//! Runs whose generators follow a script: the faults that real ones do not show on demand.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use cloud::ask::Reply;
use controller::{
    control::{Control, Controls, Done, Refused, Remote},
    emitter::Emitter,
    functions::Architecture,
    invoke::{Arrived, Invocation, Invoke, InvokeError, Pace},
    plan::{FunctionPlan, Plan},
    report::{self, Report},
    reporter::{Moment, Reporter},
    run::{self, Intake, Order},
    verdict::Status,
};
use engine::{
    clients::Clients,
    environment::Environment,
    frame::Frame,
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    job_id::JobId,
    run::Orders,
};
use tokio::{
    sync::{mpsc, watch},
    time::{self, Instant},
};

use self::support::sample_run::{folder, frames, open_plan, plan};

const SECOND: Duration = Duration::from_secs(1);

/// What becomes of a job's frames, and how the job ends.
type Change = dyn Fn(&JobId, Vec<Frame>) -> Played + Send + Sync;

type Played = (Vec<Frame>, Result<(), InvokeError>);

/// Plays the sample run's frames for whichever job asks, changed as a test wants it.
struct Scripted {
    change: Box<Change>,
    notice: Option<Duration>,
    invoked: Arc<Mutex<Vec<Job>>>,
}

impl Invoke for Scripted {
    fn invoke(
        &self,
        job: Job,
        _: watch::Receiver<Orders>,
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
        Pace {
            lead: Duration::from_millis(500),
            grace: Duration::from_secs(2),
            notice: self.notice,
        }
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
    changes: Vec<engine::curve::Change>,
}

/// Runs the sample plan, its clock moved so that all jobs are due at once.
async fn run(change: impl Fn(&JobId, Vec<Frame>) -> Played + Send + Sync + 'static) -> Outcome {
    let (outcome, ()) = steered(plan(), Some(SECOND), change, async |_| ()).await;
    outcome
}

/// Runs a plan of the sample run's shape, while somebody says something to it.
async fn steered<T>(
    plan: Plan,
    notice: Option<Duration>,
    change: impl Fn(&JobId, Vec<Frame>) -> Played + Send + Sync + 'static,
    say: impl AsyncFnOnce(Remote) -> T,
) -> (Outcome, T) {
    let order = Order {
        run: "golden".into(),
        started: SystemTime::now(),
        begun: Instant::now(),
        plan,
        scenario: ScenarioSource::Linked("none".into()),
        environment: Environment::default(),
    };
    let invoked = Arc::default();
    let scripted = Scripted { change: Box::new(change), notice, invoked: Arc::clone(&invoked) };
    let invoke: Arc<dyn Invoke> = Arc::new(scripted);
    let root = tempfile::tempdir().unwrap();
    let folder = folder(root.path(), &[]);
    let mut intake = Intake::new(folder.journal().unwrap(), Emitter::default());
    let mut notes = Notes::default();
    let mut controls = Controls::listen().unwrap();
    let remote = controls.remote();
    let running = run::run(&order, &invoke, &mut intake, &mut notes, &mut controls);
    let (ended, said) = tokio::join!(running, say(remote));
    folder.write_end(&ended.unwrap().end(&order.plan)).unwrap();
    let written = report::write_all(&folder, &intake.totals).unwrap();
    let rebuilt = report::rebuild(folder.path()).unwrap();
    assert_eq!(written.report, rebuilt.report, "a run's folder is enough to report it");
    let jobs = std::mem::take(&mut *invoked.lock().unwrap());
    (
        Outcome {
            report: written.report,
            notes: notes.0,
            jobs,
            changes: folder.changes().unwrap(),
        },
        said,
    )
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

fn users(clients: u32, per_second: Option<f64>) -> Control {
    Control::Users {
        clients: Clients::try_new(clients).unwrap(),
        hatch_rate: per_second.map(|rate| HatchRate::try_new(rate).unwrap()),
    }
}

/// The clock that stands still is wound in steps.
fn is_about(at: Duration, expected: Duration) -> bool {
    at.abs_diff(expected) < Duration::from_millis(10)
}

fn all(_: &JobId, frames: Vec<Frame>) -> Played {
    (frames, Ok(()))
}

#[tokio::test(start_paused = true)]
async fn another_number_of_users_is_noted_and_told_to_all_that_come() {
    let (outcome, said) = steered(plan(), Some(SECOND), all, async |remote| {
        let first = remote.ask(users(50, Some(25.0))).await;
        time::sleep(SECOND / 2).await;
        (first, remote.ask(users(20, None)).await)
    })
    .await;
    let (Ok(Done::Changed(first)), Ok(Done::Changed(second))) = said else { panic!("{said:?}") };
    assert!(is_about(first.at, SECOND) && is_about(second.at, 3 * SECOND / 2), "{said:?}");
    assert_eq!((first.clients.get(), second.hatch_rate.per_second()), (50, 10.0));
    assert_eq!(outcome.changes, [first, second]);
    let later: Vec<_> = outcome.jobs.iter().filter(|job| job.id.interval == 1).collect();
    assert_eq!(later.len(), 2);
    assert!(later.iter().all(|job| job.changes == [first, second] && job.load == plan().load));
    assert_eq!(outcome.notes[0], "the users change: from 1s on to 50 users at 25 per second");
    assert_eq!(outcome.notes.len(), 2);
    // 10 users at 1 s, 22.5 at 1.5 s, 20 from 1.75 s on.
    let load = plan().load_changed(&outcome.changes);
    let level = [900, 1450, 1600, 2000, 5999].map(|ms| load.users(Duration::from_millis(ms)));
    assert_eq!(level, [10, 22, 22, 20, 20]);
    assert_eq!(outcome.report.verdict.status, Status::Valid, "{:?}", outcome.report.verdict);
}

/// Those that continue at a cut, and are more than planned, get the time to sign in.
#[tokio::test(start_paused = true)]
async fn more_users_get_ready_for_longer() {
    let mut plan = plan();
    plan.intervals[1].warm_up = SECOND / 10;
    let (outcome, _) = steered(plan, Some(SECOND / 10), all, async |remote| {
        remote.ask(users(60, Some(50.0))).await.unwrap()
    })
    .await;
    let warm_up = |interval: u32| {
        let job = outcome.jobs.iter().find(|job| job.id.interval == interval).unwrap();
        job.warm_up
    };
    assert_eq!((warm_up(0), warm_up(1)), (Duration::ZERO, 6 * SECOND / 5));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_is_refused_with_its_reason() {
    let stages = Plan { hatch_rate: None, ..plan() };
    let fixed = Plan { most_users: Some(40), ..plan() };
    let cases = [
        (open_plan(), Some(SECOND), users(50, None), "the load is an arrival_rate"),
        (plan(), None, users(50, None), "a region has no bucket"),
        (plan(), Some(6 * SECOND), users(50, None), "the test ends before"),
        (stages, Some(SECOND), users(50, None), "say how many users per second"),
        (fixed, Some(SECOND), users(50, None), "they make 40 users, and the test is to have 50"),
    ];
    for (plan, notice, control, why) in cases {
        let (outcome, said) =
            steered(plan, notice, all, async |remote| remote.ask(control).await).await;
        let refused = said.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
        assert_eq!(outcome.notes, [format!("the users do not change: {refused}")]);
        assert_eq!(outcome.changes, []);
        assert_eq!(outcome.report.verdict.status, Status::Valid);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_told_to_stop_does_so_and_changes_no_more() {
    let (outcome, said) = steered(plan(), Some(SECOND), all, async |remote| {
        tokio::join!(
            remote.ask(Control::Stop),
            remote.ask(users(50, None)),
            remote.ask(Control::Stop)
        )
    })
    .await;
    assert_eq!(said, (Ok(Done::Stopping), Err(Refused::Ending), Ok(Done::Ending)));
    assert!(outcome.jobs.iter().all(|job| job.id.interval == 0), "the other one never begins");
}

#[tokio::test(start_paused = true)]
async fn functions_with_more_users_than_meant_are_told_of() {
    let functions = FunctionPlan {
        name: "shop".into(),
        memory_mb: 1024,
        architecture: Architecture::Arm64,
        users_per_function: 20,
        reply: Reply::Stream,
        reserved_concurrency: None,
        min_coverage: None,
        max_cost: None,
    };
    let plan = Plan { functions: Some(functions), ..plan() };
    let (outcome, ()) = steered(plan, Some(SECOND), all, async |remote| {
        for clients in [40, 45, 42] {
            remote.ask(users(clients, None)).await.unwrap();
        }
    })
    .await;
    let crowds: Vec<_> =
        outcome.notes.iter().filter(|note| note.contains("per function")).collect();
    assert_eq!(crowds.len(), 1, "{:?}", outcome.notes);
    assert!(
        crowds[0].starts_with("that makes 23 users per function, and users_per_function is 20")
    );
}
