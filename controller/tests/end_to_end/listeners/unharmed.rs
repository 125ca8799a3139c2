//! A system that does not take what it is told costs the load nothing.

use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use controller::demo_api::{DemoApi, Running};
use serde_json::Value;

use super::{
    delivery,
    fake::{Answer, Fake},
};
use crate::support::{hostile::Refusing, project::Project};

const LISTENERS: [&str; 4] = ["Sfx", "Splunk", "Otlp", "Prometheus"];

/// How much longer a run may take: what is left to be said has 3 s at the end of each interval.
const LONGER: Duration = Duration::from_secs(5);

/// Half of the requests fail.
const SCENARIO: &str = r"
users:
  User:
    wait_time: {constant_pacing: 40ms}
    tasks:
      all:
        - get: /health
        - get: {path: /products/1000, name: missing}
";

/// A run that is told somewhere, or nowhere: its report, and how long it took in all.
fn run(api: &Running, url: Option<&str>) -> (Value, Duration) {
    let project = Project::new()
        .host(format!("http://{}", api.addr()))
        .scenario(SCENARIO)
        .runner("clients", 4)
        .runner("hatch_rate", 100)
        .runner("duration", "3s");
    let project = match url {
        None => project,
        Some(url) => project.heard_by(
            "listeners: [Sfx, Splunk, Otlp, Prometheus]",
            &format!(
                "stats_interval: 1
sfx: {{ingest: '{url}', token: a}}
splunk: {{host: '{url}', token: a}}
otlp: {{endpoint: '{url}'}}
prometheus: {{remote_write: '{url}/write'}}
"
            ),
        ),
    };
    let begun = Instant::now();
    let finished = project.run([]).expect_code(0);
    (finished.report(), begun.elapsed())
}

fn rate(report: &Value) -> f64 {
    report["summary"]["requests_per_s"].as_f64().unwrap()
}

#[test]
fn a_run_is_the_same_whatever_becomes_of_what_is_told() {
    let api = DemoApi::spawn().unwrap();
    let refusing = Refusing::new();
    // The kernel accepts connections, and nobody answers.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let never = format!("http://{}", hanging.local_addr().unwrap());
    let busy = Fake::start(|_, _| Answer::new(429, "slow down").header("Retry-After", "3600"));
    let cases = [
        (refusing.url(), "cannot connect: Connection refused"),
        (never, "it was not sent in time"),
        (busy.url(), "429 Too Many Requests: slow down"),
    ];
    thread::scope(|scope| {
        let alone = scope.spawn(|| run(&api, None));
        let told = cases.each_ref().map(|(url, _)| scope.spawn(|| run(&api, Some(url))));
        let (alone, least) = alone.join().unwrap();
        assert!(alone["listeners"].as_array().unwrap().is_empty());
        for (told, (_, why)) in told.into_iter().zip(&cases) {
            let (report, took) = told.join().unwrap();
            assert!(took < least + LONGER, "{why}: {took:?} instead of {least:?}");
            let ratio = rate(&report) / rate(&alone);
            assert!((0.9..1.1).contains(&ratio), "{why}: {ratio} times the requests");
            for listener in LISTENERS {
                let (sent, lost, trouble) = delivery(&report, listener);
                assert!(sent == 0 && lost > 1, "{listener}: {sent} sent, {lost} lost");
                assert!(trouble.unwrap().contains(why), "{listener}: {why}");
            }
        }
    });
}
