//! How users go about their tasks, as a server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "users/data.rs"]
mod data;
#[path = "users/flow.rs"]
mod flow;
#[path = "users/measure.rs"]
mod measure;
#[path = "users/sets.rs"]
mod sets;
#[path = "users/sign_in.rs"]
mod sign_in;
mod support;
#[path = "users/transactions.rs"]
mod transactions;

use std::{
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, SystemTime},
};

use engine::{
    environment::Environment,
    expected::Expected,
    frame::{Body, Ending, Frame},
    generator::run_job,
    http::Request,
    job::{Job, ScenarioSource},
    run::Orders,
    scenario::{Linked, Only, Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    stats::Stats,
    user::{Transaction, User},
    wait_time::WaitTime,
};
use http::Method;
use support::web::{Answer, Web};
use tokio::sync::{mpsc, watch};

const SECOND: Duration = Duration::from_secs(1);

/// Panics without the backtrace that is written for a panic: for that a user of a busy machine may
/// need all of its second.
fn panics() -> TaskResult {
    resume_unwind(Box::new("no value"))
}

/// One user's work for a second.
fn job(web: &Web, scenario: ScenarioSource) -> Job {
    let environment = Environment { host: Some(web.url()), ..Environment::default() };
    let (warm_up, stop_timeout) = (Duration::ZERO, SECOND);
    Job { scenario, environment, warm_up, stop_timeout, ..support::jobs::job(web.url(), 0) }
}

async fn run(job: &Job, linked: &Linked) -> Stats {
    run_to_end(job, linked).await.0
}

async fn run_to_end(job: &Job, linked: &Linked) -> (Stats, Ending) {
    let (_keep, orders) = watch::channel(Orders::default());
    let (lines, mut received) = mpsc::channel(64);
    run_job(job.clone(), linked, orders, None, lines).await.unwrap();
    let mut merged = Stats::default();
    while let Some(line) = received.recv().await {
        match serde_json::from_slice::<Frame>(&line).unwrap().body {
            Body::Second(second) => merged.merge(&second.stats),
            Body::Final(last) => {
                assert_eq!(last.digest, merged.digest());
                return (merged, last.ending);
            }
        }
    }
    panic!("no final frame");
}

/// One user does for a second what a YAML scenario says.
async fn load(web: &Web, scenario: &str) -> Stats {
    let source = ScenarioSource::yaml("scenario.yml", scenario);
    run(&job(web, source), &Linked::default()).await
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_is_replaced() {
    let web = Web::start(|_| Answer::status(200).closing());
    let scenario = "
users:
  User:
    wait_time: {constant: 100ms}
    sequence:
      look: [get: /look]
      buy: [post: {path: /buy, json: {a: 1}}]
";
    let stats = load(&web, scenario).await;
    let asked = web.asked();
    assert!(asked.len() >= 4);
    assert!(asked.iter().enumerate().all(|(at, asked)| asked.connection == at), "{asked:?}");
    assert_eq!(stats.aggregated().requests, asked.len() as u64);
    assert_eq!(stats.aggregated().failures, 0, "{:?}", stats.failures());
}

#[tokio::test]
async fn interrupt_flow_starts_the_sequence_over() {
    let payments = AtomicUsize::new(0);
    let web = Web::start(move |asked| match &*asked.path {
        // The first of them fails.
        "/pay" if payments.fetch_add(1, Ordering::Relaxed) == 0 => Answer::status(500),
        _ => Answer::status(200),
    });
    let scenario = "
users:
  User:
    wait_time: {constant: 10ms}
    on_start: [get: /login]
    sequence:
      look: [get: /look]
      pay: [post: {path: /pay, interrupt_flow: true}, get: /paid]
      leave: [get: /leave]
";
    load(&web, scenario).await;
    let expected = [
        "GET /login",
        "GET /look",
        "POST /pay",
        "GET /look",
        "POST /pay",
        "GET /paid",
        "GET /leave",
        "GET /look",
    ];
    assert_eq!(web.lines()[..8], expected);
}

#[tokio::test]
async fn an_interrupted_on_start_is_done_again_before_any_task() {
    let logins = AtomicUsize::new(0);
    let web = Web::start(move |asked| match asked.path.as_str() {
        "/login" if logins.fetch_add(1, Ordering::Relaxed) < 2 => Answer::status(503),
        _ => Answer::body("{}"),
    });
    load(
        &web,
        "
users:
  User:
    wait_time: {constant: 100ms}
    on_start: [post: {path: /login, interrupt_flow: true}]
    tasks: {ask: [get: /ask]}
",
    )
    .await;
    let lines = web.lines();
    assert_eq!(lines[..4], ["POST /login", "POST /login", "POST /login", "GET /ask"]);
    assert!(lines[4..].iter().all(|line| line == "GET /ask"), "{lines:?}");
}

#[tokio::test]
async fn constant_pacing_begins_tasks_at_a_pace_and_tells_who_waited() {
    let web = Web::start(|_| Answer::status(200).after(Duration::from_millis(30)));
    let scenario = "
users:
  User:
    wait_time: {constant_pacing: 100ms}
    tasks: {ask: [get: /x]}
";
    let stats = load(&web, scenario).await;
    assert!((6..=10).contains(&web.asked().len()), "{}", web.asked().len());
    let aggregated = stats.aggregated();
    assert_eq!(aggregated.from_intended.count(), aggregated.latency.count());
    assert!(aggregated.from_intended.min() >= aggregated.latency.min());
}

#[tokio::test]
async fn a_pace_that_cannot_be_kept_shows_in_the_time_from_the_intended_start() {
    let web = Web::start(|_| Answer::status(200).after(Duration::from_millis(150)));
    let scenario = "
users:
  User:
    wait_time: {constant_pacing: 50ms}
    tasks: {ask: [get: /x]}
";
    let stats = load(&web, scenario).await.aggregated();
    let longest = |latency: &engine::stats::Latency| latency.max().unwrap();
    assert!(longest(&stats.from_intended) >= longest(&stats.latency) + Duration::from_millis(80));
}

#[tokio::test]
async fn an_interrupt_leaves_a_nested_set_for_the_one_around_it() {
    let web = Web::start(|_| Answer::status(200));
    let scenario = "
users:
  User:
    wait_time: {constant: 10ms}
    sequence:
      outside: [get: /outside]
      shop:
        on_start: [get: /enter]
        sequence:
          first: [get: /first]
          second: [get: /second, interrupt: true, get: /never]
          third: [get: /never]
        on_stop: [get: /exit]
";
    let stats = load(&web, scenario).await;
    let round = ["GET /outside", "GET /enter", "GET /first", "GET /second", "GET /exit"];
    let lines = web.lines();
    // The end of the load leaves the set wherever it is in its last round.
    sets::assert_rounds(&lines[..lines.len() - round.len()], &round);
    assert_eq!(stats.exceptions().len(), 0);
}

#[tokio::test]
async fn a_task_that_panics_is_an_exception_and_its_user_goes_on() {
    async fn broken(user: &mut User) -> TaskResult {
        user.get("/before").send().await?;
        panics()
    }
    async fn sound(user: &mut User) -> TaskResult {
        user.get("/after").send().await.map(drop)
    }
    fn scenario() -> Scenario {
        let tasks = TaskSet::sequence([Task::new("broken", broken), Task::new("sound", sound)]);
        let wait = WaitTime::Constant(Duration::from_millis(50));
        Scenario::new([UserClass::new("User", tasks).wait_time(wait)])
    }
    let web = Web::start(|_| Answer::status(200));
    let linked = Linked::default().with("test", scenario);
    let stats = run(&job(&web, ScenarioSource::Linked("test".into())), &linked).await;
    let lines = web.lines();
    assert_eq!(lines[..4], ["GET /before", "GET /after", "GET /before", "GET /after"]);
    let exceptions = stats.exceptions();
    let (exception, seen) = exceptions[0];
    assert_eq!((&*exception.task, &*exception.message), ("User.broken", "panicked: no value"));
    let broken = lines.iter().filter(|line| *line == "GET /before").count();
    assert_eq!(seen.count, broken as u64);
    assert_eq!(stats.aggregated().failures, 0);
}

#[tokio::test]
async fn a_transaction_ends_with_the_task_that_panics_in_it() {
    async fn broken(user: &mut User) -> TaskResult {
        let none = Expected { text: vec!["none".into()], ..Expected::default() };
        let transaction = Transaction::new("broken").expect(none);
        user.transaction(&transaction, async |_: &mut User| panics()).await
    }
    async fn visit(user: &mut User) -> TaskResult {
        user.get("/visit").send().await?;
        Err(TaskError::Interrupt { reschedule: true })
    }
    async fn enter(user: &mut User) -> TaskResult {
        user.get("/enter").send().await.map(drop)
    }
    fn scenario() -> Scenario {
        let inner = TaskSet::sequence([Task::new("visit", visit)]).on_start(enter);
        let tasks = TaskSet::sequence([Task::new("broken", broken), Task::set("inner", inner)]);
        let wait = WaitTime::Constant(Duration::from_millis(50));
        Scenario::new([UserClass::new("User", tasks).wait_time(wait)])
    }
    let web = Web::start(|_| Answer::status(200));
    let linked = Linked::default().with("test", scenario);
    let stats = run(&job(&web, ScenarioSource::Linked("test".into())), &linked).await;
    let lines = web.lines();
    assert_eq!(lines[..4], ["GET /enter", "GET /visit", "GET /enter", "GET /visit"]);
    let failures = stats.failures();
    let told: Vec<_> = failures.iter().map(|(seen, _)| (&*seen.name, &*seen.reason)).collect();
    assert_eq!(told, [("broken", "panicked")]);
}

#[tokio::test]
async fn only_the_tasks_that_are_chosen_are_done() {
    let web = Web::start(|_| Answer::status(200));
    let text = "
users:
  User:
    wait_time: {constant: 10ms}
    tasks:
      look: {tags: read, steps: [get: /look]}
      set:
        tags: [read, slow]
        tasks: {deep: [get: /deep]}
      buy: [get: /buy]
  Other: {fixed_count: 1, tasks: {other: [get: /other]}}
";
    let source = ScenarioSource::yaml("scenario.yml", text);
    let only = Only {
        user_classes: vec!["User".into()],
        tags: vec!["read".into()],
        exclude_tags: vec!["slow".into()],
    };
    run(&Job { only, ..job(&web, source) }, &Linked::default()).await;
    sets::assert_rounds(&web.lines(), &["GET /look"]);
}

#[tokio::test]
async fn when_the_load_ends_no_request_of_a_page_is_begun_and_those_under_way_are_counted() {
    async fn page(user: &mut User) -> TaskResult {
        let requests = ["/slow"; 20].map(|path| Request::new(Method::GET, path));
        user.parallel(&requests).await.map(drop)
    }
    fn scenario() -> Scenario {
        Scenario::new([UserClass::new("User", TaskSet::weighted([Task::new("page", page)]))])
    }
    let web = Web::start(|_| Answer::status(200).after(Duration::from_millis(800)));
    let linked = Linked::default().with("test", scenario);
    let mut job = job(&web, ScenarioSource::Linked("test".into()));
    // Two rounds of six are begun within the second, and the second one outlasts it.
    job.stop_timeout = Duration::from_secs(2);
    let (stats, ending) = run_to_end(&job, &linked).await;
    assert_eq!((web.asked().len(), stats.aggregated().requests, ending.cut_off), (12, 12, 0));
    assert_eq!(stats.aggregated().failures, 0);

    let web = Web::start(|_| Answer::status(200).after(Duration::from_millis(800)));
    job.environment.host = Some(web.url());
    job.start = SystemTime::now();
    job.stop_timeout = Duration::ZERO;
    let (stats, ending) = run_to_end(&job, &linked).await;
    assert_eq!((web.asked().len(), stats.aggregated().requests, ending.cut_off), (12, 12, 6));
    assert_eq!(stats.aggregated().failures, 6);
}
