//! What users do over HTTP, as a server sees it.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use engine::stats::Stats;
use serde_json::{Value, json};
use support::{
    once, reasons,
    web::{Answer, Web},
};

/// One user takes these steps once.
fn steps(web: &Web, steps: &str) -> Stats {
    once(&web.url(), &format!("users: {{User: {{tasks: {{all: [{steps}]}}}}}}"))
}

/// `/from` redirects to a place; everything else is there.
fn redirecting(to: String) -> Web {
    Web::start(move |asked| match &*asked.path {
        "/from" => Answer::status(302).header("Location", &to),
        _ => Answer::body("arrived"),
    })
}

#[test]
fn redirects_within_a_host_are_followed() {
    let web = redirecting("/to".into());
    let stats = steps(&web, "get: {path: /from, expect: {text: arrived}}");
    assert_eq!(web.lines(), ["GET /from", "GET /to"]);
    assert_eq!(stats.aggregated().requests, 1);
    assert_eq!(reasons(&stats), [""; 0]);
}

#[test]
fn redirects_to_another_host_are_followed_only_where_the_scenario_says_so() {
    let other = Web::start(|_| Answer::body("arrived"));
    let web = redirecting(format!("{}/to", other.url()));
    let stats = steps(&web, "get: {path: /from, expect: {status: 302}}");
    assert_eq!(reasons(&stats), [""; 0]);
    assert_eq!(other.lines(), [""; 0]);

    let secret = "headers: {Authorization: Bearer x}";
    let stats = once(
        &web.url(),
        &format!(
            "http: {{redirects: any}}\n\
             users: {{U: {{tasks: {{t: [get: {{path: /from, {secret}, expect: {{text: arrived}}}}]}}}}}}"
        ),
    );
    assert_eq!(reasons(&stats), [""; 0]);
    assert_eq!(other.lines(), ["GET /to"]);
    assert_eq!(web.asked()[1].header("authorization"), Some("Bearer x"));
    assert_eq!(other.asked()[0].header("authorization"), None);
}

#[test]
fn redirects_in_a_circle_end() {
    let web = redirecting("/from".into());
    let stats = steps(&web, "get: /from");
    assert_eq!(reasons(&stats), ["more than 10 redirects"]);
    assert_eq!(web.lines().len(), 11);
}

#[test]
fn a_form_that_is_redirected_is_not_posted_again() {
    let web = redirecting("/to".into());
    steps(&web, "post: {path: /from, form: {a: b}}");
    assert_eq!(web.lines(), ["POST /from", "GET /to"]);
    assert_eq!(web.asked()[1].body, "");
}

#[test]
fn cookies_are_each_users_own() {
    let sessions = AtomicUsize::new(0);
    let web = Web::start(move |asked| {
        if asked.path != "/set" {
            return Answer::body("");
        }
        let session = sessions.fetch_add(1, Ordering::Relaxed);
        Answer::status(200).header("Set-Cookie", &format!("session={session}; Path=/"))
    });
    let tasks = "tasks: {t: [get: /set, get: /check]}";
    once(&web.url(), &format!("users: {{A: {{{tasks}}}, B: {{{tasks}}}}}"));
    let cookies: Vec<_> =
        web.asked().iter().map(|asked| asked.header("cookie").map(str::to_owned)).collect();
    let sent = |session: &str| Some(format!("session={session}"));
    assert_eq!(cookies, [None, sent("0"), None, sent("1")]);
}

#[test]
fn an_expected_status_is_no_failure_and_an_unexpected_one_is() {
    let web = Web::start(|asked| match &*asked.path {
        "/missing" => Answer::status(404),
        _ => Answer::status(200),
    });
    let stats = steps(
        &web,
        "get: {path: /missing, expect: {status: 404}}, get: {path: /, expect: {status: 404}}, \
         get: {path: /missing, name: by default}",
    );
    let mut reasons = reasons(&stats);
    reasons.sort();
    assert_eq!(reasons, ["expected status 404, got 200", "expected status below 400, got 404"]);
}

#[test]
fn a_slow_response_is_given_up() {
    let web = Web::start(|_| Answer::body("late").after(Duration::from_secs(2)));
    let begun = Instant::now();
    let stats = steps(&web, "get: {path: /, timeout: 300ms}");
    assert_eq!(reasons(&stats), ["no complete response within 300ms"]);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_host_that_takes_no_connection_is_given_up() {
    // A queue of connections that is full, as nobody accepts them.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let _waiting = std::net::TcpStream::connect(address).unwrap();
    let web = Web::start(|_| Answer::status(200));
    let scenario = format!(
        "http: {{connect_timeout: 300ms}}\n\
         users: {{U: {{host: 'http://{address}', tasks: {{t: [get: /]}}}}}}"
    );
    let begun = Instant::now();
    let stats = once(&web.url(), &scenario);
    assert_eq!(reasons(&stats), ["could not connect within 300ms"]);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_connection_is_kept() {
    let web = Web::start(|_| Answer::status(200));
    steps(&web, "get: /a, post: {path: /b, text: x}, get: /c");
    assert!(web.asked().iter().all(|asked| asked.connection == 0));
}

#[test]
fn captured_values_fill_later_requests_with_their_types() {
    let web = Web::start(|asked| match &*asked.path {
        "/first" => {
            let body = r#"{"id": 12, "ok": true, "tags": ["a b", "c"], "html": "<i>csrf=x9</i>"}"#;
            Answer::body(body).header("X-Next", "/n/1?page=2")
        }
        _ => Answer::status(200),
    });
    let stats = steps(
        &web,
        r#"
        get: {path: /first, capture: {
          id: {json: $.id}, ok: {json: $.ok}, tag: {json: "$.tags[0]"}, all: {json: $.tags},
          next: {header: X-Next}, csrf: {regex: 'csrf=(\w+)'}, whole: {regex: '"id": \d+'}}},
        get: "${next}",
        put: {path: "/items/${id}", query: {tag: "${tag}", shop: "${env.shop.name}"},
              headers: {X-Csrf: "t ${csrf}"},
              json: {id: "${id}", ok: "${ok}", all: "${all}", text: "no. ${id}", shop: "${env.shop.id}"}},
        post: {path: /form, form: {tag: "${tag}", whole: "${whole}"}},
        post: {path: /text, text: "${csrf}, user ${user.id}"}
        "#,
    );
    assert_eq!(reasons(&stats), [""; 0]);
    assert_eq!(stats.exceptions().len(), 0);
    let expected = [
        "GET /first",
        "GET /n/1?page=2",
        "PUT /items/12?tag=a+b&shop=Anna+%26+Co",
        "POST /form",
        "POST /text",
    ];
    assert_eq!(web.lines(), expected);
    let asked = web.asked();
    assert_eq!(asked[2].header("x-csrf"), Some("t x9"));
    assert_eq!(asked[2].header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(&asked[2].body).unwrap();
    let expected = json!({"id": 12, "ok": true, "all": ["a b", "c"], "text": "no. 12", "shop": 7});
    assert_eq!(body, expected);
    assert_eq!(asked[3].body, "tag=a+b&whole=%22id%22%3A+12");
    assert_eq!(asked[4].body, "x9, user 0");
}

#[test]
fn what_cannot_be_captured_fails_its_request() {
    let web = Web::start(|_| Answer::body("no JSON"));
    let stats = steps(
        &web,
        "get: {path: /1, capture: {a: {json: $.id}}}, get: {path: /2, capture: {b: {header: X-B}}}, \
         get: {path: /3, capture: {c: {regex: x+}}}",
    );
    let reasons = reasons(&stats);
    assert_eq!(reasons.len(), 3);
    assert!(reasons.iter().any(|r| r.starts_with("could not capture `a`: ")), "{reasons:?}");
    assert!(reasons.contains(&"could not capture `b`: no header x-b".into()), "{reasons:?}");
    let regex = "could not capture `c`: nothing in the body matches x+";
    assert!(reasons.contains(&regex.into()), "{reasons:?}");
}

#[test]
fn a_request_may_be_left_out_of_the_statistics() {
    let web = Web::start(|_| Answer::status(500));
    let stats = steps(&web, "get: {path: /quiet, skip_transaction: true}, get: /told");
    assert_eq!(web.lines(), ["GET /quiet", "GET /told"]);
    assert_eq!(stats.aggregated().requests, 1);
    assert_eq!(stats.failures().len(), 1);
}

#[test]
fn a_loop_without_an_end_ends_where_somebody_looks_on() {
    let web = Web::start(|_| Answer::status(200));
    let stats = steps(&web, "while: {when: true, do: [get: /again]}");
    assert_eq!(web.lines().len(), 100);
    let message = &stats.exceptions()[0].0.message;
    assert!(message.starts_with("while: `true` still holds after 100 turns"), "{message}");
}
