//! Locust itself and this tool make the same load test against the same Flask application, at the
//! same time, and the files they leave are compared with each other and with the servers' logs.
//!
//! Each has a server process of its own, so that the logs are apart; whatever else the machine does
//! disturbs both alike.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "tests compute with small numbers"
)]

mod server;
mod sheets;
#[path = "../support/mod.rs"]
mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::LazyLock,
};

use self::{
    server::{Served, Server, source},
    sheets::{KINDS, PERCENTILES, Row, Sheets},
    support::{
        project::{Project, TEST},
        python,
    },
};

const USERS: u32 = 20;
const HATCH_RATE: u32 = 10;
const SECONDS: u32 = 20;

/// The wait between two tasks, uniform; as in the scenario.
const WAIT_S: (f64, f64) = (0.2, 0.6);

/// The weight of `GET /tests` among all tasks; as in the scenario.
const LISTED: f64 = 0.75;

/// One test, made twice.
struct Both {
    ours: Made,
    locust: Made,
    /// What `scripts/check_csv.py` finds wrong with our files.
    problems: String,
}

/// What one of them found, and what its server did.
struct Made {
    sheets: Sheets,
    served: Vec<Served>,
}

/// Where Locust had to wait that long for a processor, in the mean, nothing can be compared. Only its
/// own times tell that, so that no fault of ours is overlooked.
const STARVED_MS: f64 = 10.0;

static BOTH: LazyLock<Both> = LazyLock::new(|| {
    let mut made = (0..3).map(|_| make());
    let fair = made.find(|both| both.locust.above_ms() < STARVED_MS);
    fair.expect("a machine on which Locust is not starved, three times")
});

fn make() -> Both {
    let (our_server, locusts_server) = (Server::start(), Server::start());
    let folder = tempfile::tempdir().unwrap();
    let scenario =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/testing_types/scenario.yml");
    let ours = Project::new()
        .host(&our_server.url)
        .file("tests/sample/scenario.yml", &fs::read_to_string(scenario).unwrap())
        .runner("clients", USERS)
        .runner("hatch_rate", HATCH_RATE)
        .runner("duration", SECONDS)
        .runner("stop_timeout", "5s")
        .start([]);
    let locust = Command::new(python())
        .args(["-m", "locust", "--headless", "--only-summary", "--stop-timeout", "5"])
        .args(["--exit-code-on-error", "0", "--csv", "locust", "--host", &locusts_server.url])
        .args(["-u", &USERS.to_string(), "-r", &HATCH_RATE.to_string()])
        .args(["-t", &format!("{SECONDS}s"), "-f"])
        .arg(source("locustfile.py"))
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(locust.status.success(), "{}", String::from_utf8_lossy(&locust.stderr));
    let command = ours.finish().expect_code(0);
    Both {
        ours: Made {
            sheets: Sheets::read(&command.run_folder(), TEST),
            served: our_server.served(),
        },
        locust: Made {
            sheets: Sheets::read(folder.path(), "locust"),
            served: locusts_server.served(),
        },
        problems: problems(&command.run_folder()),
    }
}

fn problems(folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/check_csv.py");
    let check = Command::new(python()).arg(script).arg(folder).arg(TEST).output().unwrap();
    String::from_utf8(check.stderr).unwrap()
}

impl Both {
    fn each(&self) -> [(&'static str, &Made); 2] {
        [("load-test", &self.ours), ("Locust", &self.locust)]
    }
}

impl Made {
    /// By how much its mean time is above its server's.
    fn above_ms(&self) -> f64 {
        let mean =
            self.served.iter().map(|served| served.ms).sum::<f64>() / self.served.len() as f64;
        self.stats()[2].number("Average Response Time") - mean
    }

    fn stats(&self) -> &[Row] {
        &self.sheets.of("stats").rows
    }

    /// What the server did of a row of the statistics.
    fn served(&self, row: &Row) -> Vec<&Served> {
        let (method, path) = (row.text("Type"), row.text("Name"));
        let of_row = |served: &&Served| {
            path == "Aggregated" || (served.method == method && served.path == path)
        };
        self.served.iter().filter(of_row).collect()
    }
}

#[test]
fn the_columns_are_the_same() {
    for kind in KINDS {
        assert_eq!(BOTH.ours.sheets.of(kind).header, BOTH.locust.sheets.of(kind).header, "{kind}");
    }
}

#[test]
fn the_rows_are_the_same_in_the_same_order() {
    for (kind, names) in [
        ("stats", &["Type", "Name"]),
        ("failures", &["Method", "Name"]),
        ("exceptions", &["Message", "Traceback"]),
    ] {
        let (ours, locusts) = (BOTH.ours.sheets.of(kind), BOTH.locust.sheets.of(kind));
        assert_eq!(ours.cells(names), locusts.cells(names), "{kind}");
    }
    let names = BOTH.ours.sheets.of("stats").cells(&["Type", "Name"]);
    assert_eq!(names, [["GET", "/tests"], ["POST", "/tests"], ["", "Aggregated"]]);
}

#[test]
fn each_counts_what_its_server_answered() {
    for (who, made) in BOTH.each() {
        for row in made.stats() {
            let served = made.served(row);
            let failed = served.iter().filter(|served| served.status >= 400).count();
            let bytes: u64 = served.iter().map(|served| served.bytes).sum();
            let counts = [row.text("Request Count"), row.text("Failure Count")];
            let found = [served.len(), failed].map(|count| count.to_string());
            assert_eq!(counts, found.each_ref().map(String::as_str), "{who}: {row:?}");
            let mean = bytes as f64 / served.len() as f64;
            assert!((row.number("Average Content Size") - mean).abs() < 1e-9, "{who}: {row:?}");
        }
    }
}

/// Each user is a renewal process: a task, a wait, and again. In a time `t` it begins about `t / m`
/// tasks with a variance of `t v / m^3`, where `m` and `v` are mean and variance of a task and its
/// wait together; and one more at its start. The sum over the users is close to normal, so that of
/// two runs the counts differ by more than 5 standard deviations once in two million times.
#[test]
fn both_make_the_same_load() {
    let count = |made: &Made, row: usize| made.stats()[row].number("Request Count");
    // The first user has the whole time, the last one hatches at the end of the ramp.
    let ramp = f64::from(USERS - 1) / f64::from(HATCH_RATE);
    let time = f64::from(USERS) * (f64::from(SECONDS) - ramp / 2.0);
    let task_s = |made: &Made| made.stats()[2].number("Average Response Time") / 1000.0;
    let cycle = |made| f64::midpoint(WAIT_S.0, WAIT_S.1) + task_s(made);
    // The service time's own variance is a hundredth of the wait's; 10 % are for it.
    let variance = 1.1 * (WAIT_S.1 - WAIT_S.0).powi(2) / 12.0;
    // A half-open cycle at the end of each user, and Locust may hatch its last users a step later.
    let edges = f64::from(USERS);
    for (who, made) in BOTH.each() {
        let (mean, all) = (time / cycle(made), count(made, 2));
        let deviation = (time * variance / cycle(made).powi(3)).sqrt();
        assert!(
            (all - mean).abs() < 5.0 * deviation + edges,
            "{who}: {all}, about {mean} expected"
        );
        // Which task it is, is a coin's toss for each.
        let deviation = (all * LISTED * (1.0 - LISTED)).sqrt();
        let listed = count(made, 0);
        assert!((listed - all * LISTED).abs() < 5.0 * deviation, "{who}: {listed} of {all}");
    }
    let [ours, locusts] = [&BOTH.ours, &BOTH.locust].map(|made| (count(made, 2), made));
    let spread = 2.0 * time * variance / cycle(ours.1).powi(3);
    // Locust itself takes longer over a request: less time is left for others.
    let slower = time / cycle(ours.1) - time / cycle(locusts.1);
    let difference = ours.0 - locusts.0 - slower;
    assert!(difference.abs() < 5.0 * spread.sqrt() + edges, "{} and {}", ours.0, locusts.0);
}

/// No client can see a shorter time than the server took, and that holds for each rank of the
/// sorted times too. What comes on top is the way there and back, and the wait for a processor: at
/// the ranks that a single pause of the machine cannot reach, a few times what it is in the mean,
/// which follows from no percentile.
#[test]
fn percentiles_are_those_of_the_servers_log() {
    for (who, made) in BOTH.each() {
        // Ours are kept to 3 digits and whole microseconds, Locust's below 100 ms to whole
        // milliseconds and from there on to 10 ms.
        let rounding = |ms: f64| match who {
            "Locust" if ms < 100.0 => 0.5,
            "Locust" => 5.0 + ms / 20.0,
            _ => 0.001 + ms / 1000.0,
        };
        for row in made.stats() {
            let mut times: Vec<_> = made.served(row).iter().map(|served| served.ms).collect();
            times.sort_by(f64::total_cmp);
            let mean = times.iter().sum::<f64>() / times.len() as f64;
            let above = row.number("Average Response Time") - mean;
            assert!((0.0..ON_THE_WAY_MS).contains(&above), "{who}: {above} ms above the server's");
            for (percentile, column) in PERCENTILES {
                let found = row.number(column);
                // Ours is the value at the rank of n p rounded up, Locust's at the one of n p rounded
                // down and 1 more.
                let at = times.len() as f64 * percentile / 100.0;
                let rank = |rank: f64| times[(rank as usize).clamp(1, times.len()) - 1];
                let (least, most) = (rank(at.floor()), rank(at.floor() + 1.0));
                assert!(found >= least - rounding(found), "{who}: {column} of {row:?}: {least}");
                let bound = if percentile <= 90.0 { 1.0 + 3.0 * above } else { PAUSED_MS };
                assert!(
                    found <= most + rounding(found) + bound,
                    "{who}: {column} of {row:?}: {most}"
                );
            }
        }
    }
}

/// What may come on top of the server's mean. It is 0.6 ms for ours and 2 ms for Locust's on an idle
/// machine of 2 cores, and some 10 ms with three busy loops beside them.
const ON_THE_WAY_MS: f64 = 25.0;

/// What may come on top of the rest of them: the longest that a busy machine may keep somebody
/// waiting.
const PAUSED_MS: f64 = 500.0;

/// Beside the same server, the tool that takes less processor time measures less of its own.
#[test]
fn our_times_are_nearer_to_the_servers_than_locusts() {
    let (ours, locusts) = (BOTH.ours.above_ms(), BOTH.locust.above_ms());
    assert!(0.0 < ours && ours < locusts, "{ours} ms and {locusts} ms above the server's mean");
}

#[test]
fn the_history_tells_of_each_second() {
    for (who, made) in BOTH.each() {
        let rows = &made.sheets.of("stats_history").rows;
        let seconds = SECONDS as usize;
        assert!((seconds - 1..=seconds + 4).contains(&rows.len()), "{who}: {} rows", rows.len());
        let mut steps =
            rows.windows(2).map(|pair| pair[1].whole("Timestamp") - pair[0].whole("Timestamp"));
        // Locust's clock for it drifts: now and then it leaves out a second.
        assert!(steps.all(|step| step == 1 || (who == "Locust" && step == 2)), "{who}");
        let most = rows.iter().map(|row| row.whole("User Count")).max();
        assert_eq!(most, Some(USERS.into()), "{who}");
        let (last, all) = (rows.last().unwrap(), &made.stats()[2]);
        for column in ["Request Count", "Failure Count", "Average Response Time"] {
            assert_eq!(last.text(&format!("Total {column}")), all.text(column), "{who}: {column}");
        }
        let mut names = made.sheets.of("stats_history").cells(&["Type", "Name"]).into_iter();
        assert!(names.all(|names| names == ["", "Aggregated"]), "{who}");
    }
}

#[test]
fn a_failure_is_told_alike() {
    let reason = "expected status 201, got 400";
    for (who, made, error) in [
        ("load-test", &BOTH.ours, reason.to_owned()),
        ("Locust", &BOTH.locust, format!("CatchResponseError('{reason}')")),
    ] {
        let [row] = &made.sheets.of("failures").rows[..] else { panic!("{who}: not one row") };
        let [method, name, found] = ["Method", "Name", "Error"].map(|column| row.text(column));
        assert_eq!((method, name, found), ("POST", "/tests", error.as_str()), "{who}");
        let failed = made.served.iter().filter(|served| served.status == 400).count();
        assert_eq!(row.text("Occurrences"), failed.to_string(), "{who}");
        // Such as 2026-11-21T14:27:55Z: as texts in the order of time.
        let [first, last] = ["First Seen", "Last Seen"].map(|column| row.text(column));
        for seen in [first, last] {
            let shape: String =
                seen.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            assert_eq!(shape, "0000-00-00T00:00:00Z", "{who}");
        }
        assert!(first < last, "{who}: {first} {last}");
    }
}

#[test]
fn our_files_agree_with_each_other() {
    assert_eq!(BOTH.problems, "");
}
