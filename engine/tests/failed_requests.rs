//! Requests that failed, told one by one while a job runs against a real server.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::BTreeMap,
    future::{self, Future},
    io::Write,
    pin::Pin,
    time::{Duration, SystemTime},
};

use engine::{
    clients::Clients,
    curve::LoadCurve,
    environment::Environment,
    frame::Second,
    hatch_rate::HatchRate,
    job::Job,
    listener::{Delivery, FailedRequest, Failures, Listener, Unmet, Wanted},
    load::Load,
    run::Orders,
    stats::Phase,
    window::Window,
};
use serde_json::json;
use support::{
    jobs::{Ran, heard, run, scenario},
    web::{Answer, Asked, Web},
};
use tokio::sync::{mpsc, watch};

/// Wants to be told, and hears nothing else.
struct Told(Failures);

impl Listener for Told {
    fn hear(&mut self, _: &Second) {}

    fn failures(&self) -> Option<Failures> {
        Some(self.0.clone())
    }

    fn end(
        self: Box<Self>,
        _: bool,
        _: Duration,
    ) -> Pin<Box<dyn Future<Output = Vec<Delivery>> + Send>> {
        Box::pin(future::ready(Vec::new()))
    }
}

fn job(web: &Web, text: &str, clients: u32, seconds: u64) -> Job {
    let duration = Duration::from_secs(seconds);
    let data = json!({"password": "hidden pä$$", "shop": 7});
    Job {
        scenario: scenario(text),
        environment: Environment { name: "test".into(), host: Some(web.url()), data },
        load: Load::Users(LoadCurve::plain(
            Clients::try_new(clients).unwrap(),
            HatchRate::try_new(100.0).unwrap(),
            duration,
        )),
        window: Window::try_new(Duration::ZERO, duration).unwrap(),
        ..support::jobs::job(web.url(), 0)
    }
}

/// Runs a job, and what was told of the requests that failed.
async fn told(job: Job, wanted: Wanted, room: usize) -> (Ran, Vec<FailedRequest>) {
    let (to, mut failed) = mpsc::channel(room);
    let (_keep, orders) = watch::channel(Orders::default());
    let ran = heard(job, orders, Some(Box::new(Told(Failures { to, wanted })))).await;
    let mut requests = Vec::new();
    // Nobody is left who could tell more, so this ends.
    failed.recv_many(&mut requests, usize::MAX).await;
    (ran, requests)
}

const EACH: &str = r#"
users:
  Buyer:
    wait_time: {constant_pacing: 10s}
    tasks:
      all:
        - post:
            path: /status?password=${env.password}&page=2&api_key=k1
            name: status
            json: {password: "${env.password}"}
        - get: {path: /kept, name: kept, expect: {text: apples, json: {price: 7}}}
        - get: {path: /zipped, name: zipped}
        - get: {path: /other, name: other, expect: {status: 404}}
        - get: {path: /fine, name: fine}
        - get: {path: /as-expected, name: as expected, expect: {status: 500}}
        - get: {path: "http://me:hidden@127.0.0.1:1/", name: nobody}
        - get: {path: /closed, name: closed}
"#;

fn answer(asked: &Asked) -> Answer {
    let long = "ä".repeat(100);
    match asked.path.split('?').next().unwrap() {
        "/status" => {
            let body = format!(r#"{{"error":"no, hidden pä$$","token":"t1","long":"{long}"}}"#);
            Answer::body(&body).with_status(503)
        }
        "/kept" => Answer::body(r#"{"price": 8, "access_token": "t2"}"#),
        "/zipped" => Answer::bytes(&zipped("it is broken"))
            .with_status(500)
            .header("Content-Encoding", "gzip"),
        "/other" => Answer::body("here it is"),
        "/closed" => Answer::body("abc").header("Content-Encoding", "nonsense").with_status(500),
        "/as-expected" => Answer::body("as it should").with_status(500),
        _ => Answer::body("fine"),
    }
}

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn failed_requests_are_told_with_all_that_is_known_and_no_secret() {
    let web = Web::start(answer);
    let before = SystemTime::now();
    let (ran, failed) =
        told(job(&web, EACH, 1, 1), Wanted { per_second: 100, body: 64 }, 100).await;
    let failed: BTreeMap<_, _> = failed.into_iter().map(|one| (one.name.clone(), one)).collect();
    let names: Vec<_> = failed.keys().map(String::as_str).collect();
    assert_eq!(names, ["closed", "kept", "nobody", "other", "status", "zipped"]);

    let status = &failed["status"];
    assert_eq!((status.user, &*status.class, &*status.method), (0, "Buyer", "POST"));
    assert_eq!(status.status, Some(503));
    assert_eq!(status.reason, "expected status below 400, got 503");
    let url = format!("{}/status?password=***&page=2&api_key=***", web.url());
    assert_eq!(status.url, Some(url));
    assert_eq!(status.unmet, [unmet("status below 400", "503")]);
    let body = status.body.as_deref().unwrap();
    assert!(body.starts_with(r#"{"error":"no, ***","token":"***","long":"ää"#), "{body}");
    assert!(body.ends_with("ä.."), "{body}");
    assert!(body.len() < 80, "{body}");
    assert!(status.at >= before && status.at + status.elapsed <= SystemTime::now());
    assert!(status.phases.get(Phase::Waiting) > Duration::ZERO);

    let kept = &failed["kept"];
    assert_eq!(kept.body.as_deref(), Some(r#"{"price": 8, "access_token": "***"}"#));
    let expected: Vec<_> = kept.unmet.iter().map(|unmet| unmet.expected.as_str()).collect();
    assert_eq!(expected.len(), 2, "{:?}", kept.unmet);
    assert!(!kept.unmet[0].found.contains("t2"), "{:?}", kept.unmet);

    assert_eq!(failed["zipped"].body.as_deref(), Some("it is broken"));
    // The status is below 400, but not what is expected.
    assert_eq!(failed["other"].body.as_deref(), Some("here it is"));
    // That nobody can read a body that nobody needs is no reason to fail.
    assert_eq!(failed["closed"].reason, "expected status below 400, got 500");
    assert_eq!(failed["closed"].body.as_deref(), Some("abc"));
    let nobody = &failed["nobody"];
    assert_eq!(nobody.url.as_deref(), Some("http://127.0.0.1:1/"));
    assert_eq!((nobody.status, &nobody.body), (None, &None));

    let text = format!("{failed:?}");
    for secret in ["hidden", "t1", "t2", "k1"] {
        assert!(!text.contains(&format!("{secret}\"")) && !text.contains("hidden"), "{text}");
    }
    // Each has the transaction and the reason under which the statistics count it.
    for (failure, seen) in ran.merged.failures() {
        assert_eq!(seen.count, 1);
        assert_eq!(failed[&failure.name].reason, failure.reason);
    }
}

fn unmet(expected: &str, found: &str) -> Unmet {
    Unmet { expected: expected.into(), found: found.into() }
}

const FAST: &str = r"
users:
  Visitor:
    wait_time: {constant_pacing: 20ms}
    tasks:
      look:
        - get: {path: /, name: look}
";

#[tokio::test]
async fn no_more_are_told_than_are_wanted_and_all_are_counted() {
    let web = Web::start(|_| Answer::body("no").with_status(500));
    let (ran, failed) = told(job(&web, FAST, 8, 3), Wanted { per_second: 5, body: 0 }, 100).await;
    let counted = ran.merged.aggregated().failures;
    assert!(counted > 300, "{counted}");
    // Seconds are counted from when the job began, which is a part of one before the load.
    assert!((15..=25).contains(&failed.len()), "{}", failed.len());
    assert!(failed.iter().all(|request| request.body.is_none()));
    // They are the first ones of their second: five by five.
    let at: Vec<_> = failed.iter().map(|request| request.at).collect();
    for five in at.chunks_exact(5) {
        let (first, last) = (five.iter().min().unwrap(), five.iter().max().unwrap());
        assert!(last.duration_since(*first).unwrap() < Duration::from_millis(500));
    }
}

#[tokio::test]
async fn nobody_waits_for_those_who_do_not_listen() {
    let web = Web::start(|_| Answer::status(500));
    let wanted = Wanted { per_second: 1_000_000, body: 100 };
    let (ran, failed) = told(job(&web, FAST, 2, 1), wanted, 1).await;
    assert_eq!(failed.len(), 1);
    assert!(ran.merged.aggregated().failures > 50);
    let (_keep, orders) = watch::channel(Orders::default());
    let unheard = run(job(&web, FAST, 2, 1), orders).await;
    assert!(unheard.merged.aggregated().failures > 50);
}
