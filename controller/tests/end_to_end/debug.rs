//! One user, once, and everything it did.

use controller::demo_api::{DemoApi, Running};

use crate::support::{project::Project, raw};

const SCENARIO: &str = r#"
users:
  Customer:
    on_start:
      - post:
          path: /login
          json: {user: anna, password: "${env.password}"}
          expect: {status: 200}
          capture: {pass: {json: $.token}}
    tasks:
      never:
        weight: 0
        steps:
          - get: {path: "/products?api_key=${env.apiKey}", name: look}
      often:
        weight: 9
        tasks:
          inner:
            tasks:
              buy:
                - post:
                    path: /cart
                    headers: {Authorization: "Bearer ${pass}"}
                    json: {productId: 1, quantity: 1, note: "${pass}"}
                    expect: {status: 201}
                    capture: {order: {json: $.orderId}}
"#;

fn project(api: &Running) -> Project {
    Project::new()
        .host(format!("http://{}", api.addr()))
        .environment("password: ${SHOP_PASSWORD}\napiKey: key-4711\n")
        .variable("SHOP_PASSWORD", "secret")
        .scenario(SCENARIO)
}

#[test]
fn everything_is_shown_but_secrets() {
    let api = DemoApi::spawn().unwrap();
    let finished = project(&api).call(["debug"]).expect_code(0);
    let out = &finished.stdout;
    for part in [
        "Customer.on_start\n",
        "Customer.never\n",
        "Customer.often.inner.buy\n",
        "/login -> 200 OK",
        "/cart -> 201 Created",
        "ok  status 201",
        "pass = \"***\"",
        "\"note\":\"***\"",
        "order = 1",
        "> authorization: ***",
        "> {\"user\":\"anna\",\"password\":\"***\"}",
        "3 requests, no failures",
    ] {
        assert!(out.contains(part), "no {part:?} in:\n{out}");
    }
    let login = raw::post(api.addr(), "/login", r#"{"user": "anna", "password": "secret"}"#).json();
    let token = login["token"].as_str().unwrap();
    for secret in ["secret", token, "key-4711", "Bearer"] {
        assert!(!out.contains(secret), "{secret:?} in:\n{out}");
        assert!(!finished.stderr.contains(secret), "{}", finished.stderr);
    }
    assert!(!out.contains('\x1b'), "{out}");
}

#[test]
fn a_profile_may_ask_for_it() {
    let api = DemoApi::spawn().unwrap();
    let changes = ["--set", "profile.test.debug=true"];
    let finished =
        project(&api).run(changes).expect_code(0).expect_stdout("3 requests, no failures");
    assert!(!finished.path().join("results").exists());
    assert_eq!(api.counters().total(), 3);
}

#[test]
fn a_failed_check_shows_what_was_expected_and_what_came() {
    let api = DemoApi::spawn().unwrap();
    let finished = Project::new()
        .host(format!("http://{}", api.addr()))
        .steps(
            "
            - get: {path: /products/1, expect: {json: {name: green lamp}}}
            - get: {path: /products/0, expect: {status: 200}}
            - get: {path: /health, expect: {text: splendid}}
            - get: {path: /health, expect: {headers: {content-type: xml}}}
            - get: {path: /health, capture: {id: {json: $.id}}}
            - get: /products/${id}
            ",
        )
        .call(["debug"])
        .expect_code(4);
    for part in [
        "FAILED  expected status 200, got 404",
        "< {\"error\":\"no such product\"}",
        "green lamp",
        "red lamp",
        "splendid",
        "xml",
        "application/json",
        "$.id",
        "5 requests, 5 failed, 1 error in tasks",
    ] {
        assert!(finished.stdout.contains(part), "no {part:?} in:\n{}", finished.stdout);
    }
}

#[test]
fn a_flow_that_is_interrupted_is_not_walked_on() {
    let api = DemoApi::spawn().unwrap();
    Project::new()
        .host(format!("http://{}", api.addr()))
        .steps(
            "
            - get: {path: /products/0, interrupt_flow: true}
            - get: /health
            ",
        )
        .call(["debug"])
        .expect_code(4)
        .expect_stdout("what follows is left out")
        .expect_stdout("1 request, 1 failed");
    assert_eq!(api.counters().total(), 1);
}

#[test]
fn a_transaction_is_shown_with_the_reason_of_its_failure() {
    let api = DemoApi::spawn().unwrap();
    let finished = Project::new()
        .host(format!("http://{}", api.addr()))
        .steps(
            "
            - transaction: {name: look, do: [get: /health]}
            - transaction: {name: hurry, within: 1ms, do: [get: /products]}
            ",
        )
        .call(["debug"])
        .expect_code(4)
        .expect_stdout("2 requests, 0 failed, 1 transaction failed");
    let out = &finished.stdout;
    for part in [
        "  TRANSACTION look -> done (",
        "  TRANSACTION hurry -> failed (",
        "    FAILED  expected to take at most 1ms, took longer",
    ] {
        assert!(out.contains(part), "no {part:?} in:\n{out}");
    }
}
