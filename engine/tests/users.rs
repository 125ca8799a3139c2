//! How users go about their tasks, as a server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "users/data.rs"]
mod data;
#[path = "users/flow.rs"]
mod flow;
#[path = "users/measure.rs"]
mod measure;
#[path = "users/sign_in.rs"]
mod sign_in;
mod support;
#[path = "users/transactions.rs"]
mod transactions;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, SystemTime},
};

use engine::{
    clients::Clients,
    curve::LoadCurve,
    environment::Environment,
    expected::Expected,
    frame::{Body, Ending, Frame},
    generator::run_job,
    hatch_rate::HatchRate,
    http::Request,
    job::{Job, ScenarioSource},
    job_id::JobId,
    listener::Listening,
    load::Load,
    run::Signal,
    scenario::{Linked, Only, Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    share::Share,
    stats::Stats,
    user::{Transaction, User},
    wait_time::WaitTime,
    window::Window,
};
use http::Method;
use support::web::{Answer, Web};
use tokio::sync::{mpsc, watch};

const SECOND: Duration = Duration::from_secs(1);

/// One user's work for a second.
fn job(web: &Web, scenario: ScenarioSource) -> Job {
    let id =
        JobId { run: "test".into(), interval: 0, region: "local".into(), share: 0, attempt: 0 };
    let (clients, rate) = (Clients::try_new(1).unwrap(), HatchRate::try_new(1.0).unwrap());
    Job {
        id,
        test: "test".into(),
        scenario,
        only: Only::default(),
        environment: Environment { host: Some(web.url()), ..Environment::default() },
        load: Load::Users(LoadCurve::plain(clients, rate, SECOND)),
        intervals: 1,
        window: Window::try_new(Duration::ZERO, SECOND).unwrap(),
        share: Share::WHOLE,
        start: SystemTime::now(),
        warm_up: Duration::ZERO,
        stop_timeout: SECOND,
        seed: 1,
        listening: Listening {
            listeners: Vec::new(),
            every: SECOND,
            final_only: false,
            apis: Vec::new(),
        },
    }
}

async fn run(job: &Job, linked: &Linked) -> Stats {
    run_to_end(job, linked).await.0
}

async fn run_to_end(job: &Job, linked: &Linked) -> (Stats, Ending) {
    let (_keep, signal) = watch::channel(Signal::Run);
    let (lines, mut received) = mpsc::channel(64);
    run_job(job.clone(), linked, signal, lines).await.unwrap();
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
    assert_rounds(&lines[..lines.len() - round.len()], &round);
    assert_eq!(stats.exceptions().len(), 0);
}

#[tokio::test]
async fn a_task_that_panics_is_an_exception_and_its_user_goes_on() {
    async fn broken(user: &mut User) -> TaskResult {
        user.get("/before").send().await?;
        panic!("no value")
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
        user.transaction(&transaction, async |_: &mut User| panic!("no value")).await
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

/// Asserts that the lines go round and round.
#[track_caller]
fn assert_rounds(lines: &[String], round: &[&str]) {
    assert!(lines.len() > 2 * round.len(), "{lines:?}");
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(line, round[at % round.len()], "line {at} of {lines:?}");
    }
}

#[tokio::test]
async fn sets_are_nested_to_any_depth_and_each_interrupt_leaves_one() {
    let web = Web::start(|_| Answer::status(200));
    let scenario = "
users:
  User:
    wait_time: {constant: 5ms}
    sequence:
      outer:
        on_start: [get: /outer/in]
        on_stop: [get: /outer/out]
        sequence:
          middle:
            on_start: [get: /middle/in]
            on_stop: [get: /middle/out]
            sequence:
              inner:
                on_start: [get: /inner/in]
                on_stop: [get: /inner/out]
                sequence:
                  work: [get: /work]
                  leave: [interrupt: reschedule]
              leave: [interrupt: true]
          again: [get: /again]
          leave: [interrupt: true]
";
    load(&web, scenario).await;
    let lines = web.lines();
    let round = [
        "GET /outer/in",
        "GET /middle/in",
        "GET /inner/in",
        "GET /work",
        "GET /inner/out",
        "GET /middle/out",
        "GET /again",
        "GET /outer/out",
    ];
    // The end of the load leaves all sets wherever they are in their last round.
    assert_rounds(&lines[..lines.len() - round.len()], &round);
}

#[tokio::test]
async fn an_interrupted_flow_leaves_all_sets_and_starts_over() {
    let pays = AtomicUsize::new(0);
    let web = Web::start(move |asked| match asked.path.as_str() {
        "/pay" if pays.fetch_add(1, Ordering::Relaxed) == 0 => Answer::status(500),
        _ => Answer::status(200),
    });
    let scenario = "
users:
  User:
    wait_time: {constant: 5ms}
    on_start: [get: /login]
    sequence:
      look: [get: /look]
      outer:
        on_start: [get: /outer/in]
        on_stop: [get: /outer/out]
        sequence:
          inner:
            on_start: [get: /inner/in]
            on_stop: [get: /inner/out]
            sequence:
              pay: [post: {path: /pay, interrupt_flow: true}]
              leave: [interrupt: true]
          leave: [interrupt: true]
      done: [get: /done]
";
    load(&web, scenario).await;
    let visit = [
        "GET /look",
        "GET /outer/in",
        "GET /inner/in",
        "POST /pay",
        "GET /inner/out",
        "GET /outer/out",
    ];
    let expected = [&["GET /login"][..], &visit, &visit, &["GET /done", "GET /look"]].concat();
    assert_eq!(web.lines()[..expected.len()], expected);
}

#[tokio::test]
async fn a_set_that_cannot_be_entered_is_not_left() {
    let entered = AtomicUsize::new(0);
    let web = Web::start(move |asked| match asked.path.as_str() {
        "/in" if entered.fetch_add(1, Ordering::Relaxed) == 0 => Answer::status(500),
        _ => Answer::status(200),
    });
    let scenario = "
users:
  User:
    wait_time: {constant: 5ms}
    sequence:
      look: [get: /look]
      set:
        on_start: [get: {path: /in, interrupt_flow: true}]
        on_stop: [get: /out]
        sequence:
          work: [get: /work, interrupt: true]
";
    load(&web, scenario).await;
    let expected =
        ["GET /look", "GET /in", "GET /look", "GET /in", "GET /work", "GET /out", "GET /look"];
    assert_eq!(web.lines()[..expected.len()], expected);
}

#[tokio::test]
async fn the_end_of_the_load_leaves_all_sets_from_the_innermost_on() {
    let web = Web::start(|_| Answer::status(200));
    let scenario = "
users:
  User:
    on_stop: [get: /logout]
    sequence:
      outer:
        on_stop: [get: /outer/out]
        sequence:
          inner:
            on_start: [get: /in]
            on_stop: [get: /inner/out, get: /inner/out/2]
            wait_time: {constant: 300ms}
            tasks: {work: [get: /work]}
";
    let stats = load(&web, scenario).await;
    let lines = web.lines();
    let works = lines.iter().filter(|line| *line == "GET /work").count();
    let left = ["GET /inner/out", "GET /inner/out/2", "GET /outer/out", "GET /logout"];
    let expected = [&["GET /in"][..], &vec!["GET /work"; works.max(1)], &left].concat();
    assert_eq!(lines, expected);
    assert_eq!(stats.aggregated().requests, expected.len() as u64);
}

#[tokio::test]
async fn what_goes_wrong_in_a_nested_task_is_recorded_and_the_set_goes_on_after_a_wait() {
    async fn broken(user: &mut User) -> TaskResult {
        user.get("/broken").send().await?;
        Err(TaskError::exception("out of luck"))
    }
    async fn sound(user: &mut User) -> TaskResult {
        user.get("/sound").send().await.map(drop)
    }
    async fn enter(user: &mut User) -> TaskResult {
        user.get("/enter").send().await.map(drop)
    }
    fn scenario() -> Scenario {
        let set = TaskSet::sequence([Task::new("broken", broken), Task::new("sound", sound)])
            .wait_time(WaitTime::Constant(Duration::from_millis(100)))
            .on_start(enter);
        let tasks = TaskSet::sequence([Task::set("set", set)]);
        let wait = WaitTime::Constant(Duration::from_secs(9));
        Scenario::new([UserClass::new("User", tasks).wait_time(wait)])
    }
    let web = Web::start(|_| Answer::status(200));
    let linked = Linked::default().with("test", scenario);
    let stats = run(&job(&web, ScenarioSource::Linked("test".into())), &linked).await;
    let lines = web.lines();
    assert_eq!(lines[0], "GET /enter");
    assert_rounds(&lines[1..], &["GET /broken", "GET /sound"]);
    // The set's own wait, after what went wrong too, and not the class's of 9 seconds.
    assert!((8..=11).contains(&(lines.len() - 1)), "{lines:?}");
    assert_eq!(&*stats.exceptions()[0].0.message, "out of luck");
}

#[tokio::test]
async fn a_set_waits_as_its_class_unless_it_has_a_wait_of_its_own() {
    let web = Web::start(|_| Answer::status(200));
    let scenario = "
users:
  User:
    wait_time: {constant: 100ms}
    sequence:
      outer:
        wait_time: {constant: 9s}
        sequence:
          inner:
            tasks: {work: [get: /work]}
";
    load(&web, scenario).await;
    assert!((8..=11).contains(&web.asked().len()), "{}", web.asked().len());
}

#[tokio::test]
async fn reschedule_goes_on_at_once_and_a_plain_interrupt_waits_first() {
    let scenario = |interrupt: &str| {
        format!(
            "
users:
  User:
    wait_time: {{constant: 400ms}}
    tasks:
      set:
        tasks: {{work: [get: /work, interrupt: {interrupt}]}}
"
        )
    };
    let web = Web::start(|_| Answer::status(200).after(Duration::from_millis(20)));
    load(&web, &scenario("true")).await;
    assert_eq!(web.asked().len(), 3);
    let web = Web::start(|_| Answer::status(200).after(Duration::from_millis(20)));
    load(&web, &scenario("reschedule")).await;
    assert!(web.asked().len() > 20, "{}", web.asked().len());
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
    assert_rounds(&web.lines(), &["GET /look"]);
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

#[tokio::test]
async fn a_set_whose_on_start_fails_or_interrupts_is_left_out() {
    async fn fail(user: &mut User) -> TaskResult {
        user.get("/fail").send().await?;
        Err(TaskError::exception("no luck"))
    }
    async fn turn_back(user: &mut User) -> TaskResult {
        user.get("/turn_back").send().await?;
        Err(TaskError::Interrupt { reschedule: true })
    }
    async fn never(user: &mut User) -> TaskResult {
        user.get("/never").send().await.map(drop)
    }
    async fn look(user: &mut User) -> TaskResult {
        user.get("/look").send().await.map(drop)
    }
    fn scenario() -> Scenario {
        let set = || TaskSet::sequence([Task::new("never", never)]).on_stop(never);
        let tasks = TaskSet::sequence([
            Task::new("look", look),
            Task::set("broken", set().on_start(fail)),
            Task::set("refused", set().on_start(turn_back)),
        ]);
        let wait = WaitTime::Constant(Duration::from_millis(20));
        Scenario::new([UserClass::new("User", tasks).wait_time(wait)])
    }
    let web = Web::start(|_| Answer::status(200));
    let linked = Linked::default().with("test", scenario);
    let stats = run(&job(&web, ScenarioSource::Linked("test".into())), &linked).await;
    assert_rounds(&web.lines(), &["GET /look", "GET /fail", "GET /turn_back"]);
    let exceptions = stats.exceptions();
    let told: Vec<_> = exceptions.iter().map(|(e, _)| (&*e.task, &*e.message)).collect();
    assert_eq!(told, [("User.broken", "no luck")]);
}
