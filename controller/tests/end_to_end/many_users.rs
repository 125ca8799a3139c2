//! As many users as a machine has to bear.

use std::fs;

use controller::{demo_api::DemoApi, descriptors::make_room};
use serde_json::Value;

use crate::support::project::{Finished, Project};

const USERS: u64 = 10_000;

fn run(host: String) -> Finished {
    Project::new()
        .host(host)
        .scenario("users: {User: {wait_time: {constant: 2s}, tasks: {ask: [get: /status/200]}}}")
        .runner("clients", USERS)
        .runner("hatch_rate", 5000)
        .runner("duration", "4s")
        .run([])
}

#[test]
fn ten_thousand_users_run_unless_the_system_has_no_room_for_them() {
    let api = DemoApi::spawn().unwrap();
    let host = format!("http://{}", api.addr());
    // The server's ends of the connections need as much room as the users' ends.
    if let Err(too_few) = make_room(USERS) {
        run(host).expect_code(2).expect_stderr(&too_few.to_string());
        return;
    }
    let finished = run(host).expect_code(0);
    let report = finished.report();
    assert_eq!(report["summary"]["users_peak"], USERS);
    assert_eq!(report["summary"]["requests"], api.counters().total());
    assert!(api.counters().total() >= USERS);
    assert_eq!(report["generators"][0]["totals_equal"], true);
    assert_eq!(report["failures"], Value::Array(Vec::new()), "{}", finished.stdout);
}

#[test]
fn more_users_than_the_system_can_have_are_refused_before_the_start() {
    let most: u64 = fs::read_to_string("/proc/sys/fs/nr_open").unwrap().trim().parse().unwrap();
    let finished = Project::new()
        .runner("clients", most)
        .runner("hatch_rate", 1_000_000)
        .runner("duration", "1h")
        .run([])
        .expect_code(2)
        .expect_stderr("open files are needed for connections, but the system allows")
        .expect_stderr("run fewer clients");
    assert!(!finished.path().join("results").exists());
}
