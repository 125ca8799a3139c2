//! What responses come in, and what comes with them.

use controller::demo_api::DemoApi;

use crate::support::project::Project;

#[test]
fn bodies_are_checked_in_any_encoding() {
    let api = DemoApi::spawn().unwrap();
    let shown = Project::new()
        .host(format!("http://{}", api.addr()))
        .steps(
            r#"
            - get: {path: /gzip, expect: {text: "the same words", json: {words: 9}}}
            - get: {path: /deflate, expect: {text: "the same words", json: {words: 9}}}
            - get: {path: /brotli, expect: {text: "the same words", json: {words: 9}}}
            "#,
        )
        .call(["debug"])
        .expect_code(0)
        .stdout;
    for encoding in ["gzip", "deflate", "br"] {
        assert!(shown.contains(&format!("< content-encoding: {encoding}\n")), "{shown}");
    }
    assert_eq!(shown.matches("ok  text `the same words`").count(), 3, "{shown}");
}

#[test]
fn sessions_and_redirects_work_as_in_a_browser() {
    let api = DemoApi::spawn().unwrap();
    let report = Project::new()
        .host(format!("http://{}", api.addr()))
        .scenario(
            "
            users:
              User:
                wait_time: {constant: 20ms}
                on_start:
                  - get: {path: /cookies/check, expect: {status: 401}}
                  - get: /cookies/set
                tasks:
                  all:
                    - get: {path: /cookies/check, expect: {json: {session: known}}}
                    - get: {path: /redirect, expect: {json: {status: ok}}}
            ",
        )
        .run([])
        .expect_code(0)
        .report();
    assert_eq!(report["failures"], serde_json::json!([]));
    assert!(api.counters().of("GET", "/health") > 2);
    assert_eq!(api.counters().of("GET", "/health"), api.counters().of("GET", "/redirect"));
}
