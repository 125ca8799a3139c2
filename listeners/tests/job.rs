//! A whole job, from its requests to what the systems have of them.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::time::{Duration, SystemTime};

use engine::{
    clients::Clients,
    curve::LoadCurve,
    environment::Environment,
    frame::{Body, Final, Frame},
    generator::run_job,
    hatch_rate::HatchRate,
    job::{Job, ScenarioSource},
    job_id::JobId,
    load::Load,
    run::Orders,
    scenario::{Linked, Only},
    share::Share,
    stats::Stats,
    window::Window,
};
use listeners::{Audience, Hearing, Kind};
use serde_json::{Deserializer, Value, json};
use support::{
    TOKEN,
    fake::{Answer, Fake},
    listening, logged, system,
};
use tokio::sync::{mpsc, watch};

const SCENARIO: &str = r#"
users:
  Buyer:
    wait_time: {constant_pacing: 50ms}
    tasks:
      buy:
        - post:
            path: /buy?key=k1
            name: buy
            json: {password: "${env.password}"}
            expect: {status: 201}
        - get: {path: /look, name: look}
"#;

fn job(host: String) -> Job {
    let duration = Duration::from_secs(3);
    let (clients, rate) = (Clients::try_new(4).unwrap(), HatchRate::try_new(100.0).unwrap());
    let data = json!({"password": "hidden-pass"});
    Job {
        traces: None,
        id: JobId { run: "run-1".into(), interval: 0, region: "eu".into(), share: 0, attempt: 0 },
        test: "shop".into(),
        scenario: ScenarioSource::yaml("scenario.yml", SCENARIO),
        only: Only::default(),
        environment: Environment { name: "test".into(), host: Some(host), data },
        load: Load::Users(LoadCurve::plain(clients, rate, duration)),
        changes: Vec::new(),
        intervals: 1,
        window: Window::try_new(Duration::ZERO, duration).unwrap(),
        share: Share::WHOLE,
        start: SystemTime::now(),
        warm_up: Duration::ZERO,
        stop_timeout: duration,
        seed: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_measures_is_what_the_systems_have() {
    logged::keep();
    let shop = Fake::start(|asked, _| match asked.path.as_str() {
        "/look" => Answer::new(200, "fine"),
        _ => Answer::new(503, r#"{"error": "sold out", "echo": "hidden-pass", "token": "t1"}"#),
    });
    let sfx = Fake::start(|_, _| Answer::new(200, ""));
    let splunk = Fake::start(|_, _| Answer::new(200, r#"{"code": 0}"#));
    let mut all =
        listening(system(Kind::Sfx, &format!("ingest: {}\ntoken: {TOKEN}", sfx.url())).unwrap());
    let settings = format!("host: {}\ntoken: {TOKEN}\nfailures_per_second: 5", splunk.url());
    all.systems.push(system(Kind::Splunk, &settings).unwrap());

    let (stats, last) = run(job(shop.url()), &all).await;
    let (requests, failed) = (stats.aggregated().requests, stats.aggregated().failures);
    assert!(failed > 100, "{failed}");
    for delivery in &last.deliveries {
        assert_eq!((delivery.lost, &delivery.trouble), (0, &None), "{delivery:?}");
    }

    let events: Vec<Value> = splunk
        .asked()
        .iter()
        .flat_map(|asked| {
            let text = asked.text();
            let events = Deserializer::from_str(&text).into_iter::<Value>();
            events.map(|event| event.unwrap()["event"].clone()).collect::<Vec<_>>()
        })
        .collect();
    let of_kind = |kind: &str| -> Vec<_> {
        events.iter().filter(|event| event["kind"] == kind).cloned().collect()
    };
    let sum = |key: &str| -> u64 {
        of_kind("failures").iter().map(|event| event[key].as_u64().unwrap()).sum()
    };
    let in_detail = of_kind("failed_request");
    assert_eq!(sum("count"), failed, "all are counted");
    assert_eq!(sum("in_detail"), in_detail.len() as u64);
    assert!((10..=20).contains(&in_detail.len()), "{}", in_detail.len());
    let url = format!("{}/buy?key=***", shop.url());
    for event in &in_detail {
        assert_eq!((&event["url"], &event["status"]), (&json!(url), &json!(503)));
        assert_eq!(event["reason"], "expected status 201, got 503");
        assert_eq!(event["body"], r#"{"error": "sold out", "echo": "***", "token": "***"}"#);
        assert_eq!(event["class"], "Buyer");
    }

    let totals: u64 = ["buy", "look"].iter().map(|name| total(&sfx, name)).sum();
    assert_eq!(totals, requests);
    let told = format!("{events:?} {:?} {:?}", logged::lines(), last.deliveries);
    assert!(!told.contains("hidden-pass") && !told.contains(TOKEN));
}

/// Runs a job, with everybody who hears of it.
async fn run(job: Job, all: &listeners::Listening) -> (Stats, Final) {
    let hearing = Hearing::of_job(all, &job);
    let audience = Audience::start(all, hearing, None).unwrap();
    let (lines, mut received) = mpsc::channel(8);
    let (_keep, orders) = watch::channel(Orders::default());
    let running =
        tokio::spawn(
            async move { run_job(job, &Linked::default(), orders, audience, lines).await },
        );
    let (mut stats, mut last) = (Stats::default(), None);
    while let Some(line) = received.recv().await {
        match serde_json::from_slice::<Frame>(&line).unwrap().body {
            Body::Second(second) => stats.merge(&second.stats),
            Body::Final(end) => last = Some(end),
        }
    }
    running.await.unwrap().unwrap();
    (stats, last.unwrap())
}

/// The last total that was told of a transaction.
fn total(sfx: &Fake, name: &str) -> u64 {
    let bodies = sfx.asked().into_iter().filter(|asked| asked.path == "/v2/datapoint");
    let points = bodies.flat_map(|asked| {
        let body: Value = serde_json::from_str(&asked.text()).unwrap();
        body["gauge"].as_array().unwrap().clone()
    });
    let mut totals = points.filter(|point| {
        point["metric"] == "locust.total" && point["dimensions"]["request_name"] == name
    });
    let last = totals.next_back().unwrap();
    serde_json::from_str(last["value"].to_string().trim_end_matches(".0")).unwrap()
}
