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

/// What begins and ends the full screen.
const SCREEN: [&str; 2] = ["\x1b[?1049h", "\x1b[?1049l"];

/// All that a run shows in the full screen, what it shows after it, and its last line: how it ended.
/// `talk` are words to wait for, and what is typed then.
fn on_the_full_screen(project: &Project, talk: &[(&str, &str)]) -> (String, String, String) {
    project.write();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/end_to_end/full_screen.py");
    let load_test = env!("CARGO_BIN_EXE_load-test");
    let command = format!("exec {load_test} --project {} run --tui", project.path().display());
    let output = Command::new("python3")
        .args([script, &command])
        .args(talk.iter().flat_map(|(text, keys)| [text, keys]))
        .env("TERM", "xterm-256color")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, rest) = text.split_once(SCREEN[0]).unwrap_or_else(|| panic!("no screen: {text:?}"));
    let (screen, rest) = rest.split_once(SCREEN[1]).unwrap_or_else(|| panic!("kept: {rest:?}"));
    let (after, end) = rest.trim_end().rsplit_once('\n').unwrap();
    (screen.into(), after.into(), end.into())
}

#[test]
fn the_full_screen_gives_the_terminal_back() {
    let api = DemoApi::spawn().unwrap();
    let project = project(&api).runner("duration", "50s");
    // Only cells that change are drawn: Ctrl-L has all of a table drawn. Another table, another
    // number of users, and the question that stops the run.
    let talk = [("Enter", "2\x0c"), ("Reason", "u5\r"), ("change:", "q"), ("flight", "y")];
    let (screen, after, end) = on_the_full_screen(&project, &talk);
    assert!(screen.contains("Statistics"), "{screen:?}");
    assert_eq!(end, "exit 130, as it was", "{after:?}");
    assert!(after.contains("Aggregated"), "{after:?}");
    assert!(after.contains("interrupted: requests in flight may end"), "{after:?}");
}

#[test]
fn control_c_is_heard_on_the_full_screen_and_a_test_that_ends_leaves_it() {
    let api = DemoApi::spawn().unwrap();
    let long = project(&api).runner("duration", "50s");
    let (_, after, end) = on_the_full_screen(&long, &[("Enter", "\x03")]);
    assert_eq!(end, "exit 130, as it was", "{after:?}");
    let (screen, after, end) = on_the_full_screen(&project(&api), &[]);
    assert!(screen.contains("Aggregated"), "{screen:?}");
    assert_eq!(end, "exit 0, as it was", "{after:?}");
    assert!(after.contains("report.json"), "{after:?}");
}

#[test]
fn the_full_screen_needs_a_terminal() {
    let finished = Project::new().run(["--tui"]).expect_code(2);
    let finished = finished.expect_stderr("--tui needs a terminal");
    assert!(!finished.path().join("results").exists(), "it was begun");
    assert!(!finished.stdout.contains('\x1b'));
}
