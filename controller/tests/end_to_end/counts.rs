//! What is reported is what the server answered, to the request.

use controller::demo_api::{DemoApi, Running};

use crate::support::{
    counts::{Counts, reported, served},
    project::{Finished, Project},
};

/// Each request's name is the route it goes to.
const SCENARIO: &str = r#"
users:
  Visitor:
    weight: 2
    wait_time: {constant: 20ms}
    on_start:
      - get: /health
    tasks:
      list:
        weight: 3
        steps:
          - get: {path: /products, query: {page: "${random.int(1, 3)}"}}
          - get: {path: "/products/${random.int(1, 100)}", name: "/products/{id}"}
      not_found:
        - get: {path: /products/1000, name: "/products/{id}"}
      chance:
        - get: /status/random
    on_stop:
      - delete: /cart
  Customer:
    wait_time: {constant_pacing: 50ms}
    on_start:
      - post:
          path: /login
          json: {user: "u${user.id}", password: secret}
          capture: {token: {json: $.token}}
    tasks:
      buy:
        - post:
            path: /cart
            headers: {Authorization: "Bearer ${token}"}
            json: {productId: 1, quantity: 2}
    on_stop:
      - get: /status/200
"#;

fn run(api: &Running, interval: &str) -> Finished {
    Project::new()
        .host(format!("http://{}", api.addr()))
        .scenario(SCENARIO)
        .runner("clients", 9)
        .runner("hatch_rate", 9)
        .runner("duration", "3s")
        .runner("interval", interval)
        .run([])
        .expect_code(0)
}

/// Of all users, the visitors who said hello, and the ones who said goodbye.
fn visitors(counts: &Counts) -> (u64, u64) {
    let of =
        |method: &str, route: &str, status| counts[&(method.to_owned(), route.to_owned(), status)];
    (of("GET", "/health", 200), of("DELETE", "/cart", 204))
}

#[test]
fn every_answer_is_in_the_report_once() {
    let api = DemoApi::spawn().unwrap();
    let report = run(&api, "3s").report();
    let counts = served(&api);
    assert_eq!(reported(&report), counts);
    assert_eq!(report["summary"]["requests"], api.counters().total());
    assert_eq!(report["generators"].as_array().unwrap().len(), 1);
    assert_eq!(visitors(&counts), (6, 6));
    assert_eq!(counts[&("POST".into(), "/login".into(), 200)], 3);
}

#[test]
fn nothing_is_lost_or_doubled_where_intervals_meet() {
    for (interval, generators) in [("1s", 3), ("2s", 2)] {
        let api = DemoApi::spawn().unwrap();
        let report = run(&api, interval).report();
        let counts = served(&api);
        assert_eq!(reported(&report), counts, "intervals of {interval}");
        assert_eq!(report["summary"]["requests"], api.counters().total());
        let reported = report["generators"].as_array().unwrap();
        assert_eq!(reported.len(), generators);
        assert!(reported.iter().all(|generator| generator["totals_equal"] == true));
        assert_eq!(report["cuts"].as_array().unwrap().len(), generators - 1);
    }
}
