//! Loads that rise and fall, and tasks that arrive at a rate.

use controller::demo_api::DemoApi;

use crate::support::{
    counts::{reported, served},
    project::Project,
};

const SCENARIO: &str = "
users:
  Visitor:
    wait_time: {constant_pacing: 100ms}
    on_start: [get: /health]
    tasks: {look: [get: /products]}
    on_stop: [delete: /cart]
";

fn route(method: &str, route: &str, status: u64) -> (String, String, u64) {
    (method.into(), route.into(), status)
}

#[test]
fn users_come_and_go_in_stages() {
    let api = DemoApi::spawn().unwrap();
    let stages = "[{duration: 1s, clients: 8}, {duration: 1s, clients: 3}, {duration: 500ms, clients: 3}, \
                  {duration: 500ms, clients: 0}]";
    let project = Project::new().host(format!("http://{}", api.addr())).scenario(SCENARIO);
    let project = ["clients", "hatch_rate", "duration"]
        .into_iter()
        .fold(project, |project, key| project.runner(key, ""));
    let report = project.runner("stages", stages).runner("interval", "2s").run([]).expect_code(0);
    let report = report.report();
    let counts = served(&api);
    assert_eq!(reported(&report), counts);
    // Three users go on at the cut, elsewhere.
    assert_eq!(counts[&route("GET", "/health", 200)], 8 + 3);
    assert_eq!(counts[&route("DELETE", "/cart", 204)], 8 + 3);
    let users: Vec<_> = report["series"].as_array().unwrap().iter().map(|s| &s["users"]).collect();
    assert_eq!(users[..3], [8, 4, 1]);
    assert_eq!((&report["plan"]["clients"], &report["plan"]["peak"]), (&8.into(), &8.into()));
    assert_eq!(report["coverage"]["intervals"][1]["short_generators"], 0);
}

#[test]
fn tasks_arrive_at_a_rate_across_a_cut() {
    let api = DemoApi::spawn().unwrap();
    let finished = Project::new()
        .host(format!("http://{}", api.addr()))
        .scenario(SCENARIO)
        .runner("clients", 12)
        .runner("hatch_rate", 20)
        .runner("arrival_rate", 40)
        .runner("duration", "3s")
        .runner("interval", "2s")
        .run([])
        .expect_code(0);
    let report = finished.report();
    let counts = served(&api);
    assert_eq!(reported(&report), counts);
    assert_eq!(report["plan"]["arrivals"], 120);
    let dropped = report["summary"]["dropped"].as_u64().unwrap();
    assert_eq!(counts[&route("GET", "/products", 200)] + dropped, 120);
    // Each interval has a pool of its own, which is ready before it begins.
    assert_eq!(counts[&route("GET", "/health", 200)], 24);
    let generators = report["generators"].as_array().unwrap();
    assert!(generators.iter().all(|generator| generator["continuing_users"] == 12));
    assert!(generators.iter().all(|generator| generator["totals_equal"] == true));
    let of_tasks = |t: &&serde_json::Value| t["name"] == "/products";
    let tasks = report["transactions"].as_array().unwrap().iter().find(of_tasks).unwrap();
    assert_eq!(tasks["from_intended"]["count"], tasks["requests"]);
    assert!(finished.stdout.contains("up to 40 arrivals per second by up to 12 users"));
}
