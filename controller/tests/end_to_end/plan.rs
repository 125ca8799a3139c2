//! What is told before anything is started.

use crate::support::project::{Finished, Project, TEST};

/// A profile with everything that profiles of the framework before could have.
const TP_DATA: &str = "\
test_header:
  name: TPData
  description: Load test of the TPData service
  env: sample
  location:
    - us-west-2
    - us-east-1
profile:
  runner:
    clients: 500
    hatch_rate: 5
    duration: 1h20m
    interval: 10m
    step_load: true
    step_duration: 3m
    step_clients: 100
  test:
    locustfile: tests/TPData/locustfile.py
  logging:
    loglevel: INFO
    hyperclient_console_log_level: CRITICAL
    final_stats: false
    listeners:
      - Sfx
      - Splunk
      - Debug
";

const CREDENTIALS: &str = "\
sfx: {realm: us1, token: sfx-secret}
splunk: {host: 'https://splunk.example.org:8088', token: splunk-secret}
";

fn tp_data() -> Project {
    Project::new()
        .file("profiles/sample.yml", TP_DATA)
        .file("config/systems_credentials.yml", CREDENTIALS)
}

/// Nothing was started, so there is nothing to look at.
#[track_caller]
fn expect_no_results(finished: &Finished) {
    assert!(!finished.path().join("results").exists(), "{}", finished.stderr);
}

#[test]
fn a_profile_of_the_framework_before_can_be_planned() {
    let finished = tp_data().call(["plan", TEST]).expect_code(0);
    for part in ["TPData: Load test of the TPData service", "500 users at most, for 1h20m"] {
        assert!(finished.stdout.contains(part), "{}", finished.stdout);
    }
    assert!(finished.stdout.contains("8 intervals"), "{}", finished.stdout);
    assert!(!finished.stdout.contains("-secret"), "{}", finished.stdout);
    expect_no_results(&finished);
}

#[test]
fn a_plan_can_be_read_by_programs() {
    let finished = tp_data().call(["plan", "--json"]).expect_code(0);
    let plan: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(plan["test"], "TPData");
    assert_eq!(plan["intervals"].as_array().unwrap().len(), 8);
}

#[test]
fn a_python_file_is_not_run_but_told_what_to_do() {
    let finished = tp_data().run([]).expect_code(2);
    let finished = finished
        .expect_stderr("found the Python file `tests/TPData/locustfile.py`")
        .expect_stderr("profiles/sample.yml:18:17")
        .expect_stderr("set `scenario: tests/TPData/scenario.yml`");
    expect_no_results(&finished);
}

#[test]
fn a_plan_says_what_may_surprise() {
    let project = Project::new().runner("clients", 1200).runner("duration", "10s");
    project
        .runner("hatch_rate", 60)
        .call(["plan"])
        .expect_code(0)
        .expect_stdout("warning: ")
        .expect_stdout("600 of 1,200");
}

#[test]
fn changes_for_one_run_are_kept_with_its_results() {
    let finished = Project::new()
        .run(["--clients", "3", "--set", "profile.runner.hatch_rate=30", "--seed", "7"])
        .expect_code(0);
    let profile = finished.result("profile.yml");
    for line in ["clients: 3", "hatch_rate: 30", "seed: 7", "duration: 1s"] {
        assert!(profile.contains(line), "{profile}");
    }
    let report = finished.report();
    assert_eq!(report["plan"]["clients"], 3);
    assert_eq!(report["plan"]["seed"], 7);
    assert_eq!(report["summary"]["users_peak"], 3);
}

#[test]
fn all_that_is_wrong_in_a_profile_is_told_at_once() {
    let finished = Project::new()
        .file("profiles/sample.yml", &TP_DATA.replace("hatch_rate: 5", "hatch_rate: -5"))
        .run(["--set", "profile.runner.durtion=5s", "--clients", "0"])
        .expect_code(2)
        .expect_stderr("profiles/sample.yml:11:17: profile.runner.hatch_rate")
        .expect_stderr("--clients: profile.runner.clients")
        .expect_stderr("did you mean `duration`?");
    assert_eq!(finished.stdout, "");
    expect_no_results(&finished);
}

#[test]
fn all_that_is_wrong_in_a_scenario_is_told_at_once() {
    let finished = Project::new()
        .scenario(
            r#"
            users:
              User:
                wait_tiem: {constant: 1s}
                tasks:
                  look:
                    - gte: /
                    - get: {path: "/${nowhere}", expect: {status: 99}}
            "#,
        )
        .run([])
        .expect_code(2)
        .expect_stderr("scenario.yml:3:5")
        .expect_stderr("did you mean `wait_time`?")
        .expect_stderr("scenario.yml:6:11")
        .expect_stderr("did you mean `get`?")
        .expect_stderr("scenario.yml:7:23")
        .expect_stderr("no variable `nowhere` is set or captured")
        .expect_stderr("scenario.yml:7:55")
        .expect_stderr("found the number 99, expected an HTTP status");
    let lines: Vec<_> = finished.stderr.split("scenario.yml:").skip(1).map(|at| &at[..1]).collect();
    assert_eq!(lines, ["3", "6", "7", "7"], "in the order of the file:\n{}", finished.stderr);
    expect_no_results(&finished);
}
