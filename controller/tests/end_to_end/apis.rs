//! APIs are asked whether they are healthy before anything starts.

use std::fs;

use controller::demo_api::DemoApi;
use serde_json::{Value, json};

use crate::support::project::{Project, TEST};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn project(host: &str, path: &str) -> Project {
    let scenario = format!(
        "
apis:
  shop:
    healthcheck: {{get: '{path}?key=${{env.api_key}}', version: {{json: $.version}}}}
    requests: {{list: {{get: /products}}}}
users:
  Visitor: {{wait_time: {{constant: 100ms}}, tasks: {{look: [call: shop.list]}}}}
"
    );
    let project = Project::new().host(host).environment("api_key: key-4711\n").scenario(&scenario);
    project.profile("logging: {listeners: [Debug]}")
}

#[test]
fn the_version_of_an_api_is_kept_and_told() {
    let api = DemoApi::spawn().unwrap();
    let finished = project(&format!("http://{}", api.addr()), "/health").run([]).expect_code(0);
    let line = format!("APIs: shop {VERSION}\n");
    assert_eq!(finished.stdout.matches(&line).count(), 2, "{}", finished.stdout);
    let apis = json!([{"name": "shop", "version": VERSION}]);
    assert_eq!(finished.report()["run"]["apis"], apis);
    let run: Value = serde_json::from_str(&finished.result("run.json")).unwrap();
    assert_eq!(run["apis"], apis);
    let log = finished.result("run.log");
    assert!(log.contains(&format!("sample (shop {VERSION}): ")), "{log}");
    let folder = finished.run_folder();
    let before = fs::read(folder.join("report.json")).unwrap();
    project("", "").call(["report", folder.to_str().unwrap()]).expect_code(0).expect_stdout(&line);
    assert_eq!(fs::read(folder.join("report.json")).unwrap(), before);
}

#[test]
fn nothing_starts_while_an_api_is_not_healthy() {
    let api = DemoApi::spawn().unwrap();
    let host = format!("http://{}", api.addr());
    let finished = project(&host, "/none").run([]).expect_code(3);
    let reason = format!("shop at {host}/none?key=***: expected status below 400, got 404");
    let finished = finished
        .expect_stderr("an API is not healthy, and nothing was started:")
        .expect_stderr(&reason)
        .expect_stderr("hint: `--skip-healthcheck` runs without asking");
    assert!(!finished.stderr.contains("key-4711"), "{}", finished.stderr);
    assert!(!finished.path().join("results").exists());
    assert_eq!(api.counters().total(), 1);

    let finished = project(&host, "/none").run(["--skip-healthcheck"]).expect_code(0);
    assert_eq!(finished.report()["run"]["apis"], json!([]));
    assert!(finished.result("profile.yml").contains("skip_healthcheck: true"));
}

#[test]
fn an_api_that_is_not_there_is_told_with_its_reason() {
    let finished = project("http://127.0.0.1:1", "/health").run([]).expect_code(3);
    finished.expect_stderr("shop at http://127.0.0.1:1/health?key=***: ");
}

#[test]
fn debug_shows_what_a_healthcheck_finds_and_goes_on() {
    let api = DemoApi::spawn().unwrap();
    let host = format!("http://{}", api.addr());
    let finished = project(&host, "/health").call(["debug", TEST]).expect_code(0);
    let shown = format!("healthcheck\n  ok  shop {VERSION} at {host}/health?key=***\n");
    finished.expect_stdout(&shown).expect_stdout("\n1 request, no failures\n");
    let finished = project(&host, "/none").call(["debug", TEST]).expect_code(4);
    let shown = format!("FAILED  shop at {host}/none?key=***: expected status below 400, got 404");
    let verdict = "\n1 request, no failures, 1 API not healthy\n";
    finished.expect_stdout(&shown).expect_stdout(verdict);
    let skipped = project(&host, "/none").call(["debug", TEST, "--skip-healthcheck"]);
    skipped.expect_code(0);
}
