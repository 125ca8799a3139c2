//! Traces: what a server is told, and what is kept of it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use engine::{
    job::Job,
    run::Orders,
    trace::{Sampled, TraceId},
};
use support::{
    jobs::{job, run, scenario},
    web::{Answer, Web},
};
use tokio::sync::watch;

const SCENARIO: &str = "
users:
  User:
    wait_time: {constant: 5ms}
    tasks:
      all:
        - get: /quick
        - get: /slow
        - get: {path: /own, headers: {traceparent: mine}}
";

/// The traces that were asked to be kept, and those that were not, by path.
type Seen = BTreeMap<String, Vec<(String, bool)>>;

fn web() -> (Web, Arc<Mutex<Seen>>) {
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let noted = Arc::clone(&seen);
    let web = Web::start(move |asked| {
        let parent = asked.header("traceparent").unwrap_or_default().to_owned();
        let parts: Vec<_> = parent.split('-').collect();
        let told = match parts[..] {
            ["00", trace, span, flags] if span.len() == 16 => (trace.to_owned(), flags == "01"),
            _ => (parent.clone(), false),
        };
        noted.lock().unwrap().entry(asked.path.clone()).or_default().push(told);
        let slow = if asked.path == "/slow" { 20 } else { 0 };
        Answer::status(200).after(Duration::from_millis(slow))
    });
    (web, seen)
}

#[tokio::test]
async fn the_slowest_request_that_is_traced_is_told_with_its_trace() {
    let (web, seen) = web();
    let (_keep, orders) = watch::channel(Orders::default());
    let traces = Some(Sampled::try_new(0.5).unwrap());
    let ran = run(Job { scenario: scenario(SCENARIO), traces, ..job(web.url(), 0) }, orders).await;

    let seen = seen.lock().unwrap();
    let mut all = HashSet::new();
    for path in ["/quick", "/slow"] {
        let told = &seen[path];
        assert!(told.iter().all(|(trace, _)| trace.parse::<TraceId>().is_ok()), "{told:?}");
        assert!(told.iter().all(|(trace, _)| all.insert(trace.clone())), "a trace for each");
        assert!(told.iter().any(|(_, kept)| !kept), "not all of them are kept");
        let transactions = ran.merged.transactions();
        let (_, transaction) = transactions.iter().find(|(key, _)| key.name == path).unwrap();
        let slowest = transaction.slowest.unwrap();
        assert!(told.contains(&(slowest.trace.to_string(), true)), "it was asked to be kept");
        assert!(slowest.elapsed.as_micros() <= transaction.latency.max().unwrap().as_micros());
        assert!(path != "/slow" || slowest.elapsed >= Duration::from_millis(20));
    }
    // What a scenario says itself is what is sent.
    assert!(seen["/own"].iter().all(|(told, _)| told == "mine"));
    let own = ran.merged.transactions().into_iter().find(|(key, _)| key.name == "/own").unwrap();
    assert_eq!(own.1.slowest, None);
}

#[tokio::test]
async fn nobody_is_told_of_traces_unless_that_is_asked_for() {
    let (web, seen) = web();
    let (_keep, orders) = watch::channel(Orders::default());
    run(Job { scenario: scenario(SCENARIO), ..job(web.url(), 0) }, orders).await;
    assert!(seen.lock().unwrap()["/quick"].iter().all(|(told, _)| told.is_empty()));
}
