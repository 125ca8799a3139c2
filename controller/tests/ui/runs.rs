//! The real commands.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    process::{Command, Stdio},
};

use controller::demo_api::DemoApi;
use serde_json::{Value, json};

use crate::{
    client::{Client, is},
    support::project::{Project, Started},
};

const DEMO: &str = "built-in demo";

/// `load-test ui` on any port.
fn ui(project: Project) -> (Started, Client) {
    let mut started = project.begin(["ui", "--ui-port", "0"]);
    let client = Client::of(&started.hear("the page is at"));
    (started, client)
}

fn running(client: Client) -> Value {
    client.view_when(|view| is(view, "running") && view["totals"]["requests"] != 0)
}

#[test]
fn an_empty_directory_is_enough() {
    let (started, client) = ui(Project::empty());
    let tests = client.get("/api/tests").json();
    let demo = json!({
        "name": DEMO, "description": "Browse and order at the demo API", "clients": "40",
        "hatch_rate": "8", "duration": "30s", "host": null, "backend": "local", "current": true,
        "problem": null,
    });
    assert_eq!(tests, json!({"tests": [demo]}));

    let order = json!({"test": DEMO, "clients": 4, "hatch_rate": "100", "duration": "20m"});
    assert_eq!(client.post("/api/plan", &order).json()["peak"], 4);
    let mut events = client.events();
    assert_eq!(client.post("/api/run", &order).status, 202);
    assert_eq!(client.post("/api/run", &order).status, 409);
    let view = events.find(|view| is(view, "running") && view["now"]["users"] == 4).unwrap();
    assert_eq!(view["run"]["test"], "demo");
    assert_eq!(view["plan"]["duration_s"], 1200.0);
    assert_eq!(client.get("/files/run.log").status, 200);

    let change = json!({"clients": 9, "hatch_rate": 50});
    let at = client.post("/api/users", &change).json()["at_s"].as_f64().unwrap();
    let view = events.find(|view| view["now"]["users"] == 9).unwrap();
    assert_eq!(view["changes"], json!([{"at_s": at, "clients": 9, "hatch_rate": 50.0}]));
    let refused = client.post("/api/users", &json!({"clients": 9, "hatch_rate": 0}));
    assert_eq!(refused.status, 409);

    assert_eq!(client.post("/api/stop", &json!({})).status, 202);
    let view = events.find(|view| is(view, "ended")).unwrap();
    assert_eq!(view["exit_code"], 130);
    assert!(view["verdict"]["reasons"].is_array());
    downloads(client, &view);
    assert_eq!(client.post("/api/stop", &json!({})).status, 409);

    // Another one, to its end.
    let order = json!({"test": DEMO, "clients": 2, "hatch_rate": 9, "duration": 2});
    assert_eq!(client.post("/api/run", &order).status, 202);
    let view = events.find(|view| is(view, "ended") && view["exit_code"] == 0).unwrap();
    let counted = view["chart"]["requests_per_s"].as_array().unwrap().iter();
    let counted: f64 = counted.map(|rate| rate.as_f64().unwrap()).sum();
    let requests = view["totals"]["requests"].as_f64().unwrap();
    assert!((counted - requests).abs() < 0.5, "{counted} of {requests}");
    assert_eq!(view["aggregated"]["requests"], view["totals"]["requests"]);

    started.interrupt();
    let finished = started.finish().expect_code(0);
    assert_eq!(finished.stdout.matches("Requests (times in ms)").count(), 2);
}

/// Each file of a run that has ended is what is in its folder.
fn downloads(client: Client, view: &Value) {
    let folder = std::path::PathBuf::from(view["run"]["folder"].as_str().unwrap());
    let files = view["files"].as_array().unwrap();
    for name in ["report.json", "frames.jsonl", "run.log", "demo_stats.csv", "changes.jsonl"] {
        assert!(files.iter().any(|file| file["name"] == name), "no {name} in {files:?}");
    }
    for file in files {
        let answer = client.get(&format!("/files/{}", file["name"].as_str().unwrap()));
        let kept = fs::read(folder.join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(answer.body, kept, "{file}");
        assert_eq!(file["bytes"], kept.len());
    }
}

#[test]
fn what_is_wrong_is_told_before_anything_starts() {
    let (started, client) = ui(Project::new().runner("hatch_rate", 0));
    let tests = client.get("/api/tests").json();
    let problem = tests["tests"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("profiles/sample.yml:"), "{problem}");
    assert_eq!(tests["tests"][0]["current"], true);
    // As it is written, though it is not valid as a whole.
    assert_eq!(tests["tests"][0]["clients"], "");
    assert_eq!(tests["tests"][1]["name"], DEMO);

    for path in ["/api/plan", "/api/run"] {
        let answer = client.post(path, &json!({"test": "sample"}));
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json()["problems"], *problem);
        let answer = client.post(path, &json!({"test": "sampl"}));
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("did you mean `sample`?"), "{}", answer.text());
        let order = json!({"test": "sample", "hatch_rate": 1, "clients": "many", "host": "x"});
        let answer = client.post(path, &order);
        let text = answer.json()["problems"].as_str().unwrap().to_owned();
        assert!(text.contains("--clients: profile.runner.clients: found"), "{text}");
        assert!(text.contains("--host: host: "), "{text}");
    }
    assert!(is(&client.view(), "idle"));
    assert!(!started.path().join("results").exists());
}

#[test]
fn what_is_found_later_is_told_on_the_page() {
    let api = "
apis:
  shop: {healthcheck: {get: /health}, requests: {list: {get: /products}}}
users:
  Visitor: {tasks: {look: [call: shop.list]}}
";
    let (started, client) = ui(Project::new().scenario(api));
    assert_eq!(client.post("/api/run", &json!({"test": "sample"})).status, 202);
    let view = client.view_when(|view| is(view, "idle"));
    let message = view["message"].as_str().unwrap();
    assert!(message.contains("not healthy, and nothing was started"), "{message}");
    started.interrupt();
    started.finish().expect_code(0).expect_stderr("not healthy");
}

#[test]
fn an_interrupt_ends_the_run_and_then_the_page() {
    let (started, client) = ui(Project::empty());
    let order = json!({"test": DEMO, "clients": 2, "duration": "20m"});
    assert_eq!(client.post("/api/run", &order).status, 202);
    running(client);
    started.interrupt();
    started.finish().expect_code(130).expect_stdout("Requests (times in ms)");
}

#[test]
fn a_test_can_be_chosen_at_first() {
    let finished = Project::new().call(["ui", "sampel", "--ui-port", "0"]).expect_code(2);
    finished.expect_stderr("did you mean `sample`?");
    let started = Project::new().begin(["ui", "sample", "--ui-port", "0"]);
    drop(started);
}

#[test]
fn a_run_with_a_page_ends_with_the_run() {
    let api = DemoApi::spawn().unwrap();
    let project = Project::new()
        .host(format!("http://{}", api.addr()))
        .steps("- get: /products\n- wait: 20ms\n")
        .runner("clients", 5)
        .runner("hatch_rate", 100)
        .runner("duration", "4s");
    let mut started = project.start(["--ui", "--ui-port", "0"]);
    let client = Client::of(&started.hear("the page is at"));
    // Most do not read at all.
    let stuck: Vec<_> = (0..60).map(|_| client.asks_for_events()).collect();
    let views: Vec<_> = client.events().collect();
    let finished = started.finish().expect_code(0).expect_stderr("4s/4s");
    drop(stuck);

    let last = views.last().unwrap();
    assert_eq!((&last["state"], &last["exit_code"]), (&json!("ended"), &json!(0)));
    let report = finished.report();
    assert_eq!(last["totals"]["requests"], report["summary"]["requests"]);
    let answered: u64 = api.counters().counts().iter().map(|count| count.count).sum();
    assert_eq!(report["summary"]["requests"], answered);
    assert_eq!(report["coverage"]["ratio"], 1.0);
    assert!((4..=9).contains(&views.len()), "{} views", views.len());
}

#[test]
fn a_run_that_is_stopped_while_it_is_prepared_ends_as_it_begins() {
    let api = TcpListener::bind("127.0.0.1:0").unwrap();
    let scenario = "
apis:
  shop: {healthcheck: {get: /health}, requests: {list: {get: /products}}}
users:
  Visitor: {tasks: {look: [call: shop.list]}}
";
    let project = Project::new().scenario(scenario).runner("duration", "20m");
    let project = project.host(format!("http://{}", api.local_addr().unwrap()));
    let mut started = project.start(["--ui", "--ui-port", "0"]);
    let client = Client::of(&started.hear("the page is at"));
    let (mut healthcheck, _) = api.accept().unwrap();
    assert_eq!(client.post("/api/stop", &json!({})).status, 202);
    let healthy = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    healthcheck.write_all(healthy.as_bytes()).unwrap();
    started.finish().expect_code(130);
}

#[test]
fn on_a_terminal_the_page_stays_until_it_is_ended() {
    let directory = tempfile::tempdir().unwrap();
    let script = "\
import os, pty, sys
seen = b''
def read(fd):
    global seen
    data = os.read(fd, 4096)
    before, seen = seen, seen + data
    if b'the page stays at' in seen and b'the page stays at' not in before:
        os.write(fd, b'\\x03')
    return data
status = pty.spawn(sys.argv[1:], read)
sys.exit(os.waitstatus_to_exitcode(status))";
    let output = Command::new("python3")
        .args(["-c", script, env!("CARGO_BIN_EXE_load-test"), "run", "--demo", "--ui"])
        .args(["--ui-port", "0", "--clients", "2", "--duration", "1s"])
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("Ctrl-C ends it"), "{shown}");
}
