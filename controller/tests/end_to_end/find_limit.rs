//! The highest level of load that holds.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    runtime,
    time::sleep,
};

use crate::support::project::{Finished, Project};

/// A machine that is too busy to be trusted gets so many chances.
const CHANCES: usize = 4;

/// How long an answer takes.
const WORK: Duration = Duration::from_millis(100);

/// A server that answers so many requests at once, and fails while there are more. `/sign-in` is
/// free. It lives as long as the tests.
fn narrow(most: u64) -> String {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        runtime.block_on(async {
            let working = Arc::new(AtomicU64::new(0));
            while let Ok((stream, _)) = listener.accept().await {
                let working = Arc::clone(&working);
                tokio::spawn(async move { serve(stream, &working, most).await.ok() });
            }
        });
    });
    url
}

async fn serve(stream: TcpStream, working: &AtomicU64, most: u64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream).lines();
    let mut path = String::new();
    while let Some(line) = lines.next_line().await? {
        if let Some(rest) = line.strip_prefix("GET ") {
            rest.clone_into(&mut path);
        } else if line.is_empty() {
            let status = if path.starts_with("/sign-in") {
                "200 OK"
            } else {
                let now = working.fetch_add(1, Ordering::SeqCst) + 1;
                sleep(WORK).await;
                working.fetch_sub(1, Ordering::SeqCst);
                if now <= most { "200 OK" } else { "503 Service Unavailable" }
            };
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            lines.get_mut().write_all(answer.as_bytes()).await?;
        }
    }
    Ok(())
}

const SCENARIO: &str = "
users:
  Visitor:
    on_start: [get: /sign-in]
    tasks: {work: [get: /work]}
";

fn project(host: &str, thresholds: &str) -> Project {
    let project = Project::new().host(host).scenario(SCENARIO).runner("clients", 8);
    project.runner("hatch_rate", 100).profile(&format!("thresholds: {thresholds}"))
}

/// What was found, by a search that the machine did not disturb.
fn find(project: &Project, [from, to, precision]: [&str; 3]) -> (Finished, Value) {
    let mut disturbed = Vec::new();
    for _ in 0..CHANCES {
        let finished = project.again().call([
            "find-limit",
            "sample",
            "--json",
            "--settle",
            "0s",
            "--hold",
            "2s",
            "--from",
            from,
            "--to",
            to,
            "--precision",
            precision,
        ]);
        let found: Value = serde_json::from_str(&finished.stdout).expect("nothing but JSON");
        if !trials(&found).iter().any(|(_, held)| held == "unknown") {
            return (finished, found);
        }
        disturbed.push(found["conclusion"].to_string());
    }
    panic!("the machine is too busy: {disturbed:#?}");
}

/// Which levels were tried, and what became of them.
fn trials(found: &Value) -> Vec<(u64, String)> {
    let trials = found["trials"].as_array().unwrap().iter();
    trials.map(|t| (t["level"].as_u64().unwrap(), t["held"].as_str().unwrap().into())).collect()
}

fn tried<const N: usize>(levels: [(u64, &str); N]) -> Vec<(u64, String)> {
    levels.into_iter().map(|(level, held)| (level, held.to_owned())).collect()
}

#[test]
fn the_limit_of_a_server_is_found() {
    // Signing in is over when a level is held, and was fast enough; 2 users do 20 a second.
    let limits = "{overall: {failure_ratio: 0, requests_per_s: 10}, /sign-in: {p95: 20s}}";
    let project = project(&narrow(3), limits);
    project.write();
    let (finished, found) = find(&project, ["2", "8", "5%"]);
    let finished = finished.expect_code(0).expect_stderr("Levels: 2, 4, 8, each held for 2s");
    assert_eq!(trials(&found), tried([(2, "held"), (4, "broken"), (3, "held")]), "{found:#}");
    assert_eq!((&found["highest_held"], &found["lowest_broken"]), (&3.into(), &4.into()));
    assert_eq!((&found["complete"], &found["unit"]), (&true.into(), &"users".into()));
    let conclusion = found["conclusion"].as_str().unwrap();
    assert!(conclusion.starts_with("3 users held, at "), "{conclusion}");
    assert!(conclusion.contains("; 4 broke: failure_ratio of overall was "), "{conclusion}");
    for trial in found["trials"].as_array().unwrap() {
        let (level, rate) = (trial["level"].as_f64().unwrap(), trial["requests_per_s"].as_f64());
        let most = level / WORK.as_secs_f64();
        assert!((most * 0.5..=most * 1.05).contains(&rate.unwrap()), "{trial:#}");
        let folder = finished.path().join(trial["folder"].as_str().unwrap());
        assert!(folder.join("report.json").exists());
    }
    let first = found["trials"][0]["folder"].as_str().unwrap();
    let kept = finished.path().join(first).with_file_name("limit.json");
    assert_eq!(std::fs::read_to_string(kept).unwrap(), finished.stdout);
}

#[test]
fn not_even_the_lowest_level_holds() {
    let project = project(&narrow(0), "{overall: {failure_ratio: 50%}}");
    project.write();
    let (finished, found) = find(&project, ["2", "2", "5%"]);
    finished.expect_code(1);
    assert_eq!(trials(&found), tried([(2, "broken"), (1, "broken")]));
    let conclusion = found["conclusion"].as_str().unwrap();
    let expected = "not even the lowest level held; 1 broke: failure_ratio of overall was 100 %, \
                    expected at most 50 %";
    assert_eq!(conclusion, expected);
}

#[test]
fn arrivals_that_are_dropped_break_a_level() {
    // A client does 10 a second; of 16 a second that come while the level is held, half.
    let project = project(&narrow(9), "{overall: {dropped: 30%}}").runner("clients", 1);
    let project = project.runner("arrival_rate", 16);
    project.write();
    let (finished, found) = find(&project, ["16", "16", "100%"]);
    let finished = finished.expect_code(0);
    assert_eq!(found["unit"], "arrivals per second");
    assert_eq!(trials(&found), tried([(16, "broken"), (8, "held")]), "{}", finished.stderr);
}

#[test]
fn without_thresholds_nothing_is_begun() {
    let project = Project::new();
    let finished = project.call(["find-limit", "sample", "--json"]).expect_code(2);
    let finished = finished.expect_stderr("without thresholds no level can break");
    assert_eq!(finished.stdout, "");
    assert!(!finished.path().join("results").exists());
}

#[test]
fn an_interrupt_between_two_levels_ends_the_search() {
    let project = project(&narrow(9), "{overall: {p95: 30s}}");
    let levels = ["--from", "1", "--to", "64"];
    let [a, b, c, d] = levels;
    let mut started = project.begin([
        "find-limit",
        "sample",
        a,
        b,
        c,
        d,
        "--settle",
        "0s",
        "--hold",
        "2s",
        "--json",
    ]);
    started.hear(" requests/s");
    started.interrupt();
    let finished = started.finish().expect_code(130);
    let found: Value = serde_json::from_str(&finished.stdout).expect("nothing but JSON");
    assert_eq!(found["complete"], false);
    assert!(trials(&found).len() <= 2, "{found:#}");
}

#[test]
fn what_was_found_before_an_interrupt_is_kept() {
    let project = project(&narrow(9), "{overall: {p95: 30s}}");
    let mut started = project.begin([
        "find-limit",
        "sample",
        "--from",
        "1",
        "--to",
        "4",
        "--settle",
        "0s",
        "--hold",
        "2s",
        "--json",
    ]);
    // The first level was tried, and the second one has begun.
    started.hear("2 users  ");
    started.interrupt();
    let finished = started.finish().expect_code(130);
    let found: Value = serde_json::from_str(&finished.stdout).expect("nothing but JSON");
    assert_eq!(found["complete"], false);
    assert_eq!(trials(&found).len(), 2, "{found:#}");
    assert_eq!(found["trials"][1]["held"], "unknown");
    let conclusion = found["conclusion"].as_str().unwrap();
    assert!(
        conclusion.contains("the search was not completed, as 2 cannot be judged"),
        "{conclusion}"
    );
}
