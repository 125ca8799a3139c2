//! Each load test of this repository works against the sample API as it stands.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{fs, path::Path, process::Command};

use controller::demo_api::DemoApi;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The command, in this repository.
fn load_test(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_load-test"))
        .arg("--project")
        .arg(root())
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

fn registered() -> Vec<String> {
    let (code, listed) = load_test(&["list", "--json"]);
    assert_eq!(code, Some(0), "{listed}");
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    let name = |test: &Value| test["name"].as_str().unwrap().to_owned();
    listed.iter().map(name).collect()
}

/// The failures that a test is there to show, as `debug` shows them.
fn is_meant(test: &str, line: &str) -> bool {
    test.starts_with("random_status") && line.contains("FAILED  expected status below 400, got ")
}

#[test]
fn each_registered_test_works() {
    let api = DemoApi::spawn().unwrap();
    let host = format!("http://{}", api.addr());
    for test in registered() {
        let before = api.counters().total();
        let (code, shown) = load_test(&["debug", &test, "--host", &host]);
        let mut failures = shown.lines().filter(|line| line.contains("FAILED"));
        assert!(failures.all(|line| is_meant(&test, line)), "{test}:\n{shown}");
        let as_meant = code == Some(0) || (code == Some(4) && test.starts_with("random_status"));
        assert!(as_meant, "{test}: {code:?}\n{shown}");
        assert!(api.counters().total() > before, "{test} asked nothing:\n{shown}");
        for secret in ["demo-subscription-key", "Bearer"] {
            assert!(!shown.contains(secret), "{test} shows {secret:?}:\n{shown}");
        }
    }
}

#[test]
fn each_folder_of_load_tests_is_registered() {
    let registered = registered();
    for folder in fs::read_dir(root().join("tests")).unwrap().map(Result::unwrap) {
        let name = folder.file_name().into_string().unwrap();
        let is_test = folder.path().join("scenario.yml").exists();
        assert!(!is_test || registered.contains(&name), "{name} is not registered");
    }
}
