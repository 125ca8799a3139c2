//! Sets of tasks within sets, as a server sees them.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use engine::{
    job::ScenarioSource,
    scenario::{Linked, Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};

use super::{Answer, Web, job, load, run};

/// Asserts that the lines go round and round.
#[track_caller]
pub(super) fn assert_rounds(lines: &[String], round: &[&str]) {
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
