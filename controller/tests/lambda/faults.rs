//! What goes wrong on AWS, and what the report says of it.

use std::{
    thread,
    time::{Duration, Instant},
};

use controller::demo_api::{DemoApi, Running};
use fake_lambda::{FakeLambda, Fault, Rule, Settings};
use serde_json::Value;

use crate::{
    account::{account, project, settings},
    support::{
        counts::{reported, served},
        project::Project,
    },
};

const SCENARIO: &str = "
users:
  User:
    wait_time: {constant: 50ms}
    tasks:
      look: [get: /status/200]
";

/// What a user or a role must be allowed for a run. `deploy/tests/policy.rs` has the same.
const ACTIONS: [&str; 5] = [
    "lambda:GetAccountSettings",
    "lambda:InvokeFunction",
    "s3:GetObject",
    "s3:PutObject",
    "sts:GetCallerIdentity",
];

const PAIR: [&str; 2] = ["us-west-2", "eu-west-1"];

/// Two users in each region, for eight seconds.
fn small(account: &FakeLambda, regions: &[&str], api: &Running) -> Project {
    project(account, regions, 2)
        .host(format!("http://{}", api.addr()))
        .scenario(SCENARIO)
        .runner("clients", 2 * regions.len())
        .runner("hatch_rate", 100)
        .runner("duration", "8s")
}

/// Waits until users are at work.
fn wait_for_load(api: &Running) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while api.counters().total() < 50 {
        assert!(Instant::now() < deadline, "no load");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Only what runs a job.
fn jobs(payload: &Value) -> bool {
    payload.get("run").is_some()
}

/// Only what runs a job for the first time.
fn first_attempts(payload: &Value) -> bool {
    payload["run"]["job"]["id"]["attempt"] == 0
}

fn ratio(report: &Value) -> f64 {
    report["coverage"]["ratio"].as_f64().unwrap()
}

/// The coverage of a region.
fn ratio_in(report: &Value, region: &str) -> f64 {
    let intervals = report["coverage"]["intervals"].as_array().unwrap();
    let found = intervals.iter().find(|interval| interval["region"] == region).unwrap();
    found["ratio"].as_f64().unwrap()
}

fn messages(report: &Value) -> Vec<&str> {
    let messages = report["end"]["messages"].as_array().unwrap();
    messages.iter().map(|message| message.as_str().unwrap()).collect()
}

/// The message about the generator of a region.
fn message<'a>(report: &'a Value, region: &str) -> &'a str {
    let found = messages(report).into_iter().find(|message| message.contains(region));
    found.unwrap_or_else(|| panic!("nothing about {region}: {:?}", messages(report)))
}

#[test]
fn what_passes_in_time_costs_nothing() {
    let regions = ["us-west-2", "eu-west-1", "ap-south-1", "sa-east-1", "ca-central-1"];
    let [throttled, slow, cut, doubled, stalled] = regions;
    let (api, account) = (DemoApi::spawn().unwrap(), account(&regions));
    let rule = |fault, region| Rule::new(fault).in_region(region).when(first_attempts);
    account.add(rule(Fault::Throttle, throttled).times(3));
    account.add(rule(Fault::Delay(Duration::from_secs(3)), slow));
    account.add(rule(Fault::CutAfter(4), cut));
    account.add(rule(Fault::Duplicate, doubled));
    account.add(rule(Fault::StallAfter(4), stalled));
    let report = small(&account, &regions, &api).run([]).expect_code(0).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(account.actions().into_iter().collect::<Vec<_>>(), ACTIONS);
    assert_eq!(report["functions"]["throttled"], 3);
    // Of two deliveries either may run the job. If it is the one whose answer nobody hears, what
    // it has measured is handed in, too.
    assert!((2..=3).contains(&report["functions"]["handed_in"].as_u64().unwrap()));
    assert_eq!(report["functions"]["replacements"], 0);
    assert_eq!(report["end"]["partial"], false);
    assert!(ratio(&report) > 0.99, "{}", report["coverage"]);
}

#[test]
fn a_function_that_outlives_its_answer_is_not_replaced() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&PAIR));
    let rule = Rule::new(Fault::BreakAfter(4)).in_region(PAIR[0]).when(first_attempts);
    account.add(rule);
    let finished = small(&account, &PAIR, &api).run([]);
    let report = finished.expect_code(0).report();
    assert_eq!(report["functions"]["replacements"], 0, "{:?}", messages(&report));
    assert_eq!(report["functions"]["handed_in"], 1);
    assert_eq!(reported(&report), served(&api));
}

#[test]
fn what_surely_does_not_run_is_replaced() {
    let [throttled, broken, silent, killed] = ["us-west-2", "eu-west-1", "ap-south-1", "sa-east-1"];
    let regions = [throttled, broken, silent, killed];
    let (api, account) = (DemoApi::spawn().unwrap(), account(&regions));
    let rule = |fault, region| Rule::new(fault).in_region(region).when(first_attempts);
    account.add(rule(Fault::Throttle, throttled));
    account.add(rule(Fault::ExitAtStart, broken));
    account.add(rule(Fault::HangUp, silent));
    account.add(rule(Fault::KillAfter(Duration::from_millis(7_400)), killed));
    let report = small(&account, &regions, &api).run([]).expect_code(3).report();
    assert_eq!(report["functions"]["replacements"], 4);
    assert_eq!(report["end"]["partial"], true);
    let says = |region, what| {
        let message = message(&report, region);
        assert!(message.contains(what), "{message}");
    };
    says(throttled, "it did not begin: TooManyRequestsException");
    says(broken, "it died: Runtime.ExitError");
    says(silent, "it did not begin: ");
    says(killed, "it died: ");
    // There was time before the start for those that were known to be lost by then.
    assert!(ratio_in(&report, broken) > 0.99, "{}", report["coverage"]);
    assert!(ratio_in(&report, silent) > 0.99, "{}", report["coverage"]);
    assert!((0.5..0.97).contains(&ratio_in(&report, throttled)), "{}", report["coverage"]);
    assert!((0.3..0.9).contains(&ratio_in(&report, killed)), "{}", report["coverage"]);
    // What a function sends in its last second dies with it, and nothing else is missing.
    let (told, made) = (report["summary"]["requests"].as_u64().unwrap(), api.counters().total());
    assert!(told <= made && made - told <= 60, "{told} of {made}");
}

#[test]
fn a_function_that_may_not_live_long_enough_hands_over_what_it_has() {
    let api = DemoApi::spawn().unwrap();
    // It is asked for 5 s before its load of 8 s begins.
    let short = Settings { timeout: Duration::from_secs(10), ..settings(&PAIR) };
    let account = FakeLambda::start(short).unwrap();
    let finished = small(&account, &PAIR, &api).runner("stop_timeout", "1s").run([]);
    let report = finished.report();
    assert_eq!(reported(&report), served(&api));
    assert!((0.1..0.6).contains(&ratio(&report)), "{}", report["coverage"]);
    assert_eq!(report["generators"][0]["stopped_early"], true);
    assert_ne!(report["verdict"]["status"], "valid");
}

#[test]
fn a_run_that_loses_too_much_is_ended() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&PAIR));
    account.add(Rule::new(Fault::ExitAtStart).in_region(PAIR[0]).when(jobs));
    let finished = small(&account, &PAIR, &api)
        .runner("duration", "40s")
        .run(["--set", "profile.lambda.min_coverage=90%"])
        .expect_code(3);
    let report = finished.report();
    let told = messages(&report).into_iter().any(|m| m.contains("its coverage has fallen to"));
    assert!(told, "{:?}", messages(&report));
    assert!(report["summary"]["duration_s"].as_f64().unwrap() < 35.0);
}

#[test]
fn a_network_that_is_away_for_a_while_loses_nothing() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&PAIR));
    let started = small(&account, &PAIR, &api).runner("duration", "10s").start([]);
    wait_for_load(&api);
    account.set_away(true);
    thread::sleep(Duration::from_secs(3));
    account.set_away(false);
    let report = started.finish().expect_code(0).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["functions"]["handed_in"], 2);
}

#[test]
fn an_interrupt_stops_all_functions_within_seconds() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&PAIR));
    let started = small(&account, &PAIR, &api).runner("duration", "10m").start([]);
    wait_for_load(&api);
    let interrupted = Instant::now();
    started.interrupt();
    let finished = started.finish().expect_code(130);
    let took = interrupted.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    let report = finished.report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["end"]["how"], "interrupted");
    assert_eq!(account.running(PAIR[0]) + account.running(PAIR[1]), 0);
}

#[test]
fn a_run_that_costs_too_much_does_not_start() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&PAIR));
    small(&account, &PAIR, &api)
        .runner("duration", "2h")
        .run(["--max-cost", "0.05"])
        .expect_code(2)
        .expect_stderr("of max_cost");
    assert_eq!(account.invocations().len(), 0);
}
