//! Thresholds: what lets a release out, and what ends a run.

use serde_json::{Value, json};

use crate::support::{
    hostile::{Hostile, Refusing},
    project::{Finished, Project},
};

const SCENARIO: &str = "
users:
  Visitor:
    wait_time: {constant: 50ms}
    tasks:
      fine: [get: {path: /ok, expect: {text: status}}]
      broken: [get: /500]
";

fn gated(host: &str, thresholds: &str) -> Project {
    let project = Project::new().host(host).scenario(SCENARIO).runner("clients", 4);
    project.runner("hatch_rate", 100).profile(&format!("thresholds: {thresholds}"))
}

impl Finished {
    /// Fails unless the gate says this. A machine that is too busy to be trusted opens none.
    #[track_caller]
    fn expect_gate(self, code: i32) -> Self {
        let invalid = self.report()["verdict"]["status"] == "invalid";
        self.expect_code(if invalid { 3 } else { code })
    }
}

/// What became of each threshold: of what, which figure, how it ended.
fn thresholds(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let thresholds = report["thresholds"].as_array().unwrap().iter();
    thresholds
        .map(|t| (text(&t["transaction"]["name"]), text(&t["metric"]), text(&t["status"])))
        .collect()
}

fn judged(name: &str, metric: &str, status: &str) -> (String, String, String) {
    (name.to_owned(), metric.to_owned(), status.to_owned())
}

#[test]
fn a_gate_that_is_passed_is_open() {
    let hostile = Hostile::spawn();
    let limits = "{overall: {failure_ratio: 99%, requests_per_s: 1, coverage: 50%}, \
                  'GET /o*': {p95: 30s, max: 60s, check_ratio: 100%}}";
    let finished = gated(&hostile.url(), limits).run([]).expect_gate(0);
    let report = finished.report();
    let expected = [
        judged("", "failure_ratio", "passed"),
        judged("", "requests_per_s", "passed"),
        judged("", "coverage", "passed"),
        judged("/ok", "p95", "passed"),
        judged("/ok", "max", "passed"),
        judged("/ok", "check_ratio", "passed"),
    ];
    assert_eq!(thresholds(&report), expected);
    let of = |name: &str| {
        let transactions = report["transactions"].as_array().unwrap();
        transactions.iter().find(|t| t["name"] == name).unwrap().clone()
    };
    assert_eq!(of("/ok")["checks"], json!({"passed": hostile.requests("/ok"), "failed": 0}));
    assert_eq!(of("/500")["checks"], json!({"passed": 0, "failed": 0}));
    assert!(finished.stdout.contains("\nThresholds: 6 passed\n"), "{}", finished.stdout);
    let junit = finished.result("junit.xml");
    assert!(junit.contains("classname=\"sample.GET /ok\"") && !junit.contains("<failure"));
    let folder = finished.run_folder();
    let report = Project::empty().call(["report", folder.to_str().unwrap()]).expect_code(0);
    assert!(report.stdout.contains("Thresholds: 6 passed"), "{}", report.stdout);
}

#[test]
fn a_gate_that_is_crossed_is_shut() {
    let hostile = Hostile::spawn();
    let limits = "{overall: {failure_ratio: 0}, 'GET /okay': {p95: 1s}, /500: {check_ratio: 1%}}";
    let project = gated(&hostile.url(), limits);
    let (again, once_more) = (project.again(), project.again());
    let finished = project.run(["--format", "github"]).expect_gate(1);
    let expected = [
        judged("", "failure_ratio", "crossed"),
        judged("", "p95", "unmeasured"),
        judged("/500", "check_ratio", "unmeasured"),
    ];
    assert_eq!(thresholds(&finished.report()), expected);
    assert!(finished.stdout.starts_with("## ❌ `sample`: "), "{}", finished.stdout);
    assert!(finished.stdout.contains("did you mean \\`GET /ok\\`"), "{}", finished.stdout);
    assert!(finished.stderr.contains("results in"), "{}", finished.stderr);
    let folder = finished.run_folder();
    let folder = folder.to_str().unwrap();
    let code = finished.code();
    let report = again.call(["report", folder, "--format", "github"]).expect_code(code);
    assert_eq!(report.stdout, finished.stdout, "the folder is enough to say it again");
    // The same can be let out for once.
    let once = "profile.thresholds={overall: {failure_ratio: }, GET /okay: , /500: }";
    once_more.run(["--set", once]).expect_code(0).expect_stdout("Verdict");
}

#[test]
fn a_threshold_ends_the_run_after_its_grace() {
    let hostile = Hostile::spawn();
    let limits = "{'GET /5*': {failure_ratio: {limit: 5%, abort: true, grace: 2s}}, \
                  overall: {failure_ratio: {limit: 5%, abort: true}}}";
    let finished = gated(&hostile.url(), limits).runner("duration", "40s").run([]).expect_gate(1);
    let report = finished.report();
    assert_eq!(report["end"]["how"], "aborted");
    let [aborted, other] = report["thresholds"].as_array().unwrap().as_slice() else {
        panic!("{report:#}")
    };
    let at = aborted["aborted"]["at_s"].as_f64().unwrap();
    assert!((2.0..15.0).contains(&at), "{at}");
    assert_eq!(aborted["aborted"]["measured"], json!({"value": 1.0, "unit": "ratio"}));
    assert_eq!((&aborted["status"], &aborted["abort_after_s"]), (&"crossed".into(), &2.0.into()));
    assert_eq!(other["aborted"], Value::Null, "its grace of 30 seconds is not over");
    let message = report["end"]["messages"][0].as_str().unwrap();
    assert!(message.starts_with("a threshold ended the run after "), "{message}");
    let said = "failure_ratio of GET /500 was 100 %, expected at most 5 %";
    assert!(message.ends_with(said) && finished.stderr.contains(said), "{}", finished.stderr);
    assert!(report["summary"]["duration_s"].as_f64().unwrap() < 20.0);
    let reasons = report["verdict"]["reasons"].as_array().unwrap();
    assert!(reasons.contains(&"incomplete: a threshold ended the run".into()), "{reasons:?}");
}

#[test]
fn within_its_grace_a_threshold_ends_nothing() {
    let hostile = Hostile::spawn();
    let limits = "{overall: {failure_ratio: {limit: 5%, abort: true}}}";
    let finished = gated(&hostile.url(), limits).runner("duration", "3s").run([]).expect_gate(1);
    let report = finished.report();
    assert_eq!(report["end"]["how"], "completed");
    assert_eq!(report["thresholds"][0]["status"], "crossed");
    assert!(finished.stdout.contains("never ends the run"), "{}", finished.stdout);
}

#[test]
fn after_its_load_a_run_is_not_ended_any_more() {
    let hostile = Hostile::spawn();
    let scenario = "
users:
  Visitor:
    wait_time: {constant: 50ms}
    tasks: {broken: [get: /500]}
  Waiting:
    tasks: {never: [get: /hang]}
";
    let limits = "{'GET /500': {failure_ratio: {limit: 5%, abort: true, grace: 2s}}}";
    let project = gated(&hostile.url(), limits).scenario(scenario).runner("duration", "2s");
    // Requests in flight are waited for until long after the grace.
    let report = project.runner("stop_timeout", "3s").run([]).expect_gate(1).report();
    assert_eq!(report["end"]["how"], "completed", "{}", report["end"]);
    assert_eq!(report["thresholds"][0]["status"], "crossed");
    assert_eq!(report["thresholds"][0]["aborted"], Value::Null);
}

#[test]
fn what_got_no_response_met_no_expectation() {
    let refusing = Refusing::new();
    let scenario = "
users:
  Visitor:
    wait_time: {constant: 100ms}
    tasks:
      all:
        - get: {path: /plain}
        - get: {path: /expected, expect: {status: 200}}
";
    let project = Project::new().host(refusing.url()).scenario(scenario);
    let project = project.profile("thresholds: {/expected: {check_ratio: 1%}}");
    let report = project.run([]).expect_gate(1).report();
    let transactions = report["transactions"].as_array().unwrap();
    let [expected, plain] = transactions.as_slice() else { panic!("{report:#}") };
    assert_eq!(expected["checks"], json!({"passed": 0, "failed": expected["requests"]}));
    assert_eq!(plain["checks"], json!({"passed": 0, "failed": 0}));
    assert_eq!(report["thresholds"][0]["measured"], json!({"value": 0.0, "unit": "ratio"}));
}

#[test]
fn what_a_body_lacks_is_no_failure_of_a_capture() {
    let hostile = Hostile::spawn();
    let scenario = "
users:
  Visitor:
    wait_time: {constant: 100ms}
    tasks:
      met: [get: {path: /ok, name: met, expect: {text: status}, capture: {x: {json: $.x}}}]
      not met: [get: {path: /ok, name: not met, expect: {text: other}}]
      nothing: [get: {path: /ok, name: nothing, capture: {x: {json: $.x}}}]
";
    let project = Project::new().host(hostile.url()).scenario(scenario).runner("clients", 6);
    let report = project.runner("hatch_rate", 100).run([]).expect_code(0).report();
    for transaction in report["transactions"].as_array().unwrap() {
        let requests = &transaction["requests"];
        assert_eq!(&transaction["failures"], requests);
        let (passed, failed) = match transaction["name"].as_str().unwrap() {
            "met" => (requests.clone(), json!(0)),
            "not met" => (json!(0), requests.clone()),
            _ => (json!(0), json!(0)),
        };
        assert_eq!(transaction["checks"], json!({"passed": passed, "failed": failed}));
    }
}

#[test]
fn a_plan_lists_its_thresholds() {
    let limits = "{overall: {p99.9: {limit: 1s, abort: true, grace: 5s}}, 'GET *': {mean: 20ms}}";
    let planned = gated("http://127.0.0.1:9", limits).call(["plan"]).expect_code(0);
    let expected = "
Thresholds
  of       figure  limit
  overall  p99.9   at most 1000 ms  ends the run, after 5s
  GET *    mean    at most 20 ms
";
    assert!(planned.stdout.contains(expected), "{}", planned.stdout);
}
