//! The builder of projects writes what it was told.

mod support;

use std::fs;

use support::project::Project;

fn read(project: &Project, path: &str) -> String {
    project.write();
    fs::read_to_string(project.path().join(path)).expect("a file of the project")
}

#[test]
fn a_project_has_all_that_a_run_needs() {
    let project = Project::new();
    let registry = read(&project, "config/loadtest_registry.yml");
    assert_eq!(
        registry,
        "current: sample\nregistered:\n  sample: {profile: profiles/sample.yml}\n"
    );
    assert!(read(&project, "tests/sample/scenario.yml").starts_with("users:\n"));
}

#[test]
fn settings_end_up_in_their_files() {
    let project = Project::new()
        .host("http://127.0.0.1:1")
        .environment("token: abc")
        .runner("clients", 20)
        .profile("thresholds:\n  - failures < 1%");
    assert_eq!(read(&project, "config/sample.yml"), "host: http://127.0.0.1:1\ntoken: abc\n");
    let profile = "\
test_header: {name: sample, description: A sample, env: sample, location: []}
profile:
  test: {scenario: tests/sample/scenario.yml}
  thresholds:
    - failures < 1%
  runner:
    hatch_rate: 1
    duration: 1s
    clients: 20
";
    assert_eq!(read(&project, "profiles/sample.yml"), profile);
}

#[test]
fn steps_are_put_under_a_user() {
    let project = Project::new().steps(
        "
        - get: /ok
        - post:
            path: /ok
        ",
    );
    let scenario = "\
users:
  User:
    tasks:
      all:
        - get: /ok
        - post:
            path: /ok
";
    assert_eq!(read(&project, "tests/sample/scenario.yml"), scenario);
}

#[test]
fn a_file_of_ones_own_comes_first() {
    let project = Project::new().file("config/sample.yml", "hots: typo\n");
    assert_eq!(read(&project, "config/sample.yml"), "hots: typo\n");
}

#[test]
fn the_command_runs_in_it() {
    let finished = Project::new().call(["--help"]);
    assert_eq!(finished.code(), 0, "{}", finished.stderr);
}
