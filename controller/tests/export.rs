//! What is exported, against golden files and read back by other implementations.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use engine::{
    frame::{Body, Frame},
    stats::{Outcome, Phases, SEVERAL, Sample, Stats},
};
use serde_json::Value;

use self::support::{
    python,
    sample_run::{STARTED_MS, assert_golden, completed, folder, folder_of, frames},
};

const TABLES: [&str; 4] = ["timeline.jsonl", "timeline.csv", "timeline.parquet", "timeline.hlog"];
const ALL: [&str; 2] = ["--format", "jsonl,csv,parquet,hlog"];

fn load_test(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_load-test")).args(arguments).output().unwrap()
}

/// Exports into a folder; fails unless that is silent but for the names of the files.
fn export(runs: &[&Path], to: &Path) -> PathBuf {
    let runs = runs.iter().map(|run| run.to_str().unwrap());
    let output = [ALL[0], ALL[1], "--output", to.to_str().unwrap()];
    let arguments: Vec<_> = ["export"].into_iter().chain(runs).chain(output).collect();
    let ran = load_test(&arguments);
    assert_eq!(text(&ran.stderr), "");
    assert!(ran.status.success());
    let paths = TABLES.map(|name| to.join(name).to_str().unwrap().to_owned() + "\n");
    assert_eq!(text(&ran.stdout), paths.concat());
    to.into()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn lines(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("timeline.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn count(lines: &[Value], field: &str) -> u64 {
    let single = lines.iter().filter(|line| line["method"] != SEVERAL);
    single.map(|line| line[field].as_u64().unwrap()).sum()
}

/// Every format read by an implementation that is not ours.
fn assert_others_read(exported: &Path, base_ms: u64) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/check_export.py");
    let output =
        Command::new(python()).arg(script).arg(exported).arg(base_ms.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn texts_are_the_golden_ones_and_others_read_them() {
    let root = tempfile::tempdir().unwrap();
    let run = folder(root.path(), &frames());
    let exported = export(&[run.path()], &root.path().join("exported/"));
    for name in ["timeline.jsonl", "timeline.csv", "timeline.hlog"] {
        assert_golden(name, &fs::read(exported.join(name)).unwrap());
    }
    assert_others_read(&exported, STARTED_MS);
    let lines = lines(&exported);
    assert_eq!((count(&lines, "requests"), lines.len()), (480, 24));
}

#[test]
fn neither_the_order_of_arrival_nor_duplicates_change_a_byte() {
    let root = tempfile::tempdir().unwrap();
    let run = folder(root.path(), &frames());
    let mut mixed = frames();
    mixed.reverse();
    mixed.extend(frames());
    let mixed = folder_of(&root.path().join("mixed"), "golden", 0, &mixed);
    let one = export(&[run.path()], &root.path().join("one/"));
    let other = export(&[mixed.path()], &root.path().join("other/"));
    for name in TABLES {
        assert_eq!(
            fs::read(one.join(name)).unwrap(),
            fs::read(other.join(name)).unwrap(),
            "{name}"
        );
    }
}

/// A frame of each of these names, all in second 0; the last one counts what others are made of.
fn hostile_frames(names: &[String]) -> Vec<Frame> {
    let mut stats = Stats::default();
    for (name, at) in names.iter().zip(0_u64..) {
        for method in ["GET", "a:b ,\n", SEVERAL] {
            stats.record(&Sample {
                method,
                name,
                status: None,
                elapsed: std::time::Duration::from_micros(1_000 + at),
                from_intended: None,
                phases: Phases::default(),
                bytes: 1,
                met: None,
                outcome: Outcome::Passed,
            });
        }
    }
    let mut frame = frames().remove(0);
    if let Body::Second(second) = &mut frame.body {
        second.stats = stats;
    }
    vec![frame]
}

#[test]
fn hostile_names_come_through_every_format() {
    let names = [
        "<script>alert(1)</script>",
        "a,b;c",
        "\"quoted\" 'and'",
        "'",
        "''",
        "line\r\nbreak",
        "\ttab",
        "\u{202e}right to left \u{5d0}\u{61c}",
        "=1+1",
        "@x",
        "+1",
        "-1",
        "＝1",
        "\u{1b}[2J\u{7}\0\u{7f}",
        "\u{85}\u{2028}\u{2029}",
        "",
        " ",
        "%2C",
        "日本語",
        "\\",
        "#[StartTime: 1 (",
        "\u{feff}x",
    ];
    let mut names: Vec<_> = names.map(String::from).into();
    names.push("10 kB, \"ü\" ".repeat(1_000));
    let root = tempfile::tempdir().unwrap();
    let run = folder(root.path(), &hostile_frames(&names));
    let exported = export(&[run.path()], &root.path().join("exported/"));
    assert_others_read(&exported, STARTED_MS);
    let lines = lines(&exported);
    let mut found: Vec<_> = lines.iter().map(|line| line["name"].as_str().unwrap()).collect();
    found.dedup();
    names.sort();
    assert_eq!(found, names);
    assert_eq!(lines.len(), 3 * names.len());
}

#[test]
fn a_report_is_exported_as_it_is_in_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let run = folder(root.path(), &frames());
    run.write_end(&completed()).unwrap();
    let path = run.path().to_str().unwrap();
    assert!(load_test(&["report", path]).status.success());
    let exported = load_test(&["export", path, "--format", "json", "--output", "-"]);
    assert_eq!(exported.stdout, fs::read(run.path().join("report.json")).unwrap());
}

#[test]
fn runs_are_exported_in_the_order_of_time() {
    let root = tempfile::tempdir().unwrap();
    let first = folder(root.path(), &frames());
    let second = folder_of(&root.path().join("second"), "second", 2_800, &frames());
    let exported = export(&[second.path(), first.path()], &root.path().join("exported/"));
    assert_others_read(&exported, STARTED_MS);
    let lines = lines(&exported);
    assert_eq!(count(&lines, "requests"), 960);
    let clock: Vec<_> = lines.iter().map(|line| line["epoch_s"].as_u64().unwrap()).collect();
    assert!(clock.is_sorted());
    let runs: Vec<_> = lines.iter().map(|line| line["run"].as_str().unwrap()).collect();
    assert_eq!(runs.iter().filter(|run| **run == "second").count(), 24);
    // 2.8 s later, it begins in the third second.
    assert_eq!(runs.iter().position(|run| *run == "second"), Some(12));
}

#[test]
fn the_seconds_that_a_generator_joined_are_dealt_out() {
    let root = tempfile::tempdir().unwrap();
    let mut frames = frames();
    let Body::Second(second) = &mut frames[0].body else { panic!("no second") };
    (second.second, second.seconds) = (1, 4);
    let run = folder(root.path(), &frames[..1]);
    let exported = export(&[run.path()], &root.path().join("exported/"));
    assert_others_read(&exported, STARTED_MS);
    let lines = lines(&exported);
    assert_eq!((count(&lines, "requests"), lines.len()), (40, 16));
    assert_eq!((&lines[0]["second"], &lines[15]["second"]), (&1.into(), &4.into()));
}

#[test]
fn a_killed_run_is_exported_as_far_as_it_is_there() {
    let root = tempfile::tempdir().unwrap();
    let run = folder(root.path(), &frames());
    let path = run.path().join("frames.jsonl");
    let frames = fs::read(&path).unwrap();
    fs::write(&path, &frames[..frames.len() - 5]).unwrap();
    fs::remove_file(run.path().join("plan.json")).unwrap();
    let ran = load_test(&["export", run.path().to_str().unwrap(), "-f", "csv"]);
    assert!(ran.status.success());
    let warning = "warning: the last line of the frames, 16, was not written to its end\n";
    assert_eq!(text(&ran.stderr), warning);
    let csv = fs::read_to_string(run.path().join("timeline.csv")).unwrap();
    assert_eq!(csv.lines().next().unwrap().split(',').count(), 24);
    assert_eq!(csv.matches("\r\ngolden,shop,").count(), 24);

    fs::remove_file(path).unwrap();
    for format in ["jsonl", "csv", "parquet", "hlog"] {
        let ran = load_test(&["export", run.path().to_str().unwrap(), "-f", format]);
        assert_eq!((ran.status.code(), text(&ran.stderr)), (Some(0), ""), "{format}");
    }
    assert_others_read(run.path(), STARTED_MS);
}

#[test]
fn what_cannot_be_exported_says_how() {
    let root = tempfile::tempdir().unwrap();
    let run = folder(root.path(), &frames());
    let path = run.path().to_str().unwrap();
    let frames = run.path().join("frames.jsonl");
    let before = fs::read(&frames).unwrap();
    let changes = run.path().join("changes.jsonl");
    fs::write(&changes, "").unwrap();
    let elsewhere = root.path().join("missing/x.csv");
    for (arguments, code, error, hint) in [
        (vec![path], 2, "an export needs a format", "--format csv"),
        (vec![path, "-o", "x.txt"], 2, "an export needs a format", "--format csv"),
        (vec![path, path, "-f", "csv"], 2, "several runs need an output", "--output FILE"),
        (vec![path, "-f", "csv,hlog", "-o", "-"], 2, "takes one format only", ""),
        (vec![path, "-f", "csv,hlog", "-o", "x.csv"], 2, "several formats", "--output FOLDER/"),
        (vec![path, "-o", frames.to_str().unwrap()], 2, "reports are made from", "another name"),
        (vec![path, "-f", "csv", "-o", changes.to_str().unwrap()], 2, "reports are made from", ""),
        (vec!["nowhere", "-f", "csv"], 2, "there is no run of `nowhere`", "results/<test>"),
        (vec![path, "-f", "xml"], 2, "invalid value 'xml'", "jsonl"),
        (vec![path, path, "-f", "json", "-o", "-"], 2, "are the same run, golden", "once"),
        (vec![path, "-o", elsewhere.to_str().unwrap()], 3, "cannot write ", ""),
    ] {
        let ran = load_test(&[&["export"], &*arguments].concat());
        let told = text(&ran.stderr);
        assert_eq!(ran.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(error) && told.contains(hint), "{arguments:?}: {told}");
    }
    assert_eq!(fs::read(frames).unwrap(), before);
    let left = fs::read_dir(run.path()).unwrap().map(|file| file.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().ends_with(".unfinished")));
}

#[test]
fn every_column_is_documented() {
    let root = tempfile::tempdir().unwrap();
    let run = folder(root.path(), &frames());
    let exported = export(&[run.path()], &root.path().join("exported/"));
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/export.md"));
    let docs = docs.unwrap();
    let csv = fs::read_to_string(exported.join("timeline.csv")).unwrap();
    let columns = csv.lines().next().unwrap().split(',').map(str::to_owned);
    let fields = lines(&exported)[0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for name in columns.chain(fields) {
        assert!(docs.contains(&format!("`{name}`")), "docs/export.md does not tell of {name}");
    }
}
