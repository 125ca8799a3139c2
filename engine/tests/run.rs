//! Jobs against a real server.

#![allow(clippy::cast_precision_loss, reason = "requests of a few seconds are counted")]
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use engine::{
    clients::Clients,
    curve::LoadCurve,
    hatch_rate::HatchRate,
    job::Job,
    load::Load,
    run::{Orders, Signal},
    stats::Stats,
    window::Window,
};
use support::{
    Server,
    jobs::{Ran, run, scenario},
};
use tokio::sync::watch;

const SCENARIO: &str = r#"
users:
  Visitor:
    weight: 2
    wait_time: {between: [50ms, 150ms]}
    on_start:
      - post: {path: /login, json: {user: "u${user.id}"}, capture: {token: {json: $.token}}}
    tasks:
      look:
        - get:
            path: /look/${token}
            name: /look
            expect: {status: 200, json: {user_id: 7}}
    on_stop:
      - delete: /login
  Buyer:
    wait_time: {constant_pacing: 100ms}
    tasks:
      fail:
        - get: {path: /fail, expect: {status: 404}}
"#;

fn job(server: &Server, clients: u32, rate: f64, window: (u64, u64), duration: u64) -> Job {
    let seconds = Duration::from_secs;
    Job {
        scenario: scenario(SCENARIO),
        load: Load::Users(LoadCurve::plain(
            Clients::try_new(clients).unwrap(),
            HatchRate::try_new(rate).unwrap(),
            seconds(duration),
        )),
        window: Window::try_new(seconds(window.0), seconds(window.1)).unwrap(),
        ..support::jobs::job(server.host(), u32::from(window.0 > 0))
    }
}

fn counts(stats: &Stats) -> BTreeMap<String, (u64, u64)> {
    let transactions = stats.transactions();
    transactions
        .iter()
        .map(|(key, t)| (format!("{} {}", key.method, key.name), (t.requests, t.failures)))
        .collect()
}

#[tokio::test]
async fn what_the_server_saw_is_what_is_reported() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let Ran { merged, users, last: end, .. } = run(job(&server, 12, 12.0, (0, 3), 3), orders).await;

    assert_eq!(merged.digest(), end.digest);
    let counts = counts(&merged);
    let seen = server.requests();
    let by_path =
        |start: &str| seen.iter().filter(|(path, _)| path.starts_with(start)).count() as u64;
    assert_eq!(counts["POST /login"], (8, 0));
    assert_eq!(counts["DELETE /login"], (8, 0));
    assert_eq!(counts["GET /look"].0, by_path("/look/abc"));
    assert_eq!(counts["GET /fail"], (by_path("/fail"), by_path("/fail")));
    assert_eq!(merged.aggregated().requests, seen.len() as u64);
    let reasons: Vec<_> = merged.failures().iter().map(|(f, _)| f.reason.clone()).collect();
    assert_eq!(reasons, ["expected status 404, got 200"]);
    assert_eq!(users[..3], [(0, 12), (1, 12), (2, 12)]);
    assert!(!end.ending.stopped_early);
    assert_eq!(end.ending.users, 12);
}

#[tokio::test]
async fn a_cut_shows_neither_dip_nor_bump() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let first = job(&server, 60, 60.0, (0, 4), 8);
    let second = Job { start: first.start, ..job(&server, 60, 60.0, (4, 8), 8) };
    let start = std::time::Instant::now();
    let (one, two) = tokio::join!(run(first, orders.clone()), async {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        run(second, orders.clone()).await
    });
    assert_eq!(one.merged.digest(), one.last.digest);
    assert_eq!(two.merged.digest(), two.last.digest);
    assert_eq!(two.last.ending.continuing.users, 60);
    assert_eq!(two.last.ending.continuing.late, 0, "{:?}", two.last.ending.continuing);
    let look: Vec<Duration> = server
        .requests()
        .iter()
        .filter(|(path, _)| path.starts_with("/look"))
        .map(|(_, at)| at.duration_since(start))
        .collect();
    let between = |from: f64, to: f64| {
        look.iter().filter(|at| (from..to).contains(&at.as_secs_f64())).count() as f64 / (to - from)
    };
    let steady = between(1.5, 3.5);
    let cut = between(3.5, 4.5);
    assert!((cut / steady - 1.0).abs() < 0.12, "{cut} requests/s at the cut instead of {steady}");
    let users: Vec<u32> = (1..8)
        .map(|s| {
            let of = |users: &[(u32, u32)]| users.iter().find(|u| u.0 == s).map_or(0, |u| u.1);
            of(&one.users) + of(&two.users)
        })
        .collect();
    assert_eq!(users, [60; 7]);
}

#[tokio::test]
async fn load_that_begins_late_says_so() {
    let server = Server::start();
    let (_keep, orders) = watch::channel(Orders::default());
    let start = SystemTime::now() - Duration::from_millis(1500);
    let late = Job { start, ..job(&server, 4, 100.0, (0, 3), 3) };
    let Ran { last: end, .. } = run(late, orders).await;
    let load = end.ending.load.unwrap();
    assert!(load.from >= Duration::from_millis(1500), "{load:?}");
    assert!(load.from < load.to, "{load:?}");
}

#[tokio::test]
async fn a_stop_ends_early_and_loses_nothing() {
    let server = Server::start();
    let (stop, orders) = watch::channel(Orders::default());
    let begun = std::time::Instant::now();
    let (result, ()) = tokio::join!(run(job(&server, 10, 100.0, (0, 60), 60), orders), async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        stop.send(Signal::Stop.into()).unwrap();
    });
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert!(result.last.ending.stopped_early);
    assert_eq!(result.merged.digest(), result.last.digest);
    assert_eq!(result.merged.aggregated().requests, server.requests().len() as u64);
}
