//! Who may ask, and for what.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    os::unix::fs::symlink,
};

use controller::ui::Where;
use serde_json::{Value, json};

use crate::{
    client::MARK,
    served::Served,
    support::{
        raw::{Answer, exchange, send},
        sample_run::TEST,
    },
};

const CHANGING: [&str; 4] = ["/api/plan", "/api/run", "/api/stop", "/api/users"];

fn body() -> String {
    json!({"test": TEST, "clients": 5}).to_string()
}

#[test]
fn no_other_site_can_change_anything() {
    let served = Served::new();
    let own = format!("http://{}", served.client.0);
    let foreign: [&[(&str, &str)]; 6] = [
        &[],
        &[("Origin", &own)],
        &[MARK, ("Origin", "http://evil.example")],
        &[MARK, ("Origin", "null")],
        &[MARK, ("Sec-Fetch-Site", "cross-site")],
        &[MARK, ("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:3000")],
    ];
    for path in CHANGING {
        for headers in foreign {
            let answer = send(served.client.0, "POST", path, headers, Some(&body()));
            assert_eq!(answer.status, 403, "{path} {headers:?}");
            assert!(answer.json()["problems"].is_string());
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
        // What a browser asks before it sends such a header for another site.
        assert_eq!(send(served.client.0, "OPTIONS", path, &[], None).status, 403, "{path}");
    }
    assert_eq!(served.client.view()["state"], "idle");
    let headers = [MARK, ("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")];
    let answer = send(served.client.0, "POST", "/api/run", &headers, Some(&body()));
    assert_eq!(answer.status, 202);
}

#[test]
fn a_name_of_another_site_does_not_lead_here() {
    let served = Served::new();
    let status = |host: &str| {
        let request =
            format!("GET /api/view HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = exchange(served.client.0, &request);
        String::from_utf8(answer[9..12].to_vec()).unwrap()
    };
    assert_eq!(status("evil.example"), "403");
    assert_eq!(status("evil.example:8089"), "403");
    assert_eq!(status(""), "400");
    assert_eq!(status("localhost:1234"), "200");
    assert_eq!(status("[::1]"), "200");
}

#[test]
fn beyond_this_machine_all_must_know_the_token() {
    let everywhere = IpAddr::from(Ipv4Addr::UNSPECIFIED);
    let served = Served::at(Where { ip: Some(everywhere), port: Some(0) });
    let (_, token) = served.url.split_once("/?token=").unwrap();
    let client = served.client;
    for path in ["/", "/api/view", "/api/events", "/api/chart", "/api/tests", "/files/run.log"] {
        let answer = client.get(path);
        assert_eq!(answer.status, 401, "{path}");
        assert!(!answer.text().contains(token));
    }
    for path in CHANGING {
        let right = [MARK, ("X-Load-Test-Token", token)];
        assert_eq!(client.post(path, &json!({"test": TEST})).status, 401, "{path}");
        let answer = send(client.0, "POST", path, &right[1..], Some(&body()));
        assert_eq!(answer.status, 403, "{path}");
        let answer = send(client.0, "POST", path, &right, Some("{}"));
        assert!(![401, 403].contains(&answer.status), "{path}");
    }
    let page = client.get(&format!("/?token={token}"));
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(client.get(&format!("/api/view?token={token}")).status, 200);
    assert_eq!(client.get("/live.js").status, 200);
}

#[test]
fn all_answers_protect_the_page() {
    let served = Served::new();
    let view = served.client.get("/api/view");
    let refused = send(served.client.0, "POST", "/api/stop", &[], None);
    for answer in [served.client.get("/"), served.client.get("/live.js"), view, refused] {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'self'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn what_is_no_request_is_told() {
    let served = Served::new();
    let post = |path: &str, body: &str| send(served.client.0, "POST", path, &[MARK], Some(body));
    let told = |answer: Answer| (answer.status, answer.json()["problems"].to_string());
    for path in ["/api/plan", "/api/run"] {
        let (status, problems) = told(post(path, "{"));
        assert_eq!(status, 400);
        assert!(problems.contains("expected an object of JSON"), "{problems}");
        assert_eq!(post(path, r#"{"test": "other"}"#).status, 422);
    }
    assert_eq!(post("/api/users", r#"{"clients": -1}"#).status, 400);
    assert_eq!(post("/api/run", &"x".repeat(70_000)).status, 413);
    assert_eq!(served.client.get("/api/none").status, 404);
    assert_eq!(served.client.get("/api/run").status, 405);
    assert_eq!(served.client.get("/api/chart?from=x").status, 400);
    let chart = served.client.get("/api/chart?from=1.5&to=1e99&points=0").json();
    assert_eq!(chart["seconds"], json!([]));
}

#[test]
fn only_files_of_the_run_are_given_out() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("secret"), "secret").unwrap();
    let served = Served::new();
    assert_eq!(served.client.get("/files/run.json").status, 404);
    let (folder, ..) = served.begin(root.path());
    symlink(root.path().join("secret"), folder.path().join("link")).unwrap();
    let answer = served.client.get("/files/run.json");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment;"));
    assert_eq!(answer.body, fs::read(folder.path().join("run.json")).unwrap());
    for path in [
        "link",
        "..%2f..%2fsecret",
        "../../secret",
        "%2e%2e/secret",
        "..%5csecret",
        ".",
        "%2e",
        "run.json%00",
        "%2fetc%2fpasswd",
        "",
        "run.json/",
        "%ff",
    ] {
        let answer = served.client.get(&format!("/files/{path}"));
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.text().contains("secret"), "{path}");
    }
}

#[test]
fn a_page_of_one_run_starts_no_other() {
    let session = controller::ui::Session::of_one();
    let place = Where { ip: None, port: Some(0) };
    let listening = controller::ui::Listening::begin(place).unwrap();
    let addr = listening.addr();
    let _server = controller::ui::Server::start(listening, &session).unwrap();
    let answer = send(addr, "POST", "/api/run", &[MARK], Some(&body()));
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("load-test ui"), "{}", answer.text());
    let tests: Value = crate::support::raw::get(addr, "/api/tests").json();
    assert_eq!(tests, json!({"tests": []}));
}
