//! What is reported is what the server answered, whoever asked it.

use controller::demo_api::{DemoApi, Running};

use crate::{
    account::{REGIONS, account, project, settings},
    support::{
        counts::{reported, served},
        project::{Finished, Project},
    },
};

const SCENARIO: &str = r#"
data:
  account: {file: accounts.csv}
users:
  Visitor:
    weight: 2
    wait_time: {constant: 40ms}
    on_start:
      - get: /health
    tasks:
      list:
        - get: {path: /products, query: {page: "${random.int(1, 3)}"}}
      not_found:
        - get: {path: /products/1000, name: "/products/{id}"}
      chance:
        - get: /status/random
    on_stop:
      - delete: /cart
  Customer:
    wait_time: {constant_pacing: 100ms}
    on_start:
      - feed: account
      - post:
          path: /login
          json: {user: "${account.name}", password: "${account.password}"}
          capture: {token: {json: $.token}}
    tasks:
      buy:
        - post:
            path: /cart
            headers: {Authorization: "Bearer ${token}"}
            json: {productId: 1, quantity: 2}
"#;

/// Twelve users for nine seconds in three intervals.
fn shop(project: Project, api: &Running) -> Project {
    project
        .host(format!("http://{}", api.addr()))
        .scenario(SCENARIO)
        .file("tests/sample/accounts.csv", "name,password\nann,secret\nbob,secret\n")
        .runner("clients", 12)
        .runner("hatch_rate", 12)
        .runner("duration", "9s")
        .runner("interval", "3s")
}

#[track_caller]
fn adds_up(finished: &Finished, api: &Running, functions: usize) {
    let report = finished.report();
    assert_eq!(reported(&report), served(api));
    assert_eq!(report["summary"]["requests"], api.counters().total());
    let generators = report["generators"].as_array().unwrap();
    assert_eq!(generators.len(), functions);
    assert!(generators.iter().all(|generator| generator["totals_equal"] == true));
    assert_eq!(report["cuts"].as_array().unwrap().len(), 2);
    assert_eq!(report["functions"]["functions"], functions);
    assert_eq!(report["functions"]["cost"]["estimated_functions"], 0);
    assert!(report["functions"]["cost"]["actual"]["total_usd"].as_f64().unwrap() > 0.0);
    let regions = report["regions"].as_array().unwrap();
    assert_eq!(regions.len(), REGIONS.len());
}

#[test]
fn three_intervals_in_three_regions_with_two_functions_each_add_up() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&REGIONS));
    let finished = shop(project(&account, &REGIONS, 2), &api).run([]).expect_code(0);
    adds_up(&finished, &api, 18);
    let report = finished.report();
    assert_eq!(report["coverage"]["intervals"].as_array().unwrap().len(), 9);
    assert_eq!(report["end"]["partial"], false);
}

#[test]
fn answers_as_a_whole_add_up_just_so() {
    let mut settings = settings(&REGIONS);
    settings.without_streaming = vec![REGIONS[1].into()];
    let account = fake_lambda::FakeLambda::start(settings).unwrap();
    let api = DemoApi::spawn().unwrap();
    let finished = shop(project(&account, &REGIONS, 4), &api).run([]).expect_code(0);
    adds_up(&finished, &api, 9);
    finished.expect_stdout("answers from eu-west-1 come as a whole");
}

/// Functions have a part of the pool and of the arrivals each, and hand over at the cuts.
#[test]
fn arrivals_at_functions_add_up() {
    let (api, account) = (DemoApi::spawn().unwrap(), account(&REGIONS));
    let project = shop(project(&account, &REGIONS, 4), &api)
        .scenario("users: {Visitor: {on_start: [get: /health], tasks: {look: [get: /products]}}}")
        .runner("arrival_rate", 30);
    let finished = project.run([]).expect_code(0);
    adds_up(&finished, &api, 9);
    let (report, counts) = (finished.report(), served(&api));
    let begun = counts[&("GET".into(), "/products".into(), 200)];
    let dropped = report["summary"]["dropped"].as_u64().unwrap();
    assert_eq!((begun + dropped, &report["plan"]["arrivals"]), (270, &270.into()));
    // In each of three intervals the whole pool gets ready.
    assert_eq!(counts[&("GET".into(), "/health".into(), 200)], 36);
    assert!(dropped < 27, "{dropped} of 270 arrivals were dropped");
}
