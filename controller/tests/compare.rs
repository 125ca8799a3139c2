//! `load-test compare` and `load-test history` on folders of runs.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use controller::{
    compare::{Comparison, Percentile, Recording, Settings, console, html, markdown},
    history::{self, Bars, History},
    plan::{Header, Plan, Ramp, Runner, Shape},
    report::{self, console::Look},
    run_folder::{End, Ending, RunFolder},
    style::Style,
};
use engine::{
    clients::Clients,
    curve::Change,
    frame::{Body, Continuing, Ending as LoadEnding, Final, Frame, Health, LoadTimes, Second},
    hatch_rate::HatchRate,
    job_id::JobId,
    stats::{Latency, Outcome, Phases, Sample, Stats},
};
use serde_json::Value;

use self::support::sample_run::{Chance, HOSTILE, assert_golden};

const SECONDS: u32 = 40;

/// A run that was recorded, but never made.
struct Recorded {
    day: u64,
    /// The carts' times are so many per cent of what they were.
    cart_percent: u64,
    seconds: u32,
}

const BEFORE: Recorded = Recorded { day: 0, cart_percent: 100, seconds: SECONDS };
const AFTER: Recorded = Recorded { day: 7, cart_percent: 130, seconds: SECONDS };

impl Recorded {
    fn in_folder(&self, results: &Path) -> RunFolder {
        let folder = RunFolder::create(results, "shop", self.started()).unwrap();
        folder.write_plan(&self.plan()).unwrap();
        let mut journal = folder.journal().unwrap();
        let mut totals = Stats::default();
        for at in 0..self.seconds {
            let second = self.second(at);
            totals.merge(&second.stats);
            journal.frame(&frame(at.into(), Body::Second(second)).into()).unwrap();
        }
        let ending = LoadEnding {
            load: Some(LoadTimes {
                from: Duration::ZERO,
                to: Duration::from_secs(self.seconds.into()),
            }),
            users: 10,
            continuing: Continuing::default(),
            cut_off: 0,
            resent: 0,
            stopped_early: false,
        };
        let last = Body::Final(Final { digest: totals.digest(), ending, deliveries: Vec::new() });
        journal.frame(&frame(self.seconds.into(), last).into()).unwrap();
        folder
            .write_end(&End {
                how: Ending::Completed,
                messages: Vec::new(),
                aborted: None,
                deliveries: Vec::new(),
            })
            .unwrap();
        folder
    }

    fn started(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_795_247_580 + self.day * 86_400)
    }

    fn plan(&self) -> Plan {
        let runner = Runner {
            shape: Shape::Ramp(Ramp {
                clients: Clients::try_new(10).unwrap(),
                hatch_rate: HatchRate::try_new(10.0).unwrap(),
                duration: Duration::from_secs(self.seconds.into()),
                steps: None,
            }),
            interval: None,
            stop_timeout: Duration::from_secs(10),
            seed: 7,
        };
        let host = Some("https://shop.example".into());
        Plan::new(Header { test: "shop".into(), host, ..Header::default() }, &runner)
    }

    fn second(&self, at: u32) -> Second {
        let mut chance = Chance(u64::from(at) + 1_000 * self.day);
        let mut stats = Stats::default();
        for _ in 0..30 {
            let (method, name) = [("GET", "/"), ("POST", "/cart"), ("RPC", HOSTILE)]
                [usize::try_from(chance.below(3)).unwrap()];
            let percent = if name == "/cart" { self.cart_percent } else { 100 };
            let micros = (5_000 + chance.below(10_000) + chance.below(10_000)) * percent / 100;
            stats.record(&Sample {
                method,
                name,
                status: Some(200),
                elapsed: Duration::from_micros(micros),
                from_intended: None,
                phases: Phases::default(),
                bytes: 100,
                met: None,
                outcome: if chance.below(50) == 0 {
                    Outcome::Failed("no")
                } else {
                    Outcome::Passed
                },
            });
        }
        let mut delay = Latency::default();
        delay.record(Duration::from_micros(50));
        let health = Health { thread_cpu_us: vec![100_000], over_us: 1_000_000, delay };
        Second { second: at, seconds: 1, users: 10, stats, health }
    }
}

fn frame(sequence: u64, body: Body) -> Frame {
    let job = JobId { run: "r".into(), interval: 0, region: "local".into(), share: 0, attempt: 0 };
    Frame { job, sequence, body }
}

fn recording(folder: &RunFolder) -> Recording {
    Recording::read(folder.path(), Duration::ZERO).unwrap()
}

fn settings() -> Settings {
    Settings::new([50.0, 95.0, 99.0].map(|p| Percentile::try_new(p).unwrap()).into())
}

/// A project with two runs, and the binary run in it.
struct Shell(tempfile::TempDir);

impl Shell {
    fn with(runs: &[Recorded]) -> Self {
        let shell = Self(tempfile::tempdir().unwrap());
        for run in runs {
            report::rebuild(run.in_folder(&shell.results()).path()).unwrap();
        }
        shell
    }

    fn results(&self) -> PathBuf {
        self.0.path().join("results")
    }

    /// The exit code, the standard output and the standard error stream.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let ran = Command::new(env!("CARGO_BIN_EXE_load-test"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (ran.status.code(), text(ran.stdout), text(ran.stderr))
    }
}

#[test]
fn every_form_of_a_comparison_is_the_golden_one() {
    let root = tempfile::tempdir().unwrap();
    let [base, other] = [BEFORE, AFTER].map(|run| recording(&run.in_folder(root.path())));
    let comparison =
        Comparison::new(&base, &other, &settings()).held_to(&["p50>5%".parse().unwrap()], false);
    assert_eq!(comparison.warnings, [""; 0]);
    let wide = console::text(&comparison, false, Look::default());
    let narrow = console::text(&comparison, false, Look { width: Some(80), style: Style::Plain });
    assert_golden("compare.txt", wide.as_bytes());
    assert_golden("compare_80.txt", narrow.as_bytes());
    let page = html::page(std::slice::from_ref(&comparison));
    assert_golden("compare.html", page.as_bytes());
    assert_golden("compare.md", markdown::text(&comparison).as_bytes());
    for text in [&wide, &narrow, &page] {
        assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{text}");
    }
    assert!(
        !page.contains("<script") && !page.contains("http://") && page.contains("&quot;quoted")
    );
}

#[test]
fn the_figures_are_those_of_the_report() {
    let root = tempfile::tempdir().unwrap();
    let [base, other] = [BEFORE, AFTER].map(|run| recording(&run.in_folder(root.path())));
    let comparison = Comparison::new(&base, &other, &settings());
    let named = |name: &str, at: usize| comparison.rows[0].figures[at].metric.to_string() == name;
    assert!(named("requests_per_s", 0) && named("failure_ratio", 1) && named("p95", 4));
    let figures = &comparison.rows[0].figures;
    let summary = &other.report.summary;
    for (found, reported) in [
        (figures[0].other, Some(summary.requests_per_s)),
        (figures[1].other, summary.failure_ratio),
        (figures[2].other, summary.latency.mean_ms),
        (figures[4].other, summary.latency.percentiles_ms.named("95")),
    ] {
        assert!((found.unwrap() - reported.unwrap()).abs() < 1e-9, "{found:?} {reported:?}");
    }
}

#[test]
fn limits_decide_the_exit_code() {
    let shell = Shell::with(&[BEFORE, AFTER]);
    let (code, out, err) = shell.run(&["compare", "shop", "--json", "--fail-if", "p50>10%"]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    let json: Value = serde_json::from_str(&out).unwrap();
    let crossed = json[0]["crossed"].as_array().unwrap();
    assert_eq!(crossed.len(), 1, "{crossed:#?}");
    assert_eq!((&crossed[0]["name"], &crossed[0]["limit"]), (&"/cart".into(), &"p50>10%".into()));
    let cart = json[0]["rows"].as_array().unwrap().iter().find(|row| row["name"] == "/cart");
    assert_eq!(cart.unwrap()["figures"][3]["finding"], "higher");

    for (limit, strict, expected) in [
        ("p50>45%", false, 0),
        // The difference is beyond it, but the interval's near end is not.
        ("p50>29%", false, 0),
        ("p50>20%", true, 1),
        ("requests_per_s<-20%", false, 0),
    ] {
        let strict = if strict { &["--strict"][..] } else { &[] };
        let (code, out, err) =
            shell.run(&[&["compare", "shop", "--fail-if", limit][..], strict].concat());
        assert_eq!(code, Some(expected), "{limit}: {out}{err}");
    }
    let (code, _, err) = shell.run(&["compare", "shop", "--fail-if", "p95=10%"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("expected a figure, `>` or `<`, and a change"), "{err}");
}

#[test]
fn runs_that_differ_in_more_than_their_results_are_told() {
    let shell = Shell::with(&[BEFORE, Recorded { seconds: 15, ..AFTER }]);
    let (code, out, err) =
        shell.run(&["compare", "shop@previous", "shop@latest", "--fail-if", "p50>1%"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("\nwarning: not the same duration: 40s, then 15s\n"), "{out}");
    assert!(
        out.contains("Too short: mean of Aggregated: 15 x 1 s were measured, 20 are needed\n"),
        "{out}"
    );
    assert!(out.contains("\nToo short to tell: no figure could be judged\n"), "{out}");
    assert!(out.contains("too short to tell whether 4 figures crossed a limit"), "{out}");

    let folder =
        fs::read_dir(shell.results().join("shop")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(folder.join("end.json")).unwrap();
    let folder = folder.to_str().unwrap();
    let (_, out, _) = shell.run(&["compare", folder, folder]);
    assert!(out.contains("warning: this is one run, compared with itself"), "{out}");
    assert!(out.contains("warning: the base is doubtful: incomplete: the run was killed"), "{out}");
    assert!(out.contains("warning: the other run is partial: it was killed"), "{out}");
    assert!(out.contains("No difference seen in ") || out.contains("Too short"), "{out}");
}

#[test]
fn runs_whose_users_were_changed_have_not_the_same_load() {
    let root = tempfile::tempdir().unwrap();
    let (base, other) = (BEFORE.in_folder(root.path()), AFTER.in_folder(root.path()));
    let compared = || Comparison::new(&recording(&base), &recording(&other), &settings());
    assert!(compared().paired);
    let (clients, hatch_rate) = (Clients::try_new(20), HatchRate::try_new(10.0));
    let at = Duration::from_secs(20);
    let change = Change { at, clients: clients.unwrap(), hatch_rate: hatch_rate.unwrap() };
    other.journal().unwrap().change(&change).unwrap();
    let compared = compared();
    assert!(!compared.paired);
    let told = "the load rises or falls differently in the two runs";
    assert!(compared.warnings.contains(&told.to_owned()), "{:?}", compared.warnings);
}

#[test]
fn what_is_no_run_is_told() {
    let shell = Shell::with(&[BEFORE]);
    for (arguments, told) in [
        (
            &["compare", "cart"][..],
            "error: there is no run of `cart` in results/cart\nhint: a run is",
        ),
        (&["compare", "shop"], "error: there is no run before results/shop/"),
        (&["compare", "shop@1999", "shop"], "error: no run of `shop` began at `1999`\n"),
        (&["history", "cart"], "error: there are no runs of `cart` here\n"),
    ] {
        let (code, out, err) = shell.run(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
        assert!(err.starts_with(told), "{err}");
    }
}

#[test]
fn a_page_is_written() {
    let shell = Shell::with(&[BEFORE, AFTER]);
    let arguments =
        ["compare", "shop", "--html", "compared.html", "--skip", "5s", "--format", "github"];
    let (code, out, err) = shell.run(&arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with("### "), "{out}");
    let page = fs::read_to_string(shell.0.path().join("compared.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 4);
}

#[test]
fn past_runs_are_listed_whatever_became_of_them() {
    let root = tempfile::tempdir().unwrap();
    for day in [0, 7, 8, 9] {
        let folder = Recorded { day, ..AFTER }.in_folder(root.path());
        match day {
            8 => {}
            9 => fs::write(folder.path().join("report.json"), "{\"plan\": 3").unwrap(),
            _ => drop(report::rebuild(folder.path()).unwrap()),
        }
    }
    fs::create_dir(root.path().join("shop/notes")).unwrap();
    fs::write(root.path().join("shop/2026-11-21T07-53-00Z/run.json"), "torn").unwrap();
    let history = History::read("shop", &root.path().join("shop"), 20);
    let text = history::console::text(&history, Look::default(), Bars::Ascii);
    let text = text.replace(root.path().to_str().unwrap(), "results");
    assert_golden("history.txt", text.as_bytes());
    let narrow = Look { width: Some(60), style: Style::Plain };
    let narrow = history::console::text(&history, narrow, Bars::Blocks);
    let table = narrow.lines().skip(1).take(3);
    assert!(table.clone().all(|line| line.chars().count() <= 60), "{narrow}");
    let last = History::read("shop", &root.path().join("shop"), 1);
    assert_eq!((last.runs.len(), last.earlier), (1, 3));
}

#[test]
fn hostile_reports_do_no_harm_to_a_terminal() {
    let shell = Shell::with(&[BEFORE, AFTER]);
    let folder =
        fs::read_dir(shell.results().join("shop")).unwrap().next().unwrap().unwrap().path();
    let path = folder.join("report.json");
    let mut report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    report["verdict"]["status"] = "\u{1b}[2J\u{202e}evil, and very long indeed".into();
    report["thresholds"] = serde_json::json!([{"status": "passed"}, {"status": "crossed"}]);
    fs::write(&path, report.to_string()).unwrap();
    let (code, out, _) = shell.run(&["history", "shop"]);
    assert_eq!(code, Some(0));
    assert!(
        !out.contains('\u{1b}') && !out.contains('\u{202e}') && out.contains("crossed"),
        "{out}"
    );
    let (_, out, _) = shell.run(&["history", "shop", "--json"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["runs"].as_array().unwrap().len(), 2);
    let (code, out, _) = shell.run(&["history"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("shop 2026-11-28T07:53:00"), "{out}");
}
