//! What goes wrong on AWS, and what the report says of it.

use std::time::Duration;

use controller::demo_api::{DemoApi, Running};
use fake_lambda::{FakeLambda, Fault, Rule, Settings};
use serde_json::Value;

use crate::{
    account::{REGIONS, account, project, settings},
    counts::{reported, served},
    support::project::{Finished, Project},
};

const SCENARIO: &str = "
users:
  User:
    wait_time: {constant: 50ms}
    tasks:
      look: [get: /status/200]
";

/// Eight users for eight seconds, four in each of two regions.
fn small(account: &FakeLambda, api: &Running) -> Project {
    project(account, &REGIONS[..2], 4)
        .host(format!("http://{}", api.addr()))
        .scenario(SCENARIO)
        .runner("clients", 8)
        .runner("hatch_rate", 100)
        .runner("duration", "8s")
}

/// A run in which something goes wrong.
fn run_with(rule: Rule) -> (Finished, Running) {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&REGIONS[..2]));
    account.add(rule);
    (small(&account, &api).run([]), api)
}

/// Only what runs a job, and only the first attempt at it.
fn first_attempts(payload: &Value) -> bool {
    payload["run"]["job"]["id"]["attempt"] == 0
}

fn ratio(report: &Value) -> f64 {
    report["coverage"]["ratio"].as_f64().unwrap()
}

fn messages(report: &Value) -> Vec<&str> {
    let messages = report["end"]["messages"].as_array().unwrap();
    messages.iter().map(|message| message.as_str().unwrap()).collect()
}

#[test]
fn throttling_that_passes_within_the_lead_costs_nothing_but_tries() {
    let rule = Rule::new(Fault::Throttle).in_region(REGIONS[0]).when(first_attempts).times(3);
    let (finished, api) = run_with(rule);
    let report = finished.expect_code(0).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["functions"]["throttled"], 3);
    assert!(ratio(&report) > 0.99, "{}", report["coverage"]);
}

#[test]
fn a_slow_cold_start_within_the_lead_costs_nothing() {
    let rule = Rule::new(Fault::Delay(Duration::from_secs(3))).when(first_attempts);
    let (finished, api) = run_with(rule);
    let report = finished.expect_code(0).report();
    assert_eq!(reported(&report), served(&api));
    assert!(ratio(&report) > 0.99, "{}", report["coverage"]);
}

#[test]
fn a_function_that_is_throttled_for_too_long_is_replaced() {
    let rule = Rule::new(Fault::Throttle).in_region(REGIONS[0]).when(first_attempts);
    let (finished, api) = run_with(rule);
    let report = finished.expect_code(3).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["functions"]["replacements"], 1);
    assert!((0.5..0.97).contains(&ratio(&report)), "{}", report["coverage"]);
    assert!(messages(&report)[0].contains("it did not begin: TooManyRequestsException"));
}

#[test]
fn a_function_that_is_killed_is_replaced_and_what_it_sent_counts() {
    let rule = Rule::new(Fault::KillAfter(Duration::from_millis(7_400)));
    let (finished, _) = run_with(rule.in_region(REGIONS[1]).when(first_attempts));
    let report = finished.expect_code(3).report();
    assert_eq!(report["functions"]["replacements"], 1);
    assert!((0.6..0.95).contains(&ratio(&report)), "{}", report["coverage"]);
    assert!(messages(&report)[0].contains("it died: "), "{:?}", messages(&report));
    assert_eq!(report["end"]["partial"], true);
}

#[test]
fn a_program_that_does_not_start_is_replaced() {
    let rule = Rule::new(Fault::ExitAtStart).in_region(REGIONS[1]).when(first_attempts);
    let (finished, api) = run_with(rule);
    let report = finished.expect_code(3).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["functions"]["replacements"], 1);
    assert!(ratio(&report) > 0.8, "there was time before the start: {}", report["coverage"]);
}

#[test]
fn an_answer_that_is_cut_off_is_fetched_at_the_end() {
    let (finished, api) = run_with(Rule::new(Fault::CutAfter(4)).when(first_attempts));
    let report = finished.expect_code(0).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["functions"]["handed_in"], 2);
    assert_eq!(report["end"]["partial"], false);
    assert!(ratio(&report) > 0.99, "{}", report["coverage"]);
}

#[test]
fn an_invocation_that_hangs_up_is_claimed_and_replaced() {
    let rule = Rule::new(Fault::HangUp).in_region(REGIONS[0]).when(first_attempts);
    let (finished, api) = run_with(rule);
    let report = finished.expect_code(3).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["functions"]["replacements"], 1);
}

#[test]
fn an_invocation_that_is_delivered_twice_loads_once() {
    let (finished, api) = run_with(Rule::new(Fault::Duplicate).when(first_attempts));
    let report = finished.expect_code(0).report();
    assert_eq!(reported(&report), served(&api));
    assert!(ratio(&report) > 0.99, "{}", report["coverage"]);
}

#[test]
fn a_function_that_may_not_live_long_enough_hands_over_what_it_has() {
    let api = DemoApi::spawn().unwrap();
    // It is asked for 5 s before its load of 8 s begins, and wants 10 s for requests in flight.
    let short = Settings { timeout: Duration::from_secs(10), ..settings(&REGIONS[..2]) };
    let account = FakeLambda::start(short).unwrap();
    let finished = small(&account, &api).runner("stop_timeout", "1s").run([]);
    let report = finished.report();
    assert_eq!(reported(&report), served(&api));
    assert!((0.1..0.6).contains(&ratio(&report)), "{}", report["coverage"]);
    assert_eq!(report["generators"][0]["stopped_early"], true);
    assert_ne!(report["verdict"]["status"], "valid");
}

#[test]
fn a_run_that_loses_too_much_is_ended() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&REGIONS[..2]));
    let jobs = |payload: &Value| payload.get("run").is_some();
    account.add(Rule::new(Fault::ExitAtStart).in_region(REGIONS[0]).when(jobs));
    let finished = small(&account, &api)
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
    let (api, account) = (DemoApi::spawn().unwrap(), account(&REGIONS[..2]));
    let started = small(&account, &api).runner("duration", "10s").start([]);
    while api.counters().total() < 50 {
        std::thread::sleep(Duration::from_millis(20));
    }
    account.set_away(true);
    std::thread::sleep(Duration::from_secs(3));
    account.set_away(false);
    let report = started.finish().expect_code(0).report();
    assert_eq!(reported(&report), served(&api));
    assert_eq!(report["functions"]["handed_in"], 2);
}
