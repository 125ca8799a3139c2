//! Runs that end before their time.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use controller::demo_api::{DemoApi, Running};

use crate::support::{
    hostile::Hostile,
    project::{Project, Started},
};

/// Waits until the folder of the only run has a number of frames.
fn frames(started: &Started, least: usize) -> PathBuf {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let folder = folder(started.path());
        let frames = folder.as_ref().and_then(|f| fs::read_to_string(f.join("frames.jsonl")).ok());
        match (folder, frames) {
            (Some(folder), Some(frames)) if frames.lines().count() >= least => return folder,
            _ => assert!(Instant::now() < deadline, "no {least} frames"),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn folder(project: &Path) -> Option<PathBuf> {
    let mut runs = fs::read_dir(project.join("results/sample")).ok()?.flatten();
    runs.next().map(|entry| entry.path())
}

fn long_run(host: String, path: &str) -> Started {
    Project::new()
        .host(host)
        .scenario(&format!(
            "users: {{User: {{wait_time: {{constant: 50ms}}, tasks: {{ask: [get: {path}]}}}}}}"
        ))
        .runner("clients", 3)
        .runner("hatch_rate", 100)
        .runner("duration", "10m")
        .start([])
}

fn slow_run(api: &Running) -> Started {
    long_run(format!("http://{}", api.addr()), "/slow?ms=400")
}

#[test]
fn a_killed_run_keeps_the_seconds_that_arrived() {
    let api = DemoApi::spawn().unwrap();
    let mut started = slow_run(&api);
    let folder = frames(&started, 2);
    started.kill();
    let torn = br#"{"schema":1,"job":{"run":"#;
    OpenOptions::new()
        .append(true)
        .open(folder.join("frames.jsonl"))
        .unwrap()
        .write_all(torn)
        .unwrap();

    let reported = Project::new().call(["report", folder.to_str().unwrap()]).expect_code(0);
    let reported = reported.expect_stdout("The run was killed; its results are partial");
    let text = fs::read_to_string(folder.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["end"]["how"], "killed");
    assert_eq!(report["end"]["partial"], true);
    let requests = report["summary"]["requests"].as_u64().unwrap();
    assert!(requests > 0, "{}", reported.stdout);
    assert!(requests <= api.counters().total());
    assert_eq!(report["end"]["messages"].as_array().unwrap().len(), 1, "{text}");
}

#[test]
fn an_interrupted_run_lets_requests_end_and_writes_its_reports() {
    let api = DemoApi::spawn().unwrap();
    let started = slow_run(&api);
    frames(&started, 1);
    started.interrupt();
    let finished = started
        .finish()
        .expect_code(130)
        .expect_stderr("interrupted: requests in flight may end; interrupt again to end at once")
        .expect_stdout("The run was interrupted; its results are partial");
    let report = finished.report();
    assert_eq!(report["end"]["how"], "interrupted");
    assert_eq!(report["summary"]["failures"], 0);
    assert_eq!(report["summary"]["cut_off"], 0);
    assert_eq!(report["summary"]["requests"], api.counters().total());
    assert!(finished.result("sample_stats.csv").contains("/slow?ms=400"));
}

#[test]
fn a_second_interrupt_does_not_wait_for_a_target_that_hangs() {
    let hostile = Hostile::spawn();
    let started = long_run(hostile.url(), "/hang");
    frames(&started, 1);
    let begun = Instant::now();
    started.interrupt();
    thread::sleep(Duration::from_millis(300));
    started.interrupt();
    let finished = started.finish().expect_code(130).expect_stderr("ending at once");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let folder = finished.run_folder();
    let before = finished.result("report.json");
    let report = finished.report();
    assert_eq!(report["summary"]["cut_off"], 3);
    assert_eq!(report["summary"]["requests"], hostile.requests("/hang"));
    Project::new().call(["report", folder.to_str().unwrap()]).expect_code(0);
    assert_eq!(finished.result("report.json"), before);
}
