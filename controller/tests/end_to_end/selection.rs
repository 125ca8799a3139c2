//! A part of a scenario, and how many users of which class there are.

use std::collections::BTreeSet;

use controller::demo_api::DemoApi;

use crate::support::project::{Finished, Project, TEST};

const SCENARIO: &str = "
users:
  Admin: {fixed_count: 2, wait_time: {constant: 100ms}, tasks: {check: [get: /health]}}
  Visitor:
    weight: 3
    wait_time: {constant: 100ms}
    tasks:
      look: {tags: [read], steps: [get: /products]}
      buy: {tags: [write], steps: [get: /products/1]}
  Customer:
    wait_time: {constant: 100ms}
    tasks: {rate: {tags: write, steps: [get: /products/2]}}
";

fn project(host: &str) -> Project {
    Project::new().host(host).runner("clients", 10).runner("hatch_rate", 100).scenario(SCENARIO)
}

fn call<const N: usize>(arguments: [&str; N]) -> Finished {
    project("http://127.0.0.1:9").call(arguments)
}

#[test]
fn only_what_is_chosen_runs_and_the_report_says_so() {
    let api = DemoApi::spawn().unwrap();
    let project = project(&format!("http://{}", api.addr()));
    let only = ["run", TEST, "--user-classes", "Visitor,Admin", "--exclude-tags", "write"];
    let finished = project.call(only).expect_code(0);
    let text = "nly user classes Visitor, Admin; not write";
    let finished = finished.expect_stdout(&format!("o{text}")).expect_stdout(&format!("\nO{text}"));
    let report = finished.report();
    let transactions = report["transactions"].as_array().unwrap().iter();
    let names: BTreeSet<_> = transactions.map(|each| each["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["/health", "/products"].into());
    assert_eq!(report["run"]["only"]["user_classes"], serde_json::json!(["Visitor", "Admin"]));
    assert_eq!(report["run"]["only"]["exclude_tags"], serde_json::json!(["write"]));
    assert!(finished.result("profile.yml").contains("exclude_tags: [write]"));
}

#[test]
fn what_is_not_in_the_scenario_is_told_with_its_place() {
    for (arguments, expected) in [
        (
            ["--user-classes", "Vistor"],
            "--user-classes: profile.test.user_classes: there is no user class `Vistor`; did you \
             mean `Visitor`?",
        ),
        (["--tags", "raed"], "--tags: profile.test.tags: no task is tagged `raed`; did you mean"),
        (["--tags", "read"], "--tags: profile.test.tags: the user class `Admin` has no task left"),
        (
            ["--set", "profile.test.exclude_tags=[write, none]"],
            "--set: profile.test.exclude_tags: no task is tagged `none`, expected one of read, write",
        ),
    ] {
        for command in ["run", "plan", "debug", "tasks"] {
            let finished = call([command, TEST, arguments[0], arguments[1]]).expect_code(2);
            let finished = finished.expect_stderr(expected);
            assert!(!finished.path().join("results").exists(), "{}", finished.stderr);
        }
    }
}

#[test]
fn a_plan_shows_the_part_and_warns_of_too_few_users() {
    let plan = ["plan", TEST, "--user-classes", "Admin,Visitor", "--clients", "1"];
    call(plan)
        .expect_code(0)
        .expect_stdout("\n  only         user classes Admin, Visitor\n")
        .expect_stdout(
            "warning: the test has 1 user, and the user classes with a fixed_count ask for 2",
        );
    let finished = call(["plan", TEST, "--json", "--tags", "write", "--user-classes", "Customer"]);
    let plan: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(plan["only"]["tags"], serde_json::json!(["write"]));
}

#[test]
fn fixed_users_alone_are_not_more_than_they_are() {
    call(["plan", TEST, "--user-classes", "Admin"]).expect_code(2).expect_stderr(
        "all user classes have a `fixed_count`, or no weight: they make 2 users, and the test is to have 10",
    );
    call(["plan", TEST, "--user-classes", "Admin", "--clients", "2"]).expect_code(0);
}

#[test]
fn tasks_are_shown_as_parts_of_what_is_done() {
    let text = call(["tasks", TEST]).expect_code(0).stdout;
    for line in
        [" 60.0       Visitor", "   30.0       look", " 20.0       Admin", "   20.0       check"]
    {
        assert!(text.lines().any(|other| other.trim_end() == line), "{line:?} is not in\n{text}");
    }
    let json = call(["tasks", TEST, "--json", "--user-classes", "Customer", "--tags", "write"]);
    let ratio: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(ratio["total"]["Customer"]["tasks"]["rate"]["ratio"], 1.0);
    assert!(ratio["total"].get("Visitor").is_none());
}
