//! Every report of one small run, against golden files, its schema, and Python's csv module.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    process::Command,
    time::Duration,
};

use controller::{
    exit_code::ExitCode,
    plan::Plan,
    report::{self, Report, console, console::Look, github},
    run_folder::{End, Ending, RunFolder},
    style::Style,
    threshold::{Pattern, Threshold},
};
use engine::{clients::Clients, curve::Change, frame::Frame, hatch_rate::HatchRate};
use serde_json::Value;

use self::support::sample_run::{
    Chance, absorbed, assert_golden, completed, folder, frames, gated_plan, open_frames, open_plan,
    plan,
};

/// The names and contents of all files but the frames.
fn contents(folder: &RunFolder) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
    let named = files.map(|file| (file.file_name().into_string().unwrap(), file.path()));
    named
        .filter(|(name, _)| name != "frames.jsonl")
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

fn reported(root: &Path) -> RunFolder {
    let folder = folder(root, &frames());
    folder.write_end(&completed()).unwrap();
    report::write_all(&folder, &absorbed(&frames())).unwrap();
    folder
}

fn report_of(folder: &RunFolder) -> Value {
    serde_json::from_slice(&contents(folder)["report.json"]).unwrap()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn files_are_the_golden_ones() {
    let root = tempfile::tempdir().unwrap();
    let files = contents(&reported(root.path()));
    let reports: Vec<_> =
        files.iter().filter(|(name, _)| *name == "report.json" || name.contains('_')).collect();
    assert_eq!(reports.len(), 5);
    for (name, content) in reports {
        assert_golden(name, content);
    }
}

/// The run with thresholds.
fn gated(root: &Path) -> (RunFolder, Report) {
    let folder = folder(root, &frames());
    folder.write_plan(&gated_plan()).unwrap();
    folder.write_end(&completed()).unwrap();
    let written = report::write_all(&folder, &absorbed(&frames())).unwrap();
    (folder, written.report)
}

#[test]
fn thresholds_are_in_every_report() {
    let root = tempfile::tempdir().unwrap();
    let (folder, report) = gated(root.path());
    let files = contents(&folder);
    assert_eq!(schema_problems(&report_of(&folder)), [""; 0]);
    let thresholds = serde_json::to_string_pretty(&report_of(&folder)["thresholds"]).unwrap();
    assert_golden("gated/thresholds.json", thresholds.as_bytes());
    assert_golden("gated/junit.xml", &files["junit.xml"]);
    assert_golden("gated/github.md", github::text(&report).as_bytes());
    for (name, width) in [("gated/console.txt", None), ("gated/console_80.txt", Some(80))] {
        let text = console::text(&report, &[], Look { width, style: Style::Plain });
        let section = text.split("\n\n").next().unwrap();
        assert!(section.starts_with("Thresholds: 6 of 12 crossed\n"), "{section}");
        assert_golden(name, section.as_bytes());
    }
    assert_eq!(ExitCode::of_run(&report), ExitCode::CROSSED);
    report::rebuild(folder.path()).unwrap();
    assert_eq!(contents(&folder), files);
}

#[test]
fn the_thresholds_are_valid_junit() {
    let root = tempfile::tempdir().unwrap();
    let (folder, _) = gated(root.path());
    assert_junit(&folder);
    // Without a frame, the numbers cannot be trusted.
    let root = tempfile::tempdir().unwrap();
    let folder = self::folder(root.path(), &[]);
    folder.write_plan(&gated_plan()).unwrap();
    report::rebuild(folder.path()).unwrap();
    assert_junit(&folder);
    let text = String::from_utf8(contents(&folder)["junit.xml"].clone()).unwrap();
    assert!(text.contains("<error type=\"killed\" message=\"empty: no generator"), "{text}");
    // Names with everything that XML cannot hold, or only escaped.
    let hostile: String = (0..0x300_u32).filter_map(char::from_u32).collect();
    for name in [&hostile, " ", "]]>", "\u{fffe}\u{ffff}", "&amp;\u{10ffff}", "--><!--"] {
        let pattern = Some(Pattern::new(name));
        let threshold = Threshold { pattern, ..gated_plan().thresholds[0].clone() };
        let plan = Plan { thresholds: vec![threshold], test: name.into(), ..plan() };
        folder.write_plan(&plan).unwrap();
        report::rebuild(folder.path()).unwrap();
        assert_junit(&folder);
    }
}

fn assert_junit(folder: &RunFolder) {
    let binary = Path::new(env!("CARGO_BIN_EXE_load-test"));
    let python = binary.ancestors().nth(2).unwrap().join("python/bin/python");
    assert!(python.exists(), "{} is missing: run scripts/python_tools", python.display());
    let output = Command::new(python)
        .arg(repository().join("scripts/check_junit.py"))
        .arg(repository().join("controller/tests/junit.xsd"))
        .arg(folder.path().join("junit.xml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn nothing_from_elsewhere_is_markup() {
    let root = tempfile::tempdir().unwrap();
    let (folder, report) = gated(root.path());
    let github = github::text(&report);
    let junit = String::from_utf8(contents(&folder)["junit.xml"].clone()).unwrap();
    let console = console::text(&report, &[], Look::default());
    for text in [&github, &junit, &console] {
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\r']), "{text}");
    }
    assert!(!junit.contains("<script"), "{junit}");
    // Each row of a table has as many cells as the row of rules above it.
    for lines in github.split("\n\n").filter(|lines| lines.contains("| ---")) {
        let rows = lines.lines().filter(|line| line.starts_with('|'));
        let cells: Vec<_> = rows.map(|row| row.replace("\\|", "").matches('|').count()).collect();
        assert!(cells.iter().all(|count| *count == cells[1]), "{lines}");
    }
}

#[test]
fn exit_codes_are_as_documented() {
    let of = |plan: &Plan, how: Option<Ending>, frames: &[Frame]| {
        let end = how.map(|how| End::new(how, Vec::new()));
        let root = tempfile::tempdir().unwrap();
        let folder = folder(root.path(), frames);
        let totals = absorbed(frames);
        let report = Report::new(folder.run(), plan, end.as_ref(), &totals, Vec::new());
        (ExitCode::of_run(&report).code(), ExitCode::of_report(&report).code())
    };
    let (all, gated) = (frames(), gated_plan());
    let passing = Plan { thresholds: gated.thresholds[..1].to_vec(), ..plan() };
    for (plan, how, frames, run, report) in [
        (&plan(), Some(Ending::Completed), &all[..], 0, 0),
        (&plan(), Some(Ending::Failed), &all, 3, 0),
        (&plan(), Some(Ending::Interrupted), &all, 130, 0),
        (&plan(), None, &all, 3, 0),
        (&plan(), Some(Ending::Completed), &[], 0, 0),
        (&passing, Some(Ending::Completed), &all, 0, 0),
        (&passing, Some(Ending::Failed), &all, 3, 3),
        (&passing, Some(Ending::Interrupted), &all, 130, 130),
        (&passing, None, &all, 3, 3),
        // A verdict of `invalid`.
        (&passing, Some(Ending::Completed), &[], 3, 3),
        (&gated, Some(Ending::Completed), &all, 1, 1),
        (&gated, Some(Ending::Aborted), &all, 1, 1),
        (&gated, Some(Ending::Failed), &all, 3, 3),
        (&gated, Some(Ending::Interrupted), &all, 130, 130),
        (&gated, Some(Ending::Completed), &[], 3, 3),
        // Ended long before its time, but right until then.
        (&gated, Some(Ending::Aborted), &all[..6], 1, 1),
    ] {
        let codes = of(plan, how, frames);
        assert_eq!(codes, (run, report), "{how:?}, {} frames", frames.len());
    }
}

#[test]
fn changes_of_the_users_are_in_the_report() {
    let root = tempfile::tempdir().unwrap();
    let folder = reported(root.path());
    let change = |at, clients| Change {
        at: Duration::from_millis(at),
        clients: Clients::try_new(clients).unwrap(),
        hatch_rate: HatchRate::try_new(2.5).unwrap(),
    };
    let changes: Vec<_> = (1..=22).map(|n| change(1_000 * u64::from(n), 1_000 + n)).collect();
    let mut journal = folder.journal().unwrap();
    for change in &changes {
        journal.change(change).unwrap();
    }
    let torn = OpenOptions::new().append(true).open(folder.path().join("changes.jsonl"));
    torn.unwrap().write_all(br#"{"at_s": 30, "cli"#).unwrap();
    assert_eq!(folder.changes().unwrap(), changes);

    let written = report::rebuild(folder.path()).unwrap();
    let report = report_of(&folder);
    assert_eq!(schema_problems(&report), [""; 0]);
    let first = serde_json::json!({"at_s": 1.0, "clients": 1001, "hatch_rate": 2.5});
    assert_eq!((&report["changes"][0], report["changes"].as_array().unwrap().len()), (&first, 22));
    assert_eq!(report["verdict"]["status"], "valid");
    let text = console::text(&written.report, &[], Look::default());
    let line = text.lines().find(|line| line.starts_with("Users were changed")).unwrap();
    assert!(line.starts_with("Users were changed: at 1s to 1,001, at 2s to 1,002, "), "{line}");
    assert!(line.ends_with(", at 20s to 1,020, and 2 more times: see report.json"), "{line}");
}

#[test]
fn what_was_dropped_is_in_every_report() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(root.path(), &open_frames());
    folder.write_plan(&open_plan()).unwrap();
    folder.write_end(&completed()).unwrap();
    let written = report::write_all(&folder, &absorbed(&open_frames())).unwrap();
    let report = report_of(&folder);
    assert_eq!(schema_problems(&report), [""; 0]);
    assert_eq!(report["summary"]["dropped"], 60);
    assert_eq!(
        (&report["plan"]["arrivals"], &report["plan"]["arrivals_per_s"]),
        (&600.into(), &100.0.into())
    );
    let seconds = report["series"].as_array().unwrap().iter();
    assert_eq!(seconds.map(|second| &second["dropped"]).collect::<Vec<_>>(), [10; 6]);
    let text = console::text(&written.report, &[], Look::default());
    let line =
        "\nDropped: 60 of 600 planned arrivals (10.0 %), as none of the 30 clients was idle\n";
    assert!(text.contains(line), "{text}");
    assert_eq!(report::rebuild(folder.path()).unwrap().report, written.report);
}

#[test]
fn the_console_is_the_golden_one() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(root.path(), &frames());
    folder.write_end(&completed()).unwrap();
    let written = report::write_all(&folder, &absorbed(&frames())).unwrap();
    let files = ["results/shop/report.json".into()];
    for (name, width, style) in [
        ("console.txt", None, Style::Plain),
        ("console_80.txt", Some(80), Style::Plain),
        ("console_colours.txt", Some(120), Style::Coloured),
    ] {
        let text = console::text(&written.report, &files, Look { width, style });
        assert!(!text.contains("\u{1b}[31m\n") && !text.contains("line two\u{1b}"), "{text}");
        assert_eq!(text.contains('\u{1b}'), style == Style::Coloured);
        assert_golden(name, text.as_bytes());
    }
}

#[test]
fn a_rebuild_writes_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let folder = reported(root.path());
    let before = contents(&folder);
    report::rebuild(folder.path()).unwrap();
    assert_eq!(contents(&folder), before);
}

#[test]
fn the_order_of_arrival_changes_no_byte() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let before = contents(&reported(one.path()));
    let mut shuffled = frames();
    let mut chance = Chance(3);
    for i in (1..shuffled.len()).rev() {
        let j = usize::try_from(chance.below(i as u64 + 1)).unwrap();
        shuffled.swap(i, j);
    }
    let folder = folder(other.path(), &shuffled);
    folder.write_end(&completed()).unwrap();
    report::rebuild(folder.path()).unwrap();
    assert_eq!(contents(&folder), before);
}

#[test]
fn a_killed_run_is_partial_and_its_torn_line_told() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(root.path(), &frames()[..10]);
    let path = folder.path().join("frames.jsonl");
    let text = fs::read(&path).unwrap();
    fs::write(&path, &text[..text.len() - 5]).unwrap();
    let report = report::rebuild(folder.path()).unwrap().report;
    assert!(report.end.partial);
    assert_eq!(report.end.how.name(), "killed");
    assert_eq!(
        report.end.messages,
        ["the last line of the frames, 10, was not written to its end"]
    );
    assert_eq!(report.series.len(), 4);
    assert_eq!(report.verdict.status.to_string(), "doubtful");
    console::text(&report, &[], Look::default());
}

#[test]
fn a_run_without_any_frame_has_a_report() {
    let root = tempfile::tempdir().unwrap();
    let folder = folder(root.path(), &[]);
    let report = report::rebuild(folder.path()).unwrap().report;
    assert_eq!(report.summary.requests, 0);
    assert_eq!(report.verdict.status.to_string(), "invalid");
    let stats = String::from_utf8(contents(&folder)["shop_stats.csv"].clone()).unwrap();
    assert!(stats.lines().nth(1).unwrap().starts_with(",Aggregated,0,0,0,0,0,0,0,0,0,N/A"));
    assert_eq!(schema_problems(&report_of(&folder)), [""; 0]);
}

fn schema_problems(report: &Value) -> Vec<String> {
    let text = fs::read_to_string(repository().join("docs/report.schema.json")).unwrap();
    support::schema::problems(&serde_json::from_str(&text).unwrap(), report)
}

#[test]
fn the_schema_describes_the_report() {
    let root = tempfile::tempdir().unwrap();
    let mut report = report_of(&reported(root.path()));
    assert_eq!(schema_problems(&report), [""; 0]);
    report["summary"]["requests"] = "many".into();
    report["verdict"]["extra"] = 1.into();
    assert_eq!(
        schema_problems(&report),
        ["$.summary.requests has another type", "$.verdict.extra is not described"]
    );
}

#[test]
fn every_field_is_documented() {
    let root = tempfile::tempdir().unwrap();
    let docs = fs::read_to_string(repository().join("docs/report.md")).unwrap();
    let mut names = Vec::new();
    field_names(&report_of(&reported(root.path())), &mut names);
    names.retain(|name| !docs.contains(&format!("`{name}`")));
    assert_eq!(names, [""; 0]);
}

/// Names of fields, but not keys that are data: statuses and percentiles.
fn field_names(value: &Value, names: &mut Vec<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        if !name.starts_with(|c: char| c.is_ascii_digit()) {
            names.push(name.clone());
        }
        field_names(value, names);
    }
    value.as_array().into_iter().flatten().for_each(|item| field_names(item, names));
}

#[test]
fn regions_are_told_apart() {
    let root = tempfile::tempdir().unwrap();
    let (mut plan, mut frames) = (plan(), frames());
    for interval in &mut plan.intervals {
        interval.shares[1].region = "eu-west-1".into();
    }
    for frame in frames.iter_mut().filter(|frame| frame.job.share == 1) {
        frame.job.region = "eu-west-1".into();
    }
    let folder = folder(root.path(), &frames);
    folder.write_plan(&plan).unwrap();
    folder.write_end(&completed()).unwrap();
    let report = report::rebuild(folder.path()).unwrap().report;
    let found: Vec<_> = report
        .regions
        .iter()
        .map(|r| (r.region.as_str(), r.generators, r.requests, r.start_skew_ms))
        .collect();
    // Each of the two makes 40 requests a second; the second one begins a quarter of a
    // millisecond later.
    assert_eq!(found, [("eu-west-1", 2, 240, Some(0.25)), ("local", 2, 240, Some(0.0))]);
    let counts = report.regions.iter().map(|region| region.latency.count);
    assert_eq!(counts.sum::<u64>(), report.summary.latency.count);
    let failures = report.regions.iter().map(|region| region.failures).sum::<u64>();
    assert_eq!(failures, report.summary.failures);
    assert_eq!(report.coverage.intervals.len(), 4);
    let text = console::text(&report, &[], Look { width: Some(80), style: Style::Plain });
    assert!(text.contains("\nRegions (times in ms)\nRegion  "), "{text}");
    assert!(text.contains("\neu-west-1  "), "{text}");
    assert_eq!(schema_problems(&report_of(&folder)), [""; 0]);
}

#[test]
fn a_lost_generator_is_told_on_the_console() {
    let root = tempfile::tempdir().unwrap();
    let mut frames = frames();
    frames.retain(|frame| (frame.job.interval, frame.job.share) != (1, 1) || frame.sequence == 0);
    let folder = folder(root.path(), &frames);
    folder.write_end(&completed()).unwrap();
    let report = report::rebuild(folder.path()).unwrap().report;
    let text = console::text(&report, &[], Look::default());
    let line = "Coverage: 83.2 % of 12 generator-seconds; interval 1 in local: 66.6 %";
    assert!(text.lines().any(|other| other == line), "{text}");
}

#[test]
fn python_reads_the_csv_files() {
    let root = tempfile::tempdir().unwrap();
    let folder = reported(root.path());
    let script = repository().join("scripts/check_csv.py");
    let output = Command::new("python3")
        .args([script.as_path(), folder.path(), Path::new(support::sample_run::TEST)])
        .output()
        .expect("this test needs python3 in the PATH");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
