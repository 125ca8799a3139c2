//! Requests side by side, as a server sees them.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::BTreeMap,
    rc::Rc,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
};

use engine::{
    capture::{self, Capture},
    debug::walk,
    environment::Environment,
    http::{Client, Request},
    scenario::{Action, Scenario, Task, TaskError, TaskSet, UserClass},
    stats::Stats,
    user::User,
};
use http::Method;
use support::{
    Blind,
    web::{Answer, Web},
};

/// One user does something once.
fn once(web: &Web, action: impl Action + 'static) -> Stats {
    let environment = Environment { host: Some(web.url()), ..Environment::default() };
    let tasks = TaskSet::sequence([Task::new("all", action)]);
    let scenario = Scenario::new([UserClass::new("User", tasks)]);
    walk(&scenario, environment, Rc::new(Blind)).unwrap()
}

fn get(path: &str) -> Request {
    Request::new(Method::GET, path)
}

/// How many requests came over each connection.
fn connections(web: &Web) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for asked in web.asked() {
        *counts.entry(asked.connection).or_default() += 1;
    }
    counts
}

#[test]
fn requests_are_under_way_at_once_over_as_many_connections_as_may_be() {
    // Nobody is answered before six have asked.
    let six = Barrier::new(Client::MOST_CONNECTIONS);
    let web = Web::start(move |asked| {
        six.wait();
        Answer::body(&asked.path)
    });
    let page = async |user: &mut User| {
        let paths: Vec<_> = (0..12).map(|number| format!("/{number}")).collect();
        let requests: Vec<_> = paths.iter().map(|path| get(path)).collect();
        let responses = user.parallel(&requests).await?;
        let bodies = responses.iter().map(|r| r.as_ref().unwrap().text());
        assert!(bodies.eq(paths.iter().map(String::as_str)));
        // What was opened is used again.
        user.parallel(&requests).await.map(drop)
    };
    let stats = once(&web, page);
    assert_eq!(stats.exceptions().len(), 0, "{:?}", stats.exceptions());
    assert_eq!((stats.aggregated().requests, stats.aggregated().failures), (24, 0));
    let connections = connections(&web);
    assert_eq!(connections.len(), Client::MOST_CONNECTIONS);
    assert!(connections.values().all(|requests| *requests == 4), "{connections:?}");
}

#[test]
fn each_origin_has_connections_of_its_own() {
    let twelve = std::sync::Arc::new(Barrier::new(2 * Client::MOST_CONNECTIONS));
    let serve = || {
        let twelve = std::sync::Arc::clone(&twelve);
        Web::start(move |_| {
            twelve.wait();
            Answer::status(200)
        })
    };
    let (web, other) = (serve(), serve());
    let elsewhere = format!("{}/x", other.url());
    let stats = once(&web, async move |user: &mut User| {
        let pairs = (0..6).flat_map(|_| [get("/x"), get(&elsewhere)]);
        user.parallel(&pairs.collect::<Vec<_>>()).await.map(drop)
    });
    assert_eq!((stats.aggregated().requests, stats.aggregated().failures), (12, 0));
    assert_eq!((connections(&web).len(), connections(&other).len()), (6, 6));
}

#[test]
fn cookies_and_variables_are_the_users() {
    let web = Web::start(|asked| match &*asked.path {
        "/login" => Answer::body("").header("Set-Cookie", "session=7"),
        path => Answer::body(path),
    });
    let page = async |user: &mut User| {
        user.get("/login").send().await?;
        let mut requests = Vec::new();
        for name in ["b", "a"] {
            let request = user.get(&format!("/{name}"));
            let from = capture::From::Regex("/(.)".parse().unwrap());
            let capture = Capture { variable: name.into(), from };
            requests.push(request.capture([capture]).into_request()?);
        }
        user.parallel(&requests).await?;
        assert_eq!(user.variable("a").unwrap(), "a");
        assert_eq!(user.variable("b").unwrap(), "b");
        Ok(())
    };
    let stats = once(&web, page);
    assert_eq!(stats.exceptions().len(), 0, "{:?}", stats.exceptions());
    let cookies: Vec<_> = web.asked()[1..].iter().map(|a| a.header("cookie").is_some()).collect();
    assert_eq!(cookies, [true, true]);
}

#[test]
fn one_that_fails_keeps_none_of_the_others_and_interrupts_the_flow_at_the_end() {
    static INTERRUPTED: AtomicUsize = AtomicUsize::new(0);
    let web = Web::start(|asked| match &*asked.path {
        "/broken" => Answer::status(500),
        _ => Answer::status(200),
    });
    let page = async |user: &mut User| {
        let broken = Request { interrupt_flow: true, ..get("/broken") };
        let mut requests = vec![broken, get("no\u{0}url://")];
        requests.extend((0..10).map(|_| get("/sound")));
        let ended = user.parallel(&requests).await;
        if matches!(ended, Err(TaskError::InterruptFlow)) {
            INTERRUPTED.fetch_add(1, Ordering::Relaxed);
        }
        ended.map(drop)
    };
    let stats = once(&web, page);
    assert_eq!(INTERRUPTED.load(Ordering::Relaxed), 1);
    assert_eq!(web.lines().iter().filter(|line| *line == "GET /sound").count(), 10);
    assert_eq!((stats.aggregated().requests, stats.aggregated().failures), (12, 2));
}
