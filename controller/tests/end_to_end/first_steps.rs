//! From an empty directory to a first run.

use std::fs;

use controller::demo_api::DemoApi;

use crate::support::project::Project;

#[test]
fn what_init_writes_runs_at_once() {
    let api = DemoApi::spawn().unwrap();
    let host = format!("http://{}", api.addr());
    let project = Project::empty();
    let begun = project.again().call(["init", "shop", "--host", &host]).expect_code(0);
    assert!(begun.stdout.contains("load-test run shop"), "{}", begun.stdout);

    let debugged = project.again().call(["debug", "shop"]).expect_code(0);
    assert!(debugged.stdout.contains("4 requests, no failures"), "{}", debugged.stdout);
    let changes = ["run", "shop", "--duration", "2s", "--hatch-rate", "10"];
    let ran = project.again().call(changes).expect_code(0);
    let report = ran.report();
    assert_eq!(report["summary"]["failures"], 0, "{}", ran.stdout);
    assert_eq!(report["summary"]["users_peak"], 10);
    assert_eq!(report["summary"]["requests"], api.counters().total() - 4);

    project.again().call(["list"]).expect_code(0).expect_stdout("*  shop");
    let registry = fs::read_to_string(project.path().join("config/loadtest_registry.yml")).unwrap();
    project.again().call(["init", "shop"]).expect_code(2).expect_stderr("registered already");
    let after = fs::read_to_string(project.path().join("config/loadtest_registry.yml")).unwrap();
    assert_eq!(after, registry);
}
