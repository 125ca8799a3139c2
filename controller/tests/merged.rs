//! Several runs reported as one.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use controller::run_folder::RunFolder;
use engine::frame::Frame;
use serde_json::{Value, json};
use tempfile::TempDir;

use self::support::sample_run::{
    self, TEST, assert_golden, completed, folder_of, frames, open_frames, open_plan, plan,
};

/// The least number of a run's requests per second that a sum of floats may be off by.
const CLOSE: f64 = 1e-9;

/// Folders of runs, and where they are reported to.
struct Runs {
    root: TempDir,
}

impl Runs {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    /// A run of that id that completed, so many milliseconds after the first.
    fn add(&self, id: &str, later_ms: u64) -> RunFolder {
        self.add_with(id, later_ms, &frames())
    }

    fn add_with(&self, id: &str, later_ms: u64, frames: &[Frame]) -> RunFolder {
        let folder = folder_of(&self.root.path().join(id), id, later_ms, frames);
        folder.write_end(&completed()).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn report(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_load-test"));
        command.arg("report").args(arguments).current_dir(self.root.path()).output().unwrap()
    }

    /// The report of these runs as one.
    fn merged(&self, runs: &[&str]) -> Value {
        let output = self.report(&[runs, &["--output", "merged"]].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let report = fs::read(self.path("merged/report.json")).unwrap();
        let report = serde_json::from_slice(&report).unwrap();
        assert_eq!(schema_problems(&report), [""; 0]);
        report
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn schema_problems(report: &Value) -> Vec<String> {
    let text = fs::read_to_string(repository().join("docs/report.schema.json")).unwrap();
    support::schema::problems(&serde_json::from_str(&text).unwrap(), report)
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let named = files.map(|path| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
    });
    named.collect()
}

fn assert_close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < CLOSE * expected, "{found}, not {expected}");
}

#[test]
fn runs_at_the_same_time_add_up() {
    let runs = Runs::new();
    runs.add("one", 0);
    runs.add("two", 2_800);
    let report = runs.merged(&["one", "two"]);
    assert_golden("merged.json", &fs::read(runs.path("merged/report.json")).unwrap());
    // Load from 0 to 6.0001 s, and from 2.8 to 8.8001 s.
    assert_close(&report["summary"]["duration_s"], 8.8001);
    assert_close(&report["summary"]["requests_per_s"], 960.0 / 8.8001);
    assert_eq!(report["summary"]["requests"], 960);
    // 15 users of each generator at the peak, and two generators in each run.
    assert_eq!(report["summary"]["users_peak"], 60);
    let series = report["series"].as_array().unwrap();
    let requests: Vec<_> =
        series.iter().map(|second| second["requests"].as_u64().unwrap()).collect();
    assert_eq!(requests, [80, 80, 80, 160, 160, 160, 80, 80, 80]);
    let clock = series.iter().map(|second| second["epoch_s"].as_u64().unwrap() - 1_795_247_580);
    assert!(clock.eq(0..9));
    assert_eq!(report["plan"]["clients"], 60);
    assert_close(&report["plan"]["duration_s"], 8.8);
    assert_close(&report["coverage"]["planned_s"], 24.0);
    assert_eq!(report["generators"].as_array().unwrap().len(), 8);
    assert_close(&report["generators"][4]["load_from_s"], 2.8);
    assert_eq!(
        (&report["generators"][4]["run"], &report["cuts"][1]["at_s"]),
        (&json!("two"), &json!(5.8))
    );
}

#[test]
fn the_time_between_runs_is_no_load() {
    let runs = Runs::new();
    runs.add("one", 0);
    runs.add("two", 50_000);
    let report = runs.merged(&["one", "two"]);
    assert_close(&report["summary"]["duration_s"], 12.0002);
    assert_close(&report["summary"]["requests_per_s"], 960.0 / 12.0002);
    assert_eq!(report["summary"]["users_peak"], 30);
    assert_eq!(report["plan"]["clients"], 30);
    assert_close(&report["plan"]["duration_s"], 12.0);
    let series = report["series"].as_array().unwrap();
    let seconds: Vec<_> = series.iter().map(|second| second["second"].as_u64().unwrap()).collect();
    assert_eq!(seconds, (0..6).chain(50..56).collect::<Vec<_>>());
}

#[test]
fn histograms_merge_exactly() {
    let runs = Runs::new();
    runs.add("one", 0);
    // The same requests twice have the same percentiles and means as once.
    runs.add("two", 0);
    let report = runs.merged(&["one", "two"]);
    let alone = runs.root.path().join("alone");
    let one = folder_of(&alone, "alone", 0, &frames());
    let alone: Value =
        serde_json::to_value(&controller::report::rebuild(one.path()).unwrap().report).unwrap();
    for (both, one) in report["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .zip(alone["transactions"].as_array().unwrap())
    {
        assert_eq!(both["requests"].as_u64(), one["requests"].as_u64().map(|count| 2 * count));
        for field in ["mean_ms", "min_ms", "max_ms"] {
            assert_eq!(both["latency"][field], one["latency"][field]);
        }
        for percentile in ["80", "90", "99", "100"] {
            let of = |report: &Value| report["latency"]["percentiles_ms"][percentile].clone();
            assert_eq!(of(both), of(one), "{percentile}");
        }
    }
}

#[test]
fn in_which_order_runs_are_given_changes_no_byte() {
    let runs = Runs::new();
    runs.add("b", 0);
    runs.add("a", 0);
    runs.add("c", 1_250);
    runs.merged(&["a", "b", "c"]);
    let before = files(&runs.path("merged"));
    assert_eq!(before.len(), 5);
    runs.merged(&["c", "b", "a"]);
    assert_eq!(files(&runs.path("merged")), before);
}

#[test]
fn python_reads_the_csv_files() {
    let runs = Runs::new();
    runs.add("one", 0);
    runs.add("two", 9_000);
    runs.merged(&["one", "two"]);
    let output = Command::new("python3")
        .args([repository().join("scripts/check_csv.py"), runs.path("merged"), TEST.into()])
        .output()
        .expect("this test needs python3 in the PATH");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn the_verdict_is_the_worst_and_says_of_which_run() {
    let runs = Runs::new();
    runs.add("whole", 0);
    let killed = runs.add_with("killed", 60_000 - 1_000, &frames()[..10]);
    fs::remove_file(killed.path().join("end.json")).unwrap();
    runs.add_with("silent", 100, &[]);
    let report = runs.merged(&["whole", "killed", "silent"]);
    let verdict = &report["verdict"];
    assert_eq!(verdict["status"], "invalid");
    let reasons: Vec<_> =
        verdict["reasons"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    assert_eq!(reasons[0], "silent: empty: no generator reported anything");
    assert!(
        reasons.iter().any(|reason| reason.starts_with("killed: incomplete: the run was killed"))
    );
    assert!(reasons.last().unwrap().starts_with("whole: "));
    assert_eq!(
        (&report["end"]["how"], &report["end"]["partial"]),
        (&json!("killed"), &json!(true))
    );
    let told: Vec<_> = report["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (&run["id"], &run["verdict"]))
        .collect();
    assert_eq!(told[1], (&json!("silent"), &json!("invalid")));
    assert_eq!(report["end"]["messages"][0], "whole: an invocation was throttled once");
}

#[test]
fn runs_that_are_not_of_one_test_are_told() {
    let runs = Runs::new();
    runs.add("one", 0);
    let other = runs.add("two", 1_000);
    let mut plan = plan();
    (plan.host, plan.seed) = (Some("https://other.example".into()), 8);
    plan.warnings.push("a warning".into());
    other.write_plan(&plan).unwrap();
    let path = other.path().join("run.json");
    let run = fs::read_to_string(&path).unwrap().replace("\"shop\"", "\"shop\\u001b[2J\"");
    fs::write(&path, run.replace("\"laptop\"", "\"\u{202e}other\"")).unwrap();
    let output = runs.report(&["one", "two"]);
    let told = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for line in [
        "shop, shop\\u{1b}[2J, started 2026-11-21T07:53:00.25Z, against https://shop.example, https://other.example",
        "- the runs are of different tests: shop, shop\\u{1b}[2J",
        "- the runs were against different hosts: https://shop.example, https://other.example",
    ] {
        assert!(told.lines().any(|other| other == line), "{line}: {told}");
    }
    assert!(!told.contains(['\u{1b}', '\u{202e}']));
    let report = runs.merged(&["one", "two"]);
    assert_eq!(report["plan"]["seed"], Value::Null);
    assert_eq!(report["plan"]["warnings"], json!(["two: a warning"]));
    assert_eq!(report["run"]["machine"], "laptop, \u{202e}other");
}

#[test]
fn arrivals_add_up_too() {
    let runs = Runs::new();
    for (id, later_ms) in [("one", 0), ("two", 1_000), ("later", 30_000)] {
        runs.add_with(id, later_ms, &open_frames()).write_plan(&open_plan()).unwrap();
    }
    let report = runs.merged(&["one", "two", "later"]);
    let plan = &report["plan"];
    assert_eq!((&plan["arrivals"], &plan["arrivals_per_s"]), (&json!(1800), &json!(200.0)));
    assert_eq!((&plan["clients"], &report["summary"]["dropped"]), (&json!(60), &json!(180)));
    let tables = runs.report(&["one", "two", "later"]);
    assert!(text(&tables.stdout).contains("Dropped: 180 of 1800 planned arrivals"));
}

#[test]
fn thresholds_are_those_of_each_run() {
    let runs = Runs::new();
    runs.add("free", 0);
    runs.add("gated", 1_000).write_plan(&sample_run::gated_plan()).unwrap();
    let output = runs.report(&["free", "gated", "--output", "merged"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(runs.path("merged/junit.xml").exists());
    let report = fs::read(runs.path("merged/report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(schema_problems(&report), [""; 0]);
    let thresholds = report["thresholds"].as_array().unwrap();
    assert!(!thresholds.is_empty());
    let hints = thresholds.iter().map(|judged| judged["hint"].as_str().unwrap());
    hints.for_each(|hint| assert!(hint.starts_with("in the run gated"), "{hint}"));
}

#[test]
fn no_two_tests_of_junit_have_one_name() {
    let runs = Runs::new();
    for (id, later_ms) in [("one", 0), ("two", 1_000)] {
        runs.add(id, later_ms).write_plan(&sample_run::gated_plan()).unwrap();
    }
    runs.report(&["one", "two", "--output", "merged"]);
    let junit = fs::read_to_string(runs.path("merged/junit.xml")).unwrap();
    let names = junit.lines().filter_map(|line| {
        let (_, rest) = line.split_once("<testcase ")?;
        rest.split_once(" time=").map(|(names, _)| names)
    });
    let mut names: Vec<_> = names.collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(all > 4 && names.len() == all, "{junit}");
}

#[test]
fn without_an_output_nothing_is_written() {
    let runs = Runs::new();
    let (one, two) = (runs.add("one", 0), runs.add("two", 2_800));
    let before = (files(one.path()), files(two.path()));
    let output = runs.report(&["one", "two"]);
    assert!(output.status.success());
    assert_golden("merged.txt", &output.stdout);
    assert_eq!((files(one.path()), files(two.path())), before);
    assert_eq!(fs::read_dir(runs.root.path()).unwrap().count(), 2);
}

#[test]
fn one_run_may_be_reported_elsewhere() {
    let runs = Runs::new();
    let one = runs.add("one", 0);
    assert!(runs.report(&["one", "--output", "a/b"]).status.success());
    let elsewhere = files(&runs.path("a/b"));
    assert!(elsewhere.contains_key("report.html"));
    assert!(!one.path().join("report.json").exists());
    assert!(runs.report(&["one"]).status.success());
    let own = files(one.path());
    assert_eq!(elsewhere.len(), 6);
    assert!(elsewhere.iter().all(|(name, content)| own[name] == *content));
}

#[test]
fn what_cannot_be_merged_says_why() {
    let runs = Runs::new();
    let one = runs.add("one", 0);
    runs.add("two", 0);
    fs::create_dir(runs.path("copy")).unwrap();
    for (name, content) in files(one.path()) {
        fs::write(runs.path("copy").join(name), content).unwrap();
    }
    for (arguments, error) in [
        (&["one", "two", "one"][..], "error: one and one are the same run, one\n\nhint: "),
        (&["one", "copy"], "error: one and copy are the same run, one\n"),
        (&["one", "nowhere"], "error: there is no run of `nowhere`"),
        (
            &["one", "two", "--output", "one"],
            "error: one is the folder of a run, which has its own",
        ),
        (&[], "required arguments were not provided"),
    ] {
        let output = runs.report(arguments);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(
            told.replace("\n\nhint", "\nhint").contains(&error.replace("\n\nhint", "\nhint")),
            "{told}"
        );
    }
    assert!(!runs.path("one/report.json").exists());
}

#[test]
fn every_field_is_documented() {
    let runs = Runs::new();
    runs.add("one", 0);
    runs.add("two", 0);
    let docs = fs::read_to_string(repository().join("docs/report.md")).unwrap();
    let report = runs.merged(&["one", "two"]);
    for name in
        report["runs"][0].as_object().unwrap().keys().chain(report.as_object().unwrap().keys())
    {
        assert!(docs.contains(&format!("`{name}`")), "docs/report.md does not tell of {name}");
    }
}

#[test]
fn a_sample_run_is_what_it_was() {
    // The golden files of one run are those of a run that is merged with none.
    let runs = Runs::new();
    let one = sample_run::folder(runs.root.path(), &frames());
    one.write_end(&completed()).unwrap();
    assert!(runs.report(&["run"]).status.success());
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/report.json");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    assert_eq!(read(&one.path().join("report.json")), read(&golden));
}
