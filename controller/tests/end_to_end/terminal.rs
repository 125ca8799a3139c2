//! What a person sees, and what a pipe is given.

use std::process::{Command, Stdio};

use controller::demo_api::{DemoApi, Running};

use crate::support::project::Project;

const SCENARIO: &str = "users: {User: {wait_time: {constant: 50ms}, tasks: {ask: [get: /health]}}}";

fn project(api: &Running) -> Project {
    Project::new()
        .host(format!("http://{}", api.addr()))
        .scenario(SCENARIO)
        .runner("clients", 2)
        .runner("duration", "2s")
}

/// All that a run shows on a terminal of its own.
fn on_a_terminal(project: &Project, variables: &[(&str, &str)]) -> String {
    project.write();
    let command = format!(
        "stty cols 120; {} --project {} run",
        env!("CARGO_BIN_EXE_load-test"),
        project.path().display()
    );
    let output = Command::new("python3")
        .args(["-c", "import pty, sys; pty.spawn(['sh', '-c', sys.argv[1]])", &command])
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_pipe_is_given_plain_lines() {
    let api = DemoApi::spawn().unwrap();
    let finished = project(&api).variable("TERM", "xterm").run([]).expect_code(0);
    for text in [&finished.stdout, &finished.stderr] {
        assert!(!text.contains(['\x1b', '\r']), "{text:?}");
    }
    let progress: Vec<_> = finished.stderr.lines().collect();
    assert!(progress.len() >= 2, "{progress:?}");
    assert!(progress.iter().all(|line| line.contains("/2s  ")), "{progress:?}");
    assert!(progress.iter().all(|line| line.contains(" users  ")), "{progress:?}");
    assert!(finished.stdout.contains("Aggregated"), "{}", finished.stdout);
}

#[test]
fn a_terminal_has_a_live_line_and_then_the_tables() {
    let api = DemoApi::spawn().unwrap();
    let shown = on_a_terminal(&project(&api), &[]);
    let (live, tables) = shown.split_once("Requests (times in ms)").unwrap();
    assert!(live.contains("2 users"), "{live:?}");
    assert!(live.contains("req/s"), "{live:?}");
    assert!(live.matches('\r').count() > live.matches('\n').count(), "{live:?}");
    assert!(shown.contains("\x1b[1mRequests (times in ms)\x1b[0m"), "{shown:?}");
    assert!(tables.contains("Aggregated"), "{tables:?}");
    assert!(tables.contains("report.json"), "{tables:?}");
}

#[test]
fn no_color_means_none() {
    let api = DemoApi::spawn().unwrap();
    let shown = on_a_terminal(&project(&api), &[("NO_COLOR", "1")]);
    let colours = shown.match_indices("\x1b[").filter(|(at, _)| {
        let rest = &shown[at + 2..];
        let end = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        rest[end..].starts_with('m')
    });
    assert_eq!(colours.count(), 0, "{shown:?}");
    assert!(shown.contains("2 users"), "{shown:?}");
}
