//! Whatever a target does wrong is counted with its reason, and the run goes on.

use std::fs;

use serde_json::Value;

use crate::support::{
    hostile::{Hostile, Refusing},
    project::Project,
};

/// The reasons and counts of a transaction's failures.
fn reasons(report: &Value, name: &str) -> Vec<(String, u64)> {
    let failures = report["failures"].as_array().unwrap().iter();
    failures
        .filter(|failure| failure["name"] == name)
        .map(|failure| {
            (failure["reason"].as_str().unwrap().to_owned(), failure["count"].as_u64().unwrap())
        })
        .collect()
}

fn transaction<'a>(report: &'a Value, name: &str) -> &'a Value {
    let transactions = report["transactions"].as_array().unwrap();
    transactions.iter().find(|transaction| transaction["name"] == name).unwrap()
}

/// What a target may do to a request, and what a report says of it.
const FAILURES: [(&str, &str); 6] = [
    ("/500", "expected status below 400, got 500"),
    ("/hang", "no complete response within 1s"),
    ("/slowloris", "no complete response within 1s"),
    ("/reset", "the connection was reset before the response"),
    ("/truncated", "the connection was closed within the response"),
    ("/garbage", "the response is not valid HTTP: invalid HTTP version"),
];

#[test]
fn each_way_to_fail_is_counted_with_its_reason() {
    let hostile = Hostile::spawn();
    let names = FAILURES.map(|(path, _)| path).into_iter().chain(["/ok", "/close"]);
    let classes: Vec<_> = names
        .map(|path| {
            let name = path.trim_start_matches('/');
            format!("  {name}: {{wait_time: {{constant: 200ms}}, tasks: {{ask: [get: {path}]}}}}\n")
        })
        .collect();
    let scenario = format!("http: {{timeout: 1s}}\nusers:\n{}", classes.concat());
    let finished = Project::new()
        .host(hostile.url())
        .scenario(&scenario)
        .runner("clients", 8)
        .runner("hatch_rate", 100)
        .runner("duration", "2s")
        .run([])
        .expect_code(0);
    let report = finished.report();
    for (path, reason) in FAILURES {
        let requests = hostile.requests(path);
        assert!(requests > 0, "{path}");
        assert_eq!(transaction(&report, path)["requests"], requests, "{path}");
        let [(told, count)] = &reasons(&report, path)[..] else { panic!("{path}: not one reason") };
        assert!(told.starts_with(reason), "{path}: {told}");
        assert_eq!(*count, requests, "{path}");
        assert!(finished.stdout.contains(&format!("{path}: {reason}")), "{}", finished.stdout);
    }
    for path in ["/ok", "/close"] {
        assert_eq!(transaction(&report, path)["requests"], hostile.requests(path));
        assert_eq!(transaction(&report, path)["failures"], 0);
    }
    assert_eq!(report["generators"][0]["totals_equal"], true);
}

#[test]
fn a_refused_connection_is_a_failed_request() {
    let refusing = Refusing::new();
    let finished = Project::new()
        .host(refusing.url())
        .scenario("users: {User: {wait_time: {constant: 100ms}, tasks: {ask: [get: /x]}}}")
        .run([])
        .expect_code(0);
    let report = finished.report();
    let requests = report["summary"]["requests"].as_u64().unwrap();
    assert!(requests > 2);
    let reason = "could not connect: connection refused".to_owned();
    assert_eq!(reasons(&report, "/x"), [(reason, requests)]);
    assert_eq!(report["summary"]["failure_ratio"], 1.0);
}

#[test]
fn a_connection_closed_without_a_word_costs_no_request() {
    let hostile = Hostile::spawn();
    let report = Project::new()
        .host(hostile.url())
        .scenario("users: {User: {wait_time: {constant: 50ms}, tasks: {ask: [get: /early-close]}}}")
        .run([])
        .expect_code(0)
        .report();
    let transaction = transaction(&report, "/early-close");
    assert_eq!(transaction["failures"], 0, "{:?}", reasons(&report, "/early-close"));
    assert_eq!(transaction["requests"], hostile.requests("/early-close"));
}

#[test]
fn a_gigabyte_is_not_kept_in_memory() {
    let hostile = Hostile::spawn();
    let started = Project::new()
        .host(hostile.url())
        .steps("- get: {path: /huge, expect: {text: xxx}}")
        .runner("stop_timeout", "30s")
        .start([]);
    let mut peak = 0;
    while let Some(kilobytes) = peak_memory(started.pid()) {
        peak = kilobytes;
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let report = started.finish().expect_code(0).report();
    let transaction = transaction(&report, "/huge");
    assert_eq!(transaction["failures"], 0);
    assert!(transaction["bytes"].as_u64().unwrap() >= 1 << 30);
    assert!((1..150 << 10).contains(&peak), "{peak} kB");
}

/// The most memory a process has ever had, in kB; none once it has ended.
fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
