//! What is not HTTP is measured as requests are.

use std::{
    cell::RefCell,
    future::{Ready, pending, ready},
    io,
    rc::Rc,
    time::Duration,
};

use engine::{
    debug::walk,
    environment::Environment,
    observer::{Measured, Observer, Seen},
    scenario::{Linked, Scenario, Task, TaskResult, TaskSet, UserClass},
    stats::{Stats, Transaction},
    user::{self, User},
    wait_time::WaitTime,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Answer, Job, ScenarioSource, Web, job, run};

const MS: Duration = Duration::from_millis(1);

async fn fine(text: &str) -> io::Result<String> {
    sleep(20 * MS).await;
    Ok(text.to_owned())
}

fn broken() -> Ready<io::Result<String>> {
    ready(Err(io::Error::other("no answer for key-4711")))
}

/// A user who does this once a tenth of a second.
fn again(action: impl AsyncFn(&mut User) -> TaskResult + Send + Sync + 'static) -> UserClass {
    let wait = WaitTime::ConstantPacing(100 * MS);
    UserClass::new("User", TaskSet::sequence([Task::new("all", action)])).wait_time(wait)
}

async fn load(scenario: fn() -> Scenario) -> Stats {
    load_with(scenario, |job| job).await
}

async fn load_with(scenario: fn() -> Scenario, change: impl FnOnce(Job) -> Job) -> Stats {
    let web = Web::start(|_| Answer::status(200));
    let job = change(job(&web, ScenarioSource::Linked("test".into())));
    run(&job, &Linked::default().with("test", scenario)).await
}

fn of(stats: &Stats, kind: &str, name: &str) -> Transaction {
    let mut found = stats.transactions().into_iter();
    let found = found.find(|(key, _)| key.method == kind && key.name == name);
    found.unwrap_or_else(|| panic!("no {kind} {name}")).1.clone()
}

fn reasons(stats: &Stats) -> Vec<String> {
    let seen = stats.failures();
    seen.iter().map(|(seen, _)| format!("{} {}: {}", seen.method, seen.name, seen.reason)).collect()
}

#[tokio::test]
async fn it_is_counted_with_its_type_time_and_bytes() {
    async fn ask(user: &mut User) -> TaskResult {
        let answer = user.measure("TCP", "ask", fine("four")).bytes(String::len).run().await?;
        assert_eq!(answer.as_deref(), Some("four"));
        Ok(())
    }
    let stats = load(|| Scenario::new([again(ask)])).await;
    let asked = of(&stats, "TCP", "ask");
    assert!((8..=10).contains(&asked.requests), "{}", asked.requests);
    assert_eq!((asked.failures, asked.bytes), (0, 4 * asked.requests));
    assert!(asked.latency.min() >= Some(20 * MS));
    // A pace has intended starts.
    assert_eq!(asked.from_intended.count(), asked.requests);
    assert_eq!(stats.exceptions(), []);
}

#[tokio::test]
async fn a_failure_is_counted_with_its_reason_and_the_task_goes_on() {
    async fn ask(user: &mut User) -> TaskResult {
        assert_eq!(user.measure("TCP", "ask", broken()).run().await?, None);
        user.measure("TCP", "go on", fine("")).run().await?;
        Ok(())
    }
    let secret = |job: Job| {
        let data = json!({"api_key": "key-4711"});
        Job { environment: Environment { data, ..job.environment.clone() }, ..job }
    };
    let stats = load_with(|| Scenario::new([again(ask)]), secret).await;
    let asked = of(&stats, "TCP", "ask");
    assert_eq!(asked.failures, asked.requests);
    assert_eq!(reasons(&stats), ["TCP ask: no answer for ***"]);
    assert_eq!(of(&stats, "TCP", "go on").requests, asked.requests);
}

#[tokio::test]
async fn what_takes_too_long_fails() {
    async fn ask(user: &mut User) -> TaskResult {
        let answer = user.measure("TCP", "ask", pending::<io::Result<()>>()).timeout(30 * MS);
        assert_eq!(answer.run().await?, None);
        Ok(())
    }
    let stats = load(|| Scenario::new([again(ask)])).await;
    assert_eq!(reasons(&stats), ["TCP ask: not complete within 30ms"]);
    assert!(of(&stats, "TCP", "ask").latency.min() >= Some(30 * MS));
}

#[tokio::test]
async fn what_the_end_cuts_off_is_counted() {
    async fn ask(user: &mut User) -> TaskResult {
        user.measure("TCP", "ask", pending::<io::Result<()>>()).run().await?;
        Ok(())
    }
    let stop_soon = |job| Job { stop_timeout: 100 * MS, ..job };
    let stats = load_with(|| Scenario::new([again(ask)]), stop_soon).await;
    assert_eq!(of(&stats, "TCP", "ask").requests, 1);
    assert_eq!(reasons(&stats), ["TCP ask: cut off before it was complete"]);
}

#[tokio::test]
async fn nothing_new_is_begun_at_the_end_but_by_on_stop() {
    async fn ask(user: &mut User) -> TaskResult {
        // Longer than the load.
        user.measure("TCP", "long", sleep_for(1200 * MS)).run().await?;
        user.measure("TCP", "never", fine("")).run().await?;
        Ok(())
    }
    async fn sleep_for(time: Duration) -> io::Result<()> {
        sleep(time).await;
        Ok(())
    }
    async fn leave(user: &mut User) -> TaskResult {
        user.measure("TCP", "leave", fine("")).run().await?;
        Ok(())
    }
    let stats = load(|| Scenario::new([again(ask).on_stop(leave)])).await;
    let names: Vec<_> = stats.transactions().into_iter().map(|(key, _)| &*key.name).collect();
    assert_eq!(names, ["leave", "long"]);
    assert_eq!(stats.aggregated().failures, 0);
}

#[tokio::test]
async fn a_failure_may_interrupt_the_flow_and_fails_the_transactions_around_it() {
    async fn ask(user: &mut User) -> TaskResult {
        let visit = user::Transaction::new("visit");
        user.transaction(&visit, async |user| {
            user.measure("TCP", "ask", broken()).interrupt_flow().run().await?;
            user.measure("TCP", "never", fine("")).run().await?;
            Ok(())
        })
        .await
    }
    let stats = load(|| Scenario::new([again(ask)])).await;
    let visit = of(&stats, "TRANSACTION", "visit");
    assert_eq!(visit.failures, of(&stats, "TCP", "ask").failures);
    let reason = "no answer for key-4711";
    let visit = format!("TRANSACTION visit: TCP ask: {reason}");
    assert_eq!(reasons(&stats), [format!("TCP ask: {reason}"), visit]);
    assert_eq!(stats.transactions().len(), 2);
}

#[tokio::test]
async fn what_is_left_out_tells_only_that_it_failed() {
    async fn ask(user: &mut User) -> TaskResult {
        user.measure("TCP", "fine", fine("")).skip_transaction().run().await?;
        user.measure("TCP", "broken", broken()).skip_transaction().run().await?;
        Ok(())
    }
    let stats = load(|| Scenario::new([again(ask)])).await;
    assert_eq!(stats.transactions().len(), 0);
    let exceptions = stats.exceptions();
    let [(exception, _)] = &exceptions[..] else { panic!("{exceptions:?}") };
    assert_eq!(&*exception.task, "TCP broken");
}

#[tokio::test]
async fn a_user_keeps_one_value_of_each_type() {
    async fn count(user: &mut User) -> TaskResult {
        let tasks = user.take::<u64>().unwrap_or_default();
        assert_eq!(user.take::<String>(), (tasks > 0).then(|| tasks.to_string()));
        assert_eq!(user.take::<u64>(), None);
        user.keep("replaced".to_owned());
        user.keep((tasks + 1).to_string());
        user.keep(tasks + 1);
        user.measure("COUNT", &tasks.min(1).to_string(), fine("")).run().await?;
        Ok(())
    }
    let stats = load(|| Scenario::new([again(count)])).await;
    assert_eq!(stats.exceptions(), []);
    assert_eq!(of(&stats, "COUNT", "0").requests, 1);
    assert!(of(&stats, "COUNT", "1").requests > 5);
}

#[derive(Default)]
struct Looking(RefCell<Vec<String>>);

impl Observer for Looking {
    fn began(&self, _name: &str) {}

    fn requested(&self, _seen: &Seen<'_>) {}

    fn measured(&self, seen: &Measured<'_>) {
        let Measured { kind, name, elapsed, bytes, failure } = seen;
        assert_eq!(*elapsed >= 20 * MS, failure.is_none());
        self.0.borrow_mut().push(format!("{kind} {name} {bytes} {failure:?}"));
    }

    fn captured(&self, _variable: &str, _value: &Value) {}

    fn failed(&self, _name: &str, _message: &str) {}
}

#[test]
fn whoever_looks_on_sees_it() {
    async fn ask(user: &mut User) -> TaskResult {
        let visit = async |user: &mut User| {
            user.measure("TCP", "ask", fine("four")).bytes(String::len).run().await?;
            Ok(())
        };
        user.transaction(&user::Transaction::new("visit"), visit).await?;
        user.measure("TCP", "ask", broken()).run().await?;
        Ok(())
    }
    let seen = Rc::new(Looking::default());
    let observer = Rc::clone(&seen) as Rc<dyn Observer>;
    let host = Some("http://127.0.0.1:9".into());
    let environment = Environment { host, ..Environment::default() };
    walk(&Scenario::new([again(ask)]), environment, observer).unwrap();
    let expected = [
        "TCP ask 4 None",
        "TRANSACTION visit 0 None",
        "TCP ask 0 Some(\"no answer for key-4711\")",
    ];
    assert_eq!(*seen.0.borrow(), expected);
}
